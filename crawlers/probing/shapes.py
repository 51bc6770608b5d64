r"""Article addresses of a site as regular expressions, learned from the addresses that its pages link to.

An address is struck down to its shape: from the first segment that holds a date or a number on, digits become
``\\d``, hexadecimal ids and slugs their classes. Addresses of one CMS share a shape; those whose anchors read
like headlines, or whose shape holds a day, are candidates. Which of them are articles the pages decide.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from crawlers.discovery.days import URL_DAY
from crawlers.discovery.listing import INDEX_PAGE, headline_length

MIN_ADDRESSES = 2
MIN_ANCHORED = 5
MANY = 0.3
"""This share of addresses in other folders is no chance."""
MAX_FOLDERS = 12
MIN_HEADLINE = 7.0
YEAR = r"(?:19|20)\d{2}"
HEX = re.compile(r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}", re.IGNORECASE)
EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jsp|jhtml|do)$", re.IGNORECASE)
MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|css|js|pdf|docx?|xlsx?|zip|rar|mp[34]|xml|json|apk|ico|svg|webp)$", re.IGNORECASE
)
PAGING = frozenset({"page", "p", "pn", "pageno", "pageindex", "page_no", "paged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One shape of addresses with the evidence for it."""

    pattern: str
    """Searched from the path on, as `article_pattern` is."""
    urls: tuple[str, ...]
    headline: float
    """Mean length of the longest anchors, a Latin letter counting less."""
    has_day: bool

    @property
    def score(self) -> float:
        """The larger, the likelier its pages are articles."""
        return min(self.headline, 30.0) * math.sqrt(min(len(self.urls), 40)) * (1.5 if self.has_day else 1.0)


def learn_shapes(headlines: Mapping[str, str]) -> list[Shape]:
    """The candidate shapes of addresses with their anchors, likeliest first."""
    groups: dict[str, list[str]] = defaultdict(list)
    for url in headlines:
        if (key := shape_key(url)) is not None:
            groups[key].append(url)
    shapes = []
    for key, found in groups.items():
        pattern, urls = within_folders(key, found, headlines)
        mean = _mean_headline(urls, headlines)
        has_day = sum(URL_DAY.search(urlsplit(url).path) is not None for url in urls) * 2 > len(urls)
        if len(urls) >= MIN_ADDRESSES and mean >= MIN_HEADLINE:
            shapes.append(Shape(pattern=pattern, urls=tuple(urls), headline=mean, has_day=has_day))
    return sorted(shapes, key=lambda shape: -shape.score)


def within_folders(key: str, urls: Sequence[str], headlines: Mapping[str, str]) -> tuple[str, list[str]]:
    """A shape's pattern and addresses, kept to the folders that hold headlines where many addresses lie in others.

    ``/a/1234.html`` and ``/tag/1234.html`` have one shape; the anchors tell that only the first are articles.
    """
    folders: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        folders[_head(url, key) or ""].append(url)
    good = {head: own for head, own in folders.items() if _mean_headline(own, headlines) >= MIN_HEADLINE}
    kept = [url for own in good.values() for url in own]
    if not good or len(kept) > (1 - MANY) * len(urls) or len(good) > MAX_FOLDERS:
        return anchored(key, urls), list(urls)
    heads = "|".join(_escaped(head) for head in sorted(good))
    return f"^{heads}{key}" if len(good) == 1 else f"^(?:{heads}){key}", kept


def _mean_headline(urls: Sequence[str], headlines: Mapping[str, str]) -> float:
    return sum(headline_length(headlines[url]) for url in urls) / len(urls)


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\-", "-")


