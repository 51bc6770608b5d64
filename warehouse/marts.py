"""Marts: the main views made solid and kept up to date, so that no reader sees two of different age.

A refresh computes what changed since the last one into temporary tables, from one snapshot, and then writes all marts
in one short transaction (`warehouse.mart_rules` says which rows). Where that cannot be said, or would be no less work,
every mart is made anew as a whole. Two marts weigh each row against all others and are made anew, as a whole, so
seldom that it takes at most `SLOW_SHARE` of the time (docs/adr/0033).
"""

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from warehouse import model
from warehouse.landed_since import gather_landed, has_landed, is_kept
from warehouse.landing import append
from warehouse.mart_rules import SLOW, compute
from warehouse.memory import enough_memory
from warehouse.patience import one_thread, persist, rebasing, roll_back
from warehouse.scratch import Scratch
from warehouse.views import MARTS, Mart, views, views_sha256

TOUCHED_SHARE = 1 / 3
"""Share of articles touched from which making all marts anew is no more work."""
SLOW_SHARE = 0.01
"""Of the time that the marts of `SLOW` may take: ten seconds of work wait for a quarter of an hour."""
PATIENCE_SECONDS = 60.0
ATTEMPTS = 3
"""Times that what was touched is computed, where another refresh comes first each time, before all is made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MartReport:
    """What a refresh did."""

    counts: dict[str, int] = field(default_factory=dict)
    """Rows by mart; empty where the refresh was skipped."""
    changed: dict[str, int] = field(default_factory=dict)
    """Rows that went and rows that came, by mart, of the marts that were written."""
    whole_because: str = ""
    """Why all marts were made anew as a whole; empty where only what changed was written."""
    seconds: float
    skipped: bool = False
    """Whether nothing had landed since the last refresh."""
    indexed_documents_count: int = 0
    """Articles that the search index took up in the same refresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refreshed:
    """The row of `mart_refreshes`: what the marts were made from."""

    source_snapshot_id: int
    refreshed_at: datetime
    views_sha256: str | None = None
    slow_snapshot_id: int | None = None
    slow_refreshed_at: datetime | None = None
    slow_seconds: float | None = None

    def is_slow_due(self, now: datetime) -> bool:
        """Whether enough time has passed to make the slow marts again."""
        if self.slow_refreshed_at is None or self.slow_seconds is None:
            return True
        return now - self.slow_refreshed_at >= timedelta(seconds=self.slow_seconds / SLOW_SHARE)


class _Overtaken(Exception):
    """Another refresh came first: what was computed no longer fits."""


def refresh_marts(
    connection: duckdb.DuckDBPyConnection, *, whole: bool = False, now: datetime | None = None
) -> MartReport:
    """Bring every mart up to the newest snapshot; `whole` makes them anew whatever has landed.

    Call it outside a transaction. Raises WarehouseBusy where other writers outlast the patience, and WarehouseMemory
    where memory does not suffice: at a million articles making all anew takes 19 GB.
    """
    with enough_memory("the marts were not refreshed"):
        return _refresh(connection, whole, now or datetime.now(UTC))


def _refresh(connection: duckdb.DuckDBPyConnection, whole: bool, now: datetime) -> MartReport:
    started = time.monotonic()
    because = "it was asked for" if whole else ""
    attempts = 0
    while not because:
        attempts += 1
        with one_thread(connection), Scratch(connection) as scratch:  # some 300 statements over few rows
            try:
                found = _refresh_touched(scratch, now)
            except _Overtaken:
                found = "other refreshes kept coming first" if attempts == ATTEMPTS else None
                if found is None:
                    continue
        if isinstance(found, str):
            because = found
        else:
            return MartReport(
                counts=_counts(connection) if found else {},
                changed=found or {},
                skipped=found is None,
                seconds=time.monotonic() - started,
            )
    counts, _ = persist(
        lambda: _refresh_whole(connection, now), patience_seconds=PATIENCE_SECONDS, what="the marts were not refreshed"
    )
    return MartReport(counts=counts, changed=counts, whole_because=because, seconds=time.monotonic() - started)


def _refresh_touched(scratch: Scratch, now: datetime) -> dict[str, int] | str | None:
    """Rows that changed by mart; None where nothing had landed; or why it has to be all."""
    scratch.connection.execute("BEGIN TRANSACTION")  # one snapshot; it ends with the scratch where nothing is written
    snapshot = current_snapshot(scratch.connection)
    base = _refreshed(scratch.connection)
    because = _obstacle(scratch, base, snapshot)
    if because or base is None:
        return because
    with_slow = base.is_slow_due(now) and (base.slow_snapshot_id != base.source_snapshot_id or has_landed(scratch))
    if not with_slow and not has_landed(scratch):
        return None
    seconds = compute(scratch, with_slow=with_slow)
    scratch.connection.execute("COMMIT")
    done = {
        "source_snapshot_id": snapshot,
        "refreshed_at": now,
        "views_sha256": base.views_sha256,
        "slow_snapshot_id": snapshot if with_slow else base.slow_snapshot_id,
        "slow_refreshed_at": now if with_slow else base.slow_refreshed_at,
        "slow_seconds": seconds if with_slow else base.slow_seconds,
    }
    changed, _ = persist(
        lambda: _write(scratch, base, done, with_slow=with_slow),
        patience_seconds=PATIENCE_SECONDS,
        what="the marts were not refreshed",
    )
    return changed


