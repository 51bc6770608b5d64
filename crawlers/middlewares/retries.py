"""A failed request tried again within the crawl: after a pause that doubles, or as long as the server asks.

What fails beyond that is left to a later crawl by the frontier's backoff.
"""

import time
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadTimeoutError, ResponseDataLossError
from scrapy.http import Response

from crawlers.faults import NO_ANSWER

BUSY = frozenset({429, 503})
TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 522, 524})


class RetryMiddleware:
    """Returns the request again where another try may help."""

    def __init__(self, crawler: Crawler) -> None:
        self._run = crawler.spider.run  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RetryMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response, or the request again after a pause."""
        if response.status not in TRANSIENT_STATUSES:
            return response
        asked = None
        if response.status in BUSY:
            asked = retry_after(response.headers.get("Retry-After"), time.time())
        task = request.meta.get("task")
        if asked is not None and task is not None:
            task.lane.pause(min(asked, self._run.options.max_retry_after))
        if asked is not None and asked > self._run.options.max_retry_after:
            return response
        return await self._again(request, asked) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request again after a pause, or None."""
        if not isinstance(exception, (*NO_ANSWER, ResponseDataLossError)):
            return None
        # A name that does not resolve and a server that is silent seldom do better within seconds.
        tries = 1 if isinstance(exception, DownloadTimeoutError | CannotResolveHostError) else None
        return await self._again(request, None, tries)

    async def _again(self, request: Request, asked: float | None, tries: int | None = None) -> Request | None:
        options = self._run.options
        done: int = request.meta.get("retries", 0)
        if self._run.is_stopping or done >= min(options.retries, tries if tries is not None else options.retries):
            return None
        await self._run.pause(options.retry_seconds * 2**done if asked is None else asked)
        if self._run.is_stopping:
            return None
        again = request.copy()
        again.meta["retries"] = done + 1
        return again


def retry_after(value: bytes | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for, given as seconds or as a date; None where it does not."""
    if not value:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
