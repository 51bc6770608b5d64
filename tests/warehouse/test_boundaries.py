"""The outlines for maps: whole, keyed by our codes, closed, and in agreement with the gazetteer's centres."""

import gzip
import json

import pytest

from records import RegionKind, RegionLevel, seed_path
from transforms.gazetteer import Gazetteer
from warehouse.boundaries import LEVELS, read_layer, write_boundaries

LACKING = {
    "232761": "加格达奇区",
    "232762": "松岭区",
    "232763": "新林区",
    "232764": "呼中区",
    "653228": "和康县",
    "653229": "和安县",
}
"""Counties without an outline: 大兴安岭's four lie within the outlines of others, 和康 and 和安 are of 2024."""
UNDIVIDED = {"710000", "810000", "820000", "441900", "442000", "460400", "620200"}
"""Provinces and cities that are their own county on the map."""


@pytest.fixture(scope="module")
def layers():
    topology = json.loads(gzip.decompress((seed_path("gazetteer") / "boundaries.topojson.gz").read_bytes()))
    return {level: read_layer(topology, level)["features"] for level in LEVELS}


def regions_of(features):
    return {f["id"]: f for f in features if "id" in f}


def polygons(feature):
    geometry = feature["geometry"]
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def test_every_county_in_force_has_an_outline_or_is_listed(layers):
    gazetteer = Gazetteer.load()
    wanted = {
        r.region_code: r.name
        for r in gazetteer.rows()
        if r.level is RegionLevel.COUNTY
        and gazetteer.is_in_force(r.region_code)
        and r.kind is not RegionKind.ZONE  # the statistical office's zones have no borders of their own
    }
    assert len(wanted) > 2800
    have = set(regions_of(layers["county"]))
    assert {code: name for code, name in wanted.items() if code not in have} == LACKING
    rest = have - wanted.keys()
    assert rest >= UNDIVIDED
    assert {gazetteer.level(code) for code in rest} <= {RegionLevel.PROVINCE, RegionLevel.CITY}


def test_every_province_and_city_in_force_has_an_outline(layers):
    gazetteer = Gazetteer.load()
    current = [r for r in gazetteer.rows() if gazetteer.is_in_force(r.region_code)]
    provinces = {r.region_code for r in current if r.level is RegionLevel.PROVINCE}
    cities = {r.region_code for r in current if r.level is RegionLevel.CITY}
    assert len(provinces) == 34
    assert set(regions_of(layers["province"])) == provinces
    assert cities <= set(regions_of(layers["city"]))
    assert {"110000", "310000", "419001", "710000"} <= set(regions_of(layers["city"]))
    assert all(f["properties"]["region_name"] == gazetteer.full_name(f["id"]) for f in layers["county"] if "id" in f)


def test_the_map_is_whole_in_the_south_and_east(layers):
    for features in layers.values():
        lines = [f for f in features if "id" not in f]
        assert len(lines) == 8
        reach = [y for f in lines for part in _lines(f) for _, y in part]
        assert min(reach) < 3.5  # the dashes reach 曾母暗沙
    east = max(x for p in polygons(regions_of(layers["province"])["710000"]) for x, _ in p[0])
    assert east > 124.5  # 赤尾屿
    islands = polygons(regions_of(layers["city"])["460300"])
    assert len(islands) > 100
    assert min(y for p in islands for _, y in p[0]) < 3.9


def _lines(feature):
    found = feature["geometry"]["coordinates"]
    return found if feature["geometry"]["type"] == "MultiLineString" else [found]


def test_rings_are_closed_and_hold_the_centres(layers):
    gazetteer = Gazetteer.load()
    far = []
    for feature in layers["county"]:
        if "id" not in feature:
            continue
        rings = [ring for polygon in polygons(feature) for ring in polygon]
        assert rings
        assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
        region = gazetteer.region(feature["id"])
        outer = max((polygon[0] for polygon in polygons(feature)), key=len)
        xs, ys = [p[0] for p in outer], [p[1] for p in outer]
        inside = min(xs) <= region.longitude <= max(xs) and min(ys) <= region.latitude <= max(ys)
        far += [] if inside else [region.full_name]
    assert len(far) < 40, far


def test_files_for_every_level(tmp_path):
    write_boundaries(tmp_path)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"boundaries.topojson", *(f"boundaries_{level}.geojson" for level in LEVELS)}
    assert all(size < 6_000_000 for size in sizes.values()), sizes
    county = json.loads((tmp_path / "boundaries_county.geojson").read_text("utf-8"))
    assert county["features"][0]["properties"] == {"region_code": "110101", "region_name": "北京市东城区"}
