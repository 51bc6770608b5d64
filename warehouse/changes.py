"""What has landed since a snapshot: the feed that a dashboard, a queue or another database follows.

Snapshots are the order in which transactions committed, whoever wrote them, so that nothing is passed over and a
snapshot's number is all that a follower must keep. DuckLake remembers for each row the snapshot that added it, also
after files were merged. Rows that have been taken down since are not handed out: `core_tombstones` names them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from records import UsageError
from warehouse.model import TABLES, Table

CHUNK = 1000
FOLLOWED = tuple(table for table in TABLES if table.name.startswith("core_"))
"""Tables that only grow; the others are made anew, or hold bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that landed, with the snapshot that holds it since."""

    snapshot_id: int
    table: str
    row: dict[str, Any]


def followed_tables(names: Sequence[str]) -> tuple[Table, ...]:
    """The tables of those names, with or without ``core_``. Raises UsageError for one that has no feed."""
    by_name = {table.name: table for table in FOLLOWED}
    unknown = [name for name in names if name not in by_name and f"core_{name}" not in by_name]
    if unknown:
        raise UsageError(f"{unknown[0]!r} has no change feed; the tables that have one are {', '.join(by_name)}")
    return tuple(dict.fromkeys(by_name.get(name) or by_name[f"core_{name}"] for name in names))


def newest_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the lake's newest snapshot."""
    row = connection.execute("FROM ducklake_current_snapshot(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def read_changes(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], since: int, until: int
) -> Iterator[Change]:
    """The rows that landed after the snapshot `since`, up to `until`; table by table, in the order of snapshots.

    Raises UsageError where `since` is in the future, or so long ago that what followed it has been expired.
    """
    if since > until:
        raise UsageError(f"snapshot {since} has not been made yet: the newest is {until}")
    if since == until:
        return
    _require_kept(connection, since, until)
    for table in tables:
        yield from _insertions(connection, table, since, until)


def _require_kept(connection: duckdb.DuckDBPyConnection, since: int, until: int) -> None:
    query = "SELECT snapshot_id FROM ducklake_snapshots(current_database()) WHERE snapshot_id BETWEEN $first AND $last"
    kept = {int(row[0]) for row in connection.execute(query, {"first": since + 1, "last": until}).fetchall()}
    # Numbers are given without gaps: one that is missing has been expired.
    missing = [number for number in range(since + 1, until + 1) if number not in kept]
    if missing:
        raise UsageError(
            f"snapshot {since} is too old: maintenance has expired the snapshots up to {max(missing)}, and the feed "
            f"would have gaps; read the tables as a whole with difang sql and go on from --since {until}"
        )


def _insertions(connection: duckdb.DuckDBPyConnection, table: Table, since: int, until: int) -> Iterator[Change]:
    inserted = f"ducklake_table_insertions(current_database(), 'main', '{table.name}', {since + 1}, {until})"
    match = " AND ".join(f't."{name}" IS NOT DISTINCT FROM i."{name}"' for name in table.key)
    # One cursor of its own: the caller may ask the connection something else between two rows.
    with connection.cursor() as cursor:
        cursor.execute(f"USE {_database(connection)}")
        found = cursor.execute(
            f'SELECT i.snapshot_id, i.* FROM {inserted} AS i SEMI JOIN "{table.name}" AS t ON {match} '  # noqa: S608
            "ORDER BY snapshot_id"
        )
        columns = [name for name, *_ in found.description or []]
        while rows := found.fetchmany(CHUNK):
            for values in rows:
                row = dict(zip(columns, values, strict=True))
                yield Change(snapshot_id=int(row.pop("snapshot_id")), table=table.name, row=row)


def _database(connection: duckdb.DuckDBPyConnection) -> str:
    row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None
    return str(row[0])
