"""Article links of an RSS or Atom feed (feedparser) or a JSON Feed, newest first as the feed has them."""

import json
from calendar import timegm
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import feedparser

from crawlers.discovery.links import absolute, allowed_hosts, found_link, is_allowed
from crawlers.discovery.source_page import SourceFault, SourcePage
from crawlers.frontier_rows import FoundLink
from records import Publisher, Reason

MAX_ENTRIES = 10_000
SHANGHAI = timezone(timedelta(hours=8))


def read_feed(
    body: bytes, url: str, publisher: Publisher, today: date, content_type: str = ""
) -> SourcePage | SourceFault:
    """The links of a feed; a feed without entries is read as such, what is no feed is a fault."""
    if body.lstrip()[:1] == b"{":
        return _read_json_feed(body, url, publisher, today)
    # Only the address and encoding of entries are wanted: cleaning their HTML would be work for nothing.
    headers = {"content-type": content_type, "content-location": url} if content_type else {"content-location": url}
    parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False)
    if not parsed.get("version"):
        fault = parsed.get("bozo_exception")
        told = f": {type(fault).__name__}: {fault}" if fault else ""
        return SourceFault(reason=Reason.NOT_A_FEED, detail=f"no RSS, Atom or JSON Feed{told}"[:300])
    links = (_entry_link(entry, url, publisher, today) for entry in parsed.entries[:MAX_ENTRIES])
    following = next((link.get("href") for link in parsed.feed.get("links", ()) if link.get("rel") == "next"), None)
    return SourcePage(links=_distinct(links), next_url=absolute(following, url) if following else None)


def _entry_link(entry: Mapping[str, Any], url: str, publisher: Publisher, today: date) -> FoundLink | None:
    target = absolute(entry.get("link") or entry.get("id") or "", url)
    if target is None or not is_allowed(target, allowed_hosts(publisher)):
        return None
    stamp = entry.get("published_parsed")
    printed = datetime.fromtimestamp(timegm(stamp), SHANGHAI).date() if stamp else None
    return found_link(target, str(entry.get("title", "")), today, printed=printed)


def _read_json_feed(body: bytes, url: str, publisher: Publisher, today: date) -> SourcePage | SourceFault:
    """The links of a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return SourceFault(reason=Reason.NOT_A_FEED, detail=f"no JSON: {error}"[:300])
    if not isinstance(feed, dict) or not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/"):
        return SourceFault(reason=Reason.NOT_A_FEED, detail="JSON, but no JSON Feed: its version is not jsonfeed.org's")
    items = feed.get("items")
    links = (
        _item_link(item, url, publisher, today) for item in (items if isinstance(items, list) else [])[:MAX_ENTRIES]
    )
    following = feed.get("next_url")
    return SourcePage(links=_distinct(links), next_url=absolute(following, url) if isinstance(following, str) else None)


def _item_link(item: Any, url: str, publisher: Publisher, today: date) -> FoundLink | None:
    if not isinstance(item, dict):
        return None
    target = absolute(str(item.get("url") or item.get("id") or ""), url)
    if target is None or not is_allowed(target, allowed_hosts(publisher)):
        return None
    return found_link(target, str(item.get("title") or ""), today, printed=_local_day(item.get("date_published")))


def _local_day(value: Any) -> date | None:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI).date()


def _distinct(links: Iterable[FoundLink | None]) -> tuple[FoundLink, ...]:
    return tuple({link.canonical_url: link for link in links if link is not None}.values())
