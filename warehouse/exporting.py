"""The lake's current rows as plain hive-partitioned Parquet, for Spark, Trino and whoever reads folders.

::

    export/latest.json                       what is current: as_of, schema version, tables, files with their SHA-256
    export/current -> versions/…             swapped by one rename; a reader that has a file open keeps the old one
    export/versions/<version>/articles/published_month=2024-05/province=370000/<version>_0.parquet
    export/versions/<version>/regions/<version>_0.parquet            <version> is <as_of>-<snapshot>

All tables of one version come from one snapshot. Its files are named after it: a job that lists them through `current`
and opens them after the swap finds no such file, instead of another version's rows in the place of its own. Partition
values are months and codes of provinces, never words of a page; an article without a day or a region lies under
``__HIVE_DEFAULT_PARTITION__``, and a table without rows has one file without rows. Dimensions are one file each. To an
``s3://`` address goes the same without `current`: there `latest.json` is the pointer (`warehouse.store_place`).
`iceberg` adds metadata beside the files.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from records import UsageError
from warehouse.location import literal
from warehouse.versioned_folder import GRACE_SECONDS, bring_version, open_place

SCHEMA_VERSION = 1
"""Raised when a column goes or changes its meaning; columns may be added under the same version."""
DEFAULT_KEPT = 2
ROW_GROUP_ROWS = 50_000

_OF_ARTICLE = "SELECT x.*, a.published_month, a.province FROM {} AS x JOIN exported AS a USING (article_id)"
PARTITIONED = {
    "articles": (_OF_ARTICLE.format("v_articles"), "published_at, article_id"),
    "article_regions": (_OF_ARTICLE.format("v_article_regions"), "region_code, published_at"),
    "official_mentions": (_OF_ARTICLE.format("v_official_mentions"), "name, published_at"),
    "office_changes": (_OF_ARTICLE.format("v_announced_changes"), "name, published_at"),
    "related_links": (_OF_ARTICLE.format("v_related_links"), "article_id, ordinal"),
}
WHOLE = {"regions": "dim_regions", "publishers": "dim_publishers", "positions": "dim_positions"}
_NOWHERE = "published_month=1970-01/province=000000"
"""Where a table without rows has its one file: Spark needs one for the columns, pyarrow a value for their types."""
# a tag lies in the partition of its article, so that a job over one month and province finds both there
_PLACES = """
CREATE OR REPLACE TEMP TABLE exported AS
SELECT article_id, strftime(published_date, '%Y-%m') AS published_month, province_code AS province FROM v_articles
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What is exported now: where, as of when, rows by table; `skipped` where that was so before."""

    folder: str
    version: str
    as_of: datetime
    snapshot_id: int
    counts: dict[str, int]
    files_count: int
    seconds: float
    skipped: bool = False


def export(
    connection: duckdb.DuckDBPyConnection,
    folder: Path | str,
    *,
    keep: int = DEFAULT_KEPT,
    force: bool = False,
    iceberg: bool = False,
    grace_seconds: float = GRACE_SECONDS,
) -> ExportReport:
    """Export the lake's newest snapshot into a folder, or under an ``s3://`` address; keep the newest `keep` versions.

    Skipped where the newest version is of the same snapshot and schema, and has Iceberg's metadata where asked for. In
    a store an older version is deleted no sooner than `grace_seconds` after its successor came. Raises UsageError for a
    place that holds other things.
    """
    started = time.monotonic()
    place = open_place(folder)

    def write(draft: Path, said: dict[str, Any], url: str) -> list[dict[str, Any]]:
        tables: list[dict[str, Any]] = [
            {"name": name, "rows_count": count} for name, count in _write_tables(connection, draft, said["version"])
        ]
        for table in tables if iceberg else ():
            table["iceberg_metadata"] = _write_iceberg(draft, url, table["name"])
        return tables

    brought = bring_version(
        connection,
        place,
        write,
        done="exported",
        schema_version=SCHEMA_VERSION,
        keep=keep,
        is_enough=lambda latest: not force and (not iceberg or "iceberg_metadata" in latest["tables"][0]),
        grace_seconds=grace_seconds,
    )
    manifest = brought.manifest
    return ExportReport(
        folder=place.address,
        version=manifest["version"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        snapshot_id=manifest["snapshot_id"],
        counts={table["name"]: table["rows_count"] for table in manifest["tables"]},
        files_count=len(manifest["files"]),
        seconds=round(time.monotonic() - started, 3),
        skipped=brought.skipped,
    )


def _write_tables(connection: duckdb.DuckDBPyConnection, draft: Path, version: str) -> Iterator[tuple[str, int]]:
    """Each table written, with its rows."""
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}"
    connection.execute(_PLACES)
    for name, (query, order) in PARTITIONED.items():
        target = literal(str(draft / name))
        row = connection.execute(
            f"COPY (FROM ({query}) ORDER BY published_month, province, {order}) TO {target} "
            f"({parquet}, PARTITION_BY (published_month, province), FILENAME_PATTERN {literal(version + '_{i}')})"
        ).fetchone()
        count = int(row[0]) if row else 0
        if not count:
            empty = draft / name / _NOWHERE
            empty.mkdir(parents=True)
            columns = f"SELECT * EXCLUDE (published_month, province) FROM ({query})"  # noqa: S608
            connection.execute(f"COPY ({columns}) TO {literal(str(empty / f'{version}_0.parquet'))} ({parquet})")
        yield name, count
    for name, table in WHOLE.items():
        (draft / name).mkdir()
        target = literal(str(draft / name / f"{version}_0.parquet"))
        row = connection.execute(f"COPY (FROM {table}) TO {target} ({parquet})").fetchone()
        yield name, int(row[0]) if row else 0
    connection.execute("DROP TABLE temp.exported")


def _write_iceberg(draft: Path, url: str, name: str) -> str:
    try:
        from warehouse.iceberg import write_metadata  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        raise UsageError(f"Iceberg's metadata need {error.name}: pip install 'difang[iceberg]'") from error
    return write_metadata(draft, url, name)
