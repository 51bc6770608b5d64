"""Positions 职务: the lexicon of seeds/positions, the normalised form of one, and its rank in a jurisdiction.

A rank follows from the position and the administrative rank of the jurisdiction: 区长 is 县处级正职 in a district of
an ordinary city, 厅局级副职 in one of a 副省级 city, 厅局级正职 in one of a municipality.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from records import InvalidSeed, Position, RegionKind, RegionLevel, seed_path
from transforms.gazetteer import Gazetteer

UNITS = ("自治区", "地区", "街道", "社区", "省", "市", "州", "盟", "县", "区", "旗", "镇", "乡", "村")
"""The words that say what kind of jurisdiction a position belongs to, the longest first."""
_LEVELS_OF = {
    "省": ("province",),
    "自治区": ("province",),
    "市": ("province", "subprovincial_city", "city", "county"),
    "地区": ("city",),
    "州": ("city",),
    "盟": ("city",),
    "区": ("municipal_district", "subprovincial_district", "county"),
    "县": ("county",),
    "旗": ("county",),
    "乡": ("township",),
    "镇": ("township",),
}
_DOUBTFUL = frozenset({"subprovincial_district", "municipal_district"})
"""Levels at which bodies below the head differ in rank from city to city: no rank from two steps down."""
_STATUS = re.compile("^(?:中共|原|前任?|代理?|现任|时任|候任|拟任|挂职|首任|新任|曾任|兼任?|该|我|本|其)+(?=.{2})")
_BODY = re.compile("(.{2,}?)(?:党组|党委)?(?:副?(?:书记|主席|主任|院长|检察长|秘书长)|成员|委员|常委)$")
_CONFERENCE = re.compile("^政协(.{2,12}?[省市县区州旗盟])(?:委员会)?(?=.{2})")
"""政协榆林市委员会主席 is 榆林市政协主席."""
_BARE = re.compile("副?(?:书记|主席|主任|秘书长|局长|厅长|院长|检察长)|常委")
_OF_UNIT = frozenset("委长政人纪法检领")
"""What follows the word of a unit where it belongs to the body's name: 市 + 委, not 市 + 教育和体育局."""
_INNER = re.compile("(?<=[委府会协院局厅部联团司组村镇乡县市区省处办])(?:原|前|挂职)(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class PositionLexicon:
    """The positions by name, and every written form with the name that it is normalised to."""

    positions: dict[str, Position]
    forms: dict[str, str]

    def normalise(self, written: str, place: str = "") -> str:
        """The normalised name of a position as written, without its jurisdiction `place`; "" of an empty one.

        The longest ending of the words that the lexicon knows; words it does not know at all are kept as they are.
        """
        bare = _INNER.sub("", _CONFERENCE.sub(r"\1政协", _STATUS.sub("", written)))
        if place and bare.startswith(f"团{place}"):
            bare = f"团{unit_of(place)}{bare[len(place) + 1 :]}"
        elif place and bare.startswith(place):
            unit = unit_of(place)
            rest = bare[len(place) :]
            bare = (
                rest if rest.startswith((unit, f"副{unit}", f"代{unit}")) and len(rest) > 2 - len(unit) else unit + rest
            )
        bare = _INNER.sub("", _STATUS.sub("", bare))
        for start in range(len(bare) - 1):
            if bare[start:] in self.forms:
                if start and bare[start - 1] in "和与":
                    break  # half of a body's name: 教育和 + 体育局局长
                return self.forms[bare[start:]]
        return bare if bare[:1] not in UNITS or bare[1:2] in _OF_UNIT else bare[1:]

    def normalise_after(self, written: str, before: str, place: str = "") -> str:
        """The normalised name of a position in a chain: after 市政协党组成员 a bare 副主席 is 市政协副主席."""
        body = _BODY.match(before) if is_bare(written) else None
        if body is not None:
            whole = self.normalise(body.group(1) + written, place)
            if whole in self.positions and whole != self.normalise(written):
                return whole
        return self.normalise(written, place)

    def find(self, name: str) -> Position | None:
        """The position of that normalised name."""
        return self.positions.get(name)

    def rank(self, name: str, level: str) -> str:
        """The rank of a position in a jurisdiction of that level, empty where the wording does not tell."""
        position = self.positions.get(name)
        if position is None:
            return ""
        ranks = dict(position.rank_by_level)
        return ranks.get(level, ranks.get("any", ""))


def is_bare(written: str) -> bool:
    """Whether a position names no body: 副主席, 书记."""
    return _BARE.fullmatch(written) is not None


def unit_of(place: str) -> str:
    """The kind of jurisdiction that a place's name ends with, or empty."""
    return next((unit for unit in UNITS if place.endswith(unit)), "")


def load_positions(path: Path | None = None) -> tuple[Position, ...]:
    """The positions of the lexicon, sorted by kind and name (default: seeds/positions).

    Raises InvalidSeed where a row has not the columns of the head, names an unknown unit or repeats a form.
    """
    folder = path or seed_path("positions")
    ranks = {int(row["step"]): row["rank"] for row in _rows(folder / "ranks.tsv")}
    steps = {row["level"]: int(row["step"]) for row in _rows(folder / "levels.tsv")}
    found: dict[str, Position] = {}
    for row in _rows(folder / "positions.tsv"):
        for unit in row["units"].split() or [""]:
            position = _position(row, unit, steps, ranks)
            if position.position_name in found:
                raise InvalidSeed(f"positions.tsv: {position.position_name} stands there twice; keep one row")
            found[position.position_name] = position
    return tuple(sorted(found.values(), key=lambda p: (p.organisation_kind, p.position_name)))


def _position(row: dict[str, str], unit: str, steps: dict[str, int], ranks: dict[int, str]) -> Position:
    if unit and unit not in UNITS:
        raise InvalidSeed(f"positions.tsv: {row['position']} has the unit {unit!r}; allowed: {' '.join(UNITS)}")
    by_level: list[tuple[str, str]] = []
    if row["rank"].startswith("="):
        by_level = [("any", row["rank"][1:])]
    elif row["rank"]:
        shift = int(row["rank"])
        levels = _LEVELS_OF.get(unit, ()) if unit else tuple(steps)
        known = [level for level in levels if shift < 2 or level not in _DOUBTFUL]
        by_level = [(level, ranks[steps[level] + shift]) for level in known if steps[level] + shift in ranks]
    return Position(
        position_name=row["position"].replace("{}", unit),
        organisation_kind=row["kind"],
        category=row["category"],
        unit=unit,
        rank_by_level=tuple(by_level),
        aliases=tuple(alias.replace("{}", unit) for alias in row["aliases"].split()),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        if None in row or None in row.values():
            raise InvalidSeed(f"{path.name}: the row {list(row.values())} has not the columns of the head; use tabs")
    return rows


@cache
def load_lexicon() -> PositionLexicon:
    """The bundled lexicon, read once per process."""
    positions = load_positions()
    forms = {alias: p.position_name for p in positions for alias in p.aliases}
    forms |= {p.position_name: p.position_name for p in positions}
    return PositionLexicon({p.position_name: p for p in positions}, forms)


@cache
def _subprovincial() -> frozenset[str]:
    lines = seed_path("positions/subprovincial_cities.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def jurisdiction_level(code: str | None, gazetteer: Gazetteer) -> str:
    """The level of levels.tsv at which a region is ranked, empty where practice differs or the code is unknown."""
    if code is None or code not in gazetteer:
        return ""
    level, path = gazetteer.level(code), gazetteer.path(code)
    municipal = gazetteer.kind(path[0]) == RegionKind.MUNICIPALITY
    subprovincial = any(part in _subprovincial() for part in path)
    if level is RegionLevel.PROVINCE:
        return "province"
    if level is RegionLevel.CITY:
        return "subprovincial_city" if subprovincial else "city"
    district = gazetteer.kind(code) == RegionKind.DISTRICT
    if level is RegionLevel.COUNTY:
        return (
            "municipal_district" if municipal else "subprovincial_district" if subprovincial and district else "county"
        )
    above = jurisdiction_level(gazetteer.parent(code), gazetteer)
    return "township" if above == "county" else ""
