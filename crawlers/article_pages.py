"""The next page of a multi-page article: a link that keeps the article's own name.

``t20220117_4207771.htm`` goes on at ``t20220117_4207771_1.htm``, ``content_12.html`` at ``content_12_2.html``
or ``?page=2``. A link to another article, also one that reads 下一页, has another name and is not followed.
Works on bytes: most articles have one page, and parsing each to learn that would cost more than fetching it.
"""

import re
from collections.abc import Set
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

HREF = re.compile(rb"""<(?:a|link)\b[^>]{0,400}?\bhref\s*=\s*["']?([^"'\s>]{1,500})""", re.IGNORECASE)
TRS_PAGER = re.compile(
    rb"""createPageHTML\w*\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*["']([^"'<>]{1,120})["']\s*,\s*["'](\w{2,6})"""
)
PAGE_QUERY = rb"""[^"'\s<>]{0,200}?[?&;](?:page|p|pn|pageno|page_no|pageindex)=\d"""
AFTER_NAME = re.compile(rb"[_/-]\d|" + PAGE_QUERY, re.IGNORECASE)
PAGE_PARAMETERS = frozenset({"page", "p", "pn", "pageno", "pageindex", "page_no"})


def next_article_page(body: bytes, url: str, first_url: str, asked: Set[str]) -> str | None:
    """The URL of the article page after `url`, or None; `asked` are those that were requested already."""
    stem = page_stem(first_url)
    current = page_number(url, first_url)
    if stem is None or current is None:
        return None
    following: dict[int, str] = {}
    for target in _targets(body, url, stem.rpartition("/")[2].encode("ascii", "ignore")):
        number = page_number(target, first_url)
        if number is not None and number > current and target not in asked:
            following.setdefault(number, target)
    return following[min(following)] if following else None


def page_stem(url: str) -> str | None:
    """The URL without extension, query and fragment: the name that all pages of an article share."""
    parts = urlsplit(url)
    name = parts.path.rpartition("/")[2]
    if not name:
        return None
    return f"{parts.netloc}{parts.path[: len(parts.path) - len(name)]}{name.partition('.')[0]}"


def page_number(url: str, first_url: str) -> int | None:
    """The place of a URL among the pages of an article: 0 for the first, None for another document."""
    if url == first_url:
        return 0
    parts, first = urlsplit(url), urlsplit(first_url)
    if parts.netloc != first.netloc:
        return None
    if parts.path == first.path:
        return _number_in_query(parts.query, first.query)
    stem = page_stem(first_url)
    if stem is None or parts.query != first.query:
        return None
    extension = re.escape(first.path[len(stem) - len(first.netloc) :])
    name = re.escape(stem[len(first.netloc) :])
    match = re.fullmatch(rf"{name}(?:[_-]|/)(\d{{1,2}})(?:{extension})?", parts.path)
    return int(match[1]) if match and int(match[1]) > 0 else None


def _number_in_query(query: str, first_query: str) -> int | None:
    pairs, first_pairs = parse_qsl(query), parse_qsl(first_query)
    paging = [value for name, value in pairs if name.lower() in PAGE_PARAMETERS]
    rest = [pair for pair in pairs if pair[0].lower() not in PAGE_PARAMETERS]
    first_rest = [pair for pair in first_pairs if pair[0].lower() not in PAGE_PARAMETERS]
    if rest != first_rest or len(paging) != 1 or not re.fullmatch(r"\d{1,2}", paging[0]):
        return None
    return int(paging[0]) or None


def names_further_page(body: bytes, name: bytes) -> bool:
    """Whether the bytes hold an article's name, or a bare query, that goes on as a page's URL does.

    One search for the name decides most pages; a pattern over the whole body takes ten times as long.
    """
    for start in (name, b'"?', b"'?"):
        at = body.find(start)
        while at >= 0:
            if AFTER_NAME.match(body, at + (len(name) if start is name else 1)):
                return True
            at = body.find(start, at + 1)
    return False


def _targets(body: bytes, url: str, name: bytes) -> list[str]:
    targets = []
    if names_further_page(body, name):
        hrefs = (unescape(match[1].decode("utf-8", "replace")) for match in HREF.finditer(body))
        targets += [urljoin(url, href).partition("#")[0] for href in hrefs if name.decode() in href or href[:1] == "?"]
    pager = TRS_PAGER.search(body)
    if pager and int(pager[2]) + 1 < int(pager[1]) and pager[3].rpartition(b"/")[2] == name:
        targets.append(urljoin(url, f"{pager[3].decode('ascii', 'ignore')}_{int(pager[2]) + 1}.{pager[4].decode()}"))
    return targets