def shape_key(url: str) -> str | None:
    """The part of a URL's pattern that is the same for all articles of its shape; None for what names no article."""
    parts = urlsplit(url)
    segments = [s for s in parts.path.split("/") if s]
    query = _query(parts.query)
    if MEDIA.search(parts.path) or (not query and (not segments or INDEX_PAGE.search(parts.path))):
        return None
    struck = [_segment(segment, is_last=index == len(segments) - 1) for index, segment in enumerate(segments)]
    first = next((i for i, (_, is_variable) in enumerate(struck) if is_variable), None)
    if first is None:
        if not query or r"\d+" not in query:
            return None
        return f"/{struck[-1][0] if struck else ''}{query}$"
    tail = "/".join(text for text, _ in struck[first:])
    slash = "/" if parts.path.endswith("/") else ""
    if not struck[-1][1] and not query:
        return None  # /2024/index.html, /12/list.html: a dated folder, no article's own name
    return f"/{tail}{slash}{query}$"


def anchored(key: str, urls: Iterable[str]) -> str:
    """The pattern of a shape, tied to the folders above it where all its addresses share them."""
    heads = {_head(url, key) for url in urls}
    if len(set(urls)) >= MIN_ANCHORED and len(heads) == 1 and (head := heads.pop()) is not None:
        return f"^{_escaped(head)}{key}"
    return key


def joined(patterns: Iterable[str]) -> str:
    """One pattern that finds what any of the given ones finds."""
    distinct = list(dict.fromkeys(patterns))
    return distinct[0] if len(distinct) == 1 else "|".join(f"(?:{pattern})" for pattern in distinct)


def _head(url: str, key: str) -> str | None:
    parts = urlsplit(url)
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    match = re.search(key, whole)
    return whole[: match.start()] if match else None


def _segment(segment: str, *, is_last: bool) -> tuple[str, bool]:
    """A path segment's pattern, and whether it varies between articles."""
    if not is_last:
        if re.search(r"\d{2,}", segment) or segment.isdigit():
            pattern = YEAR if re.fullmatch(YEAR, segment) else _digits(segment)
            return pattern, bool(re.search(r"\d{4}|^\d{1,2}$", segment)) or bool(HEX.fullmatch(segment))
        return re.escape(segment).replace(r"\-", "-"), False
    extension = EXTENSION.search(segment)
    name, ending = (segment[: extension.start()], segment[extension.start() :]) if extension else (segment, "")
    end = re.escape(ending)
    if HEX.fullmatch(name):
        return f"[0-9a-f]{{{len(name)}}}{end}", True
    if re.fullmatch(r"\d+", name):
        return rf"\d+{end}", True
    if is_slug(name):
        return (rf"[\w%]+(?:[-_][\w%]+){{2,}}{end}" if "%" not in name else rf"[\w%-]+{end}"), True
    if re.search(r"\d", name):
        return f"{_digits(name)}{end}", bool(re.search(r"\d{2,}|[_-]\d", name))
    return re.escape(segment), False


def is_slug(name: str) -> bool:
    """Whether a name is words joined by hyphens, or percent-encoded words."""
    words = [word for word in re.split(r"[-_]", name) if len(word) >= 2 and word.isalpha()]
    return len(words) >= 3 or name.count("%") >= 6


def _digits(text: str) -> str:
    """The text with its runs of digits struck out; a day keeps its length."""

    def strike(match: re.Match[str]) -> str:
        run = match[0]
        if re.fullmatch(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:\d{2})?", run):
            return rf"\d{{{len(run)}}}"
        return r"\d+"

    pieces = re.split(r"(\d+)", text)
    return "".join(strike(m) if (m := re.fullmatch(r"\d+", piece)) else re.escape(piece) for piece in pieces).replace(
        r"\-", "-"
    )


def _query(query: str) -> str:
    """The pattern of a query that names an article by a number; paging parameters are no names."""
    pairs = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k.lower() not in PAGING]
    if not any(re.fullmatch(r"\d+", value) for _, value in pairs):
        return ""
    parts = [
        re.escape(k) + "=" + (r"\d+" if re.fullmatch(r"\d+", v) else r"[0-9a-f]+" if HEX.fullmatch(v) else re.escape(v))
        for k, v in pairs
    ]
    return r"\?" + "&".join(parts)
