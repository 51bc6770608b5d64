"""What came over the wire: a fetched page, and the log line of every request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Discovery(StrEnum):
    """How an article's URL became known."""

    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    RELATED = "related"
    NEXT_PAGE = "next_page"
    MANUAL = "manual"
    FILE = "file"
    WARC = "warc"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """One response with a body, as received (decompressed, not decoded)."""

    url: str
    """The URL that answered, after redirects."""
    canonical_url: str
    """The identity of the article: `records.urls.canonicalize` of the URL that was asked for."""
    publisher_id: str | None
    section: str | None = None
    fetched_at: datetime | None
    """UTC-aware; None only for a page that was handed over (`transforms.extract`), never for a crawled one."""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    """The headers that are kept: content-type, etag, last-modified, date, server, content-language."""
    declared_encoding: str | None = None
    """The charset parameter of Content-Type as sent, true or not; the real one is found when decoding."""
    body: bytes
    body_sha256: str
    next_pages: tuple["FetchedPage", ...] = ()
    """The further pages of a multi-page article (`_1.htm`, 下一页) in reading order; this page is not among them."""
    discovered_via: Discovery = Discovery.MANUAL
    referrer_url: str | None = None
    crawl_id: str = ""


class FetchKind(StrEnum):
    """What a request was for."""

    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    ROBOTS = "robots"


class FetchOutcome(StrEnum):
    """How a request ended."""

    FETCHED = "fetched"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One request and its outcome: a row of the fetch log."""

    url: str
    canonical_url: str
    publisher_id: str
    section: str | None = None
    kind: FetchKind
    outcome: FetchOutcome
    fetched_at: datetime
    status: int | None = None
    """The HTTP status; None where no answer came."""
    etag: str | None = None
    last_modified: str | None = None
    bytes_count: int = 0
    elapsed_ms: int = 0
    protocol: str | None = None
    """What the answer came by, as ALPN names it: h2, http/1.1, http/1.0; None where none came or it is not known."""
    links_count: int = 0
    """Article links recognised on a listing, feed or sitemap: what the publisher promised."""
    new_links_count: int = 0
    """Those of them that the frontier had never seen."""
    reason: str | None = None
    """A `Reason` where the outcome is failed."""
    detail: str = ""
    crawl_id: str = ""
