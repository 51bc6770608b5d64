"""Summaries of other articles on a page: a linked headline with a line of prose below it, again and again.

One by one they read like an article; what gives them away is that many stand in blocks of one kind.
"""

from itertools import pairwise

from transforms.segments import Line

_ENTRIES_MIN = 6
"""Entries that make a page a listing; below an article with prose of its own three are enough."""
BELOW_ARTICLE_MIN = 3
_HEADLINE = range(8, 61)
_PROSE_MIN = 30


def find_summaries(line: Line, span: range, least: int = _ENTRIES_MIN) -> set[int]:
    """The lines of prose in `span` that stand below linked headlines, `least` or more in blocks of one kind."""
    found: dict[tuple[int, str | None], set[int]] = {}
    printed = [index for index in span if line.segments[index].text]
    for first, second in pairwise(printed):
        above, below = line.segments[first], line.segments[second]
        if above.link_share < 0.8 or len(above.text) not in _HEADLINE:
            continue
        if below.link_share > 0.3 or len(below.text) < _PROSE_MIN:
            continue
        parent = line.blocks[below.block].parent
        if parent >= 0 and parent in {above.block, line.blocks[above.block].parent} and line.blocks[parent].noise < 0:
            item = line.blocks[parent]
            found.setdefault((item.parent, item.element.get("class")), set()).add(second)
    summaries = max(found.values(), key=len, default=set())
    return summaries if len(summaries) >= least else set()
