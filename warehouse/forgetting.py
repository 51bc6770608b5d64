"""A record taken down on request: out of every table, with a tombstone that keeps it out; the files are next.

Two requests: an article, with all its versions, bodies, tags, links from and to it, its place in the search index and
its addresses in the fetch log; a person, with every mention and change of office in every version and generation.
Texts are never edited: a person who is to be out of them too has the articles taken down. `warehouse.erasing` then
removes the bytes (docs/adr/0023).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from records import article_id, canonicalize
from warehouse import model
from warehouse.erasures import append_erasures
from warehouse.landing import append
from warehouse.model import TABLES, Table
from warehouse.patience import persist, roll_back
from warehouse.reprints import forget_texts
from warehouse.search import forget_documents
from warehouse.tombstones import Scope

_OF_ARTICLES = tuple(t for t in TABLES if t.name.startswith("core_") and any(c.name == "article_id" for c in t.columns))
_ID = "left(sha256({}), 16)"
"""`records.article_id` in SQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetReport:
    """What was taken down, or would be: rows by table."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows erased by table; for `raw_fetches` those whose addresses were blanked."""
    tombstones_count: int = 0
    """Tombstones set now; none where all were there before."""
    article_ids: tuple[str, ...] = ()
    """The articles that may not come back, and further pages of theirs."""
    is_dry_run: bool = False


def forget(
    connection: duckdb.DuckDBPyConnection,
    canonical_urls: Sequence[str] = (),
    *,
    person: Scope | None = None,
    with_articles: bool = False,
    dry_run: bool = False,
) -> ForgetReport:
    """Take articles or a person down in one transaction; with `dry_run` only count. Repeating it changes nothing.

    `with_articles`: the articles that mention the person go as a whole. Marts and files still hold what was taken down
    until `warehouse.erasing.erase`. Raises WarehouseBusy when writers outlast the patience.
    """

    def attempt() -> ForgetReport:
        connection.execute("BEGIN TRANSACTION")
        try:
            report = _Forgetting(connection, dry_run).run(canonical_urls, person, with_articles)
            connection.execute("ROLLBACK" if dry_run else "COMMIT")
        except BaseException:
            roll_back(connection)
            raise
        return report

    return persist(attempt, patience_seconds=120.0, what="nothing was taken down")[0]


