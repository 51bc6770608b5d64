"""Whole articles, region_articles.txt: floors for the half that rules were tuned on and for the half held out."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from records import RegionLevel, RegionRole
from transforms.gazetteer import Gazetteer
from transforms.regions import tag_regions

ARTICLES = Path(__file__).parent / "region_articles.txt"
FLOORS = {"province": 0.97, "city": 0.94, "county": 0.94, "none": 0.90}
"""The shares that are right in either half, rounded down; they only rise."""
DEPTHS = {RegionLevel.PROVINCE: 0, RegionLevel.CITY: 1, RegionLevel.COUNTY: 2}


@dataclass(frozen=True)
class Piece:
    number: int
    wanted: frozenset[str]
    publisher_region: str | None
    title: str
    text: str


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    gazetteer = Gazetteer.load()
    codes = {gazetteer.full_name(c): c for c in gazetteer.codes() if len(c) == 6 and gazetteer.is_in_force(c)}
    found = []
    for block in re.split(r"(?m)^@ ", ARTICLES.read_text("utf-8"))[1:]:
        head, title, text = block.split("\n", 2)
        number, wanted, publisher, _ = (cell.strip() for cell in head.split("|"))
        names = [] if wanted == "-" else wanted.split(";")
        region = codes[publisher] if publisher else None
        found.append(Piece(int(number), frozenset(codes[name] for name in names), region, title, text.strip()))
    return found


def cut(code: str, depth: int) -> str:
    """The region itself, or its ancestor at a depth: 0 province, 1 city, 2 county."""
    gazetteer = Gazetteer.load()
    return [part for part in gazetteer.path(code) if DEPTHS.get(gazetteer.level(part), 3) <= depth][-1]


def score(pieces: list[Piece]) -> tuple[dict[str, float], list[str]]:
    """The shares that are right by level, and the articles that are wrong."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    misses = []
    for piece in pieces:
        tags = tag_regions(piece.title, piece.text, publisher_region=piece.publisher_region)
        got = {t.region_code for t in tags if t.is_primary and (piece.wanted or t.role is not RegionRole.PUBLISHER)}
        answers = {"none": not got} if not piece.wanted else {}
        depth = max((DEPTHS[Gazetteer.load().level(code)] for code in piece.wanted), default=-1)
        for at, level in enumerate(("province", "city", "county")[: depth + 1]):
            answers[level] = bool(got) and {cut(c, at) for c in got} <= {cut(c, at) for c in piece.wanted}
        for level, is_right in answers.items():
            asked[level] += 1
            right[level] += is_right
        if not all(answers.values()):
            misses.append(f"{piece.number} {piece.title}: {sorted(got)}")
    return {level: right[level] / asked[level] for level in asked}, misses


@pytest.mark.parametrize("parity", [1, 0], ids=["tuned", "held out"])
def test_floors_of_the_articles(pieces: list[Piece], parity: int) -> None:
    assert len(pieces) == 160
    shares, misses = score([piece for piece in pieces if piece.number % 2 == parity])
    assert shares.keys() == FLOORS.keys()
    assert all(shares[level] >= floor for level, floor in FLOORS.items()), (shares, misses if parity else len(misses))
