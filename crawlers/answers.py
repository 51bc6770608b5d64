"""Records of an answer: the line of the fetch log, the rejection, the page."""

import hashlib
from datetime import datetime
from urllib.parse import urljoin

from scrapy.http import Response
from w3lib.encoding import http_content_type_encoding

from crawlers.clock import now
from crawlers.faults import Fault
from crawlers.run import CrawlRun
from crawlers.tasks import ArticleTask, Task
from records import Fetch, FetchedPage, FetchOutcome, Rejected, Step, canonicalize

KEPT_HEADERS = ("content-type", "etag", "last-modified", "date", "server", "content-language")


def header(response: Response, name: str) -> str | None:
    """A header's value as text, or None."""
    value = response.headers.get(name)
    return value.decode("latin-1").strip() if value else None


def protocol(response: Response) -> str | None:
    """What an answer came by, as ALPN names it; None where the client does not tell (a browser)."""
    return response.protocol.lower() if response.protocol else None


def fetch_of(
    run: CrawlRun,
    task: Task,
    response: Response,
    *,
    outcome: FetchOutcome = FetchOutcome.FETCHED,
    fetched_at: datetime | None = None,
    links_count: int = 0,
    new_links_count: int = 0,
    detail: str = "",
) -> Fetch:
    """The log line of an answer."""
    return Fetch(
        url=response.url,
        canonical_url=_identity(task),
        publisher_id=task.lane.publisher.id,
        section=_section(task),
        kind=task.kind,
        outcome=outcome,
        fetched_at=fetched_at or now(),
        status=response.status,
        etag=header(response, "ETag"),
        last_modified=header(response, "Last-Modified"),
        bytes_count=response.meta.get("bytes_count", len(response.body)),
        elapsed_ms=int(1000 * response.meta.get("download_latency", 0.0)),
        protocol=protocol(response),
        links_count=links_count,
        new_links_count=new_links_count,
        detail=detail,
        crawl_id=run.options.crawl_id,
    )


def failed_fetch(run: CrawlRun, task: Task, fault: Fault, at: datetime, response: Response | None = None) -> Fetch:
    """The log line of a request that failed."""
    return Fetch(
        url=response.url if response is not None else task.url,
        canonical_url=_identity(task),
        publisher_id=task.lane.publisher.id,
        section=_section(task),
        kind=task.kind,
        outcome=FetchOutcome.FAILED,
        fetched_at=at,
        status=response.status if response is not None else fault.status,
        bytes_count=response.meta.get("bytes_count", 0) if response is not None else 0,
        protocol=protocol(response) if response is not None else None,
        reason=str(fault.reason),
        detail=fault.detail,
        crawl_id=run.options.crawl_id,
    )


def rejection(task: Task, fault: Fault, at: datetime, step: Step = Step.FETCH, *, is_of_host: bool = False) -> Rejected:
    """The rejection of a task's URL; of its host's robots.txt where an article's host as a whole is left out."""
    url, canonical_url = task.url, _identity(task)
    if is_of_host and isinstance(task, ArticleTask):
        url = urljoin(task.url, "/robots.txt")
        canonical_url = canonicalize(url)
    return Rejected(
        url=url,
        canonical_url=canonical_url,
        publisher_id=task.lane.publisher.id,
        section=_section(task),
        step=step,
        reason=fault.reason,
        detail=fault.detail,
        fetched_at=at,
    )


def page_of(run: CrawlRun, task: ArticleTask, response: Response, at: datetime) -> FetchedPage:
    """The page of an article; a further page carries its own canonical URL."""
    leased = task.leased
    kept = ((name, header(response, name)) for name in KEPT_HEADERS)
    return FetchedPage(
        url=response.url,
        canonical_url=canonicalize(task.url) if task.pages else task.canonical_url,
        publisher_id=leased.publisher_id,
        section=leased.section,
        fetched_at=at,
        status=response.status,
        headers=tuple((name, value) for name, value in kept if value is not None),
        declared_encoding=http_content_type_encoding(header(response, "Content-Type")),
        body=response.body,
        body_sha256=hashlib.sha256(response.body).hexdigest(),
        discovered_via=leased.discovered_via,
        referrer_url=leased.referrer_url,
        crawl_id=run.options.crawl_id,
    )


def _identity(task: Task) -> str:
    """What the frontier knows the request by: the article's canonical URL, the source's on its first page."""
    return task.canonical_url if isinstance(task, ArticleTask) else canonicalize(task.url)


def _section(task: Task) -> str | None:
    return task.leased.section if isinstance(task, ArticleTask) else task.walk.source.section
