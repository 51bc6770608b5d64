"""Maintenance that is safe beside readers and writers: every deletion has an age, and counts are proved afterwards.

An orphan younger than the longest transaction may be a file that this transaction is about to commit, and a merged
file may still be read through an older snapshot: nothing younger than `MINIMUM_AGE` is ever deleted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from records import UsageError, WarehouseError
from warehouse.model import TABLES
from warehouse.patience import persist

MINIMUM_AGE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceReport:
    """What maintenance did: files merged and made, snapshots expired, files deleted; and rows by table after it."""

    merged_files_count: int
    created_files_count: int
    expired_snapshots_count: int
    deleted_files_count: int
    orphaned_files_count: int
    counts: dict[str, int]


def maintain(
    connection: duckdb.DuckDBPyConnection, *, keep_days: float = 7.0, orphan_days: float = 1.0
) -> MaintenanceReport:
    """Merge small files, expire snapshots older than `keep_days`, delete unused files older than `orphan_days`.

    Running it again does nothing more. Raises UsageError for an `orphan_days` under an hour, WarehouseError when a
    count afterwards is not what the files hold, or when rows are missing.
    """
    age = timedelta(days=orphan_days)
    if age < MINIMUM_AGE:
        raise UsageError(
            f"orphan_days is {orphan_days:g}, below one hour (0.042): a younger file may belong to an open transaction"
        )
    now = datetime.now(UTC)
    before = _counts(connection)
    merged = call_lake(
        connection,
        "SELECT sum(files_processed), sum(files_created) FROM ducklake_merge_adjacent_files(current_database())",
        {},
    )
    expired = call_lake(
        connection,
        "SELECT count(*), 0 FROM ducklake_expire_snapshots(current_database(), older_than => $before)",
        {"before": now - timedelta(days=keep_days)},
    )
    cleaned = call_lake(
        connection,
        "SELECT count(*), 0 FROM ducklake_cleanup_old_files(current_database(), older_than => $before)",
        {"before": now - age},
    )
    orphans = call_lake(
        connection,
        "SELECT count(*), 0 FROM ducklake_delete_orphaned_files(current_database(), older_than => $before)",
        {"before": now - age},
    )
    return MaintenanceReport(
        merged_files_count=merged[0],
        created_files_count=merged[1],
        expired_snapshots_count=expired[0],
        deleted_files_count=cleaned[0],
        orphaned_files_count=orphans[0],
        counts=_prove(connection, before),
    )


def call_lake(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, object] | None = None
) -> tuple[int, int]:
    """The two numbers that one of DuckLake's functions answers; tried again while another writer is in the way."""
    # fetchall: a result that is not read to its end leaves its transaction open, and the next statement undoes it
    found, _ = persist(
        lambda: connection.execute(sql, parameters or {}).fetchall(),
        patience_seconds=60.0,
        what="maintenance could not go on",
    )
    return (int(found[0][0] or 0), int(found[0][1] or 0)) if found else (0, 0)


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows by table as the catalogue has them."""
    found = {}
    for table in TABLES:
        row = connection.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608
        found[table.name] = int(row[0]) if row else 0
    return found


def _prove(connection: duckdb.DuckDBPyConnection, before: dict[str, int]) -> dict[str, int]:
    """Rows by table, counted in the catalogue and in the files, within one snapshot."""
    connection.execute("BEGIN TRANSACTION")
    try:
        after = _counts(connection)
        for table in TABLES:
            row = connection.execute(f'SELECT count("{table.key[0]}") FROM "{table.name}"').fetchone()  # noqa: S608
            scanned = int(row[0]) if row else 0
            lost = table.name.startswith(("raw_", "core_")) and after[table.name] < before[table.name]
            if scanned != after[table.name] or lost:
                raise WarehouseError(
                    f"after maintenance {table.name} holds {scanned} rows, the catalogue says {after[table.name]}, "
                    f"before it were {before[table.name]}; stop writing and restore the catalogue from its copy"
                )
    finally:
        connection.execute("ROLLBACK")
    return after
