"""Article links of a sitemap or news sitemap, and the sitemaps of an index (sitemaps.org 0.9, Google News).

Read with lxml as a stream: entities are not resolved, nothing is loaded, sizes are bounded. scrapy's own
reader drops what is nested, which is where a news sitemap keeps the day of publication; ultimate-sitemap-parser
fetches by itself, past the crawl's manners. The protocol's other forms are read too: one URL a line, and the
Sitemap lines of robots.txt (protego), which are an index.
"""

import zlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from urllib.parse import urlsplit

from lxml import etree
from protego import Protego

from crawlers.discovery.feed import SHANGHAI
from crawlers.discovery.links import absolute, allowed_hosts, article_test, found_link, is_allowed
from crawlers.discovery.source_page import ChildSource, SourceFault, SourcePage
from crawlers.frontier_rows import FoundLink
from records import Publisher, Reason

MAX_ENTRIES = 50_000
MAX_BYTES = 50 * 1024 * 1024
"""Both are the protocol's own bounds for one sitemap, uncompressed."""
MAX_ROBOTS_BYTES = 512 * 1024


def read_sitemap(body: bytes, url: str, publisher: Publisher, today: date) -> SourcePage | SourceFault:
    """The links of a sitemap, or the sitemaps of an index; gzip as a file format is undone."""
    if body[:2] == b"\x1f\x8b":
        inflater = zlib.decompressobj(wbits=31)
        try:
            body = inflater.decompress(body, MAX_BYTES)
        except zlib.error as error:
            return SourceFault(reason=Reason.NOT_A_FEED, detail=f"not readable as gzip: {error}")
        if inflater.unconsumed_tail:
            return SourceFault(reason=Reason.TOO_LARGE, detail=f"over {MAX_BYTES} bytes when decompressed")
    if (lines := _text_entries(body, url)) is not None:
        return _page(lines, url, publisher, today)
    try:
        entries = list(_entries(body))
    except etree.XMLSyntaxError as error:
        return SourceFault(reason=Reason.NOT_A_FEED, detail=f"no XML sitemap: {error}"[:300])
    if entries and entries[0] == ("", {}):
        return SourceFault(reason=Reason.NOT_A_FEED, detail="XML, but no urlset or sitemapindex")
    return _page(entries, url, publisher, today)


def _page(entries: list[tuple[str, dict[str, str]]], url: str, publisher: Publisher, today: date) -> SourcePage:
    hosts = allowed_hosts(publisher)
    is_article = article_test(publisher.article_pattern)
    links: dict[str, FoundLink] = {}
    children: dict[str, ChildSource] = {}
    for kind, entry in entries:
        target = absolute(entry.get("loc", ""), url)
        if target is None or not is_allowed(target, hosts):
            continue
        changed = _day(entry.get("lastmod", ""))
        if kind == "sitemap":
            children.setdefault(target, ChildSource(url=target, changed_on=changed))
            continue
        printed = _day(entry.get("publication_date", ""))
        link = found_link(target, entry.get("title", ""), today, printed=printed, changed=changed)
        # A sitemap also names sections and the home page: without a pattern, those end in a slash.
        if link is not None and is_article(target) and not (not publisher.article_pattern and target.endswith("/")):
            links.setdefault(link.canonical_url, link)
    return SourcePage(links=tuple(links.values()), children=tuple(children.values()))


def _text_entries(body: bytes, url: str) -> list[tuple[str, dict[str, str]]] | None:
    """The entries of a robots.txt or of a sitemap with one URL a line; None for what is neither."""
    if urlsplit(url).path == "/robots.txt":
        text = body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace")
        return [("sitemap", {"loc": target}) for target in Protego.parse(text).sitemaps]
    if not body.removeprefix(b"\xef\xbb\xbf").lstrip()[:8].lower().startswith((b"http://", b"https://")):
        return None
    lines = body.decode("utf-8-sig", "replace").splitlines()[:MAX_ENTRIES]
    return [("url", {"loc": line.strip()}) for line in lines if line.strip()]


def _entries(body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Each entry's kind (url, sitemap) and its fields by local name; ``("", {})`` first for another root or none."""
    events = etree.iterparse(
        BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, recover=True
    )
    root: etree._Element | None = None
    fields: dict[str, str] = {}
    count = 0
    for event, element in events:
        name = _local_name(element)
        if root is None:
            root = element
            if name not in {"urlset", "sitemapindex"}:
                yield "", {}
                return
        elif event == "end" and name in {"url", "sitemap"}:
            yield name, fields
            fields = {}
            element.clear()
            while element.getprevious() is not None:
                del root[0]
            count += 1
            if count >= MAX_ENTRIES:
                return
        elif event == "end" and name and name not in fields:
            # An image's or a video's address is a loc as well, one level deeper.
            if name == "loc" and _parent_name(element) not in {"url", "sitemap"}:
                continue
            fields[name] = (element.text or "").strip()
    if root is None:
        yield "", {}


def _parent_name(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else _local_name(parent)


def _local_name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _day(value: str) -> date | None:
    """The local day of a W3C date or instant."""
    try:
        if len(value) <= 10:
            return date.fromisoformat(value)
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI).date()
