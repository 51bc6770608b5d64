"""The record of what was erased: how many rows of which batch, so that the ledger of batches still adds up."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import duckdb

from warehouse import model
from warehouse.landing import append
from warehouse.model import Table


def stale_before(connection: duckdb.DuckDBPyConnection) -> datetime:
    """The instant before which a copy of the lake may hold what was taken down since; long ago where nothing was.

    Ten minutes are added for a copy of a snapshot that another writer made while a record was being taken down.
    """
    row = connection.execute("SELECT epoch_us(max(forgotten_at)) FROM core_tombstones").fetchone()
    if row is None or row[0] is None:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromtimestamp(row[0] / 1e6, UTC) + timedelta(minutes=10)


def append_erasures(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    found: Iterable[tuple[str, int]],
    *,
    erased_at: datetime,
    reason: str,
    kept_from_at: datetime | None = None,
) -> None:
    """Write down how many rows of which batches were erased from a table, so that the ledger still adds up."""
    rows = [
        {
            "erased_at": erased_at,
            "erased_from": table.name,
            "batch_id": batch_id,
            "rows_count": count,
            "reason": reason,
            "kept_from_at": kept_from_at,
        }
        for batch_id, count in found
    ]
    append(connection, model.CORE_ERASURES, rows)
