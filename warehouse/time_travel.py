"""The warehouse as it stood: read-only, at a snapshot or at an instant.

Every transaction is a snapshot; they are kept until maintenance expires them (seven days unless told otherwise).
Tables, views and macros are those of then.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb

from records import UsageError, WarehouseError
from warehouse.lake import TIME_ZONE, Where, connect
from warehouse.location import LAKE, WarehouseLocation, attach_statement, literal

Moment = int | dt.datetime | dt.date
"""A snapshot's id, an instant, or a day, which means its end in Asia/Shanghai."""


def connect_at(moment: Moment, location: Where = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection like `connect`'s, on the newest snapshot that is not after the moment.

    Raises UsageError for an instant without a time zone, WarehouseError where no such snapshot is kept.
    """
    where = WarehouseLocation.resolve(location)
    connection = connect(where)
    try:
        snapshot_id = _snapshot_at(connection, moment)
        connection.execute("USE memory")
        connection.execute(f"DETACH {LAKE}")
        connection.execute(attach_statement(where).removesuffix(");") + f", SNAPSHOT_VERSION {snapshot_id});")
        connection.execute(f"USE {LAKE}")
    except BaseException:
        connection.close()
        raise
    return connection


def read_moment(text: str) -> Moment:
    """A moment as people write it: a snapshot's id, a day, or an instant, in Asia/Shanghai where it says no zone."""
    if text.isdecimal():
        return int(text)
    try:
        if len(text) == len("2024-05-13"):
            return dt.date.fromisoformat(text)
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no moment; write a snapshot (42), a day (2024-05-13) or an instant (2024-05-13T18:00)"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(TIME_ZONE))


def _snapshot_at(connection: duckdb.DuckDBPyConnection, moment: Moment) -> int:
    if isinstance(moment, int):
        condition, said = f"snapshot_id = {moment}", f"snapshot {moment} is not kept"
    else:
        said = f"no snapshot is kept of {moment}"
        if not isinstance(moment, dt.datetime):
            moment = dt.datetime.combine(moment, dt.time.max, ZoneInfo(TIME_ZONE))
        elif moment.tzinfo is None:
            raise UsageError(f"{moment.isoformat()} has no time zone; say which instant is meant, for instance in UTC")
        condition = f"snapshot_time <= {literal(moment.isoformat())}::TIMESTAMPTZ"
    kept = f"FROM ducklake_snapshots('{LAKE}')"
    row = connection.execute(f"SELECT max(snapshot_id) {kept} WHERE {condition}").fetchone()
    if row and row[0] is not None:
        return int(row[0])
    first, last, since = connection.execute(
        f"SELECT min(snapshot_id), max(snapshot_id), strftime(min(snapshot_time), '%Y-%m-%d %H:%M:%S') {kept}"
    ).fetchone() or (None, None, None)
    raise WarehouseError(f"{said}; there are {first} to {last}, the oldest of {since} ({TIME_ZONE})")
