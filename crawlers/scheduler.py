"""A queue in memory, by priority and then in order: what to ask for, and not twice, the frontier decides."""

from collections import deque

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler


class FifoScheduler(BaseScheduler):
    """Requests on their way to the downloader; the lanes keep their number small."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[Request]] = {}

    def has_pending_requests(self) -> bool:
        """Whether a request waits."""
        return any(self._queues.values())

    def enqueue_request(self, request: Request) -> bool:
        """Take a request."""
        if request.priority not in self._queues:
            self._queues[request.priority] = deque()
            self._queues = dict(sorted(self._queues.items(), reverse=True))
        self._queues[request.priority].append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request, or None."""
        return next((queue.popleft() for queue in self._queues.values() if queue), None)
