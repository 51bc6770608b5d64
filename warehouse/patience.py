"""Whole transactions, tried again while another writer is in the way."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import duckdb

from records import WarehouseBusy

Result = TypeVar("Result")

# What SQLite, PostgreSQL and DuckLake say when another writer was faster; anything else is no matter of waiting.
_IN_THE_WAY = (
    "database is locked",
    "database table is locked",
    "unique constraint failed",
    "primary key constraint failed",
    "duplicate key value",
    "could not serialize access",
    "deadlock detected",
    "transaction conflict",
    "conflict on",
    "has been altered",
    "another transaction",
    "no such file or directory",  # a file that was replaced, and deleted when its grace was over, since this began
    "failed to probe ducklake metadata",  # the other one is laying the catalogue just now
)


def is_contention(error: BaseException) -> bool:
    """Whether an error says that another writer was in the way."""
    text = str(error).lower()
    return isinstance(error, duckdb.Error) and any(words in text for words in _IN_THE_WAY)


def persist(attempt: Callable[[], Result], *, patience_seconds: float, what: str) -> tuple[Result, int]:
    """What the attempt returns, and how often it had to be repeated.

    `attempt` is a whole transaction that leaves nothing behind when it fails. Waits grow from 10 ms to 1 s with full
    jitter, so that writers who collided do not collide again. Raises WarehouseBusy when patience ends.
    """
    deadline = time.monotonic() + patience_seconds
    retries = 0
    while True:
        try:
            return attempt(), retries
        except duckdb.Error as error:
            if not is_contention(error):
                raise
            wait = random.uniform(0.005, min(1.0, 0.01 * 2**retries))  # noqa: S311 (jitter, no secret)
            if time.monotonic() + wait > deadline:
                raise WarehouseBusy(
                    f"{what}: another writer kept the warehouse busy for {patience_seconds:g} s ({retries + 1} "
                    f"attempts); "
                    "nothing was written, try again"
                ) from error
            time.sleep(wait)
            retries += 1


@contextmanager
def rebasing(connection: duckdb.DuckDBPyConnection, attempts: int = 30) -> Iterator[None]:
    """Let DuckLake repeat commits by itself: right for what only rearranges files, never for a landing (ADR 3).

    A long merge beside a busy writer would else begin again and again.
    """
    connection.execute(f"SET ducklake_max_retry_count = {attempts}")
    try:
        yield
    finally:
        connection.execute("SET ducklake_max_retry_count = 0")


@contextmanager
def one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB work without helpers, outside of transactions: right for many short statements over few rows.

    A landing is some 60 of them, most about the catalogue; waking a second thread for each costs more than it brings.
    Right for merging too, which holds a row group a thread.
    """
    # asked on a cursor, which does not use the lake: there the name of the function would be sought in the catalogue
    row = connection.cursor().execute("SELECT current_setting('threads')").fetchone()
    assert row is not None
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {row[0]}")


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the transaction; after a failed COMMIT there is none, and the first error is the one that counts."""
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:
        return
