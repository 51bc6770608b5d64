"""Positions widened to the left over words that the lexer keeps apart from them: 铺上 | 村党支部书记."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from transforms.position_spans import PositionSpan

_VILLAGE = re.compile(
    r"[、，；：]((?![和与同及由向该本各驻原现时曾走慰]|会见|陪同|[他她])[\u4e00-\u9fff]{1,4})(?<![和与同])$"
)
"""The name of a village before 村党支部书记, whatever LAC takes it for."""
_HALF_BODY = re.compile(r"[、，；：]([我本](?=$)|[省市县区州旗镇乡][\u4e00-\u9fff]{2,8}[和与])$")
"""The first half of a body's name: 区发展改革和 | 招商局局长; and 我 before 县领导."""
_SHORT_GAP = re.compile(r"、[^、，。；：,;:的（(]{1,8}")


def widen_positions(text: str, positions: Sequence[PositionSpan], persons: Sequence[int]) -> list[PositionSpan]:
    """The positions, reaching back over the first half of a body's name and to the 、 that parts one from another."""
    widened = list(positions)
    for i, position in enumerate(widened):
        pattern = _VILLAGE if position.text.startswith(("村", "社区")) else _HALF_BODY
        head = pattern.search(text, 0, position.start)
        taken = [*persons, *(p.start for p in widened)]
        if head and not any(head.start(1) <= start < position.start for start in taken):
            widened[i] = _from(text, position, head.start(1))
    for i, (left, right) in enumerate(pairwise(list(widened)), start=1):
        if _SHORT_GAP.fullmatch(text[left.end : right.start]) and not any(left.end <= p < right.start for p in persons):
            widened[i] = _from(text, right, left.end + 1)
    return widened


def _from(text: str, position: PositionSpan, start: int) -> PositionSpan:
    return replace(position, start=start, text=text[start : position.end])
