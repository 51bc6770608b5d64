"""Where a list goes on: the next page of a listing, by what the page itself says.

Tried in order: ``rel=next``; an anchor that reads 下一页; TRS's ``createPageHTML(pages, index, "index", "htm")``
that draws the pager in the browser; a row of page numbers. How far to go is the crawl's affair.
"""

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

NEXT_TEXTS = frozenset(
    {"下一页", "下页", "下一頁", "后一页", "下一版", "next", "nextpage", "下一页>", ">", "›", "»", ">>", "下一页»"}
)
TRS_PAGER = re.compile(
    r"createPageHTML\w*\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*[\"']([^\"'/<>]{1,80})[\"']\s*,\s*[\"'](\w{2,6})[\"']"
)


def next_page_url(tree: HtmlElement, anchors: Sequence[tuple[HtmlElement, str]], url: str) -> str | None:
    """The URL of the list's next page, or None; `anchors` are the page's links with their absolute URLs."""
    host = urlsplit(url).netloc
    for link in tree.iter("link"):
        if "next" in (link.get("rel") or "").lower().split() and link.get("href"):
            target = str(urljoin(url, link.get("href", "").strip()))
            if urlsplit(target).netloc == host and target != url:
                return target
    near = [(anchor, target) for anchor, target in anchors if urlsplit(target).netloc == host and target != url]
    for anchor, target in near:
        said = "".join("".join(anchor.itertext()).split()).lower()
        if "next" in (anchor.get("rel") or "").lower().split() or said in NEXT_TEXTS:
            return target
    return _trs_next(tree, url) or _numbered_next(anchors, url)


def _trs_next(tree: HtmlElement, url: str) -> str | None:
    for script in tree.iter("script"):
        match = TRS_PAGER.search(script.text or "")
        if match:
            pages, index = int(match[1]), int(match[2])
            return urljoin(url, f"{match[3]}_{index + 1}.{match[4]}") if index + 1 < pages else None
    return None


def _numbered_next(anchors: Sequence[tuple[HtmlElement, str]], url: str) -> str | None:
    """The page after the current one in a row of numbers: the current one is the gap, or links to itself."""
    host = urlsplit(url).netloc
    numbers: dict[int, str] = {}
    for anchor, target in anchors:
        said = "".join(anchor.itertext()).strip()
        if re.fullmatch(r"\d{1,4}", said) and urlsplit(target).netloc == host:
            numbers.setdefault(int(said), target)
    if len(numbers) < 1 or min(numbers) > 2:
        return None
    current = next((n for n, target in numbers.items() if target == url), None)
    if current is None:
        current = next(n for n in range(1, max(numbers) + 2) if n not in numbers)
    following = numbers.get(current + 1)
    return following if following != url else None
