"""Raw bodies kept for so many days and no longer, by policy: articles, tags and digests remain."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import duckdb

from records import UsageError
from warehouse import model
from warehouse.erasures import append_erasures
from warehouse.patience import persist, roll_back
from warehouse.rows import LOCAL

# a body that was first fetched long ago and is still what the page answers is as young as its latest capture
_EXPIRED = """
fetched_at < $kept_from AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT canonical_url, unnest(body_sha256s) AS body_sha256 FROM core_captures WHERE fetched_at >= $kept_from
    ) AS c WHERE c.canonical_url = raw_pages.canonical_url AND c.body_sha256 = raw_pages.body_sha256
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """What was erased: bodies, their bytes before compression, and from when on all are kept."""

    bodies_count: int = 0
    bytes_count: int = 0
    kept_from_at: datetime | None = None


def retain_bodies(connection: duckdb.DuckDBPyConnection, days: float | None, now: datetime) -> RetentionReport:
    """Erase the raw bodies that no capture of the last `days` local days has seen; None keeps all.

    Again on the same day it erases nothing more. What is erased cannot be reprocessed. Raises UsageError for less than
    a day: a crawl that is under way counts on the bodies it has just landed.
    """
    if days is None:
        return RetentionReport()
    if days < 1:
        raise UsageError(f"raw bodies are to be kept for {days:g} days; 1 is the least, and none keeps them for ever")
    kept_from = datetime.combine((now - timedelta(days=days)).astimezone(LOCAL).date(), time(), LOCAL)

    def attempt() -> RetentionReport:
        connection.execute("BEGIN TRANSACTION")
        try:
            report = _erase(connection, kept_from, now)
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise
        return report

    return persist(attempt, patience_seconds=120.0, what="no raw body was erased")[0]


def _erase(connection: duckdb.DuckDBPyConnection, kept_from: datetime, now: datetime) -> RetentionReport:
    asked = {"kept_from": kept_from}
    found = connection.execute(
        f"SELECT batch_id, count(*), sum(bytes_count) FROM raw_pages WHERE {_EXPIRED} GROUP BY batch_id",  # noqa: S608
        asked,
    ).fetchall()
    if found:
        connection.execute(f"DELETE FROM raw_pages WHERE {_EXPIRED}", asked)  # noqa: S608
        counted = [(str(row[0]), int(row[1])) for row in found]
        append_erasures(connection, model.RAW_PAGES, counted, erased_at=now, reason="retention", kept_from_at=kept_from)
    return RetentionReport(
        bodies_count=sum(int(row[1]) for row in found),
        bytes_count=sum(int(row[2]) for row in found),
        kept_from_at=kept_from,
    )
