"""The lake's schema: laid in a new warehouse, brought forward in an older one, refused in a newer one.

A migration is a number and statements that lead from the number before. A new warehouse is laid straight from the
model; its first row in `core_migrations` carries the newest number. Views are replaced whenever their SQL changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import duckdb

from records import WarehouseError
from warehouse import model
from warehouse.landing import append
from warehouse.location import literal
from warehouse.model import TABLES, Table
from warehouse.patience import persist, roll_back
from warehouse.views import create_views, views_sha256


@dataclass(frozen=True, slots=True)
class Migration:
    """What leads a warehouse to `number` from the number before."""

    number: int
    what: str
    apply: Callable[[duckdb.DuckDBPyConnection], None]


# The schema of a warehouse laid by today's model; a change of the model adds a migration to the number after it.
FIRST_VERSION = 1
MIGRATIONS: tuple[Migration, ...] = ()
SCHEMA_VERSION = MIGRATIONS[-1].number if MIGRATIONS else FIRST_VERSION

_LAKE_OPTIONS = {"parquet_compression": "zstd", "parquet_compression_level": 3, "data_inlining_row_limit": 0}


def read_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version of the attached lake, or None where no warehouse was laid in it."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'core_migrations'"
    ).fetchone()
    if not found:
        return None
    row = connection.execute("SELECT max(schema_version) FROM core_migrations").fetchone()
    return None if row is None or row[0] is None else int(row[0])


def require_version(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Nothing where a reader may read. Raises WarehouseError where the lake is empty, older or newer than this code."""
    found = read_version(connection)
    if found is None:
        raise WarehouseError(
            f"{where} holds no difang warehouse yet; land something first, for instance with: difang demo"
        )
    refuse_newer(found, where)
    if found < SCHEMA_VERSION:
        raise WarehouseError(
            f"{where} has schema version {found}, this difang reads version {SCHEMA_VERSION}; bring it forward with: "
            f"difang maintain"
        )


def refuse_newer(found: int, where: str) -> None:
    """Nothing where the lake is not newer than this code, else WarehouseError."""
    if found > SCHEMA_VERSION:
        raise WarehouseError(
            f"{where} has schema version {found}, newer than this difang knows ({SCHEMA_VERSION}); install a newer "
            f"difang"
        )


def bring_forward(connection: duckdb.DuckDBPyConnection, where: str, *, patience_seconds: float = 60.0) -> bool:
    """Whether anything was changed to give the lake today's tables, views and macros; in one transaction."""
    changed, _ = persist(
        lambda: _attempt(connection, where),
        patience_seconds=patience_seconds,
        what=f"{where} could not be brought forward",
    )
    return changed


def _attempt(connection: duckdb.DuckDBPyConnection, where: str) -> bool:
    found = read_version(connection)
    refuse_newer(found or 0, where)
    if found == SCHEMA_VERSION and _stored_views(connection) == views_sha256():
        return False
    connection.execute("BEGIN TRANSACTION")
    try:
        found = read_version(connection)  # again, inside: another process may have been faster
        if found is None:
            for table in TABLES:
                create_table(connection, table)
        else:
            for migration in MIGRATIONS:
                if migration.number > found:
                    migration.apply(connection)
        create_views(connection)
        append(connection, model.CORE_MIGRATIONS, [_migration_row()])
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    if found is None:
        _set_options(connection)
    return True


def create_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create one table with its comments and physical order."""
    parts = ", ".join(f'"{c.name}" {c.type}{"" if c.nullable else " NOT NULL"}' for c in table.columns)
    connection.execute(f'CREATE TABLE "{table.name}" ({parts})')
    connection.execute(f'COMMENT ON TABLE "{table.name}" IS {literal(table.comment)}')
    for column in table.columns:
        connection.execute(f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {literal(column.comment)}')
    if table.sorted_by:
        keys = ", ".join(f'"{name}"' for name in table.sorted_by)
        connection.execute(f'ALTER TABLE "{table.name}" SET SORTED BY ({keys})')


def _set_options(connection: duckdb.DuckDBPyConnection) -> None:
    for name, value in _LAKE_OPTIONS.items():
        connection.execute("CALL ducklake_set_option(current_database(), ?, ?)", [name, value])
    for table in TABLES:
        if table.row_group_rows:
            connection.execute(
                "CALL ducklake_set_option(current_database(), 'parquet_row_group_size', ?, table_name => ?)",
                [table.row_group_rows, table.name],
            )


def _stored_views(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute("SELECT arg_max(views_sha256, applied_at) FROM core_migrations").fetchone()
    return None if row is None else row[0]


def _migration_row() -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "views_sha256": views_sha256(),
        "applied_at": datetime.now(UTC),
        "code_version": code_version(),
    }


def code_version() -> str:
    """The version of the installed project, or ``unknown``."""
    try:
        return version("difang")
    except PackageNotFoundError:
        return "unknown"
