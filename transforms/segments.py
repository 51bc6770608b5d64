"""A page as a line of segments: its printed pieces in reading order, each with the block that holds it.

One walk over the parsed tree makes them, and every later step (container, headline, time, credits, related
lists) works on slices of that line, because an element's segments are contiguous in it. A segment ends where
a block begins or ends, and at ``<br>``. Blocks carry whether their class or id says that they are furniture
(navigation, share buttons, comments); that is a hint which the container's choice weighs, not a verdict.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "marquee",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "object",
        "embed",
        "select",
        "option",
        "textarea",
        "svg",
        "canvas",
        "template",
        "head",
        "button",
        "audio",
        "video",
        "map",
        "input",
        "math",
        "applet",
        "datalist",
        "link",
        "meta",
        "title",
    ]
)
_NOISE_TAGS = frozenset({"nav", "footer", "aside", "form"})
# Whole words of class and id, split at hyphen, underscore, case and digits: "editor" must not hit TRS_Editor.
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:nav|navs|navbar|navi|navigation|menu|menus|submenu|topbar|toolbar|crumbs?|breadcrumbs?|foot|footer|"
    r"copyright|copy|sidebar|aside|comments?|cmt|pinglun|reply|replies|gentie|tie|share|shares|sharing|bdshare\w*|"
    r"social|sns|related?|relevant|xiangguan|recommend\w*|recom|tuijian|hot|hots|rank|ranking|rankings|ads?|adv|"
    r"advert\w*|gg|guanggao|banner|sponsor|login|register|search|qrcode|qr|ewm|erweima|pager|pagination|tags?|"
    r"keywords?|disclaimer|mianze|shengming|statement|feedback|report|jubao|gotop|backtop|popup|modal|dialog|"
    r"subscribe|app-?down\w*|download-?app|links|friendlink|youlian|like|likes|zan|dianzan|vote|attitude|weather|"
    r"hidden|hide|guess|more-?news|hotnews|prev-?next|prenext|author-?info|about-?author|editor-?info|zrbj|bianji)"
    r"(?:$|[\s_-])",
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_SPACE = re.compile(r"[\s\u200b\u200c\u200e\u2060\ufeff\xad]+")
_BLANK_NEWLINE = re.compile(r"(?<=[\u2e80-\uffee])[ \t]*[\r\n]\s*(?=[\u2e80-\uffee])")
_SEGMENTS_MAX = 20_000


@dataclass(slots=True)
class Link:
    """An anchor inside a segment."""

    text: str
    href: str


@dataclass(slots=True)
class Segment:
    """One printed piece of the page, or one picture (`image` set, text empty)."""

    text: str
    block: int
    """Index of the block that holds it directly."""
    links: list[Link] = field(default_factory=list)
    image: str = ""
    alt: str = ""
    bold: bool = False

    @property
    def link_share(self) -> float:
        """The share of the text that is anchors, 0 to 1."""
        return sum(len(link.text) for link in self.links) / max(len(self.text), 1)


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
    """`text` on one line without doubled or invisible blanks; a source line break between Chinese leaves nothing."""
    if "\n" in text:
        text = _BLANK_NEWLINE.sub("", text)
    return _SPACE.sub(" ", text).strip()


def line_up(root: etree._Element) -> Line:
    """The segments and blocks below `root`, in reading order."""
    return _Walk(root).run()


class _Walk:
    """The state of one walk: open blocks, the text gathered since the last break, the open anchor."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.segments: list[Segment] = []
        self.blocks: list[Block] = []
        self.open: list[int] = []
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.link_start: int | None = None
        self.link_href = ""
        self.bold_chars = 0

    def run(self) -> Line:
        walker = etree.iterwalk(self.root, events=("start", "end"))
        skip = False
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if tag in _SKIPPED or not isinstance(tag, str):
                    walker.skip_subtree()
                    skip = True
                    continue
                self._start(element, tag)
            else:
                if not skip:
                    self._end(element, tag)
                skip = False
                if element is not self.root and (tail := element.tail):
                    self.parts.append(tail)
            if len(self.segments) > _SEGMENTS_MAX:
                break
        self._flush()
        for index in self.open:
            self.blocks[index].end = len(self.segments)
        return Line(self.segments, self.blocks)

    def _start(self, element: etree._Element, tag: str) -> None:
        if tag in _BLOCKS or not self.blocks:
            self._flush()
            self._open_block(element, tag)
        elif tag == "br":
            self._flush()
        elif tag == "a":
            self.link_start = len(self.parts)
            self.link_href = element.get("href") or ""
        elif tag == "img":
            self._picture(element)
        if text := element.text:
            self.parts.append(text)
            if tag in {"b", "strong"}:
                self.bold_chars += len(text)

    def _end(self, element: etree._Element, tag: str) -> None:
        if tag in _BLOCKS or element is self.root:
            self._flush()
            self.blocks[self.open.pop()].end = len(self.segments)
        elif tag == "a" and self.link_start is not None:
            text = collapse("".join(self.parts[self.link_start :]))
            if text:
                self.links.append(Link(text, self.link_href))
            self.link_start = None

    def _open_block(self, element: etree._Element, tag: str) -> None:
        parent = self.open[-1] if self.open else -1
        index = len(self.blocks)
        inherited = self.blocks[parent].noise if parent >= 0 else -1
        own = tag in _NOISE_TAGS or (tag not in {"body", "html"} and _is_furniture(element))
        self.blocks.append(Block(element, tag, parent, index if own else inherited, len(self.segments)))
        self.open.append(index)

    def _flush(self) -> None:
        if not self.parts:
            return
        raw = "".join(self.parts)
        text = collapse(raw)
        if text and self.open:
            if self.link_start is not None:  # an anchor that spans blocks: each piece is a link
                piece = collapse("".join(self.parts[self.link_start :]))
                if piece:
                    self.links.append(Link(piece, self.link_href))
            bold = self.bold_chars > 0.8 * len(text)
            self.segments.append(Segment(text, self.open[-1], self.links, bold=bold))
            self.links = []
        self.parts.clear()
        self.bold_chars = 0
        if self.link_start is not None:
            self.link_start = 0

    def _picture(self, element: etree._Element) -> None:
        source = ""
        for name in ("data-src", "data-original", "data-lazy-src", "data-url", "src"):
            if (value := element.get(name)) and not value.startswith("data:"):
                source = value.strip()
                break
        if source and self.open:
            self._flush()
            self.segments.append(Segment("", self.open[-1], image=source, alt=collapse(element.get("alt") or "")))


def _is_furniture(element: etree._Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if names != " " and _names_furniture(names):
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


@lru_cache(maxsize=20_000)
def _names_furniture(names: str) -> bool:
    return _NOISE.search(_CAMEL.sub("-", names[:300]).lower()) is not None
