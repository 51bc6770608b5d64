"""A publisher's own selectors for a page, by the day on which the page was fetched: they win where they match.

A layout that matches nothing any more is not an error but news: the flag ``layout_miss`` counts it, and the
generic way reads the page.
"""

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from records import Layout, Publisher
from transforms.boilerplate import letters
from transforms.document import Document
from transforms.headline_parts import Headline
from transforms.moments import SHANGHAI
from transforms.segments import collapse


@dataclass(slots=True)
class Laid:
    """What a layout's selectors found; empty where there is no layout or nothing matched."""

    layout_id: str | None = None
    headline: Headline | None = None
    container: int | None = None
    info_lines: list[str] = field(default_factory=list)
    related: tuple[int, ...] = ()
    """Blocks that hold related lists."""
    flags: tuple[str, ...] = ()


def pick_layout(publisher: Publisher | None, day: dt.date | None) -> Layout | None:
    """The publisher's layout in use on `day`: the one that ended first on or after it, else the current one."""
    if publisher is None:
        return None
    dated = [
        layout
        for layout in publisher.layouts
        if layout.valid_until is not None and day is not None and layout.valid_until >= day
    ]
    if dated:
        return min(dated, key=lambda layout: layout.valid_until or dt.date.max)
    return next((layout for layout in publisher.layouts if layout.valid_until is None), None)


def apply_layout(document: Document, publisher: Publisher | None, fetched_at: dt.datetime | None) -> Laid:
    """What the layout of that day finds on the page."""
    layout = pick_layout(publisher, fetched_at.astimezone(SHANGHAI).date() if fetched_at else None)
    if layout is None:
        return Laid()
    laid = Laid()
    missed = False
    if layout.body:
        laid.container = _block(document, layout.body)
        missed |= laid.container is None
    if layout.title:
        laid.headline = _headline(document, layout.title)
        missed |= laid.headline is None
    if layout.info:
        laid.info_lines = [
            text for e in _select(document, layout.info) if (text := collapse("".join(map(str, e.itertext()))))
        ]
        missed |= not laid.info_lines
    if layout.related:
        laid.related = tuple(
            index for e in _select(document, layout.related) if (index := _index_of(document, e)) is not None
        )
    if missed:
        laid.flags = ("layout_miss",)
    elif laid.container is not None or laid.headline is not None or laid.info_lines:
        laid.layout_id = layout.id
    return laid


@lru_cache(maxsize=500)
def _xpath(selector: str) -> etree.XPath | None:
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathSyntaxError):
        return None


def _select(document: Document, selector: str) -> list[etree._Element]:
    compiled = _xpath(selector)
    found = compiled(document.root) if compiled is not None else []
    return [element for element in found if isinstance(element, etree._Element)] if isinstance(found, list) else []


def _block(document: Document, selector: str) -> int | None:
    for element in _select(document, selector):
        index = _index_of(document, element)
        if index is not None and document.line.blocks[index].end > document.line.blocks[index].first:
            return index
    return None


def _index_of(document: Document, element: etree._Element) -> int | None:
    """The block of an element; of an inline element, the block around it."""
    wanted: etree._Element | None = element
    while wanted is not None:
        for index, block in enumerate(document.line.blocks):
            if block.element is wanted:
                return index
        wanted = wanted.getparent()
    return None


def _headline(document: Document, selector: str) -> Headline | None:
    for element in _select(document, selector):
        text = collapse("".join(map(str, element.itertext())))
        if not text:
            continue
        key = letters(text)
        index = next((i for i, s in enumerate(document.line.segments) if s.text and letters(s.text) == key), None)
        return Headline(text, index, index)
    return None
