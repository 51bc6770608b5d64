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

    @property
    def title(self) -> str:
        """The whole headline, where the anchor shows its beginning."""
        return "" if self.element is None else " ".join((self.element.get("title") or "").split())


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
    furniture: list[int]
    """The indices of the blocks that are furniture by their own name."""

    def inside(self, block: int) -> range:
        """The indices of the segments that a block spans."""
        return range(self.blocks[block].first, self.blocks[block].end)


def collapse(text: str) -> str:
    """`text` on one line without doubled blanks; a line break of the source between Chinese leaves nothing."""
    if "\n" in text:
        text = _BLANK_NEWLINE.sub("", text)
    return " ".join(text.split())


def line_up(root: etree._Element) -> Line:
    """The segments and blocks below `root`, in reading order."""
    return _Walk(root).run()


class _Walk:
    """The state of one walk: open blocks, the text gathered since the last break, the open anchor."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.segments: list[Segment] = []
        self.blocks: list[Block] = []
        self.furniture: list[int] = []
        self.block = self.noise = -1
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.link_chars = 0
        self.link_start: int | None = None
        self.anchor: etree._Element | None = None
        self.bold_chars = 0

    def run(self) -> Line:
        self._enter_block(self.root, "html")
        return Line(self.segments, self.blocks, self.furniture)

    def _fill(self, element: etree._Element) -> None:
        """Walk below one element. Recursion is safe: libxml2 builds no tree deeper than 256 elements.

        The loop is the hottest of the transforms: it dispatches in place, and asks lxml for no more than it needs.
        """
        parts = self.parts
        if text := element.text:
            if not text.isspace():
                parts.append(text)
            elif parts:  # the blank between two words of one line
                parts.append(" ")
        for child in element:
            tag = child.tag
            kind = _KINDS.get(tag, _INLINE)
            if kind == _BLOCK:
                self._enter_block(child, tag)
            elif kind == _INLINE:
                self._fill(child)
            elif kind == _ANCHOR:
                if len(child):
                    self._enter_anchor(child)
                elif raw := child.text:  # most anchors hold text alone
                    self._add_link(raw, child)
                    parts.append(raw)
            elif kind == _BREAK:
                if parts:
                    self._flush()
            elif kind == _PICTURE:
                self._picture(child)
            elif kind == _BOLD:
                before = len(parts)
                self._fill(child)
                self.bold_chars += sum(map(len, parts[before:]))
            if text := child.tail:
                if not text.isspace():
                    parts.append(text)
                elif parts:
                    parts.append(" ")

    def _enter_block(self, element: etree._Element, tag: str) -> None:
        segments = self.segments
        if self.parts:
            self._flush()
        parent = self.block
        index = len(self.blocks)
        outer_noise = self.noise
        if is_furniture(element, tag):
            self.noise = index
            self.furniture.append(index)
        block = Block(element, tag, parent, self.noise, len(segments))
        self.blocks.append(block)
        self.block = index
        if tag == "pre" and element.text:
            self._fill_lines(element)
        elif len(segments) < _SEGMENTS_MAX:
            self._fill(element)
        if self.parts:
            self._flush()
        block.end = len(segments)
        self.block = parent
        self.noise = outer_noise

    def _fill_lines(self, element: etree._Element) -> None:
        """Walk below a ``<pre>``, whose lines are lines."""
        for line in (element.text or "").splitlines():
            if not line.isspace():
                self.parts.append(line)
                self._flush()
        for child in element:
            self._fill(child)
            for line in (child.tail or "").splitlines():
                if not line.isspace():
                    self.parts.append(line)
                    self._flush()

    def _enter_anchor(self, element: etree._Element) -> None:
        self.link_start = len(self.parts)
        self.anchor = element
        self._fill(element)
        if self.link_start is not None and len(self.parts) > self.link_start:
            self._add_link("".join(self.parts[self.link_start :]), element)
        self.link_start = None

    def _add_link(self, raw: str, element: etree._Element | None) -> None:
        if text := collapse(raw):
            self.links.append(Link(text, element))
            self.link_chars += len(text)

    def _flush(self) -> None:
        """End the current segment."""
        parts = self.parts
        # Most pieces are one anchor and nothing else: its text is collapsed already.
        text = self.links[0].text if self.links and len(parts) == 1 else collapse("".join(parts))
        if text:
            if self.link_start is not None:  # an anchor that spans blocks: each piece is a link
                self._add_link("".join(parts[self.link_start :]), self.anchor)
            bold = self.bold_chars > 0.8 * len(text)
            if self.links:
                chars = min(len(text), self.link_chars)
                self.segments.append(Segment(text, self.block, self.links, "", "", bold, chars))
                self.links = []
                self.link_chars = 0
            else:
                self.segments.append(Segment(text, self.block, (), "", "", bold))
        parts.clear()
        self.bold_chars = 0
        if self.link_start is not None:
            self.link_start = 0

    def _picture(self, element: etree._Element) -> None:
        if source := _picture_source(element):
            if self.parts:
                self._flush()
            alt = element.get("alt")
            self.segments.append(Segment("", self.block, image=source, alt=collapse(alt) if alt else ""))


def _picture_source(element: etree._Element) -> str:
    """The address of a picture as printed: that of the real one where a placeholder is shown first."""
    for name in _PICTURE_SOURCES:
        if (value := element.get(name)) and not value.startswith("data:"):
            return value.strip()
    return ""
