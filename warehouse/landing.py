"""A batch landed in ONE transaction: raw pages, captures, new versions with their tags, rejections, fetch log, ledger.

What was taken down on request is struck from a batch before it is written (`warehouse.tombstones`).

Three doors keep rows from doubling, all inside the transaction: the ledger (`core_batches`) stops a batch that
already landed; keys that already exist stop single rows; and DuckLake's own silent commit retry is off, so that a
snapshot taken before another writer's commit fails and the whole landing, doors included, runs again
(docs/adr/0003).
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from records import Batch, Landed, Rejected, TaggedArticle
from warehouse import model, rows
from warehouse.arrow import Row, arrow_table, execute_over
from warehouse.known_keys import Key, KnownKeys
from warehouse.merging import merge_crowded
from warehouse.model import Table
from warehouse.patience import one_thread, persist, roll_back
from warehouse.rows import Version, version_of
from warehouse.tombstones import strike

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LandReport:
    """What a landing did: rows added by table, the snapshot it made, and how long it took."""

    batch_id: str
    counts: dict[str, int] = field(default_factory=dict)
    """Rows added, by table name; empty where the batch had landed before."""
    snapshot_id: int
    seconds: float
    retries: int = 0
    already_landed: bool = False
    merged_files_count: int = 0
    """Small files of earlier batches that were merged after this one."""
    struck_rows_count: int = 0
    """Rows that were not landed because their article or person was taken down (`difang forget`)."""


def land_batch(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    *,
    replace_tags: bool = False,
    patience_seconds: float = PATIENCE_SECONDS,
    known: KnownKeys | None = None,
) -> LandReport:
    """Land a batch, or find that it has landed.

    With `replace_tags`, versions that exist get a new generation of tags (`difang reprocess`); without it the tags
    of an existing version are left alone. `known` is what a writer of many batches remembers between them; after some
    of them small files are merged. Raises WarehouseBusy when other writers outlast the patience.
    """
    started = time.monotonic()
    with one_thread(connection):
        (written, snapshot_id), retries = persist(
            lambda: _attempt(connection, batch, replace_tags, known or KnownKeys()),
            patience_seconds=patience_seconds,
            what=f"batch {batch.batch_id} was not landed",
        )
    merged = 0 if written is None else merge_crowded(connection, snapshot_id)
    counts, struck = written or ({}, 0)
    return LandReport(
        batch_id=batch.batch_id,
        counts=counts,
        snapshot_id=snapshot_id,
        seconds=time.monotonic() - started,
        retries=retries,
        already_landed=written is None,
        merged_files_count=merged,
        struck_rows_count=struck,
    )


@dataclass(frozen=True, slots=True)
class _Door:
    """What a landing asks and appends inside its transaction, which sees the lake as of `snapshot_id`."""

    connection: duckdb.DuckDBPyConnection
    known: KnownKeys
    snapshot_id: int

    def held(self, table: Table, keys: Sequence[Key]) -> set[Key]:
        """Those of the keys that the table holds; nulls are equal to nulls."""
        return self.known.held(self.connection, table, keys, self.snapshot_id)

    def without_forgotten(self, filled: dict[Table, list[Row]]) -> tuple[dict[Table, list[Row]], int]:
        """The rows without what was taken down, and how many those were."""
        table = model.CORE_TOMBSTONES
        if self.known.is_empty(self.connection, table, self.snapshot_id):
            return filled, 0
        return strike(filled, lambda ids: {str(key[0]) for key in self.held(table, [(i,) for i in ids])})


def _attempt(
    connection: duckdb.DuckDBPyConnection, batch: Batch, replace_tags: bool, known: KnownKeys
) -> tuple[tuple[dict[str, int], int] | None, int]:
    """One transaction: rows added by table and struck, or None where the ledger knows the batch; and the snapshot."""
    connection.execute("BEGIN TRANSACTION")
    known.begin()
    try:
        door = _Door(connection, known, current_snapshot(connection))
        landed_before = door.held(model.CORE_BATCHES, [(batch.batch_id,)])
        written = None if landed_before else _write(door, batch, replace_tags)
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    snapshot_id = door.snapshot_id if written is None else door.snapshot_id + 1  # commits are never rebased
    known.committed(snapshot_id)
    return written, snapshot_id


def _write(door: _Door, batch: Batch, replace_tags: bool) -> tuple[dict[str, int], int]:
    landed_at = datetime.now(UTC)
    known = _known_versions(door, batch)
    new: dict[Version, tuple[TaggedArticle, Row]] = {}
    tagged: dict[Version, TaggedArticle] = {}
    for result, page in rows.tagged_articles(batch):
        version = version_of(result.article)
        if version not in known and version not in new:
            new[version] = (result, rows.article_row(result.article, page, batch.batch_id))
        if version in new or replace_tags:
            tagged.setdefault(version, result)
    filled: dict[Table, list[Row]] = {
        model.RAW_PAGES: _unseen(door, model.RAW_PAGES, rows.page_rows(batch)),
        model.RAW_FETCHES: list(rows.fetch_rows(batch)),
        model.CORE_CAPTURES: _captures(batch, landed_at, set(tagged)),
        model.CORE_ARTICLES: [row for _, row in new.values()],
        model.CORE_ARTICLE_REGIONS: [row for t in tagged.values() for row in rows.region_rows(t, batch.batch_id)],
        model.CORE_OFFICIAL_MENTIONS: [row for t in tagged.values() for row in rows.mention_rows(t, batch.batch_id)],
        model.CORE_OFFICE_CHANGES: [row for t in tagged.values() for row in rows.office_change_rows(t, batch.batch_id)],
        model.CORE_RELATED_LINKS: [row for t in tagged.values() for row in rows.link_rows(t, batch.batch_id)],
        model.CORE_REJECTIONS: _unseen(door, model.CORE_REJECTIONS, _rejections(batch)),
        model.CORE_REMOVALS: _unseen(
            door, model.CORE_REMOVALS, (rows.removal_row(removal, batch.batch_id) for removal in batch.removals)
        ),
    }
    filled, struck = door.without_forgotten(filled)
    counts = {table.name: len(given) for table, given in filled.items()}
    filled[model.CORE_BATCHES] = [rows.ledger_row(batch, landed_at, counts)]
    for table, given in filled.items():
        door.known.adding(table, given)
        append(door.connection, table, given)
    return {**counts, model.CORE_BATCHES.name: 1}, struck


def append(connection: duckdb.DuckDBPyConnection, table: Table, given: Iterable[Row]) -> int:
    """How many rows were appended to a table, through Arrow; no text becomes SQL."""
    return append_arrow(connection, table, arrow_table(table, given))


def append_arrow(connection: duckdb.DuckDBPyConnection, table: Table, incoming: pa.Table) -> int:
    """How many rows of an Arrow table of the model's schema were appended."""
    if incoming.num_rows:
        execute_over(connection, f'INSERT INTO "{table.name}" BY NAME SELECT * FROM incoming', incoming)  # noqa: S608
    return incoming.num_rows


