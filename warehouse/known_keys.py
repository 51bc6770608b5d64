"""Which keys the lake's tables hold, remembered by a writer as hashes, so that landing does not grow with history.

Asking a table for 200 keys reads its key columns in every file, because keys are hashes and no file can be skipped.
A writer that lands often remembers 8 bytes a row instead: it reads the keys once, adds its own after each commit, and
reads what other writers inserted meanwhile. A key whose hash is not remembered is not in the table; one that is (or
collides) is asked of the table itself. What is deleted meanwhile costs a needless question and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.arrow import Row, arrow_schema, execute_over
from warehouse.model import Table

Key = tuple[object, ...]
Hashes = npt.NDArray[np.uint64]


@dataclass(slots=True)
class _Remembered:
    """Hashes of a table's keys: sorted up to some length, the newest as they came; true of `snapshot_id`."""

    snapshot_id: int
    settled: Hashes
    recent: list[Hashes] = field(default_factory=list)

    def add(self, hashes: Hashes) -> None:
        self.recent.append(hashes)
        if sum(map(len, self.recent)) > max(4096, len(self.settled) // 8):
            self.settled = np.sort(np.concatenate([self.settled, *self.recent]))
            self.recent = []

    def holds(self, asked: Hashes) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(asked), dtype=np.bool_)
        if len(self.settled):
            place = np.minimum(np.searchsorted(self.settled, asked), len(self.settled) - 1)
            found |= self.settled[place] == asked
        if self.recent:
            found |= np.isin(asked, np.concatenate(self.recent))
        return found


class KnownKeys:
    """The memory of one writer; used inside its transactions, by one thread."""

    def __init__(self) -> None:
        self._tables: dict[Table, _Remembered] = {}
        self._asked: dict[Table, dict[Key, int]] = {}
        self._uncommitted: dict[Table, list[Hashes]] = {}

    def begin(self) -> None:
        """A transaction begins: what the last one asked, and added without committing, is forgotten."""
        self._asked, self._uncommitted = {}, {}

    def held(self, connection: duckdb.DuckDBPyConnection, table: Table, keys: Sequence[Key], at: int) -> set[Key]:
        """Those of the keys that the table holds in this transaction, whose snapshot is `at`; null equals null."""
        if not keys:
            return set()
        asked = _key_table(table, keys)
        remembered = self._remember(connection, table, at)
        hashes = _hashes_of(connection, table, asked)
        self._asked.setdefault(table, {}).update(zip(keys, hashes.tolist(), strict=True))
        maybe = remembered.holds(hashes)
        return _asked_of_table(connection, table, asked.filter(pa.array(maybe))) if maybe.any() else set()

    def is_empty(self, connection: duckdb.DuckDBPyConnection, table: Table, at: int) -> bool:
        """Whether the table holds nothing in this transaction, whose snapshot is `at`."""
        remembered = self._remember(connection, table, at)
        return not len(remembered.settled) and not any(map(len, remembered.recent))

    def adding(self, table: Table, rows: Sequence[Row]) -> None:
        """Rows that this transaction appends, whose keys it has asked for; remembered once it has committed."""
        if table in self._tables and rows:
            asked = self._asked[table]
            hashes = [asked[tuple(row[name] for name in table.key)] for row in rows]
            self._uncommitted.setdefault(table, []).append(np.array(hashes, dtype=np.uint64))

    def committed(self, snapshot_id: int) -> None:
        """The transaction became that snapshot; commits are never rebased, so it follows the one that it began at."""
        for table, remembered in self._tables.items():
            if remembered.snapshot_id == snapshot_id - 1:
                remembered.snapshot_id = snapshot_id
                for hashes in self._uncommitted.get(table, ()):
                    remembered.add(hashes)
        self._uncommitted = {}

    def _remember(self, connection: duckdb.DuckDBPyConnection, table: Table, at: int) -> _Remembered:
        remembered = self._tables.get(table)
        if remembered is not None and remembered.snapshot_id < at:
            remembered = self._catch_up(connection, table, remembered, at)
        if remembered is None or remembered.snapshot_id != at:
            remembered = _Remembered(at, np.sort(_read_hashes(connection, table, f'"{table.name}"')))
        self._tables[table] = remembered
        return remembered

    def _catch_up(
        self, connection: duckdb.DuckDBPyConnection, table: Table, remembered: _Remembered, at: int
    ) -> _Remembered | None:
        """What other writers inserted is added; None where the snapshots in between have been expired."""
        first = remembered.snapshot_id + 1
        oldest = connection.execute("SELECT min(snapshot_id) FROM ducklake_snapshots(current_database())").fetchone()
        if oldest is None or oldest[0] is None or int(oldest[0]) > first:
            return None
        inserted = f"ducklake_table_insertions(current_database(), 'main', '{table.name}', {first}, {at})"
        remembered.add(_read_hashes(connection, table, inserted))
        remembered.snapshot_id = at
        return remembered


def _key_table(table: Table, keys: Sequence[Key]) -> pa.Table:
    schema = arrow_schema(table)
    return pa.table(
        {
            name: pa.array(values, schema.field(name).type)
            for name, values in zip(table.key, zip(*keys, strict=True), strict=True)
        }
    )


def _hash_select(table: Table, relation: str) -> str:
    names = ", ".join(f'"{name}"' for name in table.key)
    return f"SELECT hash({names}) AS key_hash FROM {relation}"  # noqa: S608 (names of the model)


def _read_hashes(connection: duckdb.DuckDBPyConnection, table: Table, relation: str) -> Hashes:
    found = connection.execute(_hash_select(table, relation)).fetchnumpy()
    return np.asarray(found["key_hash"], dtype=np.uint64)


def _hashes_of(connection: duckdb.DuckDBPyConnection, table: Table, asked: pa.Table) -> Hashes:
    found = execute_over(connection, _hash_select(table, "incoming"), asked).fetchnumpy()
    return np.asarray(found["key_hash"], dtype=np.uint64)


def _asked_of_table(connection: duckdb.DuckDBPyConnection, table: Table, asked: pa.Table) -> set[Key]:
    schema = arrow_schema(table)
    match = " AND ".join(
        f't."{name}" {"IS NOT DISTINCT FROM" if schema.field(name).nullable else "="} a."{name}"' for name in table.key
    )
    connection.register("asked", asked)
    try:
        found = connection.execute(f'SELECT a.* FROM asked AS a SEMI JOIN "{table.name}" AS t ON {match}')  # noqa: S608
        return set(found.fetchall())
    finally:
        connection.unregister("asked")
