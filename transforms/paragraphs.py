"""The paragraphs and pictures between the two ends of a body: table rows, captions, and lines that cannot be prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from records import Image, canonicalize
from transforms import boilerplate as b
from transforms.byline import is_byline
from transforms.segments import Line, Segment

_SENTENCE = re.compile(r"[，。！？；：、”…]|[,.;!?](?=\s|$)")
_CAPTION_CLASS = re.compile(
    r"caption|describe|img[_-]?(?:desc|note|title|info|text)|pic[_-]?(?:desc|note|info|txt|text)|tushuo|图说|photo[_-]?(?:desc|note|info)",
    re.I,
)
_CAPTION = re.compile(
    r"^[▲△↑▼◀▶↓⬆🔺⬇]|^(?:图为|图片说明|图说|图\d*[:：]|上图|下图|资料图)|[（(]?(?:资料图片?|图片来源[^。]{0,20}|[^。，]{0,16}[\s/]?(?:摄|供图|制图))[）)]?[。]?$"
)
# A whole sentence; 图为会议现场 and 资料图 tell nothing without the picture.
_REPORTING = re.compile(r"^\W?(?!图为|图片|上图|下图|资料)[^。]{8,}。|^[^，。]{4,}，[^。]{6,}。")
_VIDEO_NAME = re.compile(r"video|player|(?:^|[\s_-])vod", re.I)
_CAPTION_MAX = 120
_DAY_ALONE = re.compile(
    r"(?:^|\D)[\[(（]?(?:(?:19|20)\d{2}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）]?(?:\s?\d{1,2}:\d{2}(?::\d{2})?)?\s*$|^\s*[\[(（]?(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}"
)


# Related articles as plain text, the day glued to the headline: - 青岩县农技下乡忙2022-04-10.
_BULLETED = re.compile(r"[-–—·•●▪◆■]\s*\S.{3,80}(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}$")


@dataclass(slots=True)
class Body:
    """What the container held."""

    paragraphs: list[str] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    """The segment of each paragraph."""
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """URL as printed and caption."""
    cut_inside: list[str] = field(default_factory=list)
    """Lines cut between paragraphs: credits are read from them."""
    first: int = 0
    """Index of the first segment of prose."""
    end: int = 0
    """Index after the last one."""


def collect_paragraphs(line: Line, span: range, noise: set[int], body: Body) -> None:
    """Paragraphs and pictures between the ends, captions apart."""
    after_picture = False
    row = -1
    for i in span:
        segment = line.segments[i]
        if i in noise:
            continue
        if segment.image:
            if not _is_poster(line, segment):
                body.pictures.append((segment.image, ""))
                after_picture = True
            continue
        text = segment.text
        if (_drops_inside(segment) or _heads_links(line, i)) and not (i == span.stop - 1 and is_byline(text)):
            body.cut_inside.append(text)
            continue
        marked = bool(body.pictures) and _is_marked_caption(line, segment)
        worded = after_picture and len(text) <= _CAPTION_MAX and _CAPTION.search(text) is not None
        if marked or worded:
            url, caption = body.pictures[-1]
            body.pictures[-1] = (url, f"{caption} {text}".strip())
        if not marked and not (worded and not _reports(text)):
            own_row = _table_row(line, segment.block)
            if own_row >= 0 and own_row == row:
                body.paragraphs[-1] += f"\t{text}"
            else:
                body.paragraphs.append(text)
                body.indices.append(i)
            row = own_row
        after_picture = False


def absolute_images(body: Body, base: str) -> Iterator[Image]:
    """The pictures of a body with absolute addresses, each once."""
    seen: set[str] = set()
    for source, caption in body.pictures:
        try:
            url = canonicalize(source, base)
        except ValueError:
            continue
        if url not in seen:
            seen.add(url)
            yield Image(url=url, caption=caption)


def _table_row(line: Line, block: int) -> int:
    """The row of a table of data that a block stands in, -1 for none: its cells, parted by tabs, are one paragraph.

    In a table that only lays out the page a cell holds several lines, or the row but one.
    """
    row = _ancestor(line, block, "tr")
    if row < 0:
        return -1
    inside = [line.segments[i] for i in line.inside(row)]
    if not 2 <= len(inside) <= 40 or any(len(segment.text) > 80 for segment in inside):
        return -1
    cells = {
        cell
        for segment in inside
        if (cell := max(_ancestor(line, segment.block, "td"), _ancestor(line, segment.block, "th"))) >= 0
    }
    return row if len(cells) == len(inside) else -1


def _ancestor(line: Line, block: int, tag: str) -> int:
    while block >= 0 and line.blocks[block].tag != tag:
        block = line.blocks[block].parent
    return block


def is_listed(segment: Segment) -> bool:
    """Whether a line is an entry of a list of articles: an anchor and a day beside it, or a bullet and a day without one."""  # noqa: E501
    if not segment.links:
        return _BULLETED.match(segment.text) is not None
    return len(segment.text) - segment.link_chars <= 22 and _DAY_ALONE.search(segment.text) is not None


def _drops_inside(segment: Segment) -> bool:
    text = segment.text
    if is_listed(segment):
        return True
    if segment.link_share >= 0.5 and (len(text) >= 8 or not _SENTENCE.search(text)):
        return True
    return (
        b.is_button(text)
        or b.is_credit_line(text)
        or b.is_original_title(text)
        or b.is_keywords(text)
        or (b.is_promotion(text) and len(text) <= 60)
    )


def _heads_links(line: Line, index: int) -> bool:
    """Whether a line is the heading of a list whose links stand between paragraphs (相关阅读：)."""
    if not b.is_stop_heading(line.segments[index].text):
        return False
    following = next((s for s in line.segments[index + 1 : index + 4] if s.text), None)
    return following is not None and following.link_share >= 0.5


def _is_poster(line: Line, segment: Segment) -> bool:
    """Whether a picture only stands for a video that the page plays in its place."""
    element = line.blocks[segment.block].element
    return _VIDEO_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def _is_marked_caption(line: Line, segment: Segment) -> bool:
    """Whether the markup says that a line is a caption."""
    block = line.blocks[segment.block]
    if len(segment.text) > _CAPTION_MAX:
        return False
    names = f"{block.element.get('class') or ''} {block.element.get('id') or ''}"
    return block.tag == "figcaption" or (names != " " and _CAPTION_CLASS.search(names) is not None)


def _reports(text: str) -> bool:
    """Whether a caption set as a paragraph is a sentence of the report (``4月11日，游客在…赏花。甲 摄``)."""
    return _REPORTING.search(text) is not None
