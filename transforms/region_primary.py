"""Which region an article is about: step three of tagging, with the evidence.

Each mention weighs by where it stands (headline, lede, dateline, body). The weights are summed up the tree of
regions; then the way goes down from the country as long as one child carries most of what its parent carries:
three counties of one city end at the city, two provinces that share the weight end nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from records import RegionLevel, TextField
from transforms.gazetteer import Gazetteer
from transforms.region_surfaces import Surface

TITLE, LEDE, BODY, DATELINE, CAPITAL = 3.0, 1.6, 0.7, 1.2, 0.4
LEDE_LENGTH = 90
ENOUGH = 1.4
"""The least weight of a province for an article to be about something in it: one mention deep in a text is less."""
ROOT_SHARE, SHARE, MARGIN = 0.4, 0.5, 1.25
FULL_COUNT = 3
"""So many mentions in the body count in full, further ones by a third: a name repeated is no new evidence."""


@dataclass(slots=True)
class Weights:
    """The weight of each region by itself and with all below it, and the evidence by region."""

    own: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    evidence: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def weigh(surfaces: Sequence[Surface], gazetteer: Gazetteer, prior: str | None) -> Weights:
    """Sum the mentions' weights up the tree."""
    weights = Weights()
    for surface in surfaces:
        if not surface.code or surface.heads:
            continue
        place, weight = place_of(surface)
        if place == "body" and weights.evidence[surface.code]["body"] >= FULL_COUNT:
            weight /= 3
        add(weights, surface.code, weight, place, gazetteer)
    if prior and prior in gazetteer and weights.total:
        path = gazetteer.path(prior)
        if any(weights.total[code] for code in path):
            add(weights, prior, 0.5, "publisher", gazetteer)
    return weights


def add(weights: Weights, code: str, weight: float, place: str, gazetteer: Gazetteer) -> None:
    """Add one mention to its region and all above it."""
    weights.own[code] += weight  # type: ignore[assignment]
    for part in gazetteer.path(code):
        weights.total[part] += weight  # type: ignore[assignment]
        weights.evidence[part][place] += 1


def place_of(surface: Surface) -> tuple[str, float]:
    """Where a mention stands, and what it weighs there."""
    if surface.where is TextField.DATELINE or surface.rule.startswith("dateline"):
        return "dateline", CAPITAL if surface.code[:2] == "11" and len(surface.text) == 2 else DATELINE
    if surface.where is TextField.TITLE:
        return "headline", TITLE
    if surface.start < LEDE_LENGTH:
        return "lede", LEDE
    return "body", BODY


def find_primary(weights: Weights, gazetteer: Gazetteer) -> str | None:
    """The region the article is about, or None where no province carries enough."""
    provinces = [(weights.total[c], c) for c in weights.total if len(gazetteer.path(c)) == 1]
    if not provinces:
        return None
    provinces.sort(reverse=True)
    whole = sum(weight for weight, _ in provinces)
    best, code = provinces[0]
    if best < ENOUGH or best < ROOT_SHARE * whole or (len(provinces) > 1 and best < MARGIN * provinces[1][0]):
        return None
    while (child := dominant_child(code, weights, gazetteer)) is not None:
        code = child
    return code


def dominant_child(code: str, weights: Weights, gazetteer: Gazetteer) -> str | None:
    """The child that carries the parent's weight, or None where the parent itself or several children do."""
    below = sorted(((weights.total[c], c) for c in gazetteer.children(code) if weights.total[c] > 0), reverse=True)
    if not below:
        return None
    best, child = below[0]
    second = below[1][0] if len(below) > 1 else 0.0
    own = weights.own[code]
    if gazetteer.level(child) is RegionLevel.TOWNSHIP:
        headline = weights.evidence[child]["headline"] + weights.evidence[child]["lede"]
        return child if second == 0 and headline and best >= own * 1.2 else None
    return child if best >= MARGIN * second and best >= SHARE * own else None
