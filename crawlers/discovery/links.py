"""Links as a source names them, made absolute and canonical; none leaves the publisher's hosts."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from crawlers.discovery.days import day_in_url
from crawlers.frontier_rows import FoundLink
from crawlers.frontier_schema import DatedBy
from records import Publisher, canonicalize

MAX_URL_LENGTH = 2000
FEW_DAYS = timedelta(days=7)
"""How far the day printed beside a link may lie from the one in its URL, where the year was not printed."""
PageTest = Callable[[str], bool]


def allowed_hosts(publisher: Publisher) -> frozenset[str]:
    """The hosts (with port, where a URL names one) that may be asked for a publisher."""
    declared = {host.lower() for host in publisher.allowed_hosts}
    return frozenset(declared | {urlsplit(url).netloc.lower() for url in (publisher.home_url,)})


def is_allowed(url: str, hosts: frozenset[str]) -> bool:
    """Whether a URL lies on one of the hosts."""
    parts = urlsplit(url)
    return parts.netloc.lower() in hosts or (parts.hostname or "").lower() in hosts


def article_test(pattern: str) -> PageTest:
    """A test of URLs by a publisher's article pattern, searched from the path on."""
    compiled = re.compile(pattern)

    def is_article(url: str) -> bool:
        parts = urlsplit(url)
        return compiled.search(parts.path + (f"?{parts.query}" if parts.query else "")) is not None

    return is_article


def absolute(href: str, base_url: str) -> str | None:
    """The absolute http or https URL of a link without fragment, or None."""
    href = re.sub(r"[\t\r\n]", "", href.strip())
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    try:
        url = urljoin(base_url, href).partition("#")[0]
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname and len(url) <= MAX_URL_LENGTH else None


def found_link(
    url: str,
    text: str,
    today: date,
    *,
    printed: date | None = None,
    has_year: bool = True,
    changed: date | None = None,
) -> FoundLink | None:
    """The link with its best day hint: printed beside it, else in its URL, else the day of its last change.

    `has_year` says whether the year is printed, too.
    """
    try:
        canonical = canonicalize(url)
    except ValueError:
        return None
    in_url = day_in_url(url, today)
    day = best_day(printed, in_url)
    dated_by = DatedBy.DAY if day else DatedBy.LAST_CHANGE if changed else DatedBy.NOTHING
    return FoundLink(
        url=url,
        canonical_url=canonical,
        text=text,
        published_on=day or changed,
        dated_by=dated_by,
        has_year=has_year or (day is not None and in_url is not None and day.year == in_url.year),
    )


def best_day(printed: date | None, in_url: date | None) -> date | None:
    """The day printed beside a link, in the year that its URL names.

    Lists print 05-13 without a year, which alone can only be taken for the latest one; the URL of an article of two
    years ago says 20240513, and knows better.
    """
    if printed is None or in_url is None or printed.year == in_url.year:
        return printed or in_url
    if (printed.month, printed.day) == (2, 29):
        return in_url
    moved = printed.replace(year=in_url.year)
    return moved if abs(moved - in_url) <= FEW_DAYS else printed
