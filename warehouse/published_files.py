"""The files of a published copy: one read-only DuckDB file from the lake's views, and from it Parquet, CSV and JSON.

CSV is for spreadsheets: a byte-order mark for Excel, lists joined by 、, instants in Asia/Shanghai to the
second and without an offset, so that they are dates there, and a quote before a text that a spreadsheet would run as a
formula, since headlines are strangers' words, or round as a number: an article_id such as 6571266421408893.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.boundaries import write_boundaries
from warehouse.location import LAKE, literal
from warehouse.model import DIM_REGIONS
from warehouse.views import MARTS, Mart, describe_column, views

LONG = ("text", "images", "credits")
"""Columns that are left out of CSV and JSON; Parquet and the database have them."""

_MISREAD = r"^([=+\-@\t\r]|\d{16,}$|\d+[eE]\d+$)"
"""Texts that a spreadsheet reads as a formula or a number; it keeps fifteen digits."""

_OF_THE_COPY = {
    "as_of": "本副本所取快照的时刻 | when the lake's snapshot was made that this copy is of",
    "snapshot_id": "该快照的编号 | the number of that snapshot",
    "schema_version": "列的版本：同一版本之下只增不减 | version of the columns: under one they are only added",
}


def write_database(connection: duckdb.DuckDBPyConnection, path: Path, said: dict[str, Any]) -> list[dict[str, Any]]:
    """Each published table with its columns and rows, written from one snapshot into a new DuckDB file with comments.

    Call it inside a transaction of the lake; the file is whole when it returns.
    """
    tables = []
    with duckdb.connect(str(path)) as database:
        for mart in MARTS:
            name = mart.name.removeprefix("mart_")
            keys = ", ".join(f'"{key}"' for key in mart.sorted_by)
            rows = connection.execute(f'SELECT * FROM {LAKE}."{mart.view}" ORDER BY {keys}').to_arrow_reader()  # noqa: S608
            _store(database, name, rows)
            tables.append(_describe(database, name, mart))
        rows = connection.execute(f"SELECT * FROM {LAKE}.dim_regions ORDER BY region_code").to_arrow_reader()  # noqa: S608
        _store(database, "regions", rows)
        database.execute("COMMENT ON TABLE regions IS '行政区划，地图以 region_code 相连 | regions; maps join by code'")
        for column in DIM_REGIONS.columns:
            database.execute(f'COMMENT ON COLUMN regions."{column.name}" IS {literal(column.comment)}')
        held = _count(database, "regions")
        tables.append({"name": "regions", "rows_count": held, "columns": _columns(database, "regions")})
        database.execute("CREATE TABLE published (as_of TIMESTAMPTZ, snapshot_id BIGINT, schema_version INTEGER)")
        database.execute(
            "INSERT INTO published VALUES (?, ?, ?)", [said["as_of"], said["snapshot_id"], said["schema_version"]]
        )
        database.execute("COMMENT ON TABLE published IS '本副本取自何时 | as of when this copy is: one row'")
        for name, meaning in _OF_THE_COPY.items():
            database.execute(f"COMMENT ON COLUMN published.{name} IS {literal(meaning)}")
    return tables


def _store(database: duckdb.DuckDBPyConnection, name: str, rows: pa.RecordBatchReader) -> None:
    database.register("incoming", rows)
    database.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')  # noqa: S608
    database.unregister("incoming")


def write_files(folder: Path) -> None:
    """Parquet, CSV and JSON of every table of the folder's `news.duckdb`, the map's points and outlines."""
    for kind in ("parquet", "csv", "json"):
        (folder / kind).mkdir()
    with duckdb.connect(str(folder / "news.duckdb"), read_only=True) as database:
        database.execute("SET TimeZone = 'Asia/Shanghai'")
        for (name,) in database.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
            target = literal(str(folder / "parquet" / f"{name}.parquet"))
            database.execute(f'COPY "{name}" TO {target} (FORMAT parquet, COMPRESSION zstd)')
            short = [c for c in _columns(database, name) if c["name"] not in LONG]
            _write_csv(database, name, short, folder / "csv" / f"{name}.csv")
            chosen = ", ".join(f'"{c["name"]}"' for c in short)
            target = literal(str(folder / "json" / f"{name}.json"))
            database.execute(f'COPY (SELECT {chosen} FROM "{name}") TO {target} (FORMAT json, ARRAY true)')  # noqa: S608
        _write_points(database, folder / "regions.geojson")
    write_boundaries(folder)


def _write_csv(database: duckdb.DuckDBPyConnection, name: str, columns: list[dict[str, str]], path: Path) -> None:
    chosen = ", ".join(f'{_cell(c["name"], c["type"])} AS "{c["name"]}"' for c in columns)
    body = path.with_suffix(".body")
    database.execute(f'COPY (SELECT {chosen} FROM "{name}") TO {literal(str(body))} (FORMAT csv, HEADER)')  # noqa: S608
    with path.open("wb") as whole, body.open("rb") as part:
        whole.write(b"\xef\xbb\xbf")
        while chunk := part.read(1 << 20):
            whole.write(chunk)
    body.unlink()


def _cell(name: str, kind: str) -> str:
    text = f'"{name}"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({text}, '%Y-%m-%d %H:%M:%S')"
    if kind == "VARCHAR[]":
        text = f"array_to_string({text}, '、')"
    elif kind.endswith(("]", ")")):
        text = f"CAST(to_json({text}) AS VARCHAR)"
    elif kind != "VARCHAR":
        return text
    return f"CASE WHEN regexp_matches({text}, '{_MISREAD}') THEN '''' || {text} ELSE {text} END"


def _write_points(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """A GeoJSON feature for every region that articles name; `id` is its adcode, by which maps of areas join too."""
    found = database.execute(
        "SELECT region_code, r.region_name, r.local_name, r.level, r.longitude, r.latitude, "
        "sum(d.articles_count)::BIGINT "
        "FROM region_by_day AS d LEFT JOIN regions AS r USING (region_code) GROUP BY ALL ORDER BY region_code"
    ).fetchall()
    features = [
        {
            "type": "Feature",
            "id": code,
            "geometry": None if x is None or y is None else {"type": "Point", "coordinates": [x, y]},
            "properties": {
                "region_code": code,
                "region_name": name,
                "local_name": label,
                "level": level,
                "articles_count": articles,
            },
        }
        for code, name, label, level, x, y, articles in found
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")


def _describe(database: duckdb.DuckDBPyConnection, name: str, mart: Mart) -> dict[str, Any]:
    view = next(view for view in views() if view.name == mart.view)
    database.execute(f'COMMENT ON TABLE "{name}" IS {literal(view.comment)}')
    columns = _columns(database, name)
    for column in columns:
        meaning = " | ".join(describe_column(view, column["name"]))
        database.execute(f'COMMENT ON COLUMN "{name}"."{column["name"]}" IS {literal(meaning)}')
    return {"name": name, "rows_count": _count(database, name), "columns": columns}


def _columns(database: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, str]]:
    found = database.execute(f'DESCRIBE "{name}"').fetchall()
    return [{"name": row[0], "type": row[1]} for row in found]


def _count(database: duckdb.DuckDBPyConnection, name: str) -> int:
    row = database.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
    return int(row[0]) if row else 0
