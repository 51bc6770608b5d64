"""Article links of a listing page 栏目页, in page order, and the listing's next page.

With the publisher's article pattern a link is an article's when its URL matches. Without one the page's own
structure tells: article URLs of one site share a template (``/zq/xw/N/tN_N.htm`` once numbers are struck
out) and their anchors are headlines, several characters long; sections, pagers and tools share neither.
Where no template stands out the page yields nothing, which is counted, rather than a guess.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlsplit

import lxml.html
from lxml.html import HtmlElement

from crawlers.discovery.days import FULL_DAY, PrintedDay, printed_day
from crawlers.discovery.json_listing import looks_like_json, read_json_listing
from crawlers.discovery.links import absolute, allowed_hosts, article_test, found_link, is_allowed
from crawlers.discovery.markup import decode_markup, open_datastores
from crawlers.discovery.page_head import forward_address, named_feeds
from crawlers.discovery.paging import next_page_url
from crawlers.discovery.source_page import ChildSource, SourceFault, SourcePage
from crawlers.frontier_rows import FoundLink
from records import Publisher, Reason, SourceKind

MAX_ANCHORS = 5000
MIN_LINKS = 3
"""Fewer links of one template are no list."""
MIN_HEADLINE = 7
"""Mean length of a headline in characters; a Latin letter counts as 0.4 of a Chinese one."""
STRUCK = re.compile(r"\d+")
INDEX_PAGE = re.compile(
    r"/(?:(?:index|default|list|node|more|channel)_?\d*|\d{1,3})\.(?:html?|shtml|jsp|php|aspx)$", re.IGNORECASE
)


def read_listing(
    body: bytes, url: str, publisher: Publisher, today: date, content_type: str = "", *, autodiscover: bool = False
) -> SourcePage | SourceFault:
    """The article links and the next page of one listing page; `today` completes dates without a year.

    With `autodiscover` the feeds that the page names are its children.
    """
    if looks_like_json(body, content_type):
        return read_json_listing(body, url, publisher, today)
    tree = parse_html(open_datastores(decode_markup(body, content_type)))
    if tree is None:
        return SourceFault(reason=Reason.EMPTY_LISTING, detail="the listing page has no markup at all")
    base_url = _base_url(tree, url)
    anchors = _anchors(tree, base_url, allowed_hosts(publisher))
    by_url: dict[str, list[HtmlElement]] = defaultdict(list)
    for anchor, target in anchors:
        if target != url:
            by_url[target].append(anchor)
    headlines = {target: max((_text(a) for a in found), key=len) for target, found in by_url.items()}
    if publisher.article_pattern:
        is_article = article_test(publisher.article_pattern)
        chosen = [target for target in by_url if is_article(target)]
    else:
        chosen = article_urls(headlines, url)
    links = list(_with_days(chosen, by_url, headlines, today))
    next_url = next_page_url(tree, anchors, url)
    feeds = tuple(ChildSource(url=feed, kind=SourceKind.FEED) for feed in named_feeds(tree, base_url, publisher))
    feeds = feeds if autodiscover else ()
    if not links and (onward := forward_address(tree, base_url)) is not None and onward != url:
        return SourcePage(next_url=onward if is_allowed(onward, allowed_hosts(publisher)) else None, children=feeds)
    if not links and not feeds:
        detail = f"none of {len(by_url)} links is an article's" + (
            f" by the pattern {publisher.article_pattern}" if publisher.article_pattern else " by the page's structure"
        )
        return SourceFault(reason=Reason.EMPTY_LISTING, detail=detail)
    return SourcePage(links=tuple(links), next_url=next_url, children=feeds)


def parse_html(text: str) -> HtmlElement | None:
    """The tree of an HTML text; None where there is nothing to parse."""
    try:
        # Bytes with a stated encoding: lxml refuses a str that carries an XML declaration of its own.
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None


def article_urls(headlines: Mapping[str, str], page_url: str) -> list[str]:
    """Those of the URLs that look like articles, by shared template and length of anchor text; in order."""
    templates: dict[str, list[str]] = defaultdict(list)
    for url in headlines:
        if (template := url_template(url)) is not None:
            templates[template].append(url)
    chosen: set[str] = set()
    for urls in templates.values():
        lengths = [headline_length(headlines[url]) for url in urls if headlines[url]]
        if len(urls) >= MIN_LINKS and lengths and sum(lengths) / len(lengths) >= MIN_HEADLINE:
            chosen.update(urls)
    if not chosen:
        own = url_template(page_url)
        slugs = [u for u in headlines if url_template(u) is None and headline_length(headlines[u]) >= MIN_HEADLINE + 3]
        slugs = [u for u in slugs if u.rstrip("/").rpartition("/")[2].count("-") >= 2]
        chosen.update(slugs if len(slugs) >= MIN_LINKS and own is None else ())
    return [url for url in headlines if url in chosen]


def url_template(url: str) -> str | None:
    """The URL's last path segments and query with numbers struck out; None where they hold no number of note."""
    parts = urlsplit(url)
    if INDEX_PAGE.search(parts.path):
        return None
    segments = parts.path.split("/")[-3:]
    tail = "/".join(segments[-2:]) + (f"?{parts.query}" if parts.query else "")
    if not re.search(r"\d{3,}", "/".join(segments) + parts.query):
        return None
    return f"{parts.netloc} {STRUCK.sub('N', tail)}"