class _Forgetting:
    """One transaction of `forget`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, dry_run: bool) -> None:
        self.connection = connection
        self.dry_run = dry_run
        self.now = datetime.now(UTC)
        self.rows: dict[str, int] = {}

    def run(self, canonical_urls: Sequence[str], person: Scope | None, with_articles: bool) -> ForgetReport:
        ids = {article_id(url) for url in canonical_urls}
        if person is not None:
            mentions = f"SELECT DISTINCT article_id FROM core_official_mentions WHERE {person.condition}"  # noqa: S608
            if with_articles:
                ids |= {str(r[0]) for r in self.connection.execute(mentions, person.parameters).fetchall()}
            self._person(person)
        if ids:
            ids |= set(self._further_pages(ids))
            self._articles(sorted(ids))
        wanted = [("article", i) for i in sorted(ids)]
        wanted += [("person", t) for t in (person.tombstones if person else ())]
        return ForgetReport(
            rows={name: count for name, count in self.rows.items() if count},
            tombstones_count=self._mark(wanted),
            article_ids=tuple(sorted(ids)),
            is_dry_run=self.dry_run,
        )

    def _further_pages(self, ids: set[str]) -> Iterator[str]:
        """The ids of the articles' further pages and of where they answered; not of other articles that were landed."""
        addresses = self.connection.execute(
            f"SELECT part_url FROM raw_pages WHERE {_ID.format('canonical_url')} IN (SELECT unnest($ids::VARCHAR[])) "  # noqa: S608
            "UNION SELECT url FROM core_captures WHERE article_id IN (SELECT unnest($ids::VARCHAR[]))",
            {"ids": sorted(ids)},
        ).fetchall()
        found = {article_id(canonicalize(str(row[0]))) for row in addresses} - ids
        landed = self.connection.execute(
            "SELECT DISTINCT article_id FROM core_articles WHERE article_id IN (SELECT unnest($1::VARCHAR[]))",
            [sorted(found)],
        ).fetchall()
        yield from found - {str(row[0]) for row in landed}

    def _person(self, person: Scope) -> None:
        # all mentions that one article has of the person go, also those without a position of their own
        whole = "article_id, content_sha256, batch_id, person_key, name"
        found = f"SELECT {whole} FROM core_official_mentions WHERE {person.condition}"  # noqa: S608
        # the changes of office first: which person they are of is read off the mentions
        for table in (model.CORE_OFFICE_CHANGES, model.CORE_OFFICIAL_MENTIONS):
            self._delete(table, f"({whole}) IN ({found})", person.parameters)

    def _articles(self, ids: Sequence[str]) -> None:
        self.connection.register("struck", pa.table({"article_id": pa.array(ids, pa.string())}))
        try:
            if not self.dry_run:
                forget_texts(self.connection, ids)
            for table in _OF_ARTICLES:
                leads = " OR to_article_id IN (FROM struck)" if table is model.CORE_RELATED_LINKS else ""
                self._delete(table, f"article_id IN (FROM struck){leads}")
            canonical = f"{_ID.format('canonical_url')} IN (FROM struck)"
            self._delete(model.RAW_PAGES, f"{canonical} OR {_ID.format('part_url')} IN (FROM struck)")
            mark = f"'forgotten:' || {_ID.format('canonical_url')}"
            blank = f"url = {mark}, canonical_url = {mark}, etag = NULL, last_modified = NULL, detail = ''"
            self._update(model.RAW_FETCHES, blank, canonical)
            self._update(model.CORE_CAPTURES, "referrer_url = NULL", f"{_ID.format('referrer_url')} IN (FROM struck)")
            source = _ID.format("regexp_replace(source_url, '^https:', 'http:')")  # as canonical URLs are written
            self._update(model.CORE_ARTICLES, "source_url = NULL", f"{source} IN (FROM struck)")
            self._documents(ids)
        finally:
            self.connection.unregister("struck")

    def _documents(self, ids: Sequence[str]) -> None:
        held = self._count("SELECT count(*) FROM index_documents WHERE article_id IN (FROM struck)")
        self.rows[model.INDEX_DOCUMENTS.name] = held
        if not self.dry_run:
            self.rows[model.INDEX_POSTINGS.name] = forget_documents(self.connection, ids)

    def _delete(self, table: Table, condition: str, parameters: dict[str, object] | None = None) -> None:
        """Delete the rows, and write down of which batches they were."""
        batches = f'SELECT batch_id, count(*) FROM "{table.name}" WHERE {condition} GROUP BY batch_id'  # noqa: S608
        found = self.connection.execute(batches, parameters or {}).fetchall()
        self.rows[table.name] = self.rows.get(table.name, 0) + sum(int(row[1]) for row in found)
        if found and not self.dry_run:
            self.connection.execute(f'DELETE FROM "{table.name}" WHERE {condition}', parameters or {})  # noqa: S608
            append_erasures(self.connection, table, found, erased_at=self.now, reason="forget")

    def _update(self, table: Table, change: str, condition: str) -> None:
        held = self._count(f'SELECT count(*) FROM "{table.name}" WHERE {condition}')  # noqa: S608
        if table is model.RAW_FETCHES:
            self.rows[table.name] = held
        if held and not self.dry_run:
            self.connection.execute(f'UPDATE "{table.name}" SET {change} WHERE {condition}')  # noqa: S608

    def _count(self, query: str) -> int:
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _mark(self, wanted: Sequence[tuple[str, str]]) -> int:
        """How many tombstones were missing; they are set."""
        held = {str(row[0]) for row in self.connection.execute("SELECT tombstone_id FROM core_tombstones").fetchall()}
        missing = [(kind, tombstone) for kind, tombstone in wanted if tombstone not in held]
        if missing and not self.dry_run:
            rows = [{"tombstone_id": tombstone, "kind": kind, "forgotten_at": self.now} for kind, tombstone in missing]
            append(self.connection, model.CORE_TOMBSTONES, rows)
        return len(missing)
