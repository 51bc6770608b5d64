"""What is read from each landed text once and kept: its cluster of reprints and its terms; batch by batch.

`refresh_texts` takes up the batches that are not yet in the ledger `index_text_batches`, some thousands of versions in
a transaction, and may stop anywhere. A version is read when it lands and never again, so that the cost is that of what
is new: views and marts say what follows from it today.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from warehouse import model
from warehouse.landing import append
from warehouse.patience import persist, roll_back
from warehouse.reprints import LandedText, cluster_texts
from warehouse.terms import terms_of

VERSIONS_AT_ONCE = 10_000
"""Versions of one transaction: some 200 MB of memory and a few seconds."""

_PENDING = """
WITH pending AS (
    SELECT batch_id, landed_at, articles_count FROM core_batches ANTI JOIN index_text_batches USING (batch_id)
)
SELECT batch_id FROM (
    SELECT *, sum(articles_count) OVER (ORDER BY landed_at, batch_id) - articles_count AS versions_before FROM pending
)
WHERE versions_before < $versions ORDER BY landed_at, batch_id
"""

# the order in which texts count as the first of their cluster
_VERSIONS = """
SELECT article_id, content_sha256, text, published_at, batch_id, title, lede
FROM core_articles
WHERE batch_id IN (SELECT unnest($batches::VARCHAR[]))
ORDER BY coalesce(published_at, fetched_at), article_id, content_sha256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReport:
    """What a refresh took up."""

    batches_count: int = 0
    versions_count: int = 0
    seconds: float = 0.0


def refresh_texts(connection: duckdb.DuckDBPyConnection, *, versions_at_once: int = VERSIONS_AT_ONCE) -> TextReport:
    """Take up the texts that have landed since the last time, piece by piece; nothing where nothing has."""
    started = time.monotonic()
    batches = versions = 0
    while True:
        piece, _ = persist(
            lambda: _attempt(connection, versions_at_once),
            patience_seconds=60.0,
            what="the texts that landed were not taken up",
        )
        if piece is None:
            return TextReport(
                batches_count=batches, versions_count=versions, seconds=round(time.monotonic() - started, 3)
            )
        batches, versions = batches + piece[0], versions + piece[1]


def _attempt(connection: duckdb.DuckDBPyConnection, versions_at_once: int) -> tuple[int, int] | None:
    connection.execute("BEGIN TRANSACTION")
    try:
        batches = [row[0] for row in connection.execute(_PENDING, {"versions": versions_at_once}).fetchall()]
        counts = (len(batches), _take_up(connection, batches)) if batches else None
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return counts


def _take_up(connection: duckdb.DuckDBPyConnection, batches: list[str]) -> int:
    found = connection.execute(_VERSIONS, {"batches": batches}).fetchall()
    row = connection.execute("SELECT coalesce(max(next_cluster_id), 1) FROM index_text_batches").fetchone()
    assert row is not None
    next_cluster = cluster_texts(connection, [LandedText(*version[:5]) for version in found], int(row[0]))
    append(
        connection,
        model.INDEX_TERMS,
        (
            {"article_id": article, "content_sha256": sha256, "terms": terms_of(title, lede), "batch_id": batch}
            for article, sha256, _, _, batch, title, lede in found
        ),
    )
    now = datetime.now(UTC)
    append(
        connection,
        model.INDEX_TEXT_BATCHES,
        ({"batch_id": batch, "next_cluster_id": next_cluster, "indexed_at": now} for batch in batches),
    )
    return len(found)
