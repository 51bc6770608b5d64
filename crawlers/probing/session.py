"""A survey's requests: asked one at a time through the crawl's own middlewares, so with all its manners and limits."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.http import Response
from tldextract import TLDExtract
from w3lib.encoding import http_content_type_encoding

from crawlers.answers import KEPT_HEADERS
from crawlers.clock import now
from crawlers.crawling import run_spider
from crawlers.faults import Fault, fault_of_exception, fault_of_status
from crawlers.frontier import Frontier
from crawlers.options import CrawlOptions
from crawlers.run import CrawlRun
from crawlers.tasks import SourceTask, Walk
from records import (
    Fetch,
    FetchedPage,
    Politeness,
    Publisher,
    Rejected,
    Removal,
    Source,
    SourceKind,
    canonicalize,
)

PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request brought: a page, or a fault."""

    url: str
    """The URL that answered, after redirects."""
    page: FetchedPage | None = None
    fault: Fault | None = None

    @property
    def body(self) -> bytes:
        """The body, empty where there is none."""
        return self.page.body if self.page else b""

    @property
    def content_type(self) -> str:
        """The Content-Type header."""
        return next((v for k, v in self.page.headers if k == "content-type"), "") if self.page else ""


Ask = Callable[[str], Awaitable[Answer]]


class SiteHosts(frozenset[str]):
    """All hosts under one registered domain, so that a survey may follow a site onto its subdomains."""

    domain: str

    def __new__(cls, domain: str) -> "SiteHosts":
        """The hosts of a domain."""
        made = super().__new__(cls, {domain})
        made.domain = domain
        return made

    def __contains__(self, host: object) -> bool:
        name = str(host).partition(":")[0]
        return name == self.domain or name.endswith("." + self.domain)


def site_domain(host: str) -> str:
    """The domain that a site registered (sdnews.com.cn), by the Public Suffix List in the installation."""
    name = host.partition(":")[0]
    found = TLDExtract(suffix_list_urls=(), cache_dir=None)(name)
    return found.top_domain_under_public_suffix or ".".join(name.split(".")[-2:])


class SurveySpider(scrapy.Spider):
    """Runs one coroutine that asks for pages."""

    name = "difang-survey"

    def __init__(self, run: CrawlRun, survey: Callable[[Ask], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self._survey = survey

    async def start(self) -> AsyncIterator[Any]:
        """Run the coroutine; nothing is yielded."""
        try:
            await self._survey(self.ask)
        except Exception as error:  # raised again by run_spider
            self.run.stop("failed", error)
        return
        yield

    async def ask(self, url: str) -> Answer:
        """What a URL answers."""
        lane = self.run.lanes[0]
        if self.run.is_stopping:
            raise KeyboardInterrupt
        source = Source(kind=SourceKind.LISTING, url=url)
        state = self.run.frontier.source(PROBE, source.kind, url)
        task = SourceTask(lane=lane, walk=Walk(source=source, state=state, started_at=0, is_full=True), url=url)
        request = scrapy.Request(url, meta={"task": task}, dont_filter=True)
        engine = self.crawler.engine
        assert engine is not None
        try:
            response = await engine.download_async(request)
        except Exception as error:
            return Answer(url=url, fault=fault_of_exception(error))
        fault = fault_of_status(response.status)
        return Answer(url=response.url, page=page_of(response) if fault is None else None, fault=fault)


class _NoSink:
    """A survey lands nothing."""

    def room(self) -> int:
        return 1

    def put_page(self, page: FetchedPage) -> None:
        """Nothing lands."""

    def put_rejected(self, rejected: Rejected) -> None:
        """Nothing lands."""

    def put_removal(self, removal: Removal) -> None:
        """Nothing lands."""

    def put_fetch(self, fetch: Fetch) -> None:
        """Nothing lands."""


def page_of(response: Response) -> FetchedPage:
    """The page of an answer."""
    headers = ((name, response.headers.get(name)) for name in KEPT_HEADERS)
    kept = tuple((name, value.decode("latin-1").strip()) for name, value in headers if value)
    return FetchedPage(
        url=response.url,
        canonical_url=canonicalize(response.url),
        publisher_id=None,
        fetched_at=now(),
        status=response.status,
        headers=kept,
        declared_encoding=http_content_type_encoding(dict(kept).get("content-type")),
        body=response.body,
        body_sha256=hashlib.sha256(response.body).hexdigest(),
    )


def survey_site(home_url: str, survey: Callable[[Ask], Awaitable[None]], options: CrawlOptions, delay: float) -> None:
    """Run a survey that begins at a home page; `delay` seconds lie between two requests to one host.

    Runs Scrapy's reactor, so it can be called once in a process. Raises what the survey raised.
    """
    host = urlsplit(home_url).netloc.lower()
    publisher = Publisher(
        id=PROBE,
        name=PROBE,
        home_url=home_url,
        allowed_hosts=(host,),
        politeness=Politeness(delay_seconds=delay, concurrency=1 if delay else 4),
    )
    with TemporaryDirectory(prefix="difang-") as folder:
        frontier = Frontier.open(f"sqlite:///{Path(folder) / 'frontier.sqlite'}")
        try:
            run = CrawlRun([publisher], frontier, _NoSink(), options)
            run.lanes[0].hosts = SiteHosts(site_domain(host))
            run_spider(run, SurveySpider, survey=survey)
        finally:
            frontier.close()
