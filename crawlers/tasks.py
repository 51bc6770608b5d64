"""What a request is for: a page of an article, or a page of a source."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from crawlers.frontier_rows import LeasedUrl, SourceState
from records import FetchedPage, FetchKind, Source, SourceKind

if TYPE_CHECKING:
    from crawlers.lane import Lane

KINDS = {
    SourceKind.LISTING: FetchKind.LISTING,
    SourceKind.FEED: FetchKind.FEED,
    SourceKind.SITEMAP: FetchKind.SITEMAP,
}


@dataclass(slots=True, kw_only=True, eq=False)
class ArticleTask:
    """One leased URL; `pages` grows while the pages of a multi-page article come in."""

    lane: "Lane"
    leased: LeasedUrl
    canonical_url: str
    url: str
    """The page to ask for next."""
    pages: list[FetchedPage] = field(default_factory=list)
    held: FetchedPage | None = None
    """Another form of the article, kept while the address that it names as its own is asked."""
    asked: set[str] = field(default_factory=set)
    at_url: str = ""
    """Where redirects have led the request that is under way."""
    kind: FetchKind = FetchKind.ARTICLE


@dataclass(slots=True, kw_only=True, eq=False)
class Walk:
    """One walk over a source's pages, shared by its tasks."""

    source: Source
    state: SourceState
    started_at: int
    is_full: bool
    """Earlier walks have not read as far back as is wanted now: known pages do not end this one."""
    asked: set[str] = field(default_factory=set)
    position: int = 0
    reached: date | None = None
    """The day of the last link of the page before: the list goes on from there."""
    named: set[int] = field(default_factory=set)
    """The keys of the links that earlier pages named; kept where a list prints days without a year."""
    depth: int = 0
    """How many sitemap indexes lead here."""


@dataclass(slots=True, kw_only=True, eq=False)
class SourceTask:
    """One page of a source."""

    lane: "Lane"
    walk: Walk
    url: str
    page: int = 1
    at_url: str = ""

    @property
    def kind(self) -> FetchKind:
        """What the fetch log calls it."""
        return KINDS[self.walk.source.kind]


Task = ArticleTask | SourceTask
