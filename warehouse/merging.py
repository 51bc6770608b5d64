"""Small files merged while batches land, by tiers of size, so that no table ever lies in many small files.

A table whose files of one tier have become `FAN_OUT` gets them merged into one of the next: each row is rewritten at
most once a tier, and a table has at most about `FAN_OUT` files a tier, whatever its history. Merged files stay on
disk for readers of older snapshots until `difang maintain` deletes them.
"""

import logging

import duckdb

from warehouse.location import LAKE
from warehouse.memory import VARIABLE, in_little_memory
from warehouse.patience import is_contention, one_thread, rebasing

log = logging.getLogger("difang.warehouse")
FAN_OUT = 16
EVERY = 8
"""Commits between two looks at the catalogue."""

MEGABYTE = 2**20
TIERS = ((0, 2 * MEGABYTE), (2 * MEGABYTE, 32 * MEGABYTE), (32 * MEGABYTE, 512 * MEGABYTE))

_CROWDED = f"""
SELECT t.table_name
FROM __ducklake_metadata_{LAKE}.ducklake_data_file AS f
JOIN __ducklake_metadata_{LAKE}.ducklake_table AS t ON t.table_id = f.table_id AND t.end_snapshot IS NULL
WHERE f.end_snapshot IS NULL AND f.file_size_bytes >= $least AND f.file_size_bytes < $most
GROUP BY t.table_name
HAVING count(*) >= $fan_out
ORDER BY t.table_name"""  # noqa: S608


def merge_crowded(connection: duckdb.DuckDBPyConnection, snapshot_id: int) -> int:
    """How many files were merged; looks only at every eighth snapshot, and leaves it to the next one when in the way.

    Call it after a commit, outside a transaction. Where memory is too short for it, files stay as they are.
    """
    if snapshot_id % EVERY:
        return 0
    try:
        with rebasing(connection), one_thread(connection):
            return sum(_merge_tier(connection, least, most) for least, most in TIERS)
    except duckdb.OutOfMemoryException as error:  # what has landed has landed
        log.warning("small files were not merged, %s is too small for it: %s", VARIABLE, str(error).partition("\n")[0])
        return 0
    except duckdb.Error as error:
        if not is_contention(error):
            raise
        return 0


def _merge_tier(connection: duckdb.DuckDBPyConnection, least: int, most: int) -> int:
    bounds = {"least": least, "most": most}
    merged = 0
    while crowded := connection.execute(_CROWDED, {**bounds, "fan_out": FAN_OUT}).fetchall():
        # batches give all tables a file at the same time: the smallest are merged in one transaction
        tables = [""] if least == 0 else [f", '{name}'" for (name,) in crowded]
        processed = sum(_merge_step(connection, table, bounds) for table in tables)
        if not processed:
            break  # no two of them may become one: their columns differ, or rows of them were deleted
        merged += processed
    return merged


def _merge_step(connection: duckdb.DuckDBPyConnection, table: str, bounds: dict[str, int]) -> int:
    """One file a table a step: DuckLake holds all files of a step in memory at once."""
    statement = (
        "SELECT sum(files_processed) FROM ducklake_merge_adjacent_files("  # noqa: S608 (names of the lake's own tables)
        f"current_database(){table}, min_file_size => $least, max_file_size => $most, max_compacted_files => 1)"
    )
    found = in_little_memory(connection, lambda: connection.execute(statement, bounds).fetchall())
    return int(found[0][0] or 0) if found else 0
