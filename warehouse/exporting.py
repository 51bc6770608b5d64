"""The lake's current rows as plain hive-partitioned Parquet, for Spark, Trino and whoever reads folders.

::

    export/latest.json                       what is current: as_of, schema version, tables, files with their SHA-256
    export/current -> versions/…             swapped by one rename; a reader that has a file open keeps the old one
    export/versions/<as_of>-<snapshot>/articles/published_month=2024-05/province=370000/data_0.parquet
    export/versions/…/regions/regions.parquet

All tables of one version come from one snapshot. Partition values are months and codes of provinces, never words of a
page; an article without a day or a region lies under ``__HIVE_DEFAULT_PARTITION__``. Dimensions are one file each.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.location import literal
from warehouse.versioned_folder import bring_version

SCHEMA_VERSION = 1
"""Raised when a column goes or changes its meaning; columns may be added under the same version."""
DEFAULT_KEPT = 2
ROW_GROUP_ROWS = 50_000

_OF_ARTICLE = "SELECT x.*, a.published_month, a.province FROM {} AS x JOIN exported AS a USING (article_id)"
PARTITIONED = {
    "articles": (_OF_ARTICLE.format("v_articles"), "published_at, article_id"),
    "article_regions": (_OF_ARTICLE.format("v_article_regions"), "region_code, published_at"),
    "official_mentions": (_OF_ARTICLE.format("v_official_mentions"), "name, published_at"),
    "related_links": (_OF_ARTICLE.format("v_related_links"), "article_id, ordinal"),
}
WHOLE = {"regions": "dim_regions", "publishers": "dim_publishers", "positions": "dim_positions"}
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
    connection: duckdb.DuckDBPyConnection, folder: Path, *, keep: int = DEFAULT_KEPT, force: bool = False
) -> ExportReport:
    """Export the lake's newest snapshot into `folder`, and keep the newest `keep` versions.

    Skipped where the newest version is of the same snapshot and schema. Raises UsageError for a folder that holds
    other things.
    """
    started = time.monotonic()

    def write(draft: Path, _: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"name": name, "rows_count": count} for name, count in _write_tables(connection, draft)]

    brought = bring_version(
        connection, folder, write, done="exported", schema_version=SCHEMA_VERSION, keep=keep, force=force
    )
    manifest = brought.manifest
    return ExportReport(
        folder=str(folder),
        version=manifest["version"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        snapshot_id=manifest["snapshot_id"],
        counts={table["name"]: table["rows_count"] for table in manifest["tables"]},
        files_count=len(manifest["files"]),
        seconds=round(time.monotonic() - started, 3),
        skipped=brought.skipped,
    )


def _write_tables(connection: duckdb.DuckDBPyConnection, draft: Path) -> Iterator[tuple[str, int]]:
    """Each table written, with its rows."""
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}"
    connection.execute(_PLACES)
    for name, (query, order) in PARTITIONED.items():
        target = literal(str(draft / name))
        row = connection.execute(
            f"COPY (FROM ({query}) ORDER BY published_month, province, {order}) TO {target} "
            f"({parquet}, PARTITION_BY (published_month, province))"
        ).fetchone()
        (draft / name).mkdir(exist_ok=True)  # a table without rows is an empty folder
        yield name, int(row[0]) if row else 0
    for name, table in WHOLE.items():
        (draft / name).mkdir()
        target = literal(str(draft / name / f"{name}.parquet"))
        row = connection.execute(f"COPY (FROM {table}) TO {target} ({parquet})").fetchone()
        yield name, int(row[0]) if row else 0
    connection.execute("DROP TABLE temp.exported")
