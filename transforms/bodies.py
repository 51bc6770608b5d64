"""The body of a page, whatever shape it has: prose, verses, a table alone, a letter with its answer.

Prose comes first, in the container that weighs most; the other shapes are tried where hardly any prose is found,
a letter where the page labels question and answer.
"""

import re
from dataclasses import replace

from transforms.cleaning import clean_container
from transforms.container import find_container, find_verses, weigh
from transforms.endings import is_droppable
from transforms.headline_parts import Headline
from transforms.letters import read_letter
from transforms.paragraphs import Body
from transforms.segments import Line
from transforms.tables import read_table

_LITTLE_TEXT, _NO_TEXT = 80, 30
"""Characters of prose under which verses, and under which a table, may be the article."""
_NEAR = 12
_OPENING_MIN, _OPENING_PIECES = 30.0, 5
_DASHED = re.compile(r"^(?:——|--)\s?[^。；，]{4,36}$")
_TOLD = re.compile(r"，|[。；！？：…”]$|^[\u4e00-\u9fff]{2,6}[：:]\s?\S")
_SIGNED_DAY = re.compile(r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日")
_TITLE_MIN = 4


def size_of(body: Body) -> int:
    """The characters of all paragraphs."""
    return sum(len(paragraph) for paragraph in body.paragraphs)


def settle_body(line: Line, headline: Headline, laid: int | None) -> tuple[Headline, Body, int | None]:
    """Headline, body and container, of a letter and of a table, too; `laid` is the container that a layout names."""
    body, container = find_body(line, headline, laid)
    if laid is None and container is not None and (letter := read_letter(line, container)) is not None:
        first, end = letter.indices[0], letter.indices[-1] + 1
        body = Body(list(letter.paragraphs), list(letter.indices), body.pictures, body.cut_inside, first, end)
        headline = replace(headline, text=letter.title) if len(letter.title) >= _TITLE_MIN else headline
    if size_of(body) < _NO_TEXT and headline.index is not None:
        table = read_table(line, headline.index + 1)
        body = table if size_of(table) > size_of(body) else body
    return headline, body, container


def take_subtitle(headline: Headline, body: Body) -> Headline:
    """The headline with a subtitle that opens the body (``——…``), taken out of it."""
    if headline.subtitle or len(body.paragraphs) < 2 or not _DASHED.match(body.paragraphs[0]):
        return headline
    body.indices.pop(0)
    return replace(headline, subtitle=body.paragraphs.pop(0))


def take_opening(line: Line, headline: Headline, body: Body) -> bool:
    """Whether prose between headline and body was taken into the body: on a page without a date, a question's text.

    On a dated page the same place holds summaries that the article says again.
    """
    if headline.index is None:
        return False
    between = range(headline.index + 1, body.first)
    opening = [
        i for i in between if line.blocks[line.segments[i].block].noise < 0 and weigh(line.segments[i]) >= _OPENING_MIN
    ]
    if not 1 <= len(opening) <= _OPENING_PIECES:
        return False
    body.paragraphs[:0] = [line.segments[i].text for i in opening]
    body.indices[:0] = opening
    body.first = opening[0]
    return True


def find_body(line: Line, headline: Headline, laid: int | None = None) -> tuple[Body, int | None]:
    """The body below `headline` and its container; `laid` is the container that a layout names."""
    container = laid
    if container is None and (found := find_container(line, headline.index or 0)) is not None:
        container = _with_siblings(line, found)
    start = headline.index
    if container is None and start is not None:
        container = find_verses(line, start + 1)
    if container is None:
        return Body(), None
    body = clean_container(line, container, headline.index, headline.text)
    if not body.paragraphs and start is not None and (nearest := _first_prose(line, start)) is not None:
        body, container = clean_container(line, nearest, start, headline.text), nearest
    if size_of(body) < _LITTLE_TEXT and laid is None and start is not None:
        verses = find_verses(line, start + 1)
        other = Body() if verses is None else clean_container(line, verses, start, headline.text)
        if size_of(other) > size_of(body):
            return other, verses
    return body, container


def _first_prose(line: Line, headline: int) -> int | None:
    """The block of the first prose below the headline: what weighs more may be a notice in the footer."""
    near = line.segments[headline + 1 : headline + 1 + _NEAR]
    return next((segment.block for segment in near if weigh(segment) > 0), None)


def _with_siblings(line: Line, container: int) -> int:
    """The block around a lone paragraph that has others beside it: short ones weigh less than they cost."""
    block = line.blocks[container]
    if block.tag != "p" or block.parent < 0:
        return container
    beside = (
        line.segments[other.first]
        for index, other in enumerate(line.blocks[container + 1 : container + 12], container + 1)
        if other.parent == block.parent and other.tag == "p" and other.noise < 0 and len(line.inside(index)) == 1
    )
    told = any(
        not segment.links
        and len(segment.text) >= 8
        and (_SIGNED_DAY.fullmatch(segment.text) or (_TOLD.search(segment.text) and not is_droppable(segment)))
        for segment in beside
    )
    return block.parent if told else container
