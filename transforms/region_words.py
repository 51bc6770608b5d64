"""Ordinary words that compete with regions' names for characters, and the cheapest reading of a stretch of text.

扩大连片 is 扩大 + 连片 and holds no 大连; 济南市中区 is 济南 + 市中区. The words and their counts come from a
general word list (seeds/gazetteer/words.tsv.gz); the reading is the most probable sequence of words.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from records import seed_path
from transforms.gazetteer import read_rows

TOTAL = 6.0e7
LONGEST = 5
UNKNOWN = math.log(0.4 / TOTAL)
"""A single character that the list lacks."""
RARE = math.log(40 / TOTAL)
Span = tuple[int, int]


class Words:
    """The counts of ordinary words. Build it with `Words.load`."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Take word -> count."""
        self.costs = {word: math.log(count / TOTAL) for word, count in counts.items()}

    @staticmethod
    def load(folder: Path | None = None) -> "Words":
        """The bundled words, read once per process."""
        return _load(folder or seed_path("gazetteer"))

    def crosses(self, text: str, start: int, end: int) -> bool:
        """Whether some word overlaps text[start:end] partly or contains it: then the reading must decide."""
        costs = self.costs
        for first in range(max(0, start - LONGEST + 1), start):
            for last in range(max(start + 1, first + 2), min(len(text), first + LONGEST) + 1):
                if text[first:last] in costs:
                    return True
        for first in range(start, end):
            for last in range(max(end + 1, first + 2), min(len(text), first + LONGEST) + 1):
                if text[first:last] in costs:
                    return True
        return False

    def stands(self, text: str, span: Span) -> bool:
        """Whether text[span] is read as a word of its own (全市) and not as part of others (资|本市|场)."""
        start, end = span
        if not self.crosses(text, start, end):
            return True
        window = max(0, start - LONGEST), min(len(text), end + LONGEST)
        return span in self.read(text, *window, [(span, self.costs.get(text[start:end], RARE))])

    def read(self, text: str, start: int, end: int, names: Sequence[tuple[Span, float]]) -> set[Span]:
        """The names that belong to the most probable reading of text[start:end]; each name comes with its log share."""
        by_start: dict[int, list[tuple[int, float, bool]]] = {}
        for (first, last), cost in names:
            by_start.setdefault(first, []).append((last, cost, True))
        best: list[tuple[float, int, bool]] = [(-math.inf, start, False)] * (end - start + 1)
        best[0] = (0.0, start, False)
        spans = {span for span, _ in names}
        costs = self.costs
        for at in range(start, end):
            base = best[at - start][0]
            for last, cost, _ in by_start.get(at, ()):
                if base + cost > best[last - start][0]:
                    best[last - start] = (base + cost, at, True)
            for last in range(at + 1, min(end, at + LONGEST) + 1):
                known = costs.get(text[at:last])
                if known is None:
                    if last > at + 1:
                        continue
                    known = UNKNOWN
                if (at, last) in spans:
                    continue  # the word is the name itself; whether the text means a region is not for words to say
                if base + known > best[last - start][0]:
                    best[last - start] = (base + known, at, False)
        chosen: set[Span] = set()
        at = end
        while at > start:
            _, first, is_name = best[at - start]
            if is_name:
                chosen.add((first, at))
            at = first
        return chosen


@lru_cache(maxsize=4)
def _load(folder: Path) -> Words:
    return Words({row["word"]: int(row["frequency"]) for row in read_rows(folder / "words.tsv.gz")})
