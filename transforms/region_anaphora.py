"""全市, 我县, 该镇: words that point back at a region that the article has named.

They resolve to the nearest earlier region of that level, or its ancestor of that level, else to the primary region's;
the publisher's region answers for 我县 and its like where the text names nothing. Else they stay open.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from records import TextField
from transforms.gazetteer import Gazetteer
from transforms.region_surfaces import Surface, former_units
from transforms.region_words import Words

POINTING = re.compile(r"(?:全|我|本|该|此)(?:[省市县旗镇乡区]|街道)")
OWN = "全我本"
SCORE = 0.7
UNITS = {
    "省": {"province", "autonomous_region"},
    "市": {"city", "municipality", "county_city"},
    "区": {"district", "autonomous_region"},
    "县": {"county"},
    "旗": {"county"},
    "镇": {"town"},
    "乡": {"township"},
    "街道": {"street"},
}


@dataclass(frozen=True, slots=True)
class Antecedents:
    """What a pointing word can point at in one article."""

    named: Sequence[Surface]
    primary: str | None
    publisher_region: str | None
    gazetteer: Gazetteer

    def find(self, word: str, where: TextField, start: int) -> tuple[str, str] | None:
        """The code that a pointing word stands for, and by which rule."""
        unit, then = word[1:], former_units(self.named)
        subject = self._of_unit(self.primary, unit, then)
        if subject is not None and word[0] in OWN:
            return subject, "points at the subject"
        earlier = [s for s in self.named if s.where is where and s.end <= start]
        if not earlier and where is TextField.TEXT:
            earlier = [s for s in self.named if s.where is not TextField.TEXT]
        for surface in reversed(earlier):
            if (code := self._of_unit(surface.code, unit, then)) is not None:
                return code, f"points back at {surface.text}"
        own = self._of_unit(self.publisher_region, unit, then) if word[0] in OWN else None
        return (own, "points at the publisher's region") if own else None

    def _of_unit(self, code: str | None, unit: str, then: Mapping[str, str]) -> str | None:
        """The nearest of a region and its ancestors that is a 市, 县 …, today or, under its former name, in its day."""
        if code is None or code not in self.gazetteer:
            return None
        path = reversed(self.gazetteer.path(code))
        fitting = (c for c in path if (then[c] == unit if c in then else self.gazetteer.kind(c) in UNITS[unit]))
        return next(fitting, None)


def resolve_anaphora(source: str, where: TextField, antecedents: Antecedents, words: Words) -> list[Surface]:
    """The settled pointing words of one field."""
    found = []
    taken = {at for s in antecedents.named if s.where is where for at in range(s.start, s.end)}
    for match in POINTING.finditer(source):
        span = match.span()
        if taken.intersection(range(*span)) or not words.stands(source, span):
            continue
        answer = antecedents.find(match[0], where, span[0])
        if answer is not None:
            code, rule = answer
            found.append(Surface(where, *span, match[0], (), code=code, score=SCORE, rule=rule))
    return found
