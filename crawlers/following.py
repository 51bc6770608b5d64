"""A crawl that goes on: sources are polled as each falls due, retries and revisits are taken up, hosts get another try.

Scrapy's reactor runs once in a process, so the one crawl is kept alive: its lanes stay, and an agenda looks into the
frontier every second for what has fallen due meanwhile. What a poll found, and what was fetched, moves on in the
frontier when the pipeline settles it, as in every crawl; nothing of the schedule lives in memory alone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from crawlers.crawling import run_spider
from crawlers.frontier import Frontier
from crawlers.frontier_rows import url_key
from crawlers.lane import Lane
from crawlers.middlewares.robots import RobotsMiddleware
from crawlers.options import CrawlOptions
from crawlers.report import CrawlReport
from crawlers.run import CrawlRun
from crawlers.spider import NewsSpider
from records import PageSink, Publisher, Source, canonicalize

SOURCE_SECONDS, URL_SECONDS = 1.0, 10.0
"""How often the frontier is asked which sources, and which URLs, have fallen due."""
ASK_AGAIN_SECONDS = 300.0
"""After which a source that was queued and never came to be polled (its host was down) is queued again."""


def follow(
    publishers: Sequence[Publisher],
    *,
    frontier: Frontier,
    sink: PageSink,
    options: CrawlOptions,
    heed: Callable[[], str | None] = lambda: None,
) -> CrawlReport:
    """Crawl on and on, each source at its own rhythm; returns after a signal, `max_seconds`, or a word of `heed`.

    `heed` is called about ten times a second in the crawl's thread; a text that it returns ends the crawl and is the
    report's `finish_reason`. What is in flight then comes in. Once in a process, as `crawl`; raises what stopped it.
    """
    run = CrawlRun(publishers, frontier, sink, replace(options, poll="due"))
    run_spider(run, FollowingSpider, heed=heed)
    return run.report()


class FollowingSpider(NewsSpider):
    """Asks for what falls due until it is told to stop."""

    def __init__(self, run: CrawlRun, heed: Callable[[], str | None], **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._heed = heed
        self._agenda = Agenda(run)

    def has_work(self) -> bool:
        """Always, unless `heed` says otherwise or the sink has failed; what has fallen due is queued."""
        reason = self._heed()
        if reason is not None:
            self.run.stop(reason)
            return False
        self.run.has_room()  # a sink that failed says so even while nothing is asked for
        for hosts in self._agenda.turn(time.monotonic()):
            robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
            if robots is not None:
                robots.forget(hosts)
        return not self.run.is_stopping


class Agenda:
    """What falls due in a crawl's frontier."""

    def __init__(self, run: CrawlRun) -> None:
        self._run = run
        self._sources: dict[int, list[tuple[Lane, Source]]] = {}
        for lane in run.lanes:
            for source in lane.publisher.sources:
                self._sources.setdefault(url_key(canonicalize(source.url)), []).append((lane, source))
        self._queued: dict[int, tuple[int | None, float]] | None = None
        self._sources_at = self._urls_at = 0.0

    def turn(self, at: float) -> list[set[str]]:
        """Queue what has fallen due at an instant of the monotonic clock; the hosts that get another try, at times."""
        if at >= self._sources_at:
            self._sources_at = at + SOURCE_SECONDS
            self._queue_sources(at)
        if at < self._urls_at:
            return []
        self._urls_at = at + URL_SECONDS
        due = self._run.frontier.due_publishers()
        for lane in self._run.lanes:
            if lane.publisher.id in due:
                lane.note_new_links()
        return [set().union(*(lane.take_back(at) for lane in self._run.lanes))]

    def _queue_sources(self, at: float) -> None:
        due = self._run.frontier.due_sources(max_seconds=self._run.options.max_poll_seconds)
        if self._queued is None:  # the crawl has queued them as it began
            self._queued = {key: (polled_at, at) for key, polled_at in due.items() if key in self._sources}
        for key in due.keys() & self._sources.keys():
            polled_at, queued_at = self._queued.get(key, (-1, 0.0))
            # Between the poll and its settling the source is due still: it must not be asked a second time.
            if polled_at == due[key] and at < queued_at + ASK_AGAIN_SECONDS:
                continue
            self._queued[key] = (due[key], at)
            for lane, source in self._sources[key]:
                self._run.push_source(lane, source)
