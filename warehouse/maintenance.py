"""Maintenance that is safe beside readers and writers: every deletion has an age, and counts are proved afterwards.

An orphan younger than the longest transaction may be a file that this transaction is about to commit, and a merged
file may still be read through an older snapshot: nothing younger than `MINIMUM_AGE` is ever deleted. A snapshot's age
counts from when the next one took its place, because until then new readers begin on it; one that is expired under a
reader would answer with fewer rows, not with an error.

It goes in short steps, one merged file a step. Between two of them whoever else uses the connection has his turn: a
landing waits for a step, not for the whole.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from records import UsageError, WarehouseError
from warehouse.location import LAKE
from warehouse.memory import in_little_memory
from warehouse.merging import FAN_OUT, TIERS
from warehouse.model import TABLES
from warehouse.patience import one_thread, persist, rebasing
from warehouse.retention import retain_bodies
from warehouse.views import MARTS

MINIMUM_AGE = timedelta(hours=1)
DELETED_SHARE = 0.25
"""Share of deleted rows from which a file is written anew."""

LARGE = TIERS[-1][0]
"""A file from this size on is merged when `FAN_OUT` of them lie together, never for some small ones beside it."""
_MERGEABLE = f"""
SELECT table_name, are_large, files_count
FROM (
    SELECT t.table_name, f.file_size_bytes >= {LARGE} AS are_large, count(*) AS files_count
    FROM __ducklake_metadata_{LAKE}.ducklake_data_file AS f
    JOIN __ducklake_metadata_{LAKE}.ducklake_table AS t ON t.table_id = f.table_id AND t.end_snapshot IS NULL
    LEFT JOIN ducklake_options(current_database()) AS o
      ON o.option_name = 'target_file_size' AND o.scope_entry = 'main.' || t.table_name
    WHERE f.end_snapshot IS NULL AND f.file_size_bytes < coalesce(o.value::BIGINT, {TIERS[-1][1]})
    GROUP BY 1, 2
)
WHERE files_count >= CASE WHEN are_large THEN {FAN_OUT} ELSE 2 END
ORDER BY table_name, are_large"""  # noqa: S608
"""Files below the size that DuckLake aims at, 512 MB unless the table has an option of its own."""

Turn = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceReport:
    """What maintenance did, and the rows by table after it."""

    erased_bodies_count: int
    """Raw bodies that had outlived their retention."""
    erased_bytes_count: int
    kept_from_at: datetime | None
    """From when on all raw bodies are kept; None where all are, for ever."""
    merged_files_count: int
    created_files_count: int
    rewritten_files_count: int
    """Files that were written anew without their deleted rows."""
    expired_snapshots_count: int
    deleted_files_count: int
    orphaned_files_count: int
    counts: dict[str, int]


def maintain(
    connection: duckdb.DuckDBPyConnection,
    *,
    keep_days: float = 7.0,
    orphan_days: float = 1.0,
    raw_days: float | None = None,
    turn: Turn = nullcontext,
) -> MaintenanceReport:
    """Bring the lake into its best shape, and say what that took.

    Raw bodies beyond `raw_days` are erased, small files merged, snapshots expired that were superseded `keep_days` ago,
    unused files older than `orphan_days` deleted. Running it again does nothing more. `turn` holds the connection for
    one step. Raises UsageError for an age under an hour, WarehouseError when a count afterwards is not what the files
    hold, or when rows are missing.
    """
    age, keep = timedelta(days=orphan_days), timedelta(days=keep_days)
    for name, given, whose in (("orphan_days", age, "a younger file"), ("keep_days", keep, "a younger snapshot")):
        if given < MINIMUM_AGE:
            raise UsageError(
                f"{name} is {given / timedelta(days=1):g}, below one hour (0.042): {whose} may belong to an open "
                "transaction"
            )
    now = datetime.now(UTC)
    with turn():
        retained = retain_bodies(connection, raw_days, now)
        before = _counts(connection)
    merged, created = merge_all(connection, turn)
    rewritten = rewrite_all(connection, turn)
    with turn():
        expired = expire_snapshots(connection, superseded_before=now - keep)
    removed = []
    for function in ("ducklake_cleanup_old_files", "ducklake_delete_orphaned_files"):
        delete = f"SELECT count(*), 0 FROM {function}(current_database(), older_than => $before)"  # noqa: S608
        with turn():
            removed.append(call_lake(connection, delete, {"before": now - age})[0])
    deleted, orphaned = removed
    # a connection of its own: the proof reads every table, and writes nothing
    with connection.cursor() as beside:
        beside.execute(f"USE {LAKE}")
        counts = _prove(beside, before)
    return MaintenanceReport(
        erased_bodies_count=retained.bodies_count,
        erased_bytes_count=retained.bytes_count,
        kept_from_at=retained.kept_from_at,
        merged_files_count=merged,
        created_files_count=created,
        rewritten_files_count=rewritten,
        expired_snapshots_count=expired,
        deleted_files_count=deleted,
        orphaned_files_count=orphaned,
        counts=counts,
    )


def merge_all(connection: duckdb.DuckDBPyConnection, turn: Turn = nullcontext) -> tuple[int, int]:
    """Small files merged, and files made of them: table by table, so that a conflict undoes one table's work alone."""
    merged = created = 0
    with turn():
        mergeable = connection.execute(_MERGEABLE).fetchall()
    for name, are_large, files_count in mergeable:
        left = files_count
        bounds = (
            f"min_file_size => {LARGE if are_large else 0}, max_file_size => {TIERS[-1][1] if are_large else LARGE}"
        )
        # one file a step: DuckLake holds all files of a step in memory at once
        merge = (
            "SELECT sum(files_processed), sum(files_created) FROM "  # noqa: S608 (names of the lake's own tables)
            f"ducklake_merge_adjacent_files(current_database(), '{name}', {bounds}, max_compacted_files => 1)"
        )
        while left > 1:  # what lands meanwhile is left to the next time: beside a writer this would never end
            with turn():
                processed, made = call_lake(connection, merge)
            if not processed:
                break
            left -= processed
            merged += processed
            created += made
    return merged, created


