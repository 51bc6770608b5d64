"""The published copy: marts as files for dashboards, swapped in whole, never locked by a writer.

::

    published/latest.json                 what is current: as_of, schema version, and each file with its SHA-256
    published/history.json                the same of every copy that is kept, newest first
    published/current -> versions/…       swapped by one rename; a reader that has a file open keeps the old one
    published/versions/<as_of>-<snapshot>/news.duckdb, parquet/, csv/, json/, regions.geojson, boundaries*

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
from warehouse.versioned_folder import bring_version, read_manifests, write_json

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
    connection: duckdb.DuckDBPyConnection, folder: Path, *, keep: int = DEFAULT_KEPT, force: bool = False
) -> PublishReport:
    """Publish the lake's newest snapshot into `folder` and keep the newest `keep` copies.

    Skipped where the newest copy is of the same snapshot and schema. Raises UsageError for a folder that holds
    other things.
    """
    started = time.monotonic()

    def write(draft: Path, said: dict[str, Any]) -> list[dict[str, Any]]:
        tables = write_database(connection, draft / "news.duckdb", said)
        write_files(draft)
        return tables

    brought = bring_version(
        connection, folder, write, done="published", schema_version=SCHEMA_VERSION, keep=keep, force=force
    )
    if not brought.skipped:
        write_json(folder / "history.json", read_manifests(folder))
    manifest = brought.manifest
    return PublishReport(
        folder=str(folder),
        version=manifest["version"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        snapshot_id=manifest["snapshot_id"],
        counts={table["name"]: table["rows_count"] for table in manifest["tables"]},
        seconds=round(time.monotonic() - started, 3),
        skipped=brought.skipped,
        removed_versions=brought.removed,
    )
