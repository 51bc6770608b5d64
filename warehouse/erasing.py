"""The bytes of deleted rows gone: from every data file, from the catalogue's statistics, from its free pages.

DuckLake deletes by writing down which rows no longer count; the row stays in its file, and files stay for readers of
older snapshots. Here files are written anew without such rows, every older snapshot is given up, what no snapshot
names is deleted after a grace that lets queries under way end, and the lowest and highest values that the catalogue
keeps of each column are those of the files that are left.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from warehouse import model
from warehouse.landing import append
from warehouse.location import LAKE, WarehouseLocation
from warehouse.maintenance import MINIMUM_AGE, call_lake, expire_snapshots
from warehouse.patience import persist, roll_back

DEFAULT_GRACE_SECONDS = 60.0
_META = f"__ducklake_metadata_{LAKE}"

_STATISTICS = f"""
SELECT s.table_id, s.column_id, f.min_value, f.max_value
FROM {_META}.ducklake_table_column_stats AS s
JOIN {_META}.ducklake_column AS c
  ON c.table_id = s.table_id AND c.column_id = s.column_id AND c.end_snapshot IS NULL
LEFT JOIN (
    SELECT d.table_id, v.column_id, min(v.min_value) AS min_value, max(v.max_value) AS max_value
    FROM {_META}.ducklake_file_column_stats AS v
    JOIN {_META}.ducklake_data_file AS d ON d.data_file_id = v.data_file_id AND d.end_snapshot IS NULL
    GROUP BY d.table_id, v.column_id
) AS f ON f.table_id = s.table_id AND f.column_id = s.column_id
WHERE c.column_type IN ('varchar', 'blob')
  AND (s.min_value IS DISTINCT FROM f.min_value OR s.max_value IS DISTINCT FROM f.max_value)
"""  # noqa: S608

# SQLite keeps deleted rows in free pages until VACUUM; a process of its own, because SQLite's locks do not hold
# between two libraries in one process
_VACUUM = """
import sqlite3, sys, time
catalog, deadline = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None), time.monotonic() + 60
catalog.execute("VACUUM")
while catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
    if time.monotonic() > deadline:
        sys.exit("readers kept the catalogue's journal")
    time.sleep(0.1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseReport:
    """What was done to files and catalogue."""

    rewritten_files_count: int
    expired_snapshots_count: int
    deleted_files_count: int
    young_files_count: int
    """Files that no snapshot names and that are too young to be deleted: what a killed writer left, or one writes."""
    catalog_fault: str = ""
    """Why deleted values may still lie in the catalogue's free pages; empty where they do not."""
    seconds: float

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do; else the same call, an hour later, does it."""
        return not self.young_files_count and not self.catalog_fault


def erase(
    connection: duckdb.DuckDBPyConnection,
    location: WarehouseLocation,
    *,
    grace_seconds: float = DEFAULT_GRACE_SECONDS,
) -> EraseReport:
    """Remove the bytes of every row that is deleted now; the lake's history before now is given up.

    Safe beside writers, which try again; a reader's query that lasts longer than the grace may fail, and succeeds
    when repeated. Call it outside a transaction; repeating it is harmless.
    """
    started = time.monotonic()
    rewritten, _ = call_lake(
        connection,
        "SELECT sum(files_processed), 0 FROM ducklake_rewrite_data_files(current_database(), delete_threshold => 0)",
    )
    clean_since = _snapshot_time(connection)
    time.sleep(grace_seconds)
    # the clean snapshot stays: it has had the grace for what began before it, and a reader may begin on it now
    expired = expire_snapshots(connection, superseded_before=clean_since)
    deleted, _ = call_lake(
        connection, "SELECT count(*), 0 FROM ducklake_cleanup_old_files(current_database(), cleanup_all => true)"
    )
    orphans, _ = call_lake(
        connection,
        "SELECT count(*), 0 FROM ducklake_delete_orphaned_files(current_database(), older_than => $before)",
        {"before": datetime.now(UTC) - MINIMUM_AGE},
    )
    _narrow_statistics(connection)
    young, _ = call_lake(
        connection,
        "SELECT count(*), 0 FROM "
        "ducklake_delete_orphaned_files(current_database(), cleanup_all => true, dry_run => true)",
    )
    return EraseReport(
        rewritten_files_count=rewritten,
        expired_snapshots_count=expired,
        deleted_files_count=deleted + orphans,
        young_files_count=young,
        catalog_fault=_vacuum(connection, location),
        seconds=round(time.monotonic() - started, 3),
    )


def _snapshot_time(connection: duckdb.DuckDBPyConnection) -> datetime:
    """An instant after which the lake's newest snapshot is made: older ones were superseded before it."""
    row = connection.execute(
        "SELECT max(snapshot_time) + INTERVAL 1 MICROSECOND FROM ducklake_snapshots(current_database())"
    ).fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def _narrow_statistics(connection: duckdb.DuckDBPyConnection, attempts: int = 10) -> None:
    """Bring each text column's lowest and highest value down to what the files hold."""
    for _ in range(attempts):
        wide = connection.execute(_STATISTICS).fetchall()
        if not wide:
            return
        for table_id, column_id, least, most in wide:
            update = (
                f"UPDATE {_META}.ducklake_table_column_stats SET min_value = $least, max_value = $most "  # noqa: S608
                "WHERE table_id = $table_id AND column_id = $column_id"
            )
            given = {"least": least, "most": most, "table_id": table_id, "column_id": column_id}
            persist(
                lambda given=given, update=update: connection.execute(update, given),  # type: ignore[misc]
                patience_seconds=60.0,
                what="the catalogue's statistics were not narrowed",
            )
        persist(lambda: _commit_something(connection), patience_seconds=60.0, what="no snapshot was made")


def _commit_something(connection: duckdb.DuckDBPyConnection) -> None:
    """A snapshot after the change: a writer that began before it, and knows the old values, has to begin again."""
    connection.execute("BEGIN TRANSACTION")
    try:
        row = {
            "erased_at": datetime.now(UTC),
            "erased_from": "",
            "batch_id": "",
            "rows_count": 0,
            "reason": "forget",
            "kept_from_at": None,
        }
        append(connection, model.CORE_ERASURES, [row])
        connection.execute("DELETE FROM core_erasures WHERE batch_id = ''")
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def _vacuum(connection: duckdb.DuckDBPyConnection, location: WarehouseLocation) -> str:
    """Why the catalogue's free pages could not be cleared, or nothing."""
    if location.is_postgres:
        tables = ("ducklake_table_column_stats", "ducklake_file_column_stats")
        for table in tables:
            statement = f"VACUUM FULL {table}"
            connection.execute(
                f"CALL postgres_execute('{_META}', '{statement}', use_transaction => false)"  # a VACUUM stands alone
            )
        return ""
    done = subprocess.run(  # noqa: S603 (our own program, on our own file)
        [sys.executable, "-c", _VACUUM, location.catalog], capture_output=True, text=True, check=False, timeout=600
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""
