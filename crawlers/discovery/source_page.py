"""One page of a source as read: its article links and where its list goes on, or why it could not be read."""

from dataclasses import dataclass
from datetime import date

from crawlers.frontier_rows import FoundLink
from records import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSitemap:
    """A sitemap named by an index, with the day of its last change."""

    url: str
    changed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """What one page of a source names."""

    links: tuple[FoundLink, ...] = ()
    next_url: str | None = None
    """The page of the same list that comes after this one."""
    children: tuple[ChildSitemap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFault:
    """Why a page is no usable source."""

    reason: Reason
    detail: str
