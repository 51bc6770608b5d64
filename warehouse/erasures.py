"""The record of what was erased: how many rows of which batch, so that the ledger of batches still adds up."""

from collections.abc import Iterable
from datetime import datetime

import duckdb

from warehouse import model
from warehouse.landing import append
from warehouse.model import Table


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
