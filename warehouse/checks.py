"""Checks: each is a query that returns the rows that offend it.

Keys, foreign keys, not-nulls and counts are made from the model; what the model cannot say is a file under
``sql/checks``, whose header says in Chinese and English what must hold.

After a run, what the run has landed is checked, at a cost by what is new. A file's line ``(tables; tables)`` says how
it is scoped: of the first tables only the rows that have landed are read; the others are asked for those first, and as
a whole where that leaves a row offending. A file without the line is about the whole warehouse and waits for
``difang check``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from records import UsageError
from warehouse import model
from warehouse.landing import current_snapshot
from warehouse.location import LAKE
from warehouse.model import TABLES, ForeignKey, Table
from warehouse.scratch import Scratch
from warehouse.views import SQL_FOLDER, Statement, read_statement

EXAMPLES = 20
BY_NAME = {table.name: table for table in TABLES}


@dataclass(frozen=True, slots=True)
class Check:
    """A rule in words, and the query that returns what breaks it."""

    name: str
    says: str
    sql: str
    landed: tuple[str, ...] = ()
    """Tables of which the check of a run reads only what has landed; none: it is about the whole warehouse."""
    looked_up: tuple[str, ...] = ()
    """Tables that are read as a whole only where what has landed leaves a row offending."""
    landed_sql: str = ""
    """The query after a run, where it is another one."""


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


def run_checks(
    connection: duckdb.DuckDBPyConnection, *, only: Sequence[str] = (), since: int | None = None
) -> tuple[CheckResult, ...]:
    """Checks with their offending rows, all against one snapshot: every one, or those of the names given.

    With `since`, a snapshot, those that are scoped, of what has landed after it. Raises UsageError for an unknown name.
    """
    known = {check.name: check for check in all_checks()}
    unknown = [name for name in only if name not in known]
    if unknown:
        alike = ", ".join(get_close_matches(unknown[0], known, n=4)) or "none"
        own = ", ".join(sorted(path.stem for path in (SQL_FOLDER / "checks").glob("*.sql")))
        raise UsageError(
            f"there is no check {unknown[0]!r}; like it: {alike}; every table has its TABLE_key, _not_null, _count "
            f"and _COLUMNS_exists, the others are {own}"
        )
    chosen = tuple(known[name] for name in only) or tuple(known.values())
    if since is not None:
        return _run_landed(connection, [check for check in chosen if check.landed], since)
    connection.execute("BEGIN TRANSACTION")
    try:
        return tuple(_run(connection, check) for check in chosen)
    finally:
        connection.execute("ROLLBACK")


def _run_landed(connection: duckdb.DuckDBPyConnection, checks: Sequence[Check], since: int) -> tuple[CheckResult, ...]:
    with Scratch(connection) as scratch:
        scratch.connection.execute("BEGIN TRANSACTION")
        until = current_snapshot(scratch.connection)
        return tuple(_run_scoped(scratch, check, since, until) for check in checks) if until > since else ()


def _run_scoped(scratch: Scratch, check: Check, since: int, until: int) -> CheckResult:
    names = (*check.landed, *check.looked_up)
    for table in (table for table in TABLES if table.name in names):
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        inserted = f"ducklake_table_insertions('{LAKE}', 'main', '{table.name}', {since + 1}, {until})"
        scratch.view(table.name, f"SELECT {columns} FROM {inserted}")  # noqa: S608
    sql = check.landed_sql or check.sql
    result = _run(scratch.connection, check, sql)
    if check.looked_up and not result.passed:
        scratch.drop(*check.looked_up)
        result = _run(scratch.connection, check, sql)
    scratch.drop(*names)
    return result


def _run(connection: duckdb.DuckDBPyConnection, check: Check, sql: str = "") -> CheckResult:
    sql = sql or check.sql
    counted = connection.execute(f"SELECT count(*) FROM ({sql})").fetchone()  # noqa: S608
    count = int(counted[0]) if counted else 0
    found = connection.execute(f"{sql} LIMIT {EXAMPLES}") if count else None
    return CheckResult(
        check=check,
        offending_count=count,
        columns=tuple(d[0] for d in found.description or ()) if found else (),
        examples=tuple(found.fetchall()) if found else (),
    )


def _landed(table: Table) -> tuple[str, ...]:
    """The table itself, where runs land rows in it."""
    is_landed = table.name.startswith(("raw_", "core_")) and table is not model.CORE_ERASURES
    return (table.name,) if is_landed and any(column.name == "batch_id" for column in table.columns) else ()


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
        landed=_landed(table),
        # where the key names the batch, a batch is alone with it; else what was there before has to be asked
        landed_sql=""
        if "batch_id" in table.key and table is not model.CORE_BATCHES
        else f"SELECT {key}, count(*) AS rows_count FROM {Scratch.lake(table.name)} "  # noqa: S608
        f'SEMI JOIN "{table.name}" USING ({key}) GROUP BY {key} HAVING count(*) > 1',
    )
    required = [column.name for column in table.columns if not column.nullable]
    yield Check(
        f"{table.name}_not_null",
        f"{table.name}: {', '.join(required)} are never null",
        f'SELECT {key} FROM "{table.name}" WHERE ' + " OR ".join(f'"{name}" IS NULL' for name in required),  # noqa: S608
        landed=_landed(table),
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
        landed=_landed(table),
        looked_up=(foreign.table,) if _landed(BY_NAME[foreign.table]) else (),
    )


def _file_check(statement: Statement) -> Check:
    landed, _, looked_up = statement.parameters.partition(";")
    return Check(
        statement.name,
        statement.comment,
        statement.select,
        landed=tuple(landed.split()),
        looked_up=tuple(looked_up.split()),
    )


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
