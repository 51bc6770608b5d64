"""One page of a source as read: its article links and where its list goes on, or why it could not be read."""

from dataclasses import dataclass
from datetime import date

from crawlers.frontier_rows import FoundLink
from records import Reason, SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSource:
    """A source that another one names: a sitemap of an index or of robots.txt, a feed of a page's head."""

    url: str
    kind: SourceKind = SourceKind.SITEMAP
    changed_on: date | None = None
    """The day of its last change, where an index tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """What one page of a source names."""

    links: tuple[FoundLink, ...] = ()
    next_url: str | None = None
    """The page of the same list that comes after this one."""
    children: tuple[ChildSource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFault:
    """Why a page is no usable source."""

    reason: Reason
    detail: str
