"""Links from an article to other articles: related lists with their printed days, previous and next, inline links.

A list counts as related where a heading says so or its block is named so; rankings, navigation and what other
sections recommend are not this article's relations. Lists that are plain text (``- headline2024-05-13``) are
read too: the day is glued to the headline, whose own digits stay.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from records import LinkKind, RelatedLink, canonicalize
from transforms.boilerplate import is_stop_heading
from transforms.paragraphs import Body, is_listed
from transforms.segments import Line, Link, Segment

_RELATED_HEADING = re.compile(
    r"相关|延伸阅读|阅读延伸|此前报道|新闻链接|链接阅读|更多报道|推荐阅读|往期回顾|新闻回顾|前情|相似"
)
_TOPIC_HEADING = re.compile(r"专题")
_LIST_HEADING = re.compile(rf"{_RELATED_HEADING.pattern}|专题")
_RELATED_NAME = re.compile(
    r"(?:^|[\s_-])(?:xgxw|xgyd|xglj|xgwz|xg|xiangguan\w*|related?\w*|relate_?\w*|relevant\w*|correlation)(?:$|[\s_-])",
    re.I,
)
_DATED = re.compile(
    r"^\s*(?:[-–—·•●*▪◆■>]+\s*|\d{1,2}[.、]\s+)?(?P<headline>.{4,120}?)\s*[\[(（]?(?P<day>(?:19|20)\d{2}[-/.年](?:0?[1-9]|1[0-2])[-/.月](?:3[01]|[12]\d|0?[1-9])日?)[\])）]?(?:\s?\d{1,2}:\d{2}(?::\d{2})?)?\s*\d{0,2}$"
)
_DAY = re.compile(r"(?P<y>(?:19|20)\d{2})[-/.年](?P<m>0?[1-9]|1[0-2])[-/.月](?P<d>3[01]|[12]\d|0?[1-9])")
_BULLET = re.compile(r"^\s*[-–—·•●*▪◆■]\s*(?P<headline>\S.{5,100})$")
_PREVIOUS = re.compile(r"上一?[篇条](?:[:：]|\s|文章|新闻)*")
_NEXT = re.compile(r"下一?[篇条](?:[:：]|\s|文章|新闻)*")
_NEIGHBOUR = re.compile(r"[上下]一?[篇条]")
_NOT_A_PAGE = re.compile(r"^(?:#|javascript:|mailto:|tel:|data:|weixin:|about:)", re.I)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|mp4|mp3|apk|exe|zip|rar)(?:\?|$)", re.I)
_ENTRIES_MAX = 60
_BELOW = 40
_EARLIER = re.compile(
    r"[（(【\[]?(?:此前报道|早前报道|相关(?:阅读|新闻|报道|链接)|延伸阅读|前情(?:回顾|提要)?)[】\]]?\s?[:：丨|]\s?"
)


def find_related_links(
    line: Line, body: Body, base_url: str, own_url: str, blocks: tuple[int, ...] = ()
) -> tuple[RelatedLink, ...]:
    """The links of the article in page order; `blocks` are known to hold related lists (a layout says so)."""
    found: list[tuple[int, int, RelatedLink]] = []
    for index in body.indices:
        for offset, link in enumerate(line.segments[index].links):
            if (made := _link(link, LinkKind.INLINE, None, base_url, own_url)) is not None and made.to_url:
                found.append((index, offset, made))
    taken: set[int] = set(body.indices)
    for start, stop, kind in (
        *((line.blocks[b].first, line.blocks[b].end, LinkKind.RELATED) for b in blocks),
        *_lists(line, body),
    ):
        entries = [i for i in range(start, stop) if i not in taken][: 4 * _ENTRIES_MAX]
        taken.update(entries)
        for index, made in _entries(line, entries, kind, base_url, own_url):
            found.append((index, 0, made))
    before = ""
    for index, segment in enumerate(line.segments):
        if segment.links and index not in taken and ("篇" in segment.text or "条" in segment.text or _is_label(before)):
            found += [(index, n, made) for n, made in enumerate(_neighbours(line, index, segment, base_url, own_url))]
        before = segment.text
    for index in range(body.first, min(len(line.segments), body.end + _BELOW)):
        segment = line.segments[index]
        if index in taken:
            continue
        if not segment.links and is_listed(segment):
            found += [(i, 0, made) for i, made in _entries(line, [index], LinkKind.RELATED, base_url, own_url)]
        elif segment.links and _EARLIER.match(segment.text):
            made_ = (_link(_unlabelled(link), LinkKind.RELATED, None, base_url, own_url) for link in segment.links)
            found += [(index, n, link) for n, link in enumerate(made_) if link is not None]
    found.sort(key=lambda item: (item[0], item[1]))
    return number(made for _, _, made in found)


def number(links: Iterable[RelatedLink]) -> tuple[RelatedLink, ...]:
    """The links without repetitions, with their positions from 1."""
    seen: set[tuple[str, str | None, LinkKind]] = set()
    kept: list[RelatedLink] = []
    for link in links:
        key = (link.anchor_text, link.to_url, link.kind)
        if key not in seen:
            seen.add(key)
            kept.append(
                RelatedLink(
                    position=len(kept) + 1,
                    anchor_text=link.anchor_text,
                    to_url=link.to_url,
                    published_date=link.published_date,
                    kind=link.kind,
                )
            )
    return tuple(kept)


def read_dated_line(text: str) -> tuple[str, dt.date] | None:
    """The headline and the day of a line such as ``- headline2024-05-13``, or None."""
    match = _DATED.match(text) if _DAY.search(text) else None
    if not match:
        return None
    day = read_day(match["day"])
    return (match["headline"].strip(), day) if day else None


def read_plain_list(lines: list[str]) -> tuple[list[RelatedLink], int]:
    """The related list that ends a plain text, and the number of its lines."""
    links: list[RelatedLink] = []
    count = 0
    for text in reversed(lines):
        dated = read_dated_line(text)
        bullet = _BULLET.match(text)
        if dated is not None and (bullet is not None or len(dated[0]) <= 80):
            links.insert(0, RelatedLink(position=1, anchor_text=dated[0], published_date=dated[1]))
        elif bullet is not None and links and not re.search(r"[。；]", text):
            links.insert(0, RelatedLink(position=1, anchor_text=bullet["headline"].strip()))
        elif not (links and is_stop_heading(text)):
            break
        count += 1
    return links, count


def read_day(text: str) -> dt.date | None:
    """The first whole day printed in `text`, or None."""
    match = _DAY.search(text)
    if not match:
        return None
    try:
        return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _unlabelled(link: Link) -> Link:
    """An anchor without the label that it begins with (``此前报道：…``)."""
    return link._replace(text=_EARLIER.sub("", link.text))


def _lists(line: Line, body: Body) -> Iterator[tuple[int, int, LinkKind]]:
    """Spans of segments that are related lists: below a heading, or in a block named so."""
    for index in range(body.first, len(line.segments)):
        text = line.segments[index].text
        if 2 <= len(text) <= 20 and _LIST_HEADING.search(text) and is_stop_heading(text):
            kind = (
                LinkKind.TOPIC
                if _TOPIC_HEADING.search(text) and not _RELATED_HEADING.search(text)
                else LinkKind.RELATED
            )
            yield index + 1, _list_end(line, index), kind
    for block in map(line.blocks.__getitem__, line.furniture):
        names = f"{block.element.get('class') or ''} {block.element.get('id') or ''}"
        if block.first >= body.first and _is_named_related(names):
            yield block.first, block.end, LinkKind.RELATED


@lru_cache(maxsize=2_000)
def _is_named_related(names: str) -> bool:
    return _RELATED_NAME.search(names) is not None


def _list_end(line: Line, heading: int) -> int:
    """Where the list below a heading ends: with the nearest block around the heading that holds links after it."""
    block = line.segments[heading].block
    while block >= 0:
        end = line.blocks[block].end
        after = [i for i in range(heading + 1, end) if line.segments[i].links]
        if after:
            for i in range(heading + 2, end):
                other = line.segments[i]
                if not other.links and is_stop_heading(other.text) and other.text != line.segments[heading].text:
                    return i
            return end
        block = line.blocks[block].parent
    return heading + 1


def _entries(
    line: Line, indices: list[int], kind: LinkKind, base_url: str, own_url: str
) -> Iterator[tuple[int, RelatedLink]]:
    for index in indices:
        segment = line.segments[index]
        if segment.links:
            for position, link in enumerate(segment.links):
                start = segment.text.find(link.text)
                day = read_day(segment.text[start + len(link.text) :])
                if day is None and len(segment.links) == 1:
                    day = read_day(segment.text[: max(start, 0)])
                if day is None and position == len(segment.links) - 1:
                    day = _day_beside(line, index)
                made = _link(link, kind, day, base_url, own_url)
                if made is not None and len(made.anchor_text) >= 4:
                    yield index, made
        elif (dated := read_dated_line(segment.text)) is not None:
            yield index, RelatedLink(position=1, anchor_text=dated[0], published_date=dated[1], kind=kind)


def _day_beside(line: Line, index: int) -> dt.date | None:
    """The day printed in the next segment of the same list item."""
    if index + 1 >= len(line.segments):
        return None
    segment, following = line.segments[index], line.segments[index + 1]
    if following.links or len(following.text) > 24:
        return None
    item = segment.block
    while item > 0 and line.blocks[item].tag not in {"li", "dd", "dt", "tr", "p", "div"}:
        item = line.blocks[item].parent
    parent = line.blocks[item].parent
    inside = index + 1 < line.blocks[item].end or (
        parent >= 0 and line.blocks[parent].tag in {"li", "dl", "tr", "dd"} and index + 1 < line.blocks[parent].end
    )
    return read_day(following.text) if inside else None


def _is_label(text: str) -> bool:
    """Whether a segment is 上一篇 or 下一条 alone, before the link in the next one."""
    return 3 <= len(text) < 8 and _NEIGHBOUR.match(text) is not None


def _neighbours(line: Line, index: int, segment: Segment, base_url: str, own_url: str) -> Iterator[RelatedLink]:
    """Previous and next article, printed as ``上一篇：headline``."""
    text = segment.text
    before = line.segments[index - 1].text if index else ""
    if len(text) > 240 or not (_NEIGHBOUR.search(text) or _NEIGHBOUR.match(before)):
        return
    for pattern, kind in ((_PREVIOUS, LinkKind.PREVIOUS), (_NEXT, LinkKind.NEXT)):
        label = pattern.search(text)
        if label is None and not (pattern.fullmatch(before) and len(before) < 8):
            continue
        link = next((a for a in segment.links if label is None or text.find(a.text) + len(a.text) > label.end()), None)
        if link is None:
            continue
        name = pattern.sub("", link.text, count=1).strip() or pattern.sub("", text, count=1).strip()
        made = _link(Link(name, link.element), kind, None, base_url, own_url)
        if made is not None and made.to_url and len(name) >= 4:
            yield made


def _link(link: Link, kind: LinkKind, day: dt.date | None, base_url: str, own_url: str) -> RelatedLink | None:
    """The record of an anchor, None where it leads to no page or to this one."""
    href = link.href.strip()
    text = re.sub(r"^[·•●\-\s]+(?=\S{4})", "", link.text).strip()
    if text.endswith(("…", "...")) and (whole := link.title).startswith(text.rstrip("….")):
        text = whole
    if not text or not href or _NOT_A_PAGE.match(href) or _FILE.search(href):
        return None
    glued = read_dated_line(text) if day is None else None
    if glued is not None:
        text, day = glued
    try:
        to_url = canonicalize(href, "" if href.startswith("http") else base_url)
    except ValueError:
        to_url = None
    if to_url is None and base_url:
        return None
    if to_url is not None and to_url == own_url:
        return None
    return RelatedLink(position=1, anchor_text=text, to_url=to_url, published_date=day, kind=kind)
