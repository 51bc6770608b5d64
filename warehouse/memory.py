"""How much memory DuckDB takes, and where it puts what does not fit.

By itself it takes up to 80 % of the machine's, or of its control group's; `DIFANG_MEMORY_LIMIT` says otherwise, for
each process that opens the lake. Merging files takes little, whatever there is: it runs beside a crawl.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TypeVar

import duckdb

from records import UsageError, WarehouseMemory
from warehouse.location import literal

VARIABLE = "DIFANG_MEMORY_LIMIT"
MERGE_LIMIT = "512MB"
"""Sorting a file of 128 MB takes a third more CPU than in 1.6 GB (docs/adr/0041)."""

Result = TypeVar("Result")


def limit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Bound what the connection's database may hold; it spills into a folder of its own, made when it is needed.

    Raises UsageError where the variable holds no size.
    """
    # DuckDB's default is .tmp in the working directory, where one process deletes what another has spilled
    spill = Path(gettempdir()) / f"difang-spill-{os.getpid()}-{secrets.token_hex(4)}"
    connection.execute(f"SET temp_directory = {literal(str(spill))}")
    if limit := os.environ.get(VARIABLE):
        try:
            _set_limit(connection, limit)
        except duckdb.ParserException as error:
            raise UsageError(
                f"{VARIABLE}={limit!r} is no size: give a number with KB, MB, GB or TB, such as 2GB"
            ) from error


def in_little_memory(connection: duckdb.DuckDBPyConnection, attempt: Callable[[], Result]) -> Result:
    """What the attempt returns, in `MERGE_LIMIT` of memory; a value that is too large for that is given more.

    `attempt` leaves nothing behind when it fails. A limit of the environment's stays as it is.
    """
    if os.environ.get(VARIABLE):
        return attempt()
    try:
        _set_limit(connection, MERGE_LIMIT)
        return attempt()
    except duckdb.OutOfMemoryException:
        pass
    finally:
        _set_limit(connection, _default_limit())
    return attempt()


@cache
def _default_limit() -> str:
    """What DuckDB allows itself, as a new database says it.

    RESET would show it and keep the limit (DuckDB 1.5.5); and a limit that is read and set again is a little smaller
    each time, since what is shown is rounded down.
    """
    with duckdb.connect() as fresh:
        row = fresh.execute("SELECT current_setting('memory_limit')").fetchone()
    assert row is not None
    return str(row[0])


@contextmanager
def enough_memory(what: str) -> Iterator[None]:
    """Say in a sentence where memory does not suffice, and what helps. Raises WarehouseMemory then."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise WarehouseMemory(
            f"{what}: {str(error).splitlines()[0]}; nothing was written, give DuckDB more by {VARIABLE}, or do it once "
            "from a machine with more memory: docs/operations.md, 'Sizes'"
        ) from error


def _set_limit(connection: duckdb.DuckDBPyConnection, limit: str) -> None:
    connection.execute(f"SET memory_limit = {literal(limit)}")