def _obstacle(scratch: Scratch, base: _Refreshed | None, snapshot: int) -> str:
    """Why all marts have to be made anew, or nothing; then what has landed is gathered."""
    if base is None:
        return "it is the first time"
    if base.views_sha256 != views_sha256():
        return "the views have changed"
    if not is_kept(scratch.connection, base.source_snapshot_id):
        return "the snapshot of the last refresh has been expired"
    if because := gather_landed(scratch, base.source_snapshot_id, snapshot):
        return because
    touched = scratch.count("touched_articles")
    if touched > TOUCHED_SHARE * scratch.number(f"SELECT count(*) FROM {scratch.lake('mart_articles')}"):  # noqa: S608
        return f"{touched} touched articles are more than a third of all"
    return ""


def _write(scratch: Scratch, base: _Refreshed, done: dict[str, object], *, with_slow: bool) -> dict[str, int]:
    """One short transaction. Raises _Overtaken where the marts are no longer those that it was computed for."""
    connection = scratch.connection
    changed: dict[str, int] = {}
    # whatever else commits meanwhile is no matter: two refreshes delete the same row of mart_refreshes, and conflict
    with rebasing(connection):
        connection.execute("BEGIN TRANSACTION")
        try:
            if _refreshed(connection) != base:
                raise _Overtaken
            for mart in MARTS:
                if with_slow or mart.name not in SLOW:
                    changed[mart.name] = _write_mart(scratch, mart)
            _note(connection, done)
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise
    return {name: count for name, count in changed.items() if count}


def _write_mart(scratch: Scratch, mart: Mart) -> int:
    gone, come = scratch.count(f"gone_{mart.name}"), scratch.count(f"come_{mart.name}")
    lake = scratch.lake(mart.name)
    if gone:
        chosen = f"rowid IN (SELECT mart_row_id FROM gone_{mart.name})"  # noqa: S608
        if scratch.number(f"DELETE FROM {lake} WHERE {chosen}") != gone:  # noqa: S608
            raise _Overtaken
    if come:
        scratch.connection.execute(f"INSERT INTO {lake} BY NAME SELECT * FROM come_{mart.name}")  # noqa: S608
    return gone + come


def _refresh_whole(connection: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, int]:
    counts: dict[str, int] = {}
    with rebasing(connection):
        connection.execute("BEGIN TRANSACTION")
        try:
            snapshot, slow = current_snapshot(connection), 0.0
            for mart in MARTS:
                started = time.monotonic()
                connection.execute(f'DELETE FROM "{mart.name}"')  # noqa: S608
                row = connection.execute(f'INSERT INTO "{mart.name}" BY NAME {select_of(mart)}').fetchone()
                counts[mart.name] = int(row[0]) if row else 0
                slow += time.monotonic() - started if mart.name in SLOW else 0.0
            done = {"source_snapshot_id": snapshot, "refreshed_at": now, "views_sha256": views_sha256()}
            slow_done = {"slow_snapshot_id": snapshot, "slow_refreshed_at": now, "slow_seconds": slow}
            _note(connection, done | slow_done)
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise
    return counts


def select_of(mart: Mart) -> str:
    """The query that a mart holds: its view, or the view's text reading the marts already made instead of views.

    At 100,000 articles the persons of the articles take seconds to tell apart: six marts need them, one computes them.
    """
    if not mart.reads:
        return f'SELECT * FROM "{mart.view}"'  # noqa: S608
    select = next(view.select for view in views() if view.name == mart.view)
    for name in mart.reads:
        made = next(other.name for other in MARTS if other.view == name)
        select = re.sub(rf"\b{name}\b", made, select)
    return f"SELECT * FROM ({select})"  # noqa: S608


def _note(connection: duckdb.DuckDBPyConnection, done: dict[str, object]) -> None:
    connection.execute(f'DELETE FROM "{model.MART_REFRESHES.name}"')  # noqa: S608
    append(connection, model.MART_REFRESHES, [done])


def _refreshed(connection: duckdb.DuckDBPyConnection) -> _Refreshed | None:
    names = [column.name for column in model.MART_REFRESHES.columns]
    said = connection.execute(
        f"SELECT {', '.join(names)} FROM mart_refreshes ORDER BY source_snapshot_id DESC LIMIT 1"  # noqa: S608
    ).fetchone()
    return None if said is None else _Refreshed(**dict(zip(names, said, strict=True)))


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows by mart, as the catalogue has them."""
    found = {}
    for mart in MARTS:
        row = connection.execute(f'SELECT count(*) FROM "{mart.name}"').fetchone()  # noqa: S608
        found[mart.name] = int(row[0]) if row else 0
    return found


def current_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest snapshot of the lake that this transaction sees."""
    row = connection.execute("SELECT * FROM ducklake_current_snapshot(current_database())").fetchone()
    assert row is not None
    return int(row[0])
