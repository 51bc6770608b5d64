"""What a page's head says of its site: the feeds it names, the address it calls its own, where it sends its reader.

``<link rel=alternate>`` names feeds by their type, but also the page's mobile, translated and AMP forms, which
are the same article and no source. ``rel=canonical`` tells the address behind such a form.
"""

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawlers.discovery.links import absolute, allowed_hosts, is_allowed
from records import Publisher

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml"}
)
MAX_FEEDS = 20
REFRESH = re.compile(r"""^\s*\d+\s*[;,]\s*url\s*=\s*['"]?([^'"\s>]+)""", re.IGNORECASE)


def named_feeds(tree: HtmlElement, base_url: str, publisher: Publisher) -> tuple[str, ...]:
    """The feeds on the publisher's hosts that the head names, those of comments left out; in order."""
    hosts = allowed_hosts(publisher)
    found: dict[str, None] = {}
    for link in tree.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" not in _relations(link) or kind not in FEED_TYPES or link.get("hreflang"):
            continue
        target = absolute(link.get("href") or "", base_url)
        if target is not None and is_allowed(target, hosts) and "comment" not in urlsplit(target).path.lower():
            found.setdefault(target)
    return tuple(found)[:MAX_FEEDS]


def own_address(tree: HtmlElement, base_url: str, publisher: Publisher) -> str | None:
    """The address that ``rel=canonical`` gives, where it lies on the publisher's hosts and is no home page."""
    for link in tree.iter("link"):
        if "canonical" not in _relations(link):
            continue
        target = absolute(link.get("href") or "", base_url)
        # Many sites name their home page as every page's canonical address: that says nothing.
        if target is not None and is_allowed(target, allowed_hosts(publisher)) and urlsplit(target).path.strip("/"):
            return target
    return None


def forward_address(tree: HtmlElement, base_url: str) -> str | None:
    """Where a page sends its reader by a meta refresh, as a digital paper's home page does to the day's issue."""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (match := REFRESH.match(meta.get("content") or "")):
            return absolute(match[1], base_url)
    return None


def _relations(link: HtmlElement) -> set[str]:
    return set((link.get("rel") or "").lower().split())
