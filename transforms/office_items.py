"""The names and posts of one sentence in its order: names in runs (甲、乙), posts in chains (区委副书记、区长)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from transforms import office_verbs as verbs
from transforms.names import NameSpan
from transforms.position_spans import PositionSpan

_RUN = re.compile(rf"{verbs.OF_NAME}(?:[、]|和|及|以及)")
_CHAIN = re.compile(r"(?:职务)?[、，,；兼及和并]{1,2}兼?")
_LEADING = re.compile("(?:同志)?(?:为|的|不再担任|担任|出任|当选为?|代理|转任|调任|现任|拟任|任(?![城丘县泽]))")
"""Verbs that LAC reads as the beginning of a body's name: 为县财政局 + 局长."""


def group_items(
    text: str, names: Sequence[NameSpan], positions: Sequence[PositionSpan]
) -> list[tuple[NameSpan | PositionSpan, ...]]:
    """Runs of names and chains of posts, in text order."""
    items: list[NameSpan | PositionSpan] = [*names]
    for post in positions:
        over = [n for n in names if n.start < post.end and post.start < n.end]
        if any(n.end >= post.end for n in over):
            continue
        start = max((n.end for n in over), default=post.start)
        if leading := _LEADING.match(text, start, post.end):
            start = leading.end()
        items.append(replace(post, start=start, text=text[start : post.end]))
    starts = {n.start for n in names}
    groups: list[tuple[NameSpan | PositionSpan, ...]] = []
    for item in sorted(items, key=lambda i: i.start):
        last = groups[-1][-1] if groups else None
        joint = _RUN if isinstance(item, NameSpan) else _CHAIN
        if last is not None and type(last) is type(item) and joint.fullmatch(text, last.end, item.start):
            if item.end in starts and len(groups) > 1 and re.search("[，,；;]", text[last.end : item.start]):
                groups.append((item,))  # 甲任总指挥，区长乙任…: 区长 is a title of 乙
            else:
                groups[-1] = (*groups[-1], item)
        else:
            groups.append((item,))
    return groups
