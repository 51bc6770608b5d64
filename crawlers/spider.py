"""The Scrapy spider: feeds itself from the lanes while the sink has room, and hands every answer on."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.answers import failed_fetch, rejection
from crawlers.articles import take_article, take_article_fault
from crawlers.clock import now
from crawlers.faults import NO_ANSWER, Fault, fault_of_exception
from crawlers.frontier_rows import LeasedUrl, SourceState
from crawlers.lane import Lane
from crawlers.polls import take_poll, take_poll_fault
from crawlers.run import CrawlRun
from crawlers.tasks import ArticleTask, SourceTask, Task
from records import Reason

log = logging.getLogger(__name__)
TICK_SECONDS = 0.1
"""How often all lanes are looked at; a lane whose request has ended is looked at then and there."""
BEAT_SECONDS = 30.0


class NewsSpider(scrapy.Spider):
    """Asks for sources and articles of all lanes until nothing is left, or it is told to stop."""

    name = "difang"

    def __init__(self, run: CrawlRun, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run

    async def start(self) -> AsyncIterator[Any]:
        """Keep the crawl going; requests go to the engine as there is room, none is yielded."""
        self.run.push_sources()
        beat_at = time.monotonic() + BEAT_SECONDS
        while not self.run.is_stopping and not all(lane.is_done for lane in self.run.lanes):
            for lane in self.run.lanes:
                self._feed(lane)
            # The first in line gets the last room: let each be first in turn.
            self.run.lanes.append(self.run.lanes.pop(0))
            if time.monotonic() >= beat_at:
                self.run.frontier.beat(self.run.crawl)
                beat_at = time.monotonic() + BEAT_SECONDS
            await asyncio.sleep(TICK_SECONDS)
        return
        yield

    def on_response(self, response: Response) -> None:
        """Take an answer, whatever its status."""
        task: Task = response.meta["task"]
        task.lane.note_answer(response.url)
        has_more = False
        try:
            if isinstance(task, ArticleTask):
                has_more = take_article(self.run, task, response)
            else:
                take_poll(self.run, task, response)
        except Exception as error:
            log.exception("%s: a fault of our own at %s", task.lane.publisher.id, response.url)
            detail = f"{type(error).__name__}: {error}"[:300]
            self._take_fault(task, Fault(reason=Reason.TRANSFORM_ERROR, detail=detail), response)
        if has_more:
            self.crawler.engine.crawl(self._request(task))
            return
        task.lane.finish(task)
        self._feed(task.lane)

    def on_failure(self, failure: Failure) -> None:
        """Take a request that brought no answer."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.meta["task"]
        error: BaseException = failure.value  # type: ignore[assignment]
        fault = fault_of_exception(error)
        is_silent = isinstance(error, NO_ANSWER)
        takes_down = task.lane.note_fault(request.url, fault, is_silent=is_silent)
        if fault.is_of_host:
            self._take_host_fault(task, fault, is_first=takes_down)
        else:
            self._take_fault(task, fault)
        task.lane.finish(task)
        self._feed(task.lane)

    def _take_fault(self, task: Task, fault: Fault, response: Response | None = None) -> None:
        if not isinstance(task, ArticleTask):
            take_poll_fault(self.run, task, fault, response)
        else:
            take_article_fault(self.run, task, fault, response)

    def _take_host_fault(self, task: Task, fault: Fault, *, is_first: bool) -> None:
        """A host is left out: rejected once; its polls are logged, its articles stay pending."""
        at = now()
        if isinstance(task, SourceTask):
            self.run.put_fetch(task.lane, failed_fetch(self.run, task, fault, at))
        if is_first:
            self.run.put_rejected(task.lane, rejection(task, fault, at, is_of_host=True))

    def _feed(self, lane: Lane) -> None:
        while not self.run.is_stopping:
            task = lane.next_task(self.run.has_room)
            if task is None:
                return
            self.crawler.engine.crawl(self._request(task))

    def _request(self, task: Task) -> scrapy.Request:
        headers = {}
        known: LeasedUrl | SourceState | None
        if isinstance(task, ArticleTask):
            known = task.leased if task.leased.is_landed and not task.pages else None
            priority = 1 if task.pages else 0
        else:
            known = task.walk.state if task.page == 1 and not task.walk.is_full else None
            priority = 2
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        meta = {"task": task, "dont_obey_robotstxt": not task.lane.publisher.politeness.obey_robots}
        return scrapy.Request(
            task.url,
            callback=self.on_response,
            errback=self.on_failure,
            headers=headers,
            meta=meta,
            priority=priority,
            dont_filter=True,
        )
