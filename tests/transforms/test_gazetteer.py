"""The gazetteer as bundled: whole, consistent, and what its names and successors say."""

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from records import InvalidSeed, Region, RegionKind, RegionLevel
from transforms.gazetteer import Gazetteer, read_rows


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="module")
def regions(gazetteer: Gazetteer) -> list[Region]:
    return list(gazetteer.rows())


def test_counts_by_level(regions: list[Region]) -> None:
    in_force = Counter(region.level for region in regions if region.valid_until is None)
    counties = [r for r in regions if r.level is RegionLevel.COUNTY and r.valid_until is None]
    zones = sum(region.kind is RegionKind.ZONE for region in counties)
    assert in_force[RegionLevel.PROVINCE] == 34
    assert in_force[RegionLevel.CITY] == 333
    assert 2840 <= len(counties) - zones <= 2860
    assert 38_000 <= sum(r.level is RegionLevel.TOWNSHIP and r.kind is not RegionKind.ZONE for r in regions) <= 39_000


def test_every_code_is_one_row_and_every_parent_exists(regions: list[Region]) -> None:
    by_code = {region.region_code: region for region in regions}
    assert len(by_code) == len(regions) > 48_000
    for region in regions:
        assert region.path[-1] == region.region_code
        assert region.path[0] == region.province_code
        if region.parent_code is None:
            assert region.level is RegionLevel.PROVINCE
        else:
            assert by_code[region.parent_code].path == region.path[:-1]


def test_what_is_in_force_hangs_under_what_is_in_force(gazetteer: Gazetteer, regions: list[Region]) -> None:
    for region in regions:
        if region.valid_until is None and region.parent_code:
            assert gazetteer.is_in_force(region.parent_code), region


def test_dates_and_successors(gazetteer: Gazetteer, regions: list[Region]) -> None:
    for region in regions:
        if region.valid_until is None:
            assert region.successor_code is None
            continue
        assert region.valid_from is None or region.valid_from <= region.valid_until, region
        if region.successor_code:
            assert gazetteer.current(region.region_code) is not None, region
    abolished = [region for region in regions if region.valid_until]
    assert len(abolished) > 3000
    assert sum(region.successor_code is not None for region in abolished) / len(abolished) > 0.92


def test_former_names_of_a_code_do_not_overlap(gazetteer: Gazetteer) -> None:
    spans: dict[str, list[tuple[date, date]]] = {}
    for former in gazetteer.former_names:
        span = (former.valid_from or date.min, former.valid_until or date.max)
        spans.setdefault(former.region_code, []).append(span)
    assert len(spans) > 200
    for code, known in spans.items():
        known.sort()
        for earlier, later in pairwise(known):
            assert earlier[1] < later[0], code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("370181", "370114"),  # 章丘市 -> 章丘区, 2016
        ("371200", "370116"),  # 莱芜市 -> 济南市莱芜区, 2019
        ("371203", "370117"),  # 钢城区 moved with it
        ("370284", "370211"),  # 胶南市 -> 青岛市黄岛区
        ("310108", "310106"),  # 闸北区 -> 静安区
        ("350402", "350404"),  # 梅列区 -> 三元区
        ("511221", "500154"),  # 开县: Sichuan -> Chongqing, then a district
        ("130526", "130505"),  # 任县 -> 任泽区
    ],
)
def test_successors(gazetteer: Gazetteer, old: str, new: str) -> None:
    assert gazetteer.current(old) == new


def test_a_region_carries_its_way_up(gazetteer: Gazetteer) -> None:
    town = gazetteer.region("370114016")
    assert town.full_name == "山东省济南市章丘区刁镇街道"
    assert town.path == ("370000", "370100", "370114", "370114016")
    assert (town.city_code, town.county_code, town.kind) == ("370100", "370114", RegionKind.STREET)
    assert gazetteer.region("429004").path == ("420000", "429004")
    assert gazetteer.region("429004").city_code is None


def test_it_knows_its_day_and_version(gazetteer: Gazetteer) -> None:
    assert gazetteer.as_of >= date(2026, 1, 1)
    assert gazetteer.version.startswith(gazetteer.as_of.isoformat())
    assert Gazetteer.load() is gazetteer


def test_the_files_people_edit_are_sorted_and_name_what_exists(gazetteer: Gazetteer) -> None:
    for name in ("successors.tsv", "aliases.tsv", "not_places.tsv", "common_words.tsv", "contexts.tsv", "foreign.tsv"):
        rows = [tuple(row.values()) for row in read_rows(gazetteer.folder / name)]
        assert rows, name
        assert rows == sorted(rows), name
        assert len(rows) == len(set(rows)), name
    for row in read_rows(gazetteer.folder / "successors.tsv"):
        assert gazetteer.name(row["successor_code"]) == row["successor_name"], row
        assert gazetteer.name(row["abolished_code"]) == row["abolished_name"], row
    assert all(alias.region_code in gazetteer for alias in gazetteer.aliases)


def test_it_is_small(gazetteer: Gazetteer) -> None:
    sizes = {path.name: path.stat().st_size for path in gazetteer.folder.iterdir()}
    assert sizes.pop("boundaries.topojson.gz") < 1_000_000
    assert sum(sizes.values()) < 1_000_000


def test_a_row_with_too_few_columns_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "aliases.tsv"
    path.write_text("name\tregion_code\tform\n章丘\t370114\n", "utf-8")
    with pytest.raises(InvalidSeed, match=r"aliases\.tsv"):
        read_rows(path)
