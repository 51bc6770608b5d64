"""The warehouse as one object for the pipeline, and as one DuckDB connection for people."""

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from records import Batch, Publisher, Waiting, WarehouseError
from records.position import Position
from records.region import Region
from warehouse.changes import newest_snapshot
from warehouse.checks import CheckResult, run_checks
from warehouse.dimensions import sync_dimensions
from warehouse.erasing import DEFAULT_GRACE_SECONDS, EraseReport, erase
from warehouse.extensions import load_extensions
from warehouse.forgetting import ForgetReport, forget
from warehouse.known_keys import KnownKeys
from warehouse.landing import PATIENCE_SECONDS, LandReport, land_batch
from warehouse.location import (
    KEEP_FOOTERS,
    LAKE,
    ONE_SNAPSHOT,
    WarehouseLocation,
    attach_statement,
    secret_statement,
)
from warehouse.maintenance import MaintenanceReport, maintain
from warehouse.marts import MartReport, refresh_marts
from warehouse.memory import limit_memory
from warehouse.patience import persist
from warehouse.schema import bring_forward, require_laid, require_version
from warehouse.search import IndexReport, rebuild_index, refresh_index
from warehouse.text_index import refresh_texts
from warehouse.tombstones import Scope
from warehouse.waiting import note_waiting

TIME_ZONE = "Asia/Shanghai"

log = logging.getLogger("difang.warehouse")
Where = WarehouseLocation | Path | str | None


