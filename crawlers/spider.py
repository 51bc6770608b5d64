"""The Scrapy spider: feeds itself from the lanes while the sink has room, and hands every answer on."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.http import Response

from crawlers.answers import failed_fetch, rejection
from crawlers.articles import take_article, take_article_fault
from crawlers.challenges import challenge
from crawlers.clock import now
from crawlers.faults import NO_ANSWER, Fault, fault_of_exception
from crawlers.frontier_rows import LeasedUrl, SourceState
from crawlers.lane import Lane
from crawlers.polls import take_poll, take_poll_fault
from crawlers.run import CrawlRun
from crawlers.tasks import ArticleTask, SourceTask, Task
from records import FetchKind, Reason

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
        self._asking: set[asyncio.Task[None]] = set()

    async def start(self) -> AsyncIterator[Any]:
        """Keep the crawl going until nothing is left, then wait for what is in flight; nothing is yielded."""
        self.run.push_sources()
        beat_at = time.monotonic() + BEAT_SECONDS
        while not self.run.is_stopping and self.has_work():
            for lane in self.run.lanes:
                self._feed(lane)
            # The first in line gets the last room: let each be first in turn.
            self.run.lanes.append(self.run.lanes.pop(0))
            if time.monotonic() >= beat_at:
                self.run.frontier.beat(self.run.crawl)
                beat_at = time.monotonic() + BEAT_SECONDS
            await self.run.pause(TICK_SECONDS)
        while self._asking:
            await asyncio.wait(self._asking)
        return
        yield

    def has_work(self) -> bool:
        """Whether any lane has something under way or left to ask for; asked before each round of the lanes."""
        return not all(lane.is_done for lane in self.run.lanes)

    def _feed(self, lane: Lane) -> None:
        while not self.run.is_stopping:
            task = lane.next_task(self.run.has_room)
            if task is None:
                return
            asking = asyncio.get_running_loop().create_task(self._ask(task))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _ask(self, task: Task) -> None:
        """Ask for a task's page, and for the pages that follow it."""
        # Not by the engine's scheduler and scraper: the lanes do their work, and both cost as much as a download.
        has_more = True
        while has_more:
            request = self._request(task)
            task.at_url = request.url
            try:
                response = await self.crawler.engine.download_async(request)
            except Exception as error:
                self._take_failure(task, error)
                break
            has_more = self._take_response(task, response)
        task.lane.finish(task)
        self._feed(task.lane)

    def _take_response(self, task: Task, response: Response) -> bool:
        """Take an answer, whatever its status; True where another page is to be asked for."""
        check = challenge(response, is_source=isinstance(task, SourceTask))
        if check is not None:
            task.lane.note_fault(task.at_url, check, is_silent=True)
            self._take_fault(task, check, response)
            return False
        task.lane.note_answer(response.url)
        try:
            if isinstance(task, ArticleTask):
                return take_article(self.run, task, response)
            take_poll(self.run, task, response)
        except Exception as error:
            log.exception("%s: a fault of our own at %s", task.lane.publisher.id, response.url)
            detail = f"{type(error).__name__}: {error}"[:300]
            self._take_fault(task, Fault(reason=Reason.TRANSFORM_ERROR, detail=detail), response)
        return False

    def _take_failure(self, task: Task, error: Exception) -> None:
        """Take a request that brought no answer."""
        fault = fault_of_exception(error)
        takes_down = task.lane.note_fault(task.at_url, fault, is_silent=isinstance(error, NO_ANSWER))
        if fault.is_of_host:
            self._take_host_fault(task, fault, is_first=takes_down)
        else:
            self._take_fault(task, fault)

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
        else:
            task.lane.leave(task.leased)
        if is_first:
            self.run.put_rejected(task.lane, rejection(task, fault, at, is_of_host=True))

    def _request(self, task: Task) -> scrapy.Request:
        headers = {}
        known: LeasedUrl | SourceState | None
        publisher = task.lane.publisher
        renders = publisher.render and task.kind in {FetchKind.ARTICLE, FetchKind.LISTING}
        if renders:
            known = None  # what a browser shows does not hang on the bytes of the page alone
        elif isinstance(task, ArticleTask):
            known = task.leased if task.leased.is_landed and not task.pages else None
        else:
            known = task.walk.state if task.page == 1 and not task.walk.is_full else None
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        meta = {"task": task, "render": renders, "dont_obey_robotstxt": not publisher.politeness.obey_robots}
        return scrapy.Request(task.url, headers=headers, meta=meta, dont_filter=True)
