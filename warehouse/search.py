"""The search index kept up with what has landed: batch by batch, each piece in one transaction.

Articles whose batches are not yet indexed are found all the same: the macro `search` reads them as they stand. What
is indexed are the current versions; a version that is no longer current loses its row of `index_documents`, and the
places of its text then lead nowhere. Refreshing is incremental, and may stop anywhere (docs/adr/0010).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from warehouse import model
from warehouse.grams import SLOT_PLACES, grams_of
from warehouse.landing import append_arrow
from warehouse.patience import persist, roll_back

CAPTURES_AT_ONCE = 20_000
"""Captures of one transaction: some 300 MB of memory and a few seconds."""

# Of the whole history one column is read at a time, to learn between which instants its rows of the touched articles
# lie; other columns, the texts above all, are read between these alone.
_FETCHED = """
SELECT epoch_us(min(fetched_at)) AS first, epoch_us(max(fetched_at)) AS last
FROM core_captures SEMI JOIN touched USING (article_id)
"""
_CAPTURES = """
SELECT article_id, fetched_at, content_sha256, landed_at, batch_id, is_tagged FROM core_captures
SEMI JOIN touched USING (article_id)
WHERE fetched_at BETWEEN make_timestamptz($first::BIGINT) AND make_timestamptz($last::BIGINT)
"""
_PUBLISHED = """
SELECT epoch_us(min(published_at)) AS first, epoch_us(max(published_at)) AS last,
       count(*) = count(published_at) AS dated
FROM core_articles SEMI JOIN touched USING (article_id)
"""

# what is current now among the articles of the piece's batches: as v_article_versions and v_articles say it, for
# these articles alone, because a window over the whole history takes seconds
_CURRENT = """
WITH readings AS (
    SELECT article_id, fetched_at, content_sha256 FROM captures
    QUALIFY row_number() OVER (PARTITION BY article_id, fetched_at ORDER BY landed_at DESC, batch_id DESC) = 1
), current_version AS (
    SELECT article_id, arg_max(content_sha256, (fetched_at, content_sha256)) AS content_sha256
    FROM readings WHERE content_sha256 IS NOT NULL GROUP BY article_id
), generation AS (
    SELECT article_id, content_sha256, arg_max(batch_id, (landed_at, batch_id)) AS batch_id
    FROM captures SEMI JOIN current_version USING (article_id, content_sha256)
    WHERE is_tagged GROUP BY article_id, content_sha256
), main_region AS (
    SELECT article_id, content_sha256, arg_min(region_code, ordinal) AS region_code
    FROM (FROM core_article_regions WHERE is_primary AND batch_id BETWEEN $first_batch AND $last_batch)
    JOIN generation USING (article_id, content_sha256, batch_id)
    GROUP BY article_id, content_sha256
)
SELECT article_id, content_sha256, title, length(title)::INTEGER AS title_character_count, character_count,
       canonical_url, publisher_id, published_at, published_date, m.region_code,
       lower(title || chr(10) || text) AS document
