"""Which region each surface names: step two of tagging.

What is certain settles what is not: a full name that only one region has, the chain that a name stands in
(济南市|章丘区|圣井街道), the dateline. Then, round by round, an open surface takes the one reading that its
ancestors, itself under a full name, or its siblings in the text support. A tie stays open.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from records import RegionLevel, TextField
from transforms.gazetteer import Gazetteer
from transforms.region_names import FORMER, FULL, SHORT, TOWNSHIP, VAGUE, ZONE, Sense
from transforms.region_surfaces import Surface

PROMINENCE = {RegionLevel.PROVINCE: 3.0, RegionLevel.CITY: 2.0, RegionLevel.COUNTY: 0.0, RegionLevel.TOWNSHIP: 0.0}
ROUNDS = 4
WEAK_NEEDS = 2.5
"""The support a common word needs to be a region: more than its province, say its city or two siblings."""
LEDE_LENGTH = 60
SPELT = 4.0
"""What the county of a city of its name gains where it is named in full and the city is not (本溪县)."""
TOWNSHIPS = 1.2
"""What each name of a township that lies in a county adds to the county's name."""


class Resolver:
    """Settles the surfaces of one article; `established` counts the regions that are certain, with their ancestors."""

    def __init__(self, gazetteer: Gazetteer, published_on: date | None, prior: str | None) -> None:
        """Take the gazetteer, the article's day and its publisher's region."""
        self.gazetteer = gazetteer
        self.published_on = published_on
        self.prior = frozenset(gazetteer.path(prior)) if prior and prior in gazetteer else frozenset()
        self.established: Counter[str] = Counter()
        self._townships: Counter[str] = Counter()
        self._settled_below: defaultdict[str | None, set[str]] = defaultdict(set)
        """The settled regions by their parents."""

    def resolve(self, surfaces: Sequence[Surface]) -> None:
        """Give `code`, `score` and `rule` to every surface that can be settled."""
        for surface in surfaces:
            surface.senses = self._in_time(surface.senses)
        self._townships = self._count_townships(surfaces)
        self._chain(surfaces)
        for surface in surfaces:
            self._settle_certain(surface)
        for _ in range(ROUNDS):
            if not sum([self._settle_by_context(surface, surfaces) for surface in surfaces if not surface.code]):
                break
        self._widen(surfaces)

    def _widen(self, surfaces: Sequence[Surface]) -> None:
        """Let a former name that held more than its successor mean what holds both (莱芜市 before 钢城区: 济南市)."""
        for surface in surfaces:
            above = surface.parent
            if surface.code and above is not None and above.code and above.senses[0].origin:
                paths = zip(self.gazetteer.path(above.code), self.gazetteer.path(surface.code), strict=False)
                shared = [left for left, right in paths if left == right]
                if shared and shared[-1] != above.code:
                    above.code, above.rule = shared[-1], "chain, former, now part of"

    def _in_time(self, senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
        """The senses that the day allows: today's names before former ones, unless the former was in force then."""
        if len(senses) < 2 or all(s.form != FORMER for s in senses):
            return senses
        day = self.published_on
        then = tuple(s for s in senses if day and s.form == FORMER and s.valid_until and day <= s.valid_until)
        today = tuple(s for s in senses if s.form != FORMER)
        return then or today or senses

    def _chain(self, surfaces: Sequence[Surface]) -> None:
        """Tie each surface to the one right before it where that names its ancestor, and drop other readings."""
        for left, right in pairwise(surfaces):
            if left.where != right.where or left.end != right.start or left.media:
                continue
            if right.word and (right.word == "verb" or not left.is_bare):
                continue  # 荆州市|公安民警, 昆明市|安宁祥和, but 昆明|安宁
            fitting = tuple(r for r in right.senses if any(self._is_below(r, s) for s in left.senses))
            if not fitting:
                continue
            right.senses = fitting
            right.parent, left.heads = left, True
            self._narrow_up(right)

    def _narrow_up(self, surface: Surface) -> None:
        """Drop the readings of a chain's earlier links that its later ones exclude."""
        while surface.parent is not None:
            above = surface.parent
            above.senses = tuple(s for s in above.senses if any(self._is_below(r, s) for r in surface.senses))
            surface = above

    def _is_below(self, sense: Sense, above: Sense) -> bool:
        """Whether one sense lies below another, now or at the time of a former name."""
        path = self.gazetteer.path(sense.code)
        if sense.code != above.code and above.code in path:
            return True
        if sense.origin and above.code in self.gazetteer.path(sense.origin):
            return True
        return bool(above.origin) and not self.gazetteer.extent(above.origin).isdisjoint(path)

    def _settle_certain(self, surface: Surface) -> None:
        if len(surface.senses) != 1:
            return
        sense = surface.senses[0]
        if self._is_firm(surface):
            self._settle(surface, sense, 1.0 if sense.form == FULL else 0.95, "chain")
        elif sense.form == FULL and surface.text not in VAGUE and len(surface.text) > 2:
            self._settle(surface, sense, 0.98, "full name")
        elif sense.form == ZONE:
            self._settle(surface, sense, 0.9, "zone")
        elif sense.form == SHORT and not surface.weak and self._is_prominent(sense.code):
            self._settle(surface, sense, 0.9, "short name")

    def _is_firm(self, surface: Surface) -> bool:
        """Whether the chain it stands in settles a surface; 四川南部 and 山东平原 are parts of a province, mostly."""
        if not surface.weak:
            return surface.parent is not None or surface.heads
        above = surface.parent
        is_city = any(self.gazetteer.level(s.code) is RegionLevel.CITY for s in surface.senses)
        return above is not None and any(
            is_city
            or self.gazetteer.kind(s.code) == "municipality"
            or self.gazetteer.level(s.code) is not RegionLevel.PROVINCE
            for s in above.senses
        )

    def _is_prominent(self, code: str) -> bool:
        return self.gazetteer.level(code) in {RegionLevel.PROVINCE, RegionLevel.CITY}

    def _settle(self, surface: Surface, sense: Sense, score: float, rule: str) -> None:
        surface.code, surface.score = sense.code, score
        surface.rule = f"{rule}, former" if sense.form == FORMER else rule
        self._settled_below[self.gazetteer.parent(sense.code)].add(sense.code)
        for code in self.gazetteer.path(sense.code):
            self.established[code] += 1

    def _settle_by_context(self, surface: Surface, surfaces: Sequence[Surface]) -> bool:
        """Settle one open surface where exactly one reading is supported best; whether it was."""
        if not surface.senses or surface.text in VAGUE:
            return False
        if surface.senses[0].form == TOWNSHIP:
            return self._settle_township(surface, surfaces)
        if surface.word and not self._is_meant(surface, surfaces):
            return False
        scored = sorted(((self._support(s, surface, surfaces), s) for s in surface.senses), key=lambda x: -x[0])
        best, sense = scored[0]
        if len(scored) > 1 and best - scored[1][0] < 0.5:
            return False
        needed = WEAK_NEEDS if surface.weak else 0.5 if len(scored) > 1 else 0.0
        if best < needed or (best < 1 and not self._stands_out(surface, surfaces)):
            return False
        self._settle(surface, sense, min(0.9, 0.6 + best / 20), "context" if best >= 1 else "only reading")
        return True

    def _is_meant(self, surface: Surface, surfaces: Sequence[Surface]) -> bool:
        """Whether an ordinary word is a region's name: its full name is in the text, or a sibling stands beside it."""
        parents = {self.gazetteer.parent(s.code): s.code for s in surface.senses}
        if surface.word == "ordinary" and any(self.established[code] for code in parents.values()):
            return True
        return surface.enumerated and any(
            other.where is surface.where
            and other.code not in parents.values()
            and other.code
            and other.enumerated
            and self.gazetteer.parent(other.code) in parents
            and 1 in {abs(other.start - surface.end), abs(surface.start - other.end)}
            for other in surfaces
        )

    def _support(self, sense: Sense, surface: Surface, surfaces: Sequence[Surface]) -> float:
        """How much the rest of the article speaks for a reading."""
        gazetteer, code = self.gazetteer, sense.code
        path = gazetteer.path(code)
        score = 4.0 if self.established[code] else 0.0
        namesakes = {s.code for s in surface.senses if s.code in path[:-1]}
        if namesakes and self._is_spelt(code, surfaces) and not any(self._is_spelt(c, surfaces) for c in namesakes):
            score += SPELT
        for ancestor in path[:-1]:
            if self.established[ancestor] and ancestor not in namesakes:
                score += 1.0 if gazetteer.level(ancestor) is RegionLevel.PROVINCE else 3.0
        siblings = self._settled_below[gazetteer.parent(code)] - {code}
        score += 1.5 * len(siblings) if len(path) > 1 and not namesakes else 0.0
        score += TOWNSHIPS * self._townships[code]
        score += 0.6 if self.prior.intersection(path[1:]) else 0.0
        if surface.forms & {SHORT, FORMER} and not surface.weak:
            score += PROMINENCE[gazetteer.level(code)]
        return score

    def _is_spelt(self, code: str, surfaces: Sequence[Surface]) -> bool:
        """Whether the article names a region in full."""
        return any(s.code == code and not s.is_bare for s in surfaces)

    def _count_townships(self, surfaces: Sequence[Surface]) -> Counter[str]:
        """How many names of townships, settled or not, could lie in each county: 太平镇 speaks for 邹城."""
        named = {s.text: s.senses for s in surfaces}
        return Counter(
            county
            for senses in named.values()
            for county in {self.gazetteer.path(sense.code)[-2] for sense in senses if sense.form == TOWNSHIP}
        )

    def _stands_out(self, surface: Surface, surfaces: Sequence[Surface]) -> bool:
        """Whether a bare name without support is still a region's: in the headline or repeated, no township's stem."""
        same = [s for s in surfaces if s.text == surface.text]
        if any(s.text[:-1] == surface.text or s.text[:-2] == surface.text for s in surfaces if TOWNSHIP in s.forms):
            return False
        loud = len(same) > 1 or surface.where is not TextField.TEXT or surface.start < LEDE_LENGTH
        return loud and all(s.apart for s in same)

    def _settle_township(self, surface: Surface, surfaces: Sequence[Surface]) -> bool:
        """Settle a township under a county or city that the text has established, or by its neighbours."""
        gazetteer = self.gazetteer
        by_county: dict[str, list[Sense]] = {}
        for sense in surface.senses:
            by_county.setdefault(gazetteer.path(sense.code)[-2], []).append(sense)
        known = [c for c in by_county if self.established[c]]
        if not known:
            known = [c for c in by_county if any(self.established[a] for a in gazetteer.path(c)[1:-1])]
        if not known:
            known = [c for c in by_county if self._shares(c, surface, surfaces)]
        if len(known) == 1 and len(by_county[known[0]]) == 1:
            self._settle(surface, by_county[known[0]][0], 0.9, "township of a county in the text")
            return True
        if len(surface.senses) == 1 and self._stands_alone(surface, surfaces):
            self._settle(surface, surface.senses[0], 0.75, "township of that name only")
            return True
        return False

    def _shares(self, county: str, surface: Surface, surfaces: Sequence[Surface]) -> bool:
        """Whether another township of the article could lie in the same county."""
        return any(
            other is not surface and other.text != surface.text and self.gazetteer.parent(sense.code) == county
            for other in surfaces
            for sense in other.senses
            if sense.form == TOWNSHIP
        )

    def _stands_alone(self, surface: Surface, surfaces: Sequence[Surface]) -> bool:
        """Whether a nationwide unique name is clearly a township's and the text names no other place around it.

        Places that people only come from or go to (来自江苏的客商) are none around it.
        """
        code = surface.senses[0].code
        formed = len(surface.text) >= (4 if surface.text.endswith("街道") else 3)
        around = {self.gazetteer.path(s.code)[0] for s in surfaces if s.code and s.factor >= 1}
        return formed and (not around or self.gazetteer.path(code)[0] in around)
