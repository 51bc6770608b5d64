"""A publisher as its TOML under seeds/publishers declares it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source lists its articles."""

    LISTING = "listing"  # 栏目页: an HTML page of links
    FEED = "feed"  # RSS, Atom or JSON Feed
    SITEMAP = "sitemap"  # a sitemap, a news sitemap or an index of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One page that names articles: a listing page, a feed or a sitemap."""

    kind: SourceKind
    url: str
    section: str | None = None
    max_pages: int = 20
    """How many listing pages (index.htm, index_1.htm, …) are walked at most."""
    autodiscover: bool = False
    """Whether the feeds that a listing page names in ``<link rel=alternate>`` are read too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section 栏目 of a publisher, with the region it reports on where that is narrower than the publisher's."""

    id: str
    name: str
    region_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """CSS selectors that override the generic reading of a page, until a date.

    Empty selectors leave the generic way in force. `valid_until` is the last local day on which the
    publisher used this layout; None means it is in use.
    """

    id: str
    valid_until: date | None = None
    title: str = ""
    body: str = ""
    info: str = ""
    related: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """What a publisher's servers are spared: seconds between two requests, requests at once to a host."""

    delay_seconds: float = 2.0
    concurrency: int = 1
    obey_robots: bool = True
    autothrottle: bool = False
    """Whether the delay grows while answers are slow (Scrapy's AutoThrottle), and shrinks to the declared one again."""
    http2: bool = False
    """Whether its https hosts are asked by HTTP/2, where they speak it; needs the extra `http2`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A regional publisher: its masthead, the region it reports on, where it lists its articles."""

    id: str
    """Pinyin of the masthead, lower case: ``luwang``."""
    name: str
    home_url: str
    region_code: str | None = None
    """Adcode of the area it reports on; a prior for tagging that alone never outvotes the text."""
    article_pattern: str = ""
    """A regular expression that an article's URL matches from its path on; empty: any link of a listing's main list."""
    allowed_hosts: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    sources: tuple[Source, ...] = ()
    layouts: tuple[Layout, ...] = ()
    politeness: Politeness = field(default_factory=Politeness)
    follow_related: bool = False
    """Whether articles that a landed article's related list names are fetched too, one step away from the lists."""
    render: bool = False
    """Whether its pages hold their articles only after JavaScript ran; needs the extra `render` and Chromium."""
    active: bool = True
    verified_date: date | None = None
    """The day on which `difang publishers check` last proved the declaration live; None: never."""

    @property
    def is_verified(self) -> bool:
        """Whether the declaration was ever proved live."""
        return self.verified_date is not None

    def section(self, section_id: str | None) -> Section | None:
        """The section of that id, or None."""
        return next((s for s in self.sections if s.id == section_id), None)

    def region_of(self, section_id: str | None) -> str | None:
        """The adcode that a section reports on: its own, else the publisher's."""
        section = self.section(section_id)
        return (section.region_code if section else None) or self.region_code
