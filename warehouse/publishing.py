"""The published copy: marts as files for dashboards, swapped in whole, never locked by a writer.

::

    published/latest.json                 what is current: as_of, schema version, and each file with its SHA-256
    published/history.json                the same of every copy that is kept, newest first
    published/current -> versions/…       swapped by one rename; a reader that has a file open keeps the old one
    published/versions/<as_of>-<snapshot>/news.duckdb, parquet/, csv/, json/, regions.geojson, boundaries*

To an ``s3://`` address goes the same without `current`: there `latest.json` is the pointer (`warehouse.store_place`).

All of one copy comes from one snapshot of the lake. `SCHEMA_VERSION` is raised when a column goes or changes its
meaning; columns may be added under the same version.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.published_files import write_database, write_files
from warehouse.versioned_folder import GRACE_SECONDS, bring_version, open_place

SCHEMA_VERSION = 1
DEFAULT_KEPT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What is published now: where, as of when, rows by table; `skipped` where that was so before."""

    folder: str
    version: str
    as_of: datetime
    snapshot_id: int
    counts: dict[str, int]
    seconds: float
    skipped: bool = False
    removed_versions: tuple[str, ...] = ()


def publish(
    connection: duckdb.DuckDBPyConnection,
    folder: Path | str,
    *,
    keep: int = DEFAULT_KEPT,
    force: bool = False,
    grace_seconds: float = GRACE_SECONDS,
) -> PublishReport:
    """Publish the lake's newest snapshot into a folder, or under an ``s3://`` address; keep the newest `keep` copies.

    Skipped where the newest copy is of the same snapshot and schema. In a store an older copy is deleted no sooner than
    `grace_seconds` after its successor came. Raises UsageError for a place that holds other things.
    """
    started = time.monotonic()
    place = open_place(folder)

    def write(draft: Path, said: dict[str, Any], _: str) -> list[dict[str, Any]]:
        tables = write_database(connection, draft / "news.duckdb", said)
        write_files(draft)
        return tables

    brought = bring_version(
        connection,
        place,
        write,
        done="published",
        schema_version=SCHEMA_VERSION,
        keep=keep,
        is_enough=lambda _: not force,
        grace_seconds=grace_seconds,
    )
    manifest = brought.manifest
    return PublishReport(
        folder=place.address,
        version=manifest["version"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        snapshot_id=manifest["snapshot_id"],
        counts={table["name"]: table["rows_count"] for table in manifest["tables"]},
        seconds=round(time.monotonic() - started, 3),
        skipped=brought.skipped,
        removed_versions=brought.removed,
    )
