"""How far LAC is from reading a stretch of a sentence as a person: its own scores, where its best reading says no.

`镇长温馨` is a person in LAC's second thoughts, `县长要求` is not: the best path that makes the stretch one person is
compared with the best path of all. Measured within a few words around the stretch, where the two paths part and meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from transforms.official_tokens import Labels, Token

_REACH = 2
"""Words on either side within which the two paths may differ."""
FAR = -99.0


@dataclass(frozen=True, slots=True)
class NameEvidence:
    """The scores of one sentence: emissions by character and label, and the best path's labels."""

    labels: Labels
    emissions: Any
    path: Sequence[int]

    def margin(self, tokens: Sequence[Token], start: int, end: int) -> float:
        """0 where the best reading has this very person, below 0 the further it is from it."""
        if end > len(self.path) or end - start < 2:
            return FAR
        left, right = _window(tokens, start, end)
        forced = self._best(left, right, start, end)
        return float(min(0.0, forced - self._best(left, right, 0, 0)))

    def _best(self, left: int, right: int, start: int, end: int) -> float:
        """The score of the best path from left to right; between start and end it is one person."""
        moves, emitted = self.labels.transitions, self.emissions
        scores = emitted[left] + (moves[self.path[left - 1]] if left else 0.0)
        scores = self._allow(scores, left, start, end)
        for i in range(left + 1, right):
            scores = self._allow((scores[:, None] + moves).max(axis=0) + emitted[i], i, start, end)
        if right < len(self.path):
            scores = scores + moves[:, self.path[right]]
        return float(scores.max())

    def _allow(self, scores: Any, at: int, start: int, end: int) -> Any:
        if start <= at < end:
            one = self.labels.person_begin if at == start else self.labels.person_inside
            allowed = np.full_like(scores, FAR * 100)
            allowed[one] = scores[one]
            return allowed
        if at == end and end > start:
            return np.where(self.labels.is_inside, FAR * 100, scores)
        return scores


def _window(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    first = next(i for i, t in enumerate(tokens) if t.start <= start < t.end)
    last = next(i for i, t in enumerate(tokens) if t.start < end <= t.end)
    return tokens[max(0, first - _REACH)].start, tokens[min(len(tokens) - 1, last + _REACH)].end
