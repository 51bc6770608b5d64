"""The parts of a headline: what is printed above and below it as kicker 引题 and subtitle 副题.

They are known by their class, by a dash, by a lower heading in the same block, or by being set alike; time, source,
byline and buttons stand in the same places and are none.
"""

import re
from dataclasses import dataclass

from transforms.boilerplate import is_button, is_credit_line, is_dated_line, is_info_line, is_stop_heading
from transforms.byline import is_byline
from transforms.segments import Line
from transforms.surnames import may_be_name

HEADINGS = {"h1": 30.0, "h2": 14.0, "h3": 8.0, "h4": 4.0, "h5": 2.0, "h6": 1.0}
"""What a heading's tag adds to its score as the headline."""
_KICKER_CLASS = re.compile(
    r"kicker|yin-?ti|pre-?title|shoulder|jian-?ti|title-?pre|up-?title|intro-?title|top-?title|over-?title|^font02\b",
    re.I,
)
_SUBTITLE_CLASS = re.compile(
    r"sub-?title|fu-?ti|fu-?biao-?ti|sub-?tit|second-?title|title-?sub|deck|vice-?title|^font02\b", re.I
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline and where it stands."""

    text: str
    index: int | None = None
    """Its (last) segment; None where it is not printed on the page."""
    first: int | None = None
    """Its first segment, where it runs over several."""
    kicker: str = ""
    subtitle: str = ""


def with_neighbours(line: Line, headline: Headline) -> Headline:
    """The headline with the lines directly above and below it that are printed as parts of it."""
    first, last = headline.first, headline.index
    if first is None or last is None:
        return headline
    kicker = subtitle = ""
    below = last + 1 < len(line.segments)
    own = line.segments[last].block
    inside = line.blocks[own].tag in HEADINGS
    if below:
        text = line.segments[last + 1].text
        dashed = re.match(r"^(?:——|--|—)\s*\S", text) and len(text) <= 60
        shared = inside and line.segments[last + 1].block == own and may_be_part(line, last + 1)
        if dashed or shared or _is_part(line, last + 1, _SUBTITLE_CLASS) or _is_lesser_heading(line, last + 1, last):
            subtitle = text
    if first > 0 and (
        (inside and line.segments[first - 1].block == own and may_be_part(line, first - 1))
        or _is_part(line, first - 1, _KICKER_CLASS)
        or _is_lesser_heading(line, first - 1, first)
        or (subtitle and _is_set_alike(line, first - 1, last + 1))
    ):
        kicker = line.segments[first - 1].text
    return Headline(headline.text, last + bool(subtitle), first, kicker, subtitle)


def _is_lesser_heading(line: Line, index: int, headline: int) -> bool:
    """Whether a line beside the headline is a lower heading in the same block, as party papers set 引题 and 副题."""
    block, own = line.blocks[line.segments[index].block], line.blocks[line.segments[headline].block]
    return bool(
        own.tag in {"h1", "h2"}
        and own.tag < block.tag <= "h6"
        and block.tag in HEADINGS
        and block.parent == own.parent
        and may_be_part(line, index)
        and not may_be_name(line.segments[index].text.replace(" ", ""))
        # Where more such headings follow, it is the first section's.
        and not any(
            other.tag == block.tag and other.parent == block.parent
            for other in line.blocks[_after(line, max(index, headline + (index < headline))) :]
        )
    )


def _after(line: Line, index: int) -> int:
    """The block that begins next after a segment's own."""
    return line.segments[index].block + 1


def _is_set_alike(line: Line, above: int, below: int) -> bool:
    """Whether the lines above and below a headline are set in one style, as digital papers print 引题 and 副题."""
    one, other = line.blocks[line.segments[above].block], line.blocks[line.segments[below].block]
    style = one.element.get("class")
    return bool(style and one.tag == other.tag and style == other.element.get("class") and may_be_part(line, above))


def _is_part(line: Line, index: int, names: re.Pattern[str]) -> bool:
    element = line.blocks[line.segments[index].block].element
    named = names.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None
    return named and may_be_part(line, index)


def may_be_part(line: Line, index: int) -> bool:
    """Whether a line beside a headline may belong to it: short, no link, no time, credit or button."""
    segment = line.segments[index]
    text = segment.text
    return bool(
        2 <= len(text) <= 80
        and segment.link_share < 0.5
        and not (
            is_info_line(text)
            or is_credit_line(text)
            or is_button(text)
            or is_dated_line(text)
            or is_stop_heading(text)
            or is_byline(text)
        )
    )
