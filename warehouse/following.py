"""A connection for those who follow the lake for days.

DuckLake keeps the statistics of each snapshot that a connection has met, and DuckDB the footers and pieces of each
file: some 400 kB a snapshot that is read, which nothing takes back while the connection is open.
"""

from types import TracebackType
from typing import Self

import duckdb

from warehouse.lake import connect
from warehouse.location import WarehouseLocation

RENEWED_AFTER = 200
"""Rounds of one connection."""


class Follower:
    """Opens the lake for reading, and anew after `RENEWED_AFTER` rounds."""

    def __init__(self, location: WarehouseLocation) -> None:
        self._location = location
        self._rounds = 0
        self.connection = connect(location)

    def round(self) -> duckdb.DuckDBPyConnection:
        """The connection for one more round of reading; what an earlier one returned may be closed."""
        self._rounds += 1
        if self._rounds > RENEWED_AFTER:
            self.connection.close()
            self.connection, self._rounds = connect(self._location), 1
        return self.connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
