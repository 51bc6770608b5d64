"""Temporary tables on a connection of their own, where they stand in front of the lake's tables of the same name.

A view's own SELECT then answers for the rows that stand there and for no others: a filter could not be pushed below
its window functions, and need not be.
"""

from types import TracebackType
from typing import Self

import duckdb

from warehouse.location import LAKE
from warehouse.views import Mart, views


class Scratch:
    """A cursor with temporary tables; nothing of it is seen by the connection that it was taken from."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection.cursor()
        self.connection.execute(f"USE {LAKE}")
        self._held: dict[str, str] = {}
        self._rows: dict[str, int] = {}

    @staticmethod
    def lake(name: str) -> str:
        """A table of the lake, whatever stands in front of it."""
        return f'{LAKE}.main."{name}"'

    def table(self, name: str, select: str) -> None:
        """Lay a temporary table, in the place of one that has the name."""
        # by another name first where there is one: the SELECT may read what it replaces
        made = "being_made" if name in self._held else name
        self._rows[name] = self.number(f'CREATE TEMP TABLE "{made}" AS {select}')
        if made != name:
            self.drop(name)
            self.connection.execute(f'ALTER TABLE temp.main.being_made RENAME TO "{name}"')
        self._held[name] = "TABLE"

    def view(self, name: str, select: str) -> None:
        """Lay a temporary view, in the place of what has the name."""
        self.drop(name)
        self.connection.execute(f'CREATE TEMP VIEW "{name}" AS {select}')
        self._held[name] = "VIEW"

    def own_views(self, *names: str) -> None:
        """Lay views of the lake here, so that they read what stands in front; each after those that it reads."""
        for name in names:
            self.view(name, select_of_view(name))

    def drop(self, *names: str) -> None:
        """Let the lake's own table or view be seen again."""
        for name in names:
            if kind := self._held.pop(name, ""):
                self.connection.execute(f'DROP {kind} temp.main."{name}"')

    def number(self, query: str) -> int:
        """The one number that a query answers."""
        return self.numbers(query)[0]

    def numbers(self, query: str) -> tuple[int, ...]:
        """The numbers of the one row that a query answers; absent ones as 0."""
        row = self.connection.execute(query).fetchone()
        return tuple(int(value or 0) for value in row or ())

    def count(self, name: str) -> int:
        """Rows of a temporary table, as it was laid."""
        return self._rows[name]

    def columns(self, relation: str) -> tuple[str, ...]:
        """The names of a relation's columns."""
        return tuple(str(row[0]) for row in self.connection.execute(f"DESCRIBE {relation}").fetchall())

    def compare(self, mart: Mart, old: str, select: str) -> None:
        """Lay ``old_``, ``new_``, ``gone_`` and ``come_`` tables of a mart.

        `old` is what follows the mart's name in a FROM and chooses the rows that the SELECT is to replace; rows that
        are in both neither go nor come.
        """
        name, lake = mart.name, self.lake(mart.name)
        self.table(f"old_{name}", f"SELECT m.rowid AS mart_row_id, m.* FROM {lake} AS m {old}")  # noqa: S608
        self.table(f"new_{name}", f"SELECT * FROM {lake} LIMIT 0")  # noqa: S608 (the mart's types)
        self._rows[f"new_{name}"] = self.number(f"INSERT INTO new_{name} BY NAME {select}")
        if not (self.count(f"old_{name}") and self.count(f"new_{name}")):
            self.table(f"gone_{name}", f"FROM old_{name}")
            self.table(f"come_{name}", f"FROM new_{name}")
            return
        columns = ", ".join(f'"{column}"' for column in self.columns(f"new_{name}"))
        # equal rows have equal prints; the number tells the copies of one row apart
        for age in ("old", "new"):
            self.table(
                "printed_" + age,
                f"SELECT *, row_number() OVER (PARTITION BY print) AS copy "  # noqa: S608
                f"FROM (SELECT rowid AS place, hash({columns}) AS print FROM {age}_{name})",
            )
        for kind, age, other in (("gone", "old", "new"), ("come", "new", "old")):
            self.table(
                f"{kind}_{name}",
                f"SELECT r.* FROM {age}_{name} AS r SEMI JOIN (SELECT place FROM printed_{age} "  # noqa: S608
                f"ANTI JOIN printed_{other} USING (print, copy)) AS p ON p.place = r.rowid",
            )
        self.drop("printed_old", "printed_new")

    def close(self) -> None:
        """Give up the cursor and all its tables."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def select_of_view(name: str) -> str:
    """A view's SELECT."""
    return next(view.select for view in views() if view.name == name)