def headline_length(text: str) -> float:
    """The length of an anchor's text, a Latin letter or digit counting less than a Chinese character."""
    return sum(0.4 if ord(c) < 0x2E80 else 1.0 for c in text)


def _anchors(tree: HtmlElement, base_url: str, hosts: frozenset[str]) -> list[tuple[HtmlElement, str]]:
    found = []
    for anchor in tree.iter("a"):
        target = absolute(anchor.get("href", ""), base_url)
        if target is not None and is_allowed(target, hosts):
            found.append((anchor, target))
        if len(found) >= MAX_ANCHORS:
            break
    return found


def _with_days(
    chosen: Iterable[str], by_url: Mapping[str, list[HtmlElement]], headlines: Mapping[str, str], today: date
) -> Iterable[FoundLink]:
    seen: set[str] = set()
    for target in chosen:
        text = headlines[target]
        printed = next((day for a in by_url[target] if (day := _day_beside(a, today)) is not None), None)
        beside = (printed.day, printed.has_year) if printed is not None else (None, True)
        link = found_link(target, text, today, printed=beside[0], has_year=beside[1])
        if link is not None and link.canonical_url not in seen:
            seen.add(link.canonical_url)
            yield link


def _day_beside(anchor: HtmlElement, today: date) -> PrintedDay | None:
    """The day printed in the anchor's own box, outside its headline: the smallest box that holds no other link."""
    text = _text(anchor)
    glued = [match for match in FULL_DAY.finditer(text) if match.end() == len(text)]
    if glued:
        return printed_day(glued[-1][0], today)
    box, href = anchor, anchor.get("href")
    for _ in range(4):
        parent = box.getparent()
        if parent is None or any(a.get("href") != href for a in parent.iter("a")):
            break  # at the first other link: a list of thousands must not be read once a link
        box = parent
        beside = " ".join("".join(box.itertext()).split()).replace(text, " ", 1)
        if len(beside) <= 200 and (day := printed_day(beside, today)) is not None:
            return day
    # `<a>…</a> <span>01-17</span><br>`: a flat list prints the day right after the anchor.
    tail = (anchor.tail or "") + "".join(
        sibling.text or "" for sibling in anchor.itersiblings() if sibling.tag in {"span", "em", "i", "font"}
    )[:40]
    return printed_day(tail[:40], today) if box is anchor else None


def _text(element: HtmlElement) -> str:
    text = " ".join("".join(element.itertext()).split())
    return text or " ".join((element.get("title") or "").split())


def _base_url(tree: HtmlElement, url: str) -> str:
    base = tree.find(".//base[@href]")
    return (absolute(base.get("href", ""), url) if base is not None else None) or url