FROM core_articles
SEMI JOIN current_version USING (article_id, content_sha256)
LEFT JOIN main_region AS m USING (article_id, content_sha256)
"""
_BETWEEN = "WHERE published_at BETWEEN make_timestamptz($first::BIGINT) AND make_timestamptz($last::BIGINT)"

_PENDING = """
WITH pending AS (SELECT batch_id, landed_at, captures_count FROM core_batches ANTI JOIN index_batches USING (batch_id))
SELECT batch_id FROM (
    SELECT *, sum(captures_count) OVER (ORDER BY landed_at, batch_id) - captures_count AS captures_before FROM pending
)
WHERE captures_before < $captures ORDER BY landed_at, batch_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What a refresh of the index did."""

    batches_count: int = 0
    documents_count: int = 0
    characters_count: int = 0
    seconds: float = 0.0


def refresh_index(connection: duckdb.DuckDBPyConnection, *, captures_at_once: int = CAPTURES_AT_ONCE) -> IndexReport:
    """Index what has landed since the last time, piece by piece; nothing where nothing has."""
    started = time.monotonic()
    batches = documents = characters = 0
    while True:
        piece, _ = persist(
            lambda: _attempt(connection, captures_at_once),
            patience_seconds=60.0,
            what="the search index was not refreshed",
        )
        if not piece.batches_count:
            break
        batches += piece.batches_count
        documents += piece.documents_count
        characters += piece.characters_count
    return IndexReport(
        batches_count=batches,
        documents_count=documents,
        characters_count=characters,
        seconds=time.monotonic() - started,
    )


def rebuild_index(connection: duckdb.DuckDBPyConnection) -> IndexReport:
    """The index made anew; until it is whole, a search reads what is not yet in it as it stands."""

    def emptied() -> None:
        connection.execute("BEGIN TRANSACTION")
        try:
            for table in (model.INDEX_POSTINGS, model.INDEX_DOCUMENTS, model.INDEX_BATCHES):
                connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise

    persist(emptied, patience_seconds=60.0, what="the search index was not emptied")
    return refresh_index(connection)


def forget_documents(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> int:
    """Characters removed from the index with those articles, within the caller's transaction: a scan of all of it.

    A text can be pieced together from its pairs, so these go with it; and so do the pairs of all versions that were
    superseded before, of whatever article, since no row says any more whose they were.
    """
    connection.register("forgotten", pa.table({"article_id": pa.array(article_ids, pa.string())}))
    try:
        connection.execute("DELETE FROM index_documents WHERE article_id IN (FROM forgotten)")
    finally:
        connection.unregister("forgotten")
    removed = connection.execute(
        f"DELETE FROM index_postings WHERE place // {SLOT_PLACES} NOT IN (SELECT slot FROM index_documents)"  # noqa: S608
    ).fetchone()
    return int(removed[0]) if removed else 0


def _attempt(connection: duckdb.DuckDBPyConnection, captures_at_once: int) -> IndexReport:
    connection.execute("BEGIN TRANSACTION")
    try:
        report = _index_piece(connection, captures_at_once)
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return report


def _index_piece(connection: duckdb.DuckDBPyConnection, captures_at_once: int) -> IndexReport:
    pending = connection.execute(_PENDING, {"captures": captures_at_once}).to_arrow_table()
    if not pending.num_rows:
        return IndexReport()
    found = _current(connection, pending)
    connection.register("found", found)
    try:
        new = _bring_documents(connection)
    finally:
        connection.unregister("found")
    next_slot, characters = _append_documents(connection, new)
    ledger: dict[str, Any] = {
        "batch_id": pending["batch_id"].combine_chunks(),
        "next_slot": pa.array([next_slot] * pending.num_rows, pa.int64()),
        "indexed_at": pa.array([datetime.now(UTC)] * pending.num_rows, pa.timestamp("us", "UTC")),
    }
    append_arrow(connection, model.INDEX_BATCHES, pa.table(ledger))
    return IndexReport(batches_count=pending.num_rows, documents_count=new.num_rows, characters_count=characters)


def _current(connection: duckdb.DuckDBPyConnection, pending: pa.Table) -> pa.Table:
    """The current versions of the articles of these batches."""
    given: dict[str, Any] = {}
    connection.register("piece", pending)
    try:
        touched = connection.execute("SELECT DISTINCT article_id FROM core_captures SEMI JOIN piece USING (batch_id)")
        connection.register("touched", touched.to_arrow_table())
        first, last = connection.execute(_FETCHED).fetchall()[0]
        captures = connection.execute(_CAPTURES, {"first": first, "last": last}).to_arrow_table()
        connection.register("captures", captures)
        batches = connection.execute("SELECT min(batch_id), max(batch_id) FROM captures WHERE is_tagged").fetchall()[0]
        given["first_batch"], given["last_batch"] = batches
        first, last, dated = connection.execute(_PUBLISHED).fetchall()[0]
        if dated:
            given |= {"first": first, "last": last}
        return connection.execute(_CURRENT + (_BETWEEN if dated else ""), given).to_arrow_table()
    finally:
        for name in ("piece", "touched", "captures"):
            connection.unregister(name)


def _bring_documents(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The documents of `found` that are not indexed; superseded ones are dropped, changed regions written down."""
    held = connection.execute("SELECT count(*) FROM index_documents SEMI JOIN found USING (article_id)").fetchone()
    if held == (0,):  # as a rule: what lands is new
        return connection.execute("FROM found ORDER BY published_at, article_id").to_arrow_table()
    connection.execute(
        "DELETE FROM index_documents AS d USING found AS f "
        "WHERE d.article_id = f.article_id AND d.content_sha256 <> f.content_sha256"
    )
    connection.execute(
        "UPDATE index_documents AS d SET region_code = f.region_code FROM found AS f WHERE d.article_id = f.article_id "
        "AND d.content_sha256 = f.content_sha256 AND d.region_code IS DISTINCT FROM f.region_code"
    )
    return connection.execute(
        "FROM found ANTI JOIN index_documents USING (article_id, content_sha256) ORDER BY published_at, article_id"
    ).to_arrow_table()


def _append_documents(connection: duckdb.DuckDBPyConnection, new: pa.Table) -> tuple[int, int]:
    """Index the documents; the next free slot afterwards, and the characters that were added."""
    row = connection.execute("SELECT coalesce(max(next_slot), 0) FROM index_batches").fetchone()
    next_slot = int(row[0]) if row else 0
    if not new.num_rows:
        return next_slot, 0
    made = grams_of([str(document) for document in new["document"].to_pylist()], next_slot)
    append_arrow(
        connection,
        model.INDEX_POSTINGS,
        pa.table({name: pa.array(getattr(made, name)) for name in ("character", "gram", "place")}),
    )
    rows = np.repeat(np.arange(new.num_rows), made.slots_count)
    first = made.first_slot[rows]
    parts = np.arange(len(rows)) - np.repeat(np.cumsum(made.slots_count) - made.slots_count, made.slots_count)
    documents = new.drop_columns(["document"]).take(rows)
    documents = documents.append_column("slot", pa.array(first + parts)).append_column("first_slot", pa.array(first))
    append_arrow(connection, model.INDEX_DOCUMENTS, documents)
    return next_slot + int(made.slots_count.sum()), len(made.gram)
