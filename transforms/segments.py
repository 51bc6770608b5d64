"""A page as a line of segments: its printed pieces in reading order, each with the block that holds it.

One walk over the parsed tree makes them, and every later step (container, headline, time, credits, related
lists) works on slices of that line, because an element's segments are contiguous in it. A segment ends where
a block begins or ends, and at ``<br>``. Blocks carry whether their class or id says that they are furniture
(navigation, share buttons, comments); that is a hint which the container's choice weighs, not a verdict.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from transforms.furniture import is_furniture

_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr html li main marquee nav ol p pre section summary
    table tbody td tfoot th thead tr ul caption
    """.split()  # noqa: SIM905 -- a paragraph of names is read faster than a column
)
_SKIPPED = frozenset(
    """
    script style noscript iframe object embed select option textarea svg canvas template head button
    audio video map input math applet datalist link meta title
    """.split()  # noqa: SIM905
)
_INLINE, _BLOCK, _SKIP, _BREAK, _ANCHOR, _PICTURE, _BOLD = range(7)
_KINDS: dict[object, int] = {
    **dict.fromkeys(_BLOCKS, _BLOCK),
    **dict.fromkeys(_SKIPPED, _SKIP),
    "br": _BREAK,
    "a": _ANCHOR,
    "img": _PICTURE,
    "b": _BOLD,
    "strong": _BOLD,
}
_BLANK_NEWLINE = re.compile(r"(?<=[\u2e80-\uffee])[ \t]*[\r\n]\s*(?=[\u2e80-\uffee])")
_SEGMENTS_MAX = 20_000
_PICTURE_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-url", "src")


class Link(NamedTuple):
    """An anchor inside a segment."""

    text: str
    element: etree._Element | None = None

    @property
    def href(self) -> str:
        """The target as printed; read only when asked for, since most anchors of a page are never asked."""
        return "" if self.element is None else self.element.get("href") or ""


@dataclass(slots=True)
class Segment:
    """One printed piece of the page, or one picture (`image` set, text empty)."""

    text: str
    block: int
    """Index of the block that holds it directly."""
    links: Sequence[Link] = ()
    image: str = ""
    alt: str = ""
    bold: bool = False
    link_chars: int = 0
    """Characters of the text that are anchors."""
    prose: bool | None = None
    """Whether it is a sentence of an article; judged once, by cleaning."""

    @property
    def link_share(self) -> float:
        """The share of the text that is anchors, 0 to 1."""
        return self.link_chars / len(self.text) if self.link_chars else 0.0


@dataclass(slots=True)
class Block:
    """One block element: where it hangs and which segments it spans."""

    element: etree._Element
    tag: str
    parent: int
    noise: int
    """Index of the nearest block, itself or an ancestor, that is furniture by its name; -1: none."""
    first: int
    end: int = 0


@dataclass(slots=True)
class Line:
    """The page's segments and blocks, in reading order."""

    segments: list[Segment]
    blocks: list[Block]

    def inside(self, block: int) -> range:
        """The indices of the segments that a block spans."""
        return range(self.blocks[block].first, self.blocks[block].end)


def collapse(text: str) -> str:
    """`text` on one line without doubled blanks; a line break of the source between Chinese leaves nothing."""
    if "\n" in text:
        text = _BLANK_NEWLINE.sub("", text)
    return " ".join(text.split())


def line_up(root: etree._Element) -> Line:
    """The segments and blocks below `root`, in reading order.

    This walk is the hottest loop of the transforms. Its state is kept in local names that its steps share, which
    are a tenth faster than attributes of an object; it dispatches in place, and asks lxml for no more than it needs.
    Recursion is safe: libxml2 builds no tree deeper than 256 elements.
    """
    segments: list[Segment] = []
    blocks: list[Block] = []
    parts: list[str] = []  # the text since the last break
    links: list[Link] = []
    link_chars = bold_chars = 0
    anchor: etree._Element | None = None  # the open one, and where in `parts` its text begins
    link_start: int | None = None
    current = noise = -1

    def fill(element: etree._Element) -> None:
        nonlocal bold_chars
        if text := element.text:
            if not text.isspace():
                parts.append(text)
            elif parts:  # the blank between two words of one line
                parts.append(" ")
        for child in element:
            tag = child.tag
            kind = _KINDS.get(tag, _INLINE)
            if kind == _BLOCK:
                enter_block(child, tag)
            elif kind == _INLINE:
                fill(child)
            elif kind == _ANCHOR:
                if len(child):
                    enter_anchor(child)
                elif raw := child.text:  # most anchors hold text alone
                    add_link(raw, child)
                    parts.append(raw)
            elif kind == _BREAK:
                if parts:
                    flush()
            elif kind == _PICTURE:
                add_picture(child)
            elif kind == _BOLD:
                before = sum(map(len, parts))
                fill(child)
                bold_chars += max(0, sum(map(len, parts)) - before)
            if text := child.tail:
                if not text.isspace():
                    parts.append(text)
                elif parts:
                    parts.append(" ")

    def enter_block(element: etree._Element, tag: str) -> None:
        nonlocal current, noise
        if parts:
            flush()
        parent, outer_noise = current, noise
        current = len(blocks)
        if is_furniture(element, tag):
            noise = current
        block = Block(element, tag, parent, noise, len(segments))
        blocks.append(block)
        if tag == "pre" and element.text:
            fill_lines(element)
        elif len(segments) < _SEGMENTS_MAX:
            fill(element)
        if parts:
            flush()
        block.end = len(segments)
        current, noise = parent, outer_noise

    def fill_lines(element: etree._Element) -> None:
        """Walk below a ``<pre>``, whose lines are lines."""
        add_lines(element.text or "")
        for child in element:
            fill(child)
            add_lines(child.tail or "")

    def add_lines(text: str) -> None:
        for line in text.splitlines():
            if not line.isspace():
                parts.append(line)
                flush()

    def enter_anchor(element: etree._Element) -> None:
        nonlocal anchor, link_start
        link_start = len(parts)
        anchor = element
        fill(element)
        if link_start is not None and len(parts) > link_start:
            add_link("".join(parts[link_start:]), element)
        link_start = None

    def add_link(raw: str, element: etree._Element | None) -> None:
        nonlocal link_chars
        if text := collapse(raw):
            links.append(Link(text, element))
            link_chars += len(text)

    def flush() -> None:
        """End the current segment."""
        nonlocal links, link_chars, bold_chars, link_start
        if text := collapse(parts[0] if len(parts) == 1 else "".join(parts)):
            if link_start is not None:  # an anchor that spans blocks: each piece is a link
                add_link("".join(parts[link_start:]), anchor)
            bold = bold_chars > 0.8 * len(text)
            if links:
                segments.append(Segment(text, current, links, "", "", bold, min(len(text), link_chars)))
                links, link_chars = [], 0
            else:
                segments.append(Segment(text, current, (), "", "", bold))
        parts.clear()
        bold_chars = 0
        if link_start is not None:
            link_start = 0

    def add_picture(element: etree._Element) -> None:
        if source := _picture_source(element):
            if parts:
                flush()
            alt = element.get("alt")
            segments.append(Segment("", current, image=source, alt=collapse(alt) if alt else ""))

    enter_block(root, "html")
    return Line(segments, blocks)


def _picture_source(element: etree._Element) -> str:
    """The address of a picture as printed: that of the real one where a placeholder is shown first."""
    for name in _PICTURE_SOURCES:
        if (value := element.get(name)) and not value.startswith("data:"):
            return value.strip()
    return ""
