"""Which region an article is about: step three of tagging.

The weights of the mentions are summed up the tree of regions; then the way goes down from the country as long as one
child carries most of what its parent carries: three counties of one city end at the city, two provinces that share
the weight end nowhere. Two or three that tie in the headline, under a parent that the text never names, are all
primary.
"""

from records import RegionLevel
from transforms.gazetteer import Gazetteer
from transforms.region_weights import BODY_FULL, Weights

ENOUGH = 1.4
"""The least weight of a province for an article to be about something in it: one mention deep in a text is less."""
ROOT_SHARE, SHARE, MARGIN = 0.4, 0.5, 1.25
HEADLINE_MARGIN = 2.0
"""How far one of two regions that a headline enumerates must outweigh the other."""
MANY, MANY_SHARE = 4, 0.55
"""Where so many are named, as in a survey, and the headline has none of them, one must outweigh all others together."""
MOST = 3
"""More regions than these that tie are an enumeration, and the article is about what holds them."""


def find_primary(weights: Weights, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The regions the article is about, mostly one; none where no province carries enough."""
    code = dominant_province(weights, gazetteer)
    while code is not None:
        child = dominant_child(code, weights, gazetteer)
        if child is None:
            return tied_children(code, weights, gazetteer) or (code,)
        code = child
    return ()


def dominant_province(weights: Weights, gazetteer: Gazetteer) -> str | None:
    """The province that carries most of the weight, or None."""
    provinces = sorted(((w, c) for c, w in weights.total.items() if w and len(gazetteer.path(c)) == 1), reverse=True)
    if not provinces:
        return None
    best, code = provinces[0]
    second = provinces[1][0] if len(provinces) > 1 else 0.0
    whole = sum(weight for weight, _ in provinces)
    many = len(provinces) >= MANY and not weights.evidence[code]["headline"]
    share = MANY_SHARE if many else ROOT_SHARE
    return code if best >= ENOUGH and best >= share * whole and best >= MARGIN * second else None


def dominant_child(code: str, weights: Weights, gazetteer: Gazetteer) -> str | None:
    """The child that carries the parent's weight, or None where the parent itself or several children do."""
    below = children_of(code, weights, gazetteer)
    if not below:
        return None
    best, child = below[0]
    named = weights.evidence[child]
    whole = sum(weight for weight, _ in below)
    if len(below) >= MANY and not (named["headline"] or named["dateline"]) and best < MANY_SHARE * whole:
        return None
    second = below[1][0] if len(below) > 1 else 0.0
    own = weights.own[code]
    if gazetteer.level(child) is RegionLevel.TOWNSHIP:
        early = weights.evidence[child]["headline"] + weights.evidence[child]["lede"]
        return child if second == 0 and early and best >= own * 1.2 else None
    if is_aside(child, weights) and below_own(code, weights):
        return None
    both = len(below) > 1 and {child, below[1][1]} <= weights.listed
    return child if best >= (HEADLINE_MARGIN if both else MARGIN) * second and best >= SHARE * own else None


def is_aside(code: str, weights: Weights) -> bool:
    """Whether a region is named just once, deep in the text."""
    return dict(weights.evidence[code]) == {"body": 1}


def below_own(code: str, weights: Weights) -> bool:
    """Whether a region is itself named more than once deep in the text, or at a better place."""
    return weights.own[code] > BODY_FULL


def tied_children(code: str, weights: Weights, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Cities or counties that share a headline, where their parent is not named at all."""
    below = children_of(code, weights, gazetteer)
    tied = [child for weight, child in below if MARGIN * weight >= below[0][0]]
    if weights.own[code] or not 2 <= len(tied) <= MOST or len(tied) < len(below):
        return ()
    loud = all(weights.evidence[c]["headline"] and gazetteer.level(c) is not RegionLevel.TOWNSHIP for c in tied)
    return tuple(sorted(tied)) if loud else ()


def children_of(code: str, weights: Weights, gazetteer: Gazetteer) -> list[tuple[float, str]]:
    """The children of a region that weigh anything, heaviest first."""
    return sorted(((weights.total[c], c) for c in gazetteer.children(code) if weights.total.get(c)), reverse=True)
