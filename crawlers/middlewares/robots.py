"""robots.txt, obeyed as RFC 9309 says: 4xx allows all, 5xx and no answer disallow all, Crawl-delay is kept."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.internet.defer import Deferred

from crawlers.clock import now
from crawlers.faults import Fault, RequestRefused, fault_of_exception
from crawlers.middlewares.politeness import slow_down
from records import Fetch, FetchKind, FetchOutcome, Reason, canonicalize

MAX_ROBOTS_BYTES = 512 * 1024
"""RFC 9309 lets a parser stop after 500 KiB."""
MAX_AGE_SECONDS = 24 * 3600.0
"""RFC 9309: a crawler should not use the cached version for more than 24 hours."""


@dataclass(frozen=True)
class Closed:
    """A host whose robots.txt could not be had: nothing of it may be asked."""

    fault: Fault


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware with protego, told what an unavailable robots.txt means; logs each as a Fetch."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run = crawler.spider.run  # type: ignore[union-attr]
        self._askers: dict[str, Request] = {}
        self._read_at: dict[str, float] = {}

    def forget(self, hosts: Collection[str] = (), *, older_than: float = MAX_AGE_SECONDS) -> None:
        """Read robots.txt anew, when next it is needed, of those hosts and wherever it was read too long ago."""
        edge = time.monotonic() - older_than
        for netloc in [n for n, at in self._read_at.items() if at <= edge or n.lower() in hosts]:
            del self._read_at[netloc], self._parsers[netloc]
            self._askers.pop(netloc, None)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise RequestRefused where robots.txt disallows the URL or cannot be had."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        netloc = urlsplit(request.url).netloc
        found = self._parsers.get(netloc)
        if found is None or isinstance(found, Deferred):
            self._askers.setdefault(netloc, request)
            found = await self.robot_parser(request)
        self.process_request_2(found, request)

    def process_request_2(self, rp: "RobotParser | Closed | None", request: Request) -> None:
        """Judge the URL."""
        if isinstance(rp, Closed):
            raise RequestRefused(rp.fault)
        if rp is not None and not rp.allowed(request.url, self._run.robots_token):
            raise RequestRefused(Fault(reason=Reason.ROBOTS, detail="robots.txt disallows this URL"))

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        self._log(request, response.url, response.status, bytes_count=len(response.body), protocol=response.protocol)
        if response.status >= 500 or response.status == 429:
            detail = f"robots.txt of {netloc} answered {response.status}: RFC 9309 takes this as disallowing all"
            self._close(netloc, Fault(reason=Reason.ROBOTS, detail=detail, is_of_host=True, status=response.status))
            return
        body = response.body[:MAX_ROBOTS_BYTES] if response.status == 200 else b""
        await super()._parse_robots(Response(response.url, status=response.status, body=body), netloc, request)
        self._read_at[netloc] = time.monotonic()
        parser = self._parsers[netloc]
        delay = parser.crawl_delay(self._run.robots_token) if isinstance(parser, RobotParser) else None
        if delay:
            slow_down(self.crawler, netloc.lower(), min(delay, self._run.options.max_crawl_delay))

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        fault = fault_of_exception(exc)
        request = self._askers[netloc]
        self._log(request, f"{urlsplit(request.url).scheme}://{netloc}/robots.txt", None, fault=fault)
        detail = f"robots.txt of {netloc} could not be had, so nothing of it is asked: {fault.detail}"
        self._close(netloc, Fault(reason=fault.reason, detail=detail[:300], is_of_host=True))

    def _close(self, netloc: str, fault: Fault) -> None:
        waiting = self._parsers[netloc]
        self._read_at[netloc] = time.monotonic()
        self._parsers[netloc] = Closed(fault)  # type: ignore[assignment]
        if isinstance(waiting, Deferred):
            waiting.callback(Closed(fault))  # type: ignore[arg-type]

    def _log(
        self,
        request: Request,
        url: str,
        status: int | None,
        *,
        bytes_count: int = 0,
        fault: Fault | None = None,
        protocol: str | None = None,
    ) -> None:
        lane = request.meta["task"].lane
        self._run.put_fetch(
            lane,
            Fetch(
                url=url,
                canonical_url=canonicalize(url),
                publisher_id=lane.publisher.id,
                kind=FetchKind.ROBOTS,
                outcome=FetchOutcome.FAILED if fault or (status or 500) >= 500 else FetchOutcome.FETCHED,
                fetched_at=now(),
                status=status,
                bytes_count=bytes_count,
                protocol=protocol,
                reason=str(fault.reason) if fault else str(Reason.HTTP_ERROR) if (status or 500) >= 500 else None,
                detail=fault.detail if fault else "",
                crawl_id=self._run.options.crawl_id,
            ),
        )
