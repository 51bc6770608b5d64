"""What goes into and comes out of the frontier: found links, leased URLs, sources; and how they are packed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from crawlers.frontier_schema import DatedBy
from records import Discovery, SourceKind, article_id

EPOCH = date(1970, 1, 1)
DISCOVERIES = tuple(Discovery)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """One article link that a listing, feed or sitemap names."""

    url: str
    """Absolute, as found: the address to ask."""
    canonical_url: str
    text: str = ""
    published_on: date | None = None
    """The day printed beside the link or in its URL."""
    dated_by: DatedBy = DatedBy.NOTHING
    has_year: bool = True
    """False: month and day alone are printed, and the year of `published_on` is the latest possible one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedUrl:
    """One URL that a crawl has taken to fetch."""

    key: int
    url: str
    publisher_id: str
    section: str | None
    discovered_via: Discovery
    referrer_url: str | None
    etag: str | None = None
    last_modified: str | None = None
    is_landed: bool = False
    published_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is known of a listing, feed or sitemap before it is polled."""

    key: int
    url: str
    kind: SourceKind
    publisher_id: str
    section: str | None
    etag: str | None
    last_modified: str | None
    polled_at: int | None
    due_at: int
    walked_to: int | None
    """The day (since 1970) back to which completed walks have read it; 0: all it offers; None: none was completed."""


def url_key(canonical_url: str) -> int:
    """The frontier's key of a canonical URL: its `article_id` as a signed 64-bit number."""
    return int.from_bytes(bytes.fromhex(article_id(canonical_url)), "big", signed=True)


def milliseconds(instant: datetime) -> int:
    """Milliseconds since 1970."""
    return int(instant.timestamp() * 1000)


def day_number(day: date | None) -> int:
    """Days since 1970; 0 where the day is not known."""
    return (day - EPOCH).days if day else 0


def day_of(number: int) -> date | None:
    """The day of a number made by `day_number`."""
    return EPOCH + timedelta(days=number) if number else None


def pack_http_date(value: str | None) -> int | None:
    """Seconds since 1970 of an HTTP date; None where it cannot be read."""
    if not value:
        return None
    try:
        return int(parsedate_to_datetime(value).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None


def unpack_http_date(seconds: int | None) -> str | None:
    """The HTTP date of an instant packed by `pack_http_date`."""
    return None if seconds is None else format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


def header_of(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of a kept header, or None."""
    return next((value for key, value in headers if key.lower() == name), None)