def _known_versions(door: "_Door", batch: Batch) -> set[Version]:
    versions = {version_of(result.article) for result, _ in rows.tagged_articles(batch)}
    return {Version(str(key[0]), str(key[1])) for key in door.held(model.CORE_ARTICLES, list(versions))}


def _unseen(door: "_Door", table: Table, given: Iterable[Row]) -> list[Row]:
    """The rows whose key is neither in the table nor earlier in the batch."""
    by_key: dict[Key, Row] = {}
    for row in given:
        by_key.setdefault(tuple(row[name] for name in table.key), row)
    held = door.held(table, list(by_key))
    return [row for key, row in by_key.items() if key not in held]


def current_snapshot(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest snapshot of the lake that this transaction sees."""
    row = connection.execute("SELECT * FROM ducklake_current_snapshot(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def _captures(batch: Batch, landed_at: datetime, tagged: set[Version]) -> list[Row]:
    """One row an item; of two items with the same article and instant the last counts."""
    by_key: dict[tuple[object, object], Row] = {}
    for item in batch.items:
        if item.page is None and isinstance(item.result, Rejected):
            continue  # no body was received: the fetch log and the rejection say it
        row = rows.capture_row(item, batch, landed_at, _is_tagged(item, tagged))
        by_key[(row["article_id"], row["fetched_at"])] = row
    return list(by_key.values())


def _is_tagged(item: Landed, tagged: set[Version]) -> bool:
    return isinstance(item.result, TaggedArticle) and version_of(item.result.article) in tagged


def _rejections(batch: Batch) -> Iterable[Row]:
    return (rows.rejection_row(i.result, batch.batch_id) for i in batch.items if isinstance(i.result, Rejected))
