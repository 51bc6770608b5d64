"""The state that one crawl shares: its lanes, its sink, its counts, and whether it is to stop."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from crawlers.clock import now, now_ms
from crawlers.discovery.links import allowed_hosts
from crawlers.frontier import ORDER_SPAN, Frontier
from crawlers.frontier_rows import SourceState, day_number
from crawlers.lane import Gauge, Lane
from crawlers.options import CrawlOptions
from crawlers.proxies import Proxies
from crawlers.report import CrawlReport, summarise
from crawlers.tasks import SourceTask, Walk
from records import Fetch, PageSink, Politeness, Publisher, Rejected, Source

log = logging.getLogger(__name__)


class CrawlRun:
    """One crawl under way."""

    def __init__(
        self, publishers: Sequence[Publisher], frontier: Frontier, sink: PageSink, options: CrawlOptions
    ) -> None:
        self.options = options
        self.frontier = frontier
        self.sink = sink
        self.proxies = Proxies.of_crawl(options.proxy_url)
        self.started_at: datetime = now()
        self.started_ms = now_ms()
        self.crawl = frontier.begin_crawl(options.crawl_id)
        self._gauge = Gauge()
        self.lanes = [Lane(publisher, frontier, self.crawl, options, self._gauge) for publisher in publishers]
        self.finish_reason = ""
        self.is_interrupted = False
        """Whether a signal came: it names the end of the crawl, whatever else had stopped it."""
        self._stopped = asyncio.Event()
        self.error: BaseException | None = None
        self.crawl_delays: dict[str, float] = {}
        self.own_addresses: set[int] = set()
        """The keys of articles that were asked for because another form (mobile, AMP) names them as its own address."""
        self.robots_token = options.user_agent.partition("/")[0].partition(" ")[0] or "difang"
        self._politeness = _politeness_by_host(publishers)

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is to be asked for."""
        return bool(self.finish_reason)

    @property
    def under_way(self) -> int:
        """Requests scheduled or downloading."""
        return self._gauge.under_way

    def stop(self, reason: str, error: BaseException | None = None) -> None:
        """Ask for nothing more; what is in flight comes in. The first reason stands."""
        self.finish_reason = self.finish_reason or reason
        self.error = self.error or error
        self._stopped.set()

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the crawl."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    def has_room(self) -> bool:
        """Whether one more article page may be asked for: the sink has room for it and all that is on its way."""
        try:
            free = self.sink.room()
        except Exception as error:  # raised again by crawl(), when what is in flight is in
            self.stop("sink failed", error)
            return False
        return min(free, self.options.max_under_way) > self.under_way

    def put_fetch(self, lane: Lane, fetch: Fetch) -> None:
        """Log a request."""
        lane.tally.add_fetch(fetch)
        self.sink.put_fetch(fetch)

    def put_rejected(self, lane: Lane, rejected: Rejected) -> None:
        """Hand over a rejection."""
        lane.tally.add_rejected(rejected)
        self.sink.put_rejected(rejected)

    def politeness_of(self, host: str) -> Politeness:
        """What a host is spared: the strictest declaration of the publishers on it."""
        return self._politeness.get(host) or self._politeness.get(host.partition(":")[0]) or Politeness()

    def push_sources(self) -> None:
        """Queue the first page of each source that is to be polled."""
        for lane in self.lanes:
            for source in lane.publisher.sources:
                self.push_source(lane, source)

    def push_source(self, lane: Lane, source: Source, parent: Walk | None = None) -> None:
        """Queue the first page of a source, unless it is not due and only due ones are polled."""
        state = self.frontier.source(
            lane.publisher.id,
            source.kind,
            source.url,
            section=source.section,
            parent=parent.state.key if parent else None,
        )
        if self.options.poll == "due" and not is_due(state, now_ms(), self.options.max_poll_seconds):
            return
        walk = Walk(
            source=source,
            state=state,
            started_at=now_ms(),
            is_full=needs_full_walk(state, day_number(self.options.since)),
            asked=parent.asked if parent else set(),
            depth=parent.depth + 1 if parent else 0,
        )
        if source.url not in walk.asked:
            walk.asked.add(source.url)
            lane.push(SourceTask(lane=lane, walk=walk, url=source.url))

    def known_before(self, walk: Walk) -> int:
        """The instant (milliseconds) before which a link must have been seen to be known to a walk over a source.

        Where all sources are polled together, the crawl's start. Where each has its own time, its own last poll: a
        feed that was read meanwhile names the newest articles of a list, and must not end the walk over the others.
        """
        if self.options.poll == "all" or walk.state.polled_at is None:
            return self.started_ms
        return walk.state.polled_at + ORDER_SPAN

    def report(self) -> CrawlReport:
        """What the crawl has done."""
        reason = "interrupted" if self.is_interrupted else self.finish_reason or "finished"
        for lane in self.lanes:
            if reason != "finished" and lane.tally.finish_reason == "finished" and lane.has_more:
                lane.tally.finish_reason = reason
        return summarise(
            {lane.publisher.id: lane.tally for lane in self.lanes},
            crawl_id=self.options.crawl_id,
            finish_reason=reason,
            started_at=self.started_at,
            finished_at=now(),
        )


def is_due(state: SourceState, at: int, max_seconds: float | None) -> bool:
    """Whether a source is to be polled at an instant (milliseconds): its interval, or the longest allowed, is over."""
    waited = at - (state.polled_at or 0)
    return state.due_at <= at // 1000 or (max_seconds is not None and waited >= max_seconds * 1000)


def needs_full_walk(state: SourceState, since: int) -> bool:
    """Whether completed walks have not yet read a source as far back as a day (0: all of it)."""
    return state.walked_to is None or state.walked_to > since


def _politeness_by_host(publishers: Iterable[Publisher]) -> dict[str, Politeness]:
    found: dict[str, Politeness] = {}
    for publisher in publishers:
        for host in {*allowed_hosts(publisher), *(urlsplit(s.url).netloc.lower() for s in publisher.sources)}:
            other = found.get(host, publisher.politeness)
            found[host] = Politeness(
                delay_seconds=max(other.delay_seconds, publisher.politeness.delay_seconds),
                concurrency=min(other.concurrency, publisher.politeness.concurrency),
                obey_robots=other.obey_robots or publisher.politeness.obey_robots,
                autothrottle=other.autothrottle or publisher.politeness.autothrottle,
                http2=other.http2 or publisher.politeness.http2,
            )
    return found
