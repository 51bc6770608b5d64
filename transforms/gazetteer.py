"""The gazetteer: every administrative region of China by code, today's and those abolished since 1980.

Read from seeds/gazetteer, which tools/build_gazetteer.py builds; people edit successors.tsv, aliases.tsv and
the lexicons beside them. Loading takes a fraction of a second and is done once per process and folder.
"""

import csv
import gzip
import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from records import InvalidSeed, Region, RegionKind, RegionLevel, seed_path

FILES = ("regions.tsv", "townships.tsv.gz", "centres.tsv.gz", "former_names.tsv", "aliases.tsv", "sources.tsv")


class FormerName(NamedTuple):
    """A name that a code once had, with the days between which it was the official one."""

    region_code: str
    name: str
    valid_from: date | None
    valid_until: date | None


class Alias(NamedTuple):
    """A further name of a region; `form` says which sort: short, formal, or abbreviation (鲁)."""

    name: str
    region_code: str
    form: str


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a headed TSV, gzipped or not; lines that begin with # are comments.

    Raises InvalidSeed where a row has another number of columns than the head.
    """
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        if None in row or None in row.values():
            raise InvalidSeed(f"{path.name}: the row {list(row.values())} has not the columns of the head; use tabs")
    return rows


class Gazetteer:
    """All regions by code, their ancestors and names. Build it with `Gazetteer.load`."""

    def __init__(self, folder: Path) -> None:
        """Read the files of a folder such as seeds/gazetteer."""
        self.folder = folder
        regions = read_rows(folder / "regions.tsv")
        self._rows = {row["region_code"]: row for row in regions}
        self._townships = {
            row["region_code"]: (row["name"], row["kind"], row["parent_code"] or row["region_code"][:6])
            for row in read_rows(folder / "townships.tsv.gz")
        }
        self.former_names = tuple(
            FormerName(r["region_code"], r["name"], _day(r["valid_from"]), _day(r["valid_until"]))
            for r in read_rows(folder / "former_names.tsv")
        )
        self.aliases = tuple(Alias(r["name"], r["region_code"], r["form"]) for r in read_rows(folder / "aliases.tsv"))
        self._centres = {
            row["region_code"]: (float(row["longitude"]), float(row["latitude"]))
            for row in read_rows(folder / "centres.tsv.gz")
        }
        sources = read_rows(folder / "sources.tsv")
        self.as_of = max(date.fromisoformat(row["as_of"]) for row in sources)
        """The newest day that one of the sources describes."""
        digest = hashlib.sha256()
        for name in FILES:
            digest.update((folder / name).read_bytes())
        self.version = f"{self.as_of.isoformat()}+{digest.hexdigest()[:8]}"
        self._paths: dict[str, tuple[str, ...]] = {}
        self._children: dict[str, list[str]] = {}
        for code in self.codes():
            self._children.setdefault(self.parent(code) or "", []).append(code)

    @staticmethod
    def load(path: Path | None = None) -> "Gazetteer":
        """The gazetteer of a folder (default: the bundled seeds/gazetteer), read once per process."""
        return _load(path or seed_path("gazetteer"))

    def __len__(self) -> int:
        return len(self._rows) + len(self._townships)

    def __contains__(self, code: object) -> bool:
        return code in self._rows or code in self._townships

    def codes(self) -> Iterator[str]:
        """All codes, in force or not."""
        yield from self._rows
        yield from self._townships

    def rows(self) -> Iterator[Region]:
        """All regions, provinces first, townships last; each code once."""
        order = {"province": 0, "city": 1, "county": 2}
        for code in sorted(self._rows, key=lambda c: (order[self._rows[c]["level"]], c)):
            yield self.region(code)
        for code in sorted(self._townships):
            yield self.region(code)

    def name(self, code: str) -> str:
        """The official name, without ancestors."""
        return self._townships[code][0] if len(code) > 6 else self._rows[code]["name"]

    def short_name(self, code: str) -> str:
        """The name without its generic ending (章丘); a township's is its name."""
        return self._townships[code][0] if len(code) > 6 else self._rows[code]["short_name"]

    def kind(self, code: str) -> str:
        """One of the values of `RegionKind`."""
        return self._townships[code][1] if len(code) > 6 else self._rows[code]["kind"]

    def level(self, code: str) -> RegionLevel:
        """The level, by the row and not by the code's zeros."""
        return RegionLevel.TOWNSHIP if len(code) > 6 else RegionLevel(self._rows[code]["level"])

    def parent(self, code: str) -> str | None:
        """The code one level up (a county of 海南's or 重庆's has the province), None for a province."""
        return (self._townships[code][2] if len(code) > 6 else self._rows[code]["parent_code"]) or None

    def children(self, code: str) -> list[str]:
        """The codes right below, abolished ones included."""
        return self._children.get(code, [])

    def path(self, code: str) -> tuple[str, ...]:
        """The codes from the province down to this one."""
        found = self._paths.get(code)
        if found is None:
            parent = self.parent(code)
            found = self._paths[code] = (*(self.path(parent) if parent else ()), code)
        return found

    def is_within(self, code: str, ancestor: str) -> bool:
        """Whether `code` is `ancestor` or lies below it."""
        return ancestor in self.path(code)

    def full_name(self, code: str) -> str:
        """The name with its ancestors: 山东省济南市章丘区."""
        return "".join(self.name(part) for part in self.path(code))

    def extent(self, code: str) -> frozenset[str]:
        """The codes in force that an abolished code's children became: 371200 莱芜市 -> 莱芜区 and 钢城区."""
        return frozenset(now for child in self.children(code) if (now := self.current(child)) is not None)

    def is_in_force(self, code: str) -> bool:
        """Whether the code has not been abolished."""
        return len(code) > 6 or not self._rows[code]["valid_until"]

    def valid_until(self, code: str) -> date | None:
        """The last day in force, None while in force."""
        return None if len(code) > 6 else _day(self._rows[code]["valid_until"])

    def current(self, code: str) -> str | None:
        """The code in force that stands for `code` today: itself, or its successor's; None where none is known."""
        seen = set()
        while not self.is_in_force(code):
            seen.add(code)
            code = self._rows[code]["successor_code"]
            if not code or code in seen:
                return None
        return code

    def region(self, code: str) -> Region:
        """The region of a code. Raises KeyError for a code that never was."""
        path = self.path(code)
        by_level = {self.level(part): part for part in path}
        row = self._rows.get(code, {})
        longitude, latitude = self._centres.get(code, (None, None))
        return Region(
            region_code=code,
            name=self.name(code),
            full_name=self.full_name(code),
            short_name=self.short_name(code),
            level=self.level(code),
            parent_code=self.parent(code),
            path=path,
            province_code=path[0],
            city_code=by_level.get(RegionLevel.CITY),
            county_code=by_level.get(RegionLevel.COUNTY),
            kind=RegionKind(self.kind(code)),
            valid_from=_day(row.get("valid_from", "")),
            valid_until=_day(row.get("valid_until", "")),
            successor_code=row.get("successor_code") or None,
            longitude=longitude,
            latitude=latitude,
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=4)
def _load(folder: Path) -> Gazetteer:
    return Gazetteer(folder)