def connect(location: Where = None, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with the lake attached as ``difang`` and used, views and macros in place.

    `location` is a `WarehouseLocation`, a warehouse's folder, or None for the one that the environment names.
    Instants are TIMESTAMPTZ in UTC; the session shows them in Asia/Shanghai (``SET TimeZone = 'UTC'`` changes that),
    and no view depends on it. Each statement sees what has landed by then; a transaction around several
    is of one moment, and holds up no writer. Opened for writing, a missing warehouse is laid and an older one is
    brought forward.
    Raises WarehouseError where a reader finds none, or one of another version.
    """
    where = WarehouseLocation.resolve(location)
    connection = _open(where, read_only=read_only)
    try:
        if read_only:
            require_version(connection, where.catalog)
        else:
            bring_forward(connection, where.catalog)
            _heal_data_path(connection, where)
    except BaseException:
        connection.close()
        raise
    return connection


def _open(where: WarehouseLocation, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection with the lake attached, of whatever version it is."""
    if read_only and not where.is_postgres and not Path(where.catalog).exists():
        raise WarehouseError(
            f"there is no warehouse at {where.catalog}; land something first, for instance with: difang demo"
        )
    connection = duckdb.connect()
    try:
        limit_memory(connection)
        load_extensions(connection, where)
        if not where.is_postgres:
            connection.execute(ONE_SNAPSHOT)
        if read_only:
            connection.execute(KEEP_FOOTERS)
        if where.is_remote_data:
            connection.execute(secret_statement(os.environ))
        connection.execute(f"SET TimeZone = '{TIME_ZONE}'")
        connection.execute("SET enable_progress_bar = false")  # it is printed on stdout, among the rows
        _attach(connection, where, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, where: WarehouseLocation, *, read_only: bool) -> None:
    if not read_only:
        if not where.is_postgres:
            Path(where.catalog).parent.mkdir(parents=True, exist_ok=True)
        if not where.is_remote_data:
            Path(where.data).mkdir(parents=True, exist_ok=True)
            # the system caches these files anyway; DuckDB's copies were 7 MB more every 1,000 pages of a crawl
            connection.execute("SET enable_external_file_cache = false")
        # a commit that DuckLake repeats by itself would not look again for rows that the other writer landed
        connection.execute("SET ducklake_max_retry_count = 0")
    statement = attach_statement(where, read_only)
    try:
        persist(lambda: connection.execute(statement), patience_seconds=30.0, what=f"{where.catalog} cannot be opened")
        connection.execute(f"USE {LAKE}")
    except duckdb.Error as error:
        first_line = str(error).strip().partition("\n")[0]
        raise WarehouseError(f"the warehouse at {where.catalog} cannot be opened: {first_line}") from error


def _heal_data_path(connection: duckdb.DuckDBPyConnection, where: WarehouseLocation) -> None:
    """Write down where the data are now, so that a plain ATTACH works again after the folder was moved."""
    stored = f"__ducklake_metadata_{LAKE}.ducklake_metadata"
    row = connection.execute(f"SELECT value FROM {stored} WHERE key = 'data_path' AND scope IS NULL").fetchone()  # noqa: S608
    if row and row[0] != where.data_path:
        update = f"UPDATE {stored} SET value = ? WHERE key = 'data_path' AND scope IS NULL"  # noqa: S608
        persist(
            lambda: connection.execute(update, [where.data_path]),
            patience_seconds=30.0,
            what="the data path was not updated",
        )


RENEWED_AFTER = 500
"""Landings of one connection: DuckLake keeps what it knew of each snapshot, 80 kB, for ever (docs/adr/0043)."""


class Warehouse:
    """The warehouse opened for writing: one connection, used by one thread at a time.

    `connection` is another one after `RENEWED_AFTER` landings, which keeps memory flat: ask for it when it is needed.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, location: WarehouseLocation) -> None:
        self.connection = connection
        self.location = location
        self._lock = threading.RLock()
        self._known = KnownKeys()
        self._landings = 0
        self._is_kept = False

    @classmethod
    def open(cls, location: Where = None, *, must_exist: bool = False) -> Self:
        """The warehouse there, brought forward when older; laid when missing, or WarehouseError with `must_exist`."""
        where = WarehouseLocation.resolve(location)
        if must_exist:
            with closing(_open(where, read_only=True)) as connection:
                require_laid(connection, where.catalog)
        return cls(connect(where, read_only=False), where)

    def land(
        self, batch: Batch, *, replace_tags: bool = False, patience_seconds: float = PATIENCE_SECONDS
    ) -> LandReport:
        """Land a batch in one transaction; landing it again changes nothing. See `warehouse.landing.land_batch`."""
        with self._lock:
            report = land_batch(
                self.connection,
                batch,
                replace_tags=replace_tags,
                patience_seconds=patience_seconds,
                known=self._known,
            )
            self._landings += 1
            if self._landings >= RENEWED_AFTER and not self._is_kept:
                self._renew()
            return report

    def _renew(self) -> None:
        """Another connection in the place of this one; where none can be had now, the next landing tries again."""
        try:
            fresh = _open(self.location, read_only=False)
        except (WarehouseError, duckdb.Error) as error:
            log.warning("the connection was not renewed: %s", str(error).partition("\n")[0])
            return
        self.connection.close()
        self.connection, self._landings = fresh, 0

    def sync_dimensions(
        self, publishers: Iterable[Publisher] = (), regions: Iterable[Region] = (), positions: Iterable[Position] = ()
    ) -> dict[str, int]:
        """Rows by dimension table that was rewritten; a dimension given as empty, or unchanged, is left alone."""
        with self._lock:
            return sync_dimensions(self.connection, publishers, regions, positions)

    def refresh_marts(self, *, whole: bool = False) -> MartReport:
        """Bring the marts up to date; skipped when nothing has changed since. See `warehouse.marts`.

        The search index, the clusters of reprints and the terms are brought up to date first, in transactions of
        their own.
        """
        with self._lock:
            indexed = refresh_index(self.connection)
            refresh_texts(self.connection)
            report = refresh_marts(self.connection, whole=whole)
        return replace(report, indexed_documents_count=indexed.documents_count)

    def refresh_index(self, *, rebuild: bool = False) -> IndexReport:
        """Bring the search index up to what has landed, or make it anew; see `warehouse.search`."""
        with self._lock:
            return rebuild_index(self.connection) if rebuild else refresh_index(self.connection)

    def check(self, *, only: Sequence[str] = (), since: int | None = None) -> tuple[CheckResult, ...]:
        """Checks with the rows that offend them; with `since`, of what has landed after that snapshot."""
        with self._lock:
            return run_checks(self.connection, only=only, since=since)

    def snapshot(self) -> int:
        """The number of the newest snapshot."""
        with self._lock:
            return newest_snapshot(self.connection)

    def note_waiting(self, publisher_ids: Sequence[str], waiting: Iterable[Waiting], noted_at: datetime) -> int:
        """How many rows of what these publishers promised and no crawl brought are in `mart_waiting_links`."""
        with self._lock:
            return note_waiting(self.connection, publisher_ids, waiting, noted_at)

    def maintain(
        self, *, keep_days: float = 7.0, orphan_days: float = 1.0, raw_days: float | None = None
    ) -> MaintenanceReport:
        """Merge small files, expire old snapshots, delete what nothing names any more; see `warehouse.maintenance`.

        Another thread's landing comes between two of its steps.
        """
        with self._keeping_connection():
            return maintain(
                self.connection, keep_days=keep_days, orphan_days=orphan_days, raw_days=raw_days, turn=self._turn
            )

    @contextmanager
    def _keeping_connection(self) -> Iterator[None]:
        with self._lock:
            self._is_kept = True
        try:
            yield
        finally:
            with self._lock:
                self._is_kept = False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The connection for one step of something long; who waits for it has it before the next step."""
        with self._lock:
            yield
        time.sleep(0.01)  # a lock that is asked for again at once is had again at once

    def forget(
        self,
        canonical_urls: Sequence[str] = (),
        *,
        person: Scope | None = None,
        with_articles: bool = False,
        dry_run: bool = False,
    ) -> ForgetReport:
        """Take articles or a person down and keep them out; see `warehouse.forgetting`. `erase` removes the bytes."""
        with self._lock:
            return forget(self.connection, canonical_urls, person=person, with_articles=with_articles, dry_run=dry_run)

    def erase(self, *, grace_seconds: float = DEFAULT_GRACE_SECONDS) -> EraseReport:
        """Remove the bytes of deleted rows from marts, files and catalogue, and all history with them."""
        with self._lock:
            if self.connection.execute("FROM mart_refreshes").fetchall():
                refresh_marts(self.connection, whole=True)
            return erase(self.connection, self.location, grace_seconds=grace_seconds)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
