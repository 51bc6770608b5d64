"""One page fetched by itself, with a crawl's manners and nothing stored."""

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from crawlers import CrawlOptions, Frontier, crawl
from crawlers.frontier_rows import FoundLink
from pipeline.crawl_ids import new_crawl_id
from pipeline.settings import Settings
from records import (
    Discovery,
    Fetch,
    FetchedPage,
    Politeness,
    Publisher,
    Reason,
    Rejected,
    Removal,
    Step,
    UsageError,
    canonicalize,
)


class FirstResult:
    """A sink that keeps the first page or rejection."""

    def __init__(self) -> None:
        self.result: FetchedPage | Rejected | None = None

    def room(self) -> int:
        """One page is wanted."""
        return 1 if self.result is None else 0

    def put_page(self, page: FetchedPage) -> None:
        """Keep the page."""
        self.result = self.result or page

    def put_rejected(self, rejected: Rejected) -> None:
        """Keep the rejection."""
        self.result = self.result or rejected

    def put_removal(self, removal: Removal) -> None:
        """Nothing has landed, so nothing is removed."""

    def put_fetch(self, fetch: Fetch) -> None:
        """The log of a single page is its result."""


def fetch_one(url: str, settings: Settings) -> FetchedPage | Rejected:
    """The page at a URL, or why there is none; robots.txt and all limits of a crawl hold.

    Runs Scrapy's reactor, so it can be called once in a process. Raises UsageError for what is no http URL.
    """
    try:
        canonical_url = canonicalize(url)
    except ValueError as error:
        raise UsageError(f"{error}: give one that begins with http:// or https://") from error
    publisher = Publisher(
        id="page",
        name="page",
        home_url=url,
        allowed_hosts=(urlsplit(url).hostname or "",),
        politeness=Politeness(delay_seconds=0),
    )
    sink = FirstResult()
    options = CrawlOptions(
        crawl_id=new_crawl_id(), revisit="none", proxy_url=settings.proxy_url, user_agent=settings.user_agent
    )
    with TemporaryDirectory(prefix="difang-") as folder:
        frontier = Frontier.open(f"sqlite:///{Path(folder) / 'frontier.sqlite'}")
        try:
            frontier.add_links(publisher.id, [FoundLink(url=url, canonical_url=canonical_url)], via=Discovery.MANUAL)
            crawl([publisher], frontier=frontier, sink=sink, options=options)
        finally:
            frontier.close()
    return sink.result or Rejected(
        url=url,
        canonical_url=canonical_url,
        step=Step.FETCH,
        reason=Reason.UNREACHABLE,
        detail=f"{url} gave no answer; is the address right, and does a proxy have to be set (DIFANG_PROXY_URL)?",
    )