def rewrite_all(connection: duckdb.DuckDBPyConnection, turn: Turn = nullcontext) -> int:
    """Files that were written anew without their deleted rows."""
    rewritten = 0
    for name in (*(table.name for table in TABLES), *(mart.name for mart in MARTS)):
        rewrite = (
            "SELECT sum(files_processed), 0 FROM "  # noqa: S608 (names of the lake's own tables)
            f"ducklake_rewrite_data_files(current_database(), '{name}', delete_threshold => $share)"
        )
        with turn():
            rewritten += call_lake(connection, rewrite, {"share": DELETED_SHARE})[0]
    return rewritten


def expire_snapshots(connection: duckdb.DuckDBPyConnection, *, superseded_before: datetime) -> int:
    """How many snapshots were expired: those in whose place another one was before the instant."""
    found = connection.execute(
        "SELECT snapshot_id FROM (SELECT snapshot_id, lead(snapshot_time) OVER (ORDER BY snapshot_id) AS superseded_at "
        "FROM ducklake_snapshots(current_database())) WHERE superseded_at < $before",
        {"before": superseded_before},
    ).fetchall()
    if not found:
        return 0
    versions = ", ".join(str(int(row[0])) for row in found)
    expire = "SELECT count(*), 0 FROM ducklake_expire_snapshots(current_database(), versions => "
    return call_lake(connection, f"{expire}[{versions}]::UBIGINT[])")[0]


def call_lake(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, object] | None = None
) -> tuple[int, int]:
    """The two numbers that one of DuckLake's functions answers; tried again while another writer is in the way."""
    # fetchall: a result that is not read to its end leaves its transaction open, and the next statement undoes it
    with rebasing(connection), one_thread(connection):
        found, _ = persist(
            lambda: in_little_memory(connection, lambda: connection.execute(sql, parameters or {}).fetchall()),
            patience_seconds=120.0,
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
        is_erasing = after["core_erasures"] != before["core_erasures"]  # somebody else took a record down meanwhile
        for table in TABLES:
            row = connection.execute(f'SELECT count("{table.key[0]}") FROM "{table.name}"').fetchone()  # noqa: S608
            scanned = int(row[0]) if row else 0
            lost = table.name.startswith(("raw_", "core_")) and after[table.name] < before[table.name]
            if scanned != after[table.name] or (lost and not is_erasing):
                raise WarehouseError(
                    f"after maintenance {table.name} holds {scanned} rows, the catalogue says {after[table.name]}, "
                    f"before it were {before[table.name]}; stop writing and restore the catalogue from its copy"
                )
    finally:
        connection.execute("ROLLBACK")
    return after
