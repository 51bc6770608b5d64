"""The table of data that is all of an article: results, quotas, prices, printed under a headline without a sentence."""

from lxml import etree

from transforms.paragraphs import Body, collect_paragraphs
from transforms.segments import Line

_ROWS_MIN, _CELLS_MIN = 3, 2
_CELL_MAX = 80
_LINK_SHARE_MAX = 0.2


def read_table(line: Line, start: int) -> Body:
    """The rows of the largest table of data that begins at or after segment `start`; empty where there is none."""
    tables = [index for index, block in enumerate(line.blocks) if block.tag == "table" and _is_data(line, index, start)]
    if not tables:
        return Body()
    largest = line.inside(max(tables, key=lambda index: len(line.inside(index))))
    body = Body(first=largest.start, end=largest.stop)
    collect_paragraphs(line, largest, set(), body)
    return body


def _is_data(line: Line, index: int, start: int) -> bool:
    """Whether a table holds rows of short cells and few links, and lays out nothing."""
    block = line.blocks[index]
    if block.first < start or block.noise >= 0:
        return False
    segments = line.segments[block.first : block.end]
    chars = sum(len(segment.text) for segment in segments)
    if any(len(segment.text) > _CELL_MAX for segment in segments):
        return False
    rows = [row for row in block.element.iter("tr") if _cells(row) >= _CELLS_MIN]
    return len(rows) >= _ROWS_MIN and sum(segment.link_chars for segment in segments) <= _LINK_SHARE_MAX * chars


def _cells(row: etree._Element) -> int:
    return sum(1 for child in row if child.tag in {"td", "th"})
