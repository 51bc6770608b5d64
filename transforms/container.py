"""The block that holds the article, chosen by punctuation and link density before anything is cleaned.

Every segment gets a weight: prose counts for, links, menus and legal notices count against. The article's
container is the block whose segments weigh most together: a smaller block misses paragraphs, a larger one
takes on lists and footers that cost more than they bring.
"""

import re

from lxml import etree

from transforms.boilerplate import is_credit_line, is_info_line, is_legal_notice
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


def find_container(line: Line, start: int = 0) -> int | None:
    """The index of the article's block, or None where the page holds no prose; `start` is the headline's segment."""
    weights = [weigh(segment) for segment in line.segments]
    noisy = [line.blocks[segment.block].noise >= 0 for segment in line.segments]
    # A wrapper named like furniture around the whole page says nothing.
    outside = sum(weight for weight, noise in zip(weights, noisy, strict=True) if weight > 0 and not noise)
    values = [0.0] * len(line.blocks)
    for index, segment in enumerate(line.segments):
        weight = weights[index]
        if weight > 0:
            if index < start:
                weight *= 0.2
            if noisy[index] and outside >= _PROSE_MIN:
                weight *= 0.15
        values[segment.block] += weight
    for index in range(len(line.blocks) - 1, 0, -1):
        values[line.blocks[index].parent] += values[index]
    best, best_value = None, 0.0
    for index, block in enumerate(line.blocks):
        value = values[index]
        if value > 0 and value * _NAME_BONUS >= best_value and _STRONG_NAME.search(_names(block.element)):
            value *= _NAME_BONUS
        if value > 0 and value >= best_value:  # of equals the deepest
            best, best_value = index, value
    return best


def _names(element: etree._Element) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"


def weigh(segment: Segment) -> float:
    """What one segment says for (positive) or against (negative) being article text, in characters."""
    if segment.image:
        return 0.0
    size = len(segment.text)
    plain = size - segment.link_chars
    if plain < 0.5 * size:
        return -8.0 - 0.5 * min(size, 40)
    if size < 12:
        return -4.0
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
