"""One publisher's share of a crawl: which of its requests comes next, and how many are under way.

First pages of sources come first, then articles, newest first, in turn with the deeper pages of the lists;
URLs are leased from the frontier in small chunks, so that memory does not depend on how many wait.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from crawlers.discovery.links import allowed_hosts
from crawlers.faults import Fault
from crawlers.frontier import Frontier
from crawlers.frontier_rows import LeasedUrl
from crawlers.frontier_schema import UrlState
from crawlers.options import CrawlOptions
from crawlers.report import Tally
from crawlers.tasks import ArticleTask, SourceTask, Task
from records import Publisher, canonicalize

log = logging.getLogger(__name__)
MIN_CHUNK, MAX_CHUNK = 16, 128
DOWN_SECONDS, MAX_DOWN_SECONDS = 600.0, 6 * 3600.0
"""How long a crawl that goes on leaves a host out the first time, and at most: each time twice as long."""


class Gauge:
    """How many requests of all lanes are scheduled or downloading."""

    def __init__(self) -> None:
        self.under_way = 0


class Lane:
    """The queue of one publisher."""

    def __init__(
        self, publisher: Publisher, frontier: Frontier, crawl: int, options: CrawlOptions, gauge: Gauge
    ) -> None:
        self._gauge = gauge
        self.publisher = publisher
        self.hosts = allowed_hosts(publisher)
        self.tally = Tally(publisher.id)
        self.under_way = 0
        self._frontier = frontier
        self._crawl = crawl
        self._options = options
        self._window = publisher.politeness.concurrency + 1
        self._chunk = min(MAX_CHUNK, max(MIN_CHUNK, 2 * self._window))
        self._first_pages: deque[SourceTask] = deque()
        self._deeper_pages: deque[SourceTask] = deque()
        self._articles: deque[LeasedUrl] = deque()
        self._leased: set[int] = set()
        self._requested = 0
        self._first_pages_under_way = 0
        self._is_drained = False
        self._is_articles_turn = True
        self._landed_key = -(2**63)
        self._resumes_at = 0.0
        self._failures: dict[str, int] = {}
        self._down: dict[str, Fault] = {}
        self._down_until: dict[str, float] = {}
        self._down_times: dict[str, int] = {}
        self._left: list[int] = []

    @property
    def is_done(self) -> bool:
        """Whether nothing is under way and nothing is left to ask for."""
        return not (self.under_way or self._first_pages or self._deeper_pages or self._has_articles())

    @property
    def has_more(self) -> bool:
        """Whether something was left to ask for when the crawl was stopped."""
        return bool(self._first_pages or self._deeper_pages or self._articles or not self._is_drained)

    def push(self, task: SourceTask) -> None:
        """Queue a page of a source."""
        (self._first_pages if task.page == 1 else self._deeper_pages).append(task)

    def next_task(self, has_room: Callable[[], bool]) -> Task | None:
        """The next thing to ask for, counted as under way; None when the lane must wait or has nothing.

        `has_room` tells whether an article's page may be asked for; sources need no room.
        """
        if self.under_way >= self._window or time.monotonic() < self._resumes_at:
            return None
        while (task := self._choose(has_room)) is not None:
            if self._host(task.url) in self._down:
                if isinstance(task, ArticleTask):
                    self.leave(task.leased)
                continue
            self.under_way += 1
            self._gauge.under_way += 1
            if isinstance(task, ArticleTask):
                self._requested += 1
            elif task.page == 1:
                self._first_pages_under_way += 1
            return task
        return None

    def finish(self, task: Task) -> None:
        """Note that a task is no longer under way."""
        self.under_way -= 1
        self._gauge.under_way -= 1
        if isinstance(task, SourceTask) and task.page == 1:
            self._first_pages_under_way -= 1

    def close_url(self, leased: LeasedUrl) -> None:
        """Note that the sink has been told what became of a URL: settling will end its lease."""
        self._leased.discard(leased.key)

    def exchange(self, leased: LeasedUrl, taken: LeasedUrl) -> None:
        """Note that a URL, of which the sink is told, has led to another one, which is leased in its place."""
        self._leased.discard(leased.key)
        self._leased.add(taken.key)

    def leave(self, leased: LeasedUrl) -> None:
        """Note a URL that is not asked for, its host being down: it stays pending, its lease is given back later."""
        self._left.append(leased.key)

    def take_back(self, at: float) -> set[str]:
        """The hosts that have been down long enough at an instant of the monotonic clock; they are asked again."""
        hosts = {host for host, until in self._down_until.items() if until <= at}
        for host in hosts:
            del self._down[host], self._down_until[host]
            self._failures[host] = self._options.breaker_failures - 1  # one more silence takes it out again
        if hosts:
            self._frontier.release(self._crawl, self._left)
            self._leased.difference_update(self._left)
            self._left.clear()
            if self._host(self.publisher.home_url) in hosts:
                self.tally.finish_reason = "finished"
            self.note_new_links()
        return hosts

    def release(self) -> None:
        """Give all leases back whose URLs the sink has not been told of."""
        if self._leased:
            self._frontier.release(self._crawl, list(self._leased))
            self._leased.clear()

    def note_new_links(self) -> None:
        """Look into the frontier again: a source has named URLs that it did not know."""
        self._is_drained = self._down.keys() >= self.hosts

    def pause(self, seconds: float) -> None:
        """Ask for nothing more for a while."""
        self._resumes_at = max(self._resumes_at, time.monotonic() + seconds)

    def note_answer(self, url: str) -> None:
        """Note that a host has answered, with whatever status."""
        host = self._host(url)
        self._failures.pop(host, None)
        self._down_times.pop(host, None)

    def note_fault(self, url: str, fault: Fault, *, is_silent: bool) -> bool:
        """Count a fault against its host; True when this one takes the host out of the crawl."""
        host = self._host(url)
        failures = self._failures.get(host, 0) + 1 if is_silent else 0
        self._failures[host] = failures
        if host in self._down or not (fault.is_of_host or failures >= self._options.breaker_failures):
            return False
        self._down[host] = fault
        times = self._down_times[host] = self._down_times.get(host, 0) + 1
        self._down_until[host] = time.monotonic() + min(MAX_DOWN_SECONDS, DOWN_SECONDS * 2.0 ** (times - 1))
        if self._down.keys() >= self.hosts:
            self._is_drained = True  # all that is pending lies on hosts that are down: it need not be leased
            for leased in self._articles:
                self.leave(leased)
            self._articles.clear()
        if host == self._host(self.publisher.home_url):
            self.tally.finish_reason = str(fault.reason)
        log.warning(
            "%s: %s is left out of this crawl (%s): %s; what it still holds waits for the next crawl",
            self.publisher.id,
            host,
            fault.reason,
            fault.detail,
        )
        return True

    def _choose(self, has_room: Callable[[], bool]) -> Task | None:
        if self._is_limit_reached():
            self._first_pages.clear()
            self._deeper_pages.clear()
            return None
        if self._first_pages:
            return self._first_pages.popleft()
        # Which articles are the newest, and to which section an article belongs that several lists name, is known
        # once all lists have been looked at.
        waits = self._first_pages_under_way > 0
        has_articles = not waits and self._has_articles() and has_room()
        if has_articles and (self._is_articles_turn or not self._deeper_pages):
            self._is_articles_turn = False
            leased = self._articles.popleft()
            return ArticleTask(lane=self, leased=leased, canonical_url=canonicalize(leased.url), url=leased.url)
        self._is_articles_turn = True
        return self._deeper_pages.popleft() if self._deeper_pages else None

    def _is_limit_reached(self) -> bool:
        limit = self._options.limit
        if limit is None or self._requested < limit:
            return False
        self.tally.finish_reason = "limit"
        return True

    def _has_articles(self) -> bool:
        if self._is_limit_reached():
            return False
        if not self._articles and not self._is_drained:
            self._refill()
        return bool(self._articles)

    def _refill(self) -> None:
        options, count = self._options, self._chunk
        if options.limit is not None:
            count = min(count, options.limit - self._requested)
        window = {"since": options.since, "until": options.until}
        found = self._frontier.lease_pending(self._crawl, self.publisher.id, count, **window)
        if len(found) < count:
            states = (UrlState.FAILED, UrlState.LANDED) if options.revisit == "due" else (UrlState.FAILED,)
            lacking = count - len(found)
            found += self._frontier.lease_due(self._crawl, self.publisher.id, lacking, states=states, **window)
        if len(found) < count and options.revisit == "all":
            lacking = count - len(found)
            landed = self._frontier.lease_landed(
                self._crawl, self.publisher.id, lacking, after_key=self._landed_key, **window
            )
            self._landed_key = landed[-1].key if landed else self._landed_key
            found += landed
        self._is_drained = not found
        self._articles.extend(found)
        self._leased.update(url.key for url in found)

    @staticmethod
    def _host(url: str) -> str:
        return urlsplit(url).netloc.lower()
