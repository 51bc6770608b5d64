"""The headline, without site and channel names, with the kicker 引题 above it and the subtitle 副题 below it.

The headline is the block on the page whose letters begin ``<title>``: content systems print the same words
in both places and add channel and site only to ``<title>``. Where no block does, an ``<h1>`` of the page's own,
the metadata, and last ``<title>`` cut at its separators stand in.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.boilerplate import is_button, is_info_line, letters
from transforms.document import Document
from transforms.headline_parts import HEADINGS, Headline, may_be_part, with_neighbours
from transforms.segments import Line

_TITLE_CLASS = re.compile(r"title|headline|(?:^|[\s_-])bt(?:$|[\s_-])|biaoti|bigtit|tit\b", re.I)
_META_NAMES = ("articletitle", "og:title", "twitter:title", "title", "dc.title", "headline")
_SITE_PART = re.compile(
    r"(?:网|新闻|频道|日报|晚报|早报|时报|客户端|在线|门户|资讯|中心|视频|博客|论坛|财经|社区|快报|首页|官网|政府|政务|要闻|国内|国际|社会|本地|正文|滚动|头条|"
    r"\.com|\.cn|\.net|news|online)$",
    re.I,
)
_MASTHEAD = re.compile(r"^[\u4e00-\u9fff]{2,10}(?:网|日报|晚报|早报|时报|在线|频道|门户|政府|数字报|客户端)$")
# A <title> that holds a day, or ends with the paper's name, or says next to nothing.
_NO_HEADLINE = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|(?:网|日报|晚报|早报|时报|周刊|频道|数字报|电子版)$|^.{0,5}$"
)
_SEPARATOR = re.compile(r"\s*[_|｜丨»>]\s*|\s+[-–—·]\s+|\s*(?:--+|—+|－)\s*|[-–]")
_LENGTH_MAX = 160
_ACCEPT = 50.0


def find_headline(document: Document) -> Headline:
    """The headline of the page; its text is empty where the page has none."""
    key = letters(document.title)
    declared = letters(declared_title(document))
    best: Headline | None = None
    best_score = _ACCEPT
    known = frozenset(document.title + declared_title(document))
    for text, first, last in _blocks_of_text(document.line, known):
        score = _score(document.line, text, last, key, declared)
        if score > best_score:
            best, best_score = Headline(text, last, first), score
    if best is None or (len(letters(best.text)) <= 10 and not _is_heading(document.line, best)):
        # <title> is only the site's name: what matches it is a masthead.
        best = _above_info_line(document.line) or best
    if best is None and not declared and _NO_HEADLINE.search(strip_site(document.title, document.metas)):
        best = _above_prose(document.line)
    if best is None:
        return Headline(declared_title(document) or strip_site(document.title, document.metas))
    return with_neighbours(document.line, _unbroken(best, document.title))


def _unbroken(headline: Headline, title: str) -> Headline:
    """A headline that its page breaks into lines, as ``<title>`` prints it."""
    whole = re.sub(r" (?!—)", "", headline.text)  # a line that begins with a dash stays one
    return replace(headline, text=whole) if headline.first != headline.index and whole in title else headline


def _is_heading(line: Line, headline: Headline) -> bool:
    return headline.index is not None and line.blocks[line.segments[headline.index].block].tag == "h1"


def _above_info_line(line: Line) -> Headline | None:
    """The heading right above the line with time and source, where ``<title>`` names only the site."""
    for index in range(1, len(line.segments)):
        text = line.segments[index - 1].text
        block = line.blocks[line.segments[index - 1].block]
        if (
            not (8 <= len(text) <= 80)
            or not is_info_line(line.segments[index].text)
            or not re.search(r"\d{4}", line.segments[index].text)
        ):
            continue
        named = block.tag in HEADINGS or _TITLE_CLASS.search(
            f"{block.element.get('class') or ''} {block.element.get('id') or ''}"
        )
        if (named or line.segments[index - 1].bold) and not is_info_line(text) and not is_button(text):
            return Headline(text, index - 1, index - 1)
    return None


def _above_prose(line: Line) -> Headline | None:
    """The line right above the first prose that is set like a headline, where ``<title>`` names only paper and day."""
    for index, segment in enumerate(line.segments):
        if len(segment.text) >= 40 and "。" in segment.text and segment.link_share < 0.3:
            above = [i for i in range(max(0, index - 4), index) if line.segments[i].text]
            return next((Headline(line.segments[i].text, i, i) for i in above if _is_set_large(line, i)), None)
    return None


def _is_set_large(line: Line, index: int) -> bool:
    segment = line.segments[index]
    block = line.blocks[segment.block]
    large = any((font.get("size") or "").lstrip("+") in {"4", "5", "6", "7"} for font in block.element.iter("font"))
    return (
        5 <= len(segment.text) <= 60
        and "。" not in segment.text
        and (large or segment.bold or block.tag in HEADINGS)
        and may_be_part(line, index)
    )


def declared_title(document: Document) -> str:
    """The headline that the metadata gives, or an empty string."""
    for name in _META_NAMES:
        if value := document.metas.get(name):
            return strip_site(value, document.metas)
    value = document.linked_data.get("headline") or document.linked_data.get("title")
    return value if isinstance(value, str) else ""


def strip_site(title: str, metas: dict[str, str]) -> str:
    """`title` without the names of channel and site that follow, or lead, its separators."""
    sites = {letters(metas.get(name, "")) for name in ("og:site_name", "sitename", "application-name", "author")} - {""}
    parts = [(match.start(), match.end()) for match in _SEPARATOR.finditer(title)]
    end = len(title)
    for start, stop in reversed(parts):
        rest = title[stop:end].strip()
        sign = title[start:stop].strip()
        loose = sign not in {"-", "–", "—", "——"} or (sign[0] != "—" and title[start:stop] != sign)
        size = 30 if rest[-4:].lower() in {".com", ".net", "m.cn", "v.cn"} else 16
        is_site = letters(rest) in sites or (len(rest) <= size and _SITE_PART.search(rest) is not None)
        if start >= (2 if sign in {"_", "|"} and is_site else 4) and (is_site or (loose and len(rest) <= 10)):
            end = start
        else:
            break
    title = title[:end].strip()
    lead = _SEPARATOR.search(title)
    if lead and 3 <= lead.start() <= 14 and len(title) - lead.end() >= 8 and _MASTHEAD.search(title[: lead.start()]):
        return title[lead.end() :].strip()
    return title


def _blocks_of_text(line: Line, known: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Texts that could be a headline: a heading's segments joined, and alone; others that share characters."""
    segments, blocks = line.segments, line.blocks
    after = 0
    for index, segment in enumerate(segments):
        text = segment.text
        size = len(text)
        if index < after or not 2 <= size <= _LENGTH_MAX:
            continue
        if blocks[segment.block].tag not in HEADINGS:
            # Three probes spare most comparisons.
            if (text[size // 2] in known) + (text[0] in known) + (text[size // 3] in known) + (text[-1] in known) >= 2:
                yield text, index, index
            continue
        last = index
        joined = text
        while last + 1 < len(segments) and segments[last + 1].block == segment.block and last - index < 4:
            last += 1
            joined = f"{joined} {segments[last].text}".strip()
        after = last + 1
        if last > index:
            for inner in range(index, after):
                if segments[inner].text:
                    yield segments[inner].text, inner, inner
        if len(joined) <= _LENGTH_MAX:
            yield joined, index, last


def _score(line: Line, text: str, index: int, key: str, declared: str) -> float:
    own = letters(text)
    block = line.blocks[line.segments[index].block]
    bonus = HEADINGS.get(block.tag, 0.0)
    score = max(_match(own, key), _match(own, declared))
    if not score and bonus == HEADINGS["h1"] and len(own) >= 8:
        score = 25.0  # an h1 that <title> does not know is the headline only where nothing else is
    if not score:
        return 0.0
    score += bonus
    if _TITLE_CLASS.search(f"{block.element.get('class') or ''} {block.element.get('id') or ''}"):
        score += 10.0
    if block.noise >= 0:
        score -= 40.0
    if line.segments[index].link_share > 0.5:
        score -= 30.0
    return score


def _match(own: str, key: str) -> float:
    """How well a block's letters fit the page's title: 40 to 100 where they begin it, less inside it."""
    if len(own) < 4 or not key:
        return 0.0
    cover = min(1.0, 2.0 * len(own) / len(key))
    if key.startswith(own):
        return 40.0 + 60.0 * cover
    if len(key) >= 8 and own.startswith(key) and len(own) < 3 * len(key):  # <title> was cut short
        return 90.0
    if len(own) >= 6 and own in key:
        return 25.0 + 60.0 * cover
    shared = _common_prefix(own, key)  # the page's headline was edited after its <title>, or the reverse
    return 75.0 if shared >= 8 and shared >= 0.6 * len(own) else 0.0


def _common_prefix(one: str, other: str) -> int:
    size = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        size += 1
    return size
