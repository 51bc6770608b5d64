"""Checks: each is a query that returns the rows that offend it.

Keys, foreign keys, not-nulls and counts are made from the model; what the model cannot say is a file under
``sql/checks``, whose header says in Chinese and English what must hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from warehouse.model import TABLES, ForeignKey, Table
from warehouse.views import SQL_FOLDER, Statement, read_statement

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Check:
    """A rule in words, and the query that returns what breaks it."""

    name: str
    says: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A check, how many rows offend it, and the first of them."""

    check: Check
    offending_count: int
    columns: tuple[str, ...]
    examples: tuple[tuple[object, ...], ...]

    @property
    def passed(self) -> bool:
        """Whether no row offends it."""
        return self.offending_count == 0


def all_checks() -> tuple[Check, ...]:
    """Every check: those made from the model, then those of the SQL files."""
    made = [check for table in TABLES for check in _table_checks(table)]
    files = sorted((SQL_FOLDER / "checks").glob("*.sql"))
    return (*made, *(_file_check(read_statement(path)) for path in files))


def run_checks(connection: duckdb.DuckDBPyConnection) -> tuple[CheckResult, ...]:
    """Every check with its offending rows, all against one snapshot."""
    connection.execute("BEGIN TRANSACTION")
    try:
        return tuple(_run(connection, check) for check in all_checks())
    finally:
        connection.execute("ROLLBACK")


def _run(connection: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    counted = connection.execute(f"SELECT count(*) FROM ({check.sql})").fetchone()  # noqa: S608
    count = int(counted[0]) if counted else 0
    found = connection.execute(f"{check.sql} LIMIT {EXAMPLES}") if count else None
    return CheckResult(
        check=check,
        offending_count=count,
        columns=tuple(d[0] for d in found.description or ()) if found else (),
        examples=tuple(found.fetchall()) if found else (),
    )


def _table_checks(table: Table) -> Iterator[Check]:
    if table.is_key_checked:
        yield from _key_checks(table)
    # the lake answers count(*) from its catalogue and count(column) from the files
    yield Check(
        f"{table.name}_count",
        f"{table.name}: the catalogue's count is what the files hold",
        f'SELECT * FROM (SELECT (SELECT count(*) FROM "{table.name}") AS rows_count, '  # noqa: S608
        f'(SELECT count("{table.key[0]}") FROM "{table.name}") AS scanned_count) WHERE rows_count <> scanned_count',
    )
    for foreign in table.foreign_keys:
        yield _foreign_check(table, foreign)


def _key_checks(table: Table) -> Iterator[Check]:
    key = _names(table.key)
    yield Check(
        f"{table.name}_key",
        f"{table.name}: {key} is unique",
        f'SELECT {key}, count(*) AS rows_count FROM "{table.name}" GROUP BY {key} HAVING count(*) > 1',  # noqa: S608
    )
    required = [column.name for column in table.columns if not column.nullable]
    yield Check(
        f"{table.name}_not_null",
        f"{table.name}: {', '.join(required)} are never null",
        f'SELECT {key} FROM "{table.name}" WHERE ' + " OR ".join(f'"{name}" IS NULL' for name in required),  # noqa: S608
    )


def _foreign_check(table: Table, foreign: ForeignKey) -> Check:
    here = _names(foreign.columns)
    match = " AND ".join(
        f't."{to}" = f."{column}"' for column, to in zip(foreign.columns, foreign.to_columns, strict=True)
    )
    present = " AND ".join(f'f."{column}" IS NOT NULL' for column in foreign.columns)
    guard = f' AND EXISTS (SELECT 1 FROM "{foreign.table}")' if foreign.if_filled else ""  # noqa: S608
    return Check(
        f"{table.name}_{'_'.join(foreign.columns)}_exists",
        f"{table.name}: {here} exists in {foreign.table}",
        f'SELECT DISTINCT {here} FROM "{table.name}" AS f WHERE {present} '  # noqa: S608
        f'AND NOT EXISTS (SELECT 1 FROM "{foreign.table}" AS t WHERE {match}){guard}',
    )


def _file_check(statement: Statement) -> Check:
    return Check(statement.name, statement.comment, statement.select)


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
