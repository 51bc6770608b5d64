"""What an older lake lacks of today's model, added: tables, columns, comments. Additive, never less.

The model is compared with the lake itself, so a table or column that is added to the model needs no further word
here. A column that is added to an existing table may be null or has a default (`Column.default`): the lake's older
files do not hold it. What the model no longer names is left in the lake. A change that is not additive (another type,
another order of a table) is a step of its own, with a number, in `STEPS`.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import duckdb

from warehouse.columns import Column
from warehouse.location import literal
from warehouse.model import TABLES, Table


@dataclass(frozen=True, slots=True)
class Step:
    """What leads a lake of the version before `number` to it, beyond additions."""

    number: int
    what: str
    apply: Callable[[duckdb.DuckDBPyConnection], None]


def _keep_order_of_pages(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("ALTER TABLE raw_pages RESET SORTED BY")


STEPS: tuple[Step, ...] = (Step(5, "raw pages stay in the order in which they came", _keep_order_of_pages),)

SCHEMA_VERSION = 5
"""Raised with every release whose model or views differ from the release before; 5: this one, 1: release 0.1.0."""

LAKE_OPTIONS: dict[str, str | int] = {
    "parquet_compression": "zstd",
    "parquet_compression_level": 3,
    "data_inlining_row_limit": 0,
}


@dataclass(frozen=True, slots=True)
class HeldColumn:
    """A column as the lake has it."""

    nullable: bool
    comment: str | None


@dataclass(slots=True)
class HeldTable:
    """A table as the lake has it."""

    comment: str | None
    columns: dict[str, HeldColumn] = field(default_factory=dict)


def model_sha256() -> str:
    """What changes when the model does: stored in the lake, so that an older one is brought forward."""
    said = [f"{t.name}{t.comment}{t.sorted_by}{t.row_group_rows}{t.columns}" for t in TABLES]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def held_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, HeldTable]:
    """The lake's tables by name."""
    tables = {
        name: HeldTable(comment)
        for name, comment in connection.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = current_database()"
        ).fetchall()
    }
    for table, name, nullable, comment in connection.execute(
        "SELECT table_name, column_name, is_nullable, comment FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name IN (SELECT unnest($tables))",
        {"tables": list(tables)},
    ).fetchall():
        tables[table].columns[name] = HeldColumn(nullable, comment)
    return tables


def missing_names(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The tables and columns of the model that the lake lacks: `table` or `table.column`."""
    held = held_tables(connection)
    missing = [t.name for t in TABLES if t.name not in held]
    for table in TABLES:
        if table.name in held:
            missing += [f"{table.name}.{c.name}" for c in table.columns if c.name not in held[table.name].columns]
    return tuple(missing)


def bring_tables(connection: duckdb.DuckDBPyConnection, found_version: int | None) -> None:
    """Give the lake the model's tables, within the caller's transaction; `found_version` is None for an empty lake."""
    for step in STEPS:
        if found_version is not None and step.number > found_version:
            step.apply(connection)
    held = held_tables(connection)
    for table in TABLES:
        if table.name in held:
            for statement in _changes(table, held[table.name]):
                connection.execute(statement)
        else:
            create_table(connection, table)


def create_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create one table with its comments and physical order."""
    parts = ", ".join(f"{_declared(c)}{'' if c.nullable else ' NOT NULL'}" for c in table.columns)
    connection.execute(f'CREATE TABLE "{table.name}" ({parts})')
    connection.execute(_table_comment(table))
    for column in table.columns:
        connection.execute(_column_comment(table, column))
    if table.sorted_by:
        connection.execute(_sort(table))


def _changes(table: Table, held: HeldTable) -> Iterator[str]:
    """The statements that lead a held table to the model's."""
    for column in table.columns:
        there = held.columns.get(column.name)
        if there is None:
            # NOT NULL cannot be asked of files that lack the column: the check of not-nulls asks it
            yield f'ALTER TABLE "{table.name}" ADD COLUMN {_declared(column)}'
        elif column.nullable and not there.nullable:
            yield f'ALTER TABLE "{table.name}" ALTER COLUMN "{column.name}" DROP NOT NULL'
        if there is None or there.comment != column.comment:
            yield _column_comment(table, column)
    if held.comment != table.comment:
        yield _table_comment(table)


def _declared(column: Column) -> str:
    default = "" if column.default is None else f" DEFAULT {column.default}"
    return f'"{column.name}" {column.type}{default}'


def _table_comment(table: Table) -> str:
    return f'COMMENT ON TABLE "{table.name}" IS {literal(table.comment)}'


def _column_comment(table: Table, column: Column) -> str:
    return f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {literal(column.comment)}'


def _sort(table: Table) -> str:
    keys = ", ".join(f'"{name}"' for name in table.sorted_by)
    return f'ALTER TABLE "{table.name}" SET SORTED BY ({keys})'


def set_options(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the lake its options where they differ; outside a transaction, and harmless to repeat."""
    held = {
        (name, table): value
        for name, value, table in connection.execute(
            "SELECT option_name, value, scope_entry FROM ducklake_options(current_database())"
        ).fetchall()
    }
    for name, value in LAKE_OPTIONS.items():
        if held.get((name, None)) != str(value):
            connection.execute("CALL ducklake_set_option(current_database(), ?, ?)", [name, value])
    for table in TABLES:
        rows = table.row_group_rows
        wanted = (*table.options, *((("parquet_row_group_size", rows),) if rows else ()))
        for name, value in wanted:
            if held.get((name, f"main.{table.name}")) != str(value):
                connection.execute(
                    "CALL ducklake_set_option(current_database(), ?, ?, table_name => ?)", [name, value, table.name]
                )
