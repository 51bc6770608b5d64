"""The block that holds the article, chosen by punctuation and link density before anything is cleaned.

Every segment gets a weight: prose counts for, links, menus and legal notices count against. The article's
container is the block whose segments weigh most together: a smaller block misses paragraphs, a larger one
takes on lists and footers that cost more than they bring.
"""

import re

from lxml import etree

from transforms.boilerplate import is_button, is_credit_line, is_info_line, is_legal_notice, is_stop_heading
from transforms.segments import Line, Segment

_SENTENCE = re.compile(r"[，。！？；：、“”…]|[,.;!?](?=\s|$)")
_STRONG_NAME = re.compile(
    r"articlebody|article[_-]?(?:content|text|main|con|detail)|TRS_Editor|TRS_UEDITOR|artibody|js_content|endtext|post[_-]?body|"
    r"post[_-]?(?:content|text)|news[_-]?(?:content|text|body|con)|content[_-]?(?:text|main|detail|body)|entry-content|"
    r"rich_media_content|zoom|main[_-]?text|rm_txt_con|left_zw|text_con|UCAP-CONTENT|vsb_content",
    re.I,
)

_NAME_BONUS = 1.3
_PROSE_MIN = 30.0
_SENTENCE_MIN = 12
_SHORT = -4.0
"""The weight of a piece shorter than that, and of one without signs."""
_VERSES_MIN = 5
_CELLS = frozenset({"td", "th"})


def find_container(line: Line, start: int = 0) -> int | None:
    """The index of the article's block, or None where the page holds no prose; `start` is the headline's segment."""
    blocks = line.blocks
    values = [0.0] * len(blocks)
    outside = 0.0
    furniture: list[tuple[int, float]] = []
    for index, segment in enumerate(line.segments):
        block = segment.block
        weight = weigh(segment)
        if weight == _SHORT and len(segment.text) < _SENTENCE_MIN and not segment.links and _is_cell(line, block):
            continue  # a short cell of a table of data is as much a part of a notice as its sentences
        if weight > 0:
            noisy = blocks[block].noise >= 0
            outside += 0.0 if noisy else weight
            if index < start:
                weight *= 0.2
            if noisy:
                furniture.append((block, weight))
                continue
        values[block] += weight
    # A wrapper named like furniture around the whole page says nothing.
    share = 0.15 if outside >= _PROSE_MIN else 1.0
    for block, weight in furniture:
        values[block] += share * weight
    for index in range(len(blocks) - 1, 0, -1):
        values[blocks[index].parent] += values[index]
    best, best_value = None, 0.0
    for index, weight in enumerate(values):
        if weight > 0 and weight * _NAME_BONUS >= best_value:  # only then does the name decide
            named = _STRONG_NAME.search(_names(blocks[index].element))
            value = weight * _NAME_BONUS if named else weight
            if value >= best_value:  # of equals the deepest
                best, best_value = index, value
    return best


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"


def find_verses(line: Line, start: int) -> int | None:
    """The block of a poem or of a bare list: most lines after the headline, short, without links, side by side."""
    best: list[int] = []
    run: list[int] = []
    for index in range(start, len(line.segments)):
        segment = line.segments[index]
        if not _is_verse(segment) or line.blocks[segment.block].noise >= 0:
            run = run if segment.image else []
        elif run and _is_beside(line, line.segments[run[-1]].block, segment.block):
            run.append(index)
        else:
            run = [index]
        if len(run) > len(best):
            best = list(run)
    if len(best) < _VERSES_MIN:
        return None
    block = line.segments[best[0]].block
    while block > 0 and line.blocks[block].end <= best[-1]:
        block = line.blocks[block].parent
    return block


def _is_beside(line: Line, one: int, other: int) -> bool:
    """Whether two blocks are one, or like children of one parent."""
    return one == other or (
        line.blocks[one].parent == line.blocks[other].parent and line.blocks[one].tag == line.blocks[other].tag
    )


def _is_verse(segment: Segment) -> bool:
    text = segment.text
    return (
        2 <= len(text) <= 40
        and not segment.links
        and not (is_info_line(text) or is_credit_line(text) or is_legal_notice(text) or is_button(text))
        and not is_stop_heading(text)
    )


def _is_cell(line: Line, block: int) -> bool:
    """Whether a block is a table's cell, or the paragraph in one."""
    parent = line.blocks[block].parent
    return line.blocks[block].tag in _CELLS or (parent >= 0 and line.blocks[parent].tag in _CELLS)


def weigh(segment: Segment) -> float:
    """What one segment says for (positive) or against (negative) being article text, in characters."""
    if segment.image:
        return 0.0
    size = len(segment.text)
    plain = size - segment.link_chars
    if plain < 0.5 * size:
        return -8.0 - 0.5 * min(size, 40)
    if size < _SENTENCE_MIN:
        return _SHORT
    marks = len(_SENTENCE.findall(segment.text))
    if not marks and size < 40:
        return -4.0
    if is_legal_notice(segment.text):
        return -10.0
    if (
        marks
        and size <= 120
        and "。" not in segment.text
        and (is_info_line(segment.text) or is_credit_line(segment.text))
    ):
        return -4.0
    if marks:
        return float(plain) + 8.0 * min(marks, 10)
    return -4.0 if size < 40 else 0.3 * plain
