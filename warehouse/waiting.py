"""The open side of the completeness ledger, as the frontier has it at the end of a crawl: rewritten, not appended."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import duckdb

from records import Waiting
from warehouse.arrow import arrow_table
from warehouse.model import MART_WAITING_LINKS
from warehouse.patience import persist, roll_back


def note_waiting(
    connection: duckdb.DuckDBPyConnection, publisher_ids: Sequence[str], waiting: Iterable[Waiting], noted_at: datetime
) -> int:
    """How many rows these publishers have in `mart_waiting_links` now; nothing is written where nothing differs."""
    name = MART_WAITING_LINKS.name
    rows = arrow_table(
        MART_WAITING_LINKS,
        (
            {
                "publisher_id": row.publisher_id,
                "ordinal": place,
                "section_id": row.section,
                "promised_date": row.promised_on,
                "waiting_state": row.state,
                "reason": row.reason,
                "links_count": row.links_count,
                "example_urls": list(row.example_urls),
                "next_try_at": row.next_try_at,
                "noted_at": noted_at,
            }
            for place, row in enumerate(waiting)
        ),
    )
    mine = f'FROM "{name}" WHERE publisher_id IN (SELECT unnest($ids))'

    def attempt() -> None:
        given = {"ids": list(publisher_ids)}
        connection.register("incoming", rows)
        connection.execute("BEGIN TRANSACTION")
        try:
            held = connection.execute(f"SELECT * EXCLUDE (noted_at) {mine} ORDER BY ALL", given).fetchall()
            wanted = connection.execute("SELECT * EXCLUDE (noted_at) FROM incoming ORDER BY ALL").fetchall()
            if held != wanted:
                connection.execute(f"DELETE {mine}", given)
                connection.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM incoming')  # noqa: S608
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise
        finally:
            connection.unregister("incoming")

    persist(attempt, patience_seconds=60.0, what="the waiting links were not noted")
    return int(rows.num_rows)
