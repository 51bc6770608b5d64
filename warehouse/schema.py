"""The lake's schema: laid in a new warehouse, brought forward in an older one, refused in a newer one.

One transaction brings tables (`warehouse.migrations`), views and macros (`warehouse.views`) up to date and writes a
row of `core_migrations`: which version, and digests of the model and of the views, so that a lake laid by an
unreleased state of the same version is brought forward too. A second process that comes meanwhile finds it done.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import duckdb

from records import WarehouseError
from warehouse import model
from warehouse.landing import append
from warehouse.migrations import SCHEMA_VERSION, bring_tables, missing_names, model_sha256, set_options
from warehouse.patience import persist, roll_back
from warehouse.views import MACRO_NAMES, VIEW_NAMES, create_views, views_sha256


@dataclass(frozen=True, slots=True)
class Laid:
    """What the lake says of itself: its schema version, and the digests of the model and the views laid last."""

    version: int
    model_sha256: str | None
    views_sha256: str | None

    @property
    def is_of_today(self) -> bool:
        """Whether it is exactly what this code lays."""
        return self == Laid(SCHEMA_VERSION, model_sha256(), views_sha256())


def read_laid(connection: duckdb.DuckDBPyConnection) -> Laid | None:
    """What the attached lake says of itself, or None where no warehouse was laid in it."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'core_migrations'"
    ).fetchone()
    if not found:
        return None
    latest = connection.execute("SELECT * FROM core_migrations ORDER BY schema_version DESC, applied_at DESC LIMIT 1")
    names = [d[0] for d in latest.description or ()]
    row = latest.fetchone()
    if row is None:
        return None
    said = dict(zip(names, row, strict=True))
    return Laid(int(said["schema_version"]), said.get("model_sha256"), said["views_sha256"])


def require_laid(connection: duckdb.DuckDBPyConnection, where: str) -> Laid:
    """What the lake says of itself. Raises WarehouseError where it is empty, or newer than this code."""
    laid = read_laid(connection)
    if laid is None:
        raise WarehouseError(
            f"{where} holds no difang warehouse yet; land something first, for instance with: difang demo"
        )
    refuse_newer(laid, where)
    return laid


def require_version(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Nothing where a reader may read. Raises WarehouseError where the lake is empty, older or newer than this code."""
    laid = require_laid(connection, where)
    if laid.version < SCHEMA_VERSION:
        raise WarehouseError(
            f"{where} has schema version {laid.version}, this difang reads version {SCHEMA_VERSION}; let somebody who "
            f"may write to it bring it forward with: difang init"
        )
    if not laid.is_of_today and (lacking := _lacking(connection)):
        raise WarehouseError(
            f"{where} lacks {', '.join(lacking[:3])}{' and more' if len(lacking) > 3 else ''}, which this difang "
            f"reads; let somebody who may write to it bring it forward with: difang init"
        )


def refuse_newer(laid: Laid | None, where: str) -> None:
    """Nothing where the lake is not newer than this code, else WarehouseError."""
    if laid is not None and laid.version > SCHEMA_VERSION:
        raise WarehouseError(
            f"{where} has schema version {laid.version}, newer than this difang knows ({SCHEMA_VERSION}); install a "
            f"newer difang"
        )


def bring_forward(connection: duckdb.DuckDBPyConnection, where: str, *, patience_seconds: float = 60.0) -> bool:
    """Whether anything was changed to give the lake today's tables, views and macros; in one transaction."""
    changed, _ = persist(
        lambda: _attempt(connection, where),
        patience_seconds=patience_seconds,
        what=f"{where} could not be brought forward",
    )
    if changed:
        persist(
            lambda: set_options(connection), patience_seconds=patience_seconds, what=f"{where} did not get its options"
        )
    return changed


def _attempt(connection: duckdb.DuckDBPyConnection, where: str) -> bool:
    laid = read_laid(connection)
    refuse_newer(laid, where)
    if laid is not None and laid.is_of_today:
        return False
    connection.execute("BEGIN TRANSACTION")
    try:
        laid = read_laid(connection)  # again, inside: another process may have been faster
        refuse_newer(laid, where)
        changes = laid is None or not laid.is_of_today
        if changes:
            bring_tables(connection, None if laid is None else laid.version)
            create_views(connection)
            append(connection, model.CORE_MIGRATIONS, [_migration_row()])
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return changes


def _lacking(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The tables, columns, views and macros that this code reads and the lake does not hold."""
    held = {
        name
        for (name,) in connection.execute(
            "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() "
            "UNION ALL SELECT function_name FROM duckdb_functions() WHERE database_name = current_database()"
        ).fetchall()
    }
    return (*missing_names(connection), *(name for name in (*VIEW_NAMES, *MACRO_NAMES) if name not in held))


def _migration_row() -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "views_sha256": views_sha256(),
        "model_sha256": model_sha256(),
        "applied_at": datetime.now(UTC),
        "code_version": code_version(),
    }


def code_version() -> str:
    """The version of the installed project, or ``unknown``."""
    try:
        return version("difang")
    except PackageNotFoundError:
        return "unknown"
