"""Outlines of provinces, cities and counties as files for maps, from seeds/gazetteer/boundaries.topojson.gz.

A feature's `id` is its region_code. The map is whole at every level: what the gazetteer does not divide (台湾, 香港,
澳门, 东莞) stands as one region, and each file ends with the lines that bound no land, 境界线, among them the dashes
around the South China Sea.
"""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from records import seed_path

LEVELS = ("province", "city", "county")
DECIMALS = 4
"""About 10 m, as fine as the file itself."""

Line = list[tuple[float, float]]


def write_boundaries(folder: Path) -> None:
    """Write `boundaries.topojson` with all levels, and `boundaries_LEVEL.geojson` for each, into a folder."""
    (folder / "boundaries.topojson").write_bytes(_topojson())
    for level in LEVELS:
        (folder / f"boundaries_{level}.geojson").write_bytes(_layer(level))


@cache
def _topojson() -> bytes:
    return gzip.decompress((seed_path("gazetteer") / "boundaries.topojson.gz").read_bytes())


@cache
def _layer(level: str) -> bytes:
    """The GeoJSON of one level, made once per process: it is the same in every copy."""
    collection = read_layer(json.loads(_topojson()), level)
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def read_layer(topology: dict[str, Any], level: str) -> dict[str, Any]:
    """The GeoJSON feature collection of a layer of a quantized TopoJSON, with the lines of its map behind."""
    arcs = [_decode(arc, topology["transform"]) for arc in topology["arcs"]]
    geometries = topology["objects"][level]["geometries"] + topology["objects"]["line"]["geometries"]
    return {"type": "FeatureCollection", "features": [_feature(geometry, arcs) for geometry in geometries]}


def _decode(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    """The degrees of an arc, whose points are steps from the one before."""
    (step_x, step_y), (x0, y0) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((round(x0 + x * step_x, DECIMALS), round(y0 + y * step_y, DECIMALS)))
    return points


def _feature(geometry: dict[str, Any], arcs: list[Line]) -> dict[str, Any]:
    feature = {"type": "Feature", "properties": geometry["properties"]}
    if "id" in geometry:
        feature["id"] = geometry["id"]
    coordinates = _coordinates(geometry["arcs"], arcs)
    return {**feature, "geometry": {"type": geometry["type"], "coordinates": coordinates}}


def _coordinates(indices: list[Any], arcs: list[Line]) -> list[Any]:
    """Lists of arc numbers, however deep, as lists of points; ~n is arc n backwards, and ends meet in one point."""
    if not isinstance(indices[0], int):
        return [_coordinates(part, arcs) for part in indices]
    points: Line = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points
