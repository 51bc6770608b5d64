"""Marts: the main views made solid, all in one transaction, so that no reader sees two of different age."""

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from warehouse import model
from warehouse.landing import append
from warehouse.patience import persist, roll_back
from warehouse.views import MARTS, Mart, views


@dataclass(frozen=True, slots=True, kw_only=True)
class MartReport:
    """Rows by mart, or skipped because nothing had changed since the last refresh; and what search took up."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: float
    skipped: bool = False
    indexed_documents_count: int = 0
    """Articles that the search index took up in the same refresh."""


def refresh_marts(connection: duckdb.DuckDBPyConnection, *, force: bool = False) -> MartReport:
    """Make every mart anew from its view; skipped when the last refresh is the lake's newest snapshot."""
    started = time.monotonic()
    counts, _ = persist(lambda: _attempt(connection, force), patience_seconds=60.0, what="the marts were not refreshed")
    return MartReport(counts=counts or {}, seconds=time.monotonic() - started, skipped=counts is None)


def _attempt(connection: duckdb.DuckDBPyConnection, force: bool) -> dict[str, int] | None:
    connection.execute("BEGIN TRANSACTION")
    try:
        snapshot = current_snapshot(connection)
        counts = None if not force and _refreshed_snapshot(connection) == snapshot else _refresh(connection, snapshot)
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return counts


def _refresh(connection: duckdb.DuckDBPyConnection, snapshot: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for mart in MARTS:
        connection.execute(f'DELETE FROM "{mart.name}"')  # noqa: S608
        row = connection.execute(f'INSERT INTO "{mart.name}" BY NAME {select_of(mart)}').fetchone()
        counts[mart.name] = int(row[0]) if row else 0
    connection.execute(f'DELETE FROM "{model.MART_REFRESHES.name}"')  # noqa: S608
    append(connection, model.MART_REFRESHES, [{"source_snapshot_id": snapshot, "refreshed_at": datetime.now(UTC)}])
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


def _refreshed_snapshot(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The snapshot that the last refresh made: the one after its source, since commits are never rebased."""
    row = connection.execute("SELECT max(source_snapshot_id) + 1 FROM mart_refreshes").fetchone()
    return None if row is None or row[0] is None else int(row[0])


def current_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest snapshot of the lake that this transaction sees."""
    row = connection.execute("SELECT * FROM ducklake_current_snapshot(current_database())").fetchone()
    assert row is not None
    return int(row[0])
