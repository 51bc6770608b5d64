"""How much each region weighs in an article: by where it is named, how, and what the text calls its own.

A mention in the headline outweighs one in the lede, that one in the body. A region that people come from or go to
weighs less (来自河南, 广西警方), one that acts with others more (市中区与…签约). Words that say whose article it is
(全区, 我县, 市委) weigh for the level that they name.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from records import TextField
from transforms.gazetteer import Gazetteer
from transforms.region_surfaces import Surface, former_units

TITLE, LEDE, BODY, BODY_FULL, DATELINE, CAPITAL = 3.0, 1.6, 0.7, 1.1, 1.5, 0.4
PRIOR, PRIOR_CONFIRMED = 0.5, 2.0
"""The publisher's region where the text names it or a region above or below; where the text also says 我县 or 全区."""
FIRST = 1.3
"""The first region of headline and text acts, mostly; unless it opens an enumeration."""
LEDE_LENGTH = 90
FULL_COUNT = 3
"""So many mentions in the body count in full, further ones by a third: a name repeated is no new evidence."""
CLAIM, CLAIMS = 0.4, 4
"""What a claiming word weighs, and how many of them count."""
CLAIMING = re.compile(
    r"[全我本](省|市|区|县|旗|镇|乡|街道)(?![场域块间])|(?<![\u4e00-\u9fff])(省|市|区|县|旗|镇|乡)(?:委|政府|领导|人大|政协|长)"
)
UNITS = {
    "province": "省",
    "autonomous_region": "区",
    "municipality": "市",
    "city": "市",
    "prefecture": "州",
    "district": "区",
    "county_city": "市",
    "county": "县",
    "town": "镇",
    "township": "乡",
    "street": "街道",
}


@dataclass(slots=True)
class Weights:
    """The weight of each region by itself and with all below it, and the evidence by region."""

    own: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    total: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    evidence: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    claims: Counter[str] = field(default_factory=Counter)
    """How often the text says 全区, 我县, 市委 and the like, by unit."""

    listed: set[str] = field(default_factory=set)
    """The regions that an enumeration in the headline names: 甲到河东区、莒南县调研."""

    def add(self, path: Sequence[str], weight: float, place: str) -> None:
        """Add one mention to its region, the last of the path, and to all above it."""
        self.own[path[-1]] += weight
        for code in path:
            self.total[code] += weight
            self.evidence[code][place] += 1

    def heaviest(self, unit: str, gazetteer: Gazetteer, then: Mapping[str, str]) -> str | None:
        """The region of a unit, today's or that of its former name, that weighs most; None where two weigh the same."""
        units = {code: then.get(code) or UNITS.get(gazetteer.kind(code)) for code in self.own}
        own = sorted(((w, c) for c, w in self.own.items() if w and units[c] == unit), reverse=True)
        return own[0][1] if own and (len(own) == 1 or own[0][0] > own[1][0]) else None


def weigh(surfaces: Sequence[Surface], source: str, gazetteer: Gazetteer, prior: str | None) -> Weights:
    """The weights of an article's settled surfaces; `source` is headline and text, `prior` the publisher's region."""
    weights = Weights(claims=count_claims(source))
    fields: set[TextField] = set()
    for surface in surfaces:
        if not surface.code or surface.heads:
            continue
        place, weight = place_of(surface)
        if surface.where not in fields and not surface.enumerated and place != "dateline":
            weight *= FIRST
        fields.add(surface.where)
        if place == "body" and weights.evidence[surface.code]["body"] >= FULL_COUNT:
            weight /= 3
        weights.add(gazetteer.path(surface.code), weight * surface.factor, place)
        if surface.enumerated and surface.where is TextField.TITLE:
            weights.listed.update(gazetteer.path(surface.code))
    then = former_units(surfaces)
    for unit, count in weights.claims.items():
        claimed = weights.heaviest(unit, gazetteer, then)
        if claimed is not None and is_prominent(weights.evidence[claimed]):
            weights.add(gazetteer.path(claimed), CLAIM * min(CLAIMS, count), "claimed")
    if prior and prior in gazetteer:
        add_prior(weights, prior, gazetteer)
    return weights


def is_prominent(evidence: Counter[str]) -> bool:
    """Whether a region may be the one that 全县 or 市委 speak of; a single one deep in the text is not."""
    return bool(evidence["headline"] or evidence["lede"] or evidence["dateline"] or evidence["body"] > 1)


def add_prior(weights: Weights, prior: str, gazetteer: Gazetteer) -> None:
    """Let the publisher's region weigh in where the text speaks of its surroundings."""
    path = gazetteer.path(prior)
    if any(weights.total[code] for code in path):
        claimed = weights.claims[UNITS.get(gazetteer.kind(prior), "")]
        weights.add(path, PRIOR_CONFIRMED if claimed else PRIOR, "publisher")


def count_claims(source: str) -> Counter[str]:
    """How often a text claims to be about its own region, by unit."""
    return Counter((match[1] or match[2]).replace("旗", "县") for match in CLAIMING.finditer(source))


def place_of(surface: Surface) -> tuple[str, float]:
    """Where a mention stands, and what it weighs there."""
    if surface.where is TextField.DATELINE or surface.rule.startswith("dateline"):
        return "dateline", CAPITAL if surface.code[:2] == "11" and len(surface.text) == 2 else DATELINE
    if surface.where is TextField.TITLE:
        return "headline", TITLE
    if surface.start < LEDE_LENGTH:
        return "lede", LEDE
    return "body", BODY if surface.is_bare or surface.code.endswith("00") else BODY_FULL
