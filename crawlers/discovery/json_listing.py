"""Article links of a JSON list, as a page fills itself from: any object with an article's address is an entry.

No field is prescribed: an entry's address is the first string that is one of the publisher's articles, its
headline the longest text of its title-like fields, its day the first of its date-like fields.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from crawlers.discovery.days import day_in_text
from crawlers.discovery.feed import SHANGHAI
from crawlers.discovery.links import absolute, allowed_hosts, article_test, found_link, is_allowed
from crawlers.discovery.source_page import SourceFault, SourcePage
from crawlers.frontier_rows import FoundLink
from records import Publisher, Reason

MAX_ENTRIES = 10_000
MAX_DEPTH = 12
ADDRESS_FIELDS = ("url", "link", "href", "path", "pageurl", "docpuburl", "contenturl")
TITLE_FIELDS = ("title", "name", "headline", "linktitle", "doctitle")
DAY_FIELDS = ("date", "time", "publish", "pub", "created")
NEXT_FIELDS = ("next", "next_url", "nexturl", "nextpage", "next_page")


def looks_like_json(body: bytes, content_type: str) -> bool:
    """Whether a listing's body is JSON: by its type, or by its first character where the type says little."""
    return "json" in content_type.lower() or body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def read_json_listing(body: bytes, url: str, publisher: Publisher, today: date) -> SourcePage | SourceFault:
    """The article links of a JSON list, and its next page where a field names it."""
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return SourceFault(reason=Reason.EMPTY_LISTING, detail=f"the listing is no readable JSON: {error}"[:300])
    hosts, is_article = allowed_hosts(publisher), article_test(publisher.article_pattern)
    links = json_links(document, url, today, lambda target: is_allowed(target, hosts) and is_article(target))
    if not links:
        return SourceFault(reason=Reason.EMPTY_LISTING, detail="no object of the JSON holds an article's address")
    following = _field(document, NEXT_FIELDS) if isinstance(document, dict) else None
    return SourcePage(links=links, next_url=absolute(following, url) if isinstance(following, str) else None)


def json_links(document: Any, url: str, today: date, accepts: Callable[[str], bool]) -> tuple[FoundLink, ...]:
    """The links of a JSON value's objects whose address is accepted, each once."""
    links: dict[str, FoundLink] = {}
    for entry in _objects(document, 0):
        link = _link(entry, url, today, accepts)
        if link is not None:
            links.setdefault(link.canonical_url, link)
        if len(links) >= MAX_ENTRIES:
            break
    return tuple(links.values())


def _link(entry: dict[str, Any], url: str, today: date, is_article: Callable[[str], bool]) -> FoundLink | None:
    named = [entry[k] for k in entry if k.lower().replace("_", "") in ADDRESS_FIELDS and isinstance(entry[k], str)]
    targets = (absolute(value, url) for value in named if value.strip())
    target = next((t for t in targets if t is not None and is_article(t)), None)
    if target is None:
        return None
    titles = [str(v) for k, v in entry.items() if any(f in k.lower() for f in TITLE_FIELDS) and isinstance(v, str)]
    days = (_day(v, today) for k, v in entry.items() if any(f in k.lower() for f in DAY_FIELDS))
    printed = next((day for day in days if day is not None), None)
    return found_link(target, max(titles, key=len, default=""), today, printed=printed)


def _day(value: Any, today: date) -> date | None:
    """The local day of a printed date, or of seconds or milliseconds since 1970."""
    if isinstance(value, str) and not value.isdigit():
        return day_in_text(value, today)
    try:
        seconds = float(value)
        instant = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    day = instant.astimezone(SHANGHAI).date()
    return day if date(1995, 1, 1) <= day <= today else None


def _field(entry: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((value for key, value in entry.items() if key.lower() in names), None)


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(item, depth + 1)
