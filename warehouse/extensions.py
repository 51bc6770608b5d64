"""DuckDB's extensions, loaded from their wheels where installed (works offline), else by INSTALL."""

import importlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from records import WarehouseError
from warehouse.location import WarehouseLocation


def load_extensions(connection: duckdb.DuckDBPyConnection, location: WarehouseLocation) -> None:
    """Load what the location needs: ducklake, icu (time zones), and the catalogue's and the data's drivers."""
    load_extension(connection, "ducklake", "ducklake")
    load_extension(connection, "icu", "icu")
    if location.is_postgres:
        load_extension(connection, "postgres", "postgres_scanner")
    else:
        load_extension(connection, "sqlite", "sqlite_scanner")
    if location.is_remote_data:
        load_extension(connection, "httpfs", "httpfs")
        # keys come from the environment, an instance's role or a profile; never from a file of ours
        connection.execute(
            "CREATE SECRET IF NOT EXISTS difang_data (TYPE s3, PROVIDER credential_chain, VALIDATION 'none')"
        )


def load_extension(connection: duckdb.DuckDBPyConnection, package: str, entry: str) -> None:
    """Load one extension: the file of the wheel ``duckdb-extension-<package>``, else the one DuckDB installs.

    Raises WarehouseError where neither can be had. The wheels name some files otherwise than the entry
    point inside (sqlite for sqlite_scanner), and DuckDB derives the entry point from the file's name.
    """
    try:
        wheel = wheel_file(package)
        if wheel is not None:
            with TemporaryDirectory(prefix="difang-") as folder:
                named = Path(folder) / f"{entry}.duckdb_extension"
                try:
                    named.symlink_to(wheel)
                except OSError:  # a system without symbolic links
                    shutil.copyfile(wheel, named)
                connection.load_extension(str(named))
        else:
            connection.install_extension(entry)
            connection.load_extension(entry)
    except duckdb.Error as error:
        raise WarehouseError(
            f"DuckDB {duckdb.__version__} cannot load its extension {entry!r}: {_first_line(error)}; "
            f"install duckdb-extension-{package}=={duckdb.__version__}"
        ) from error


def wheel_file(package: str) -> Path | None:
    """The extension's file inside its wheel, or None where no wheel for this DuckDB is installed."""
    try:
        module = importlib.import_module(f"duckdb_extension_{package}")
    except ModuleNotFoundError:
        return None
    folder = Path(str(module.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
    return next(iter(sorted(folder.glob("*.duckdb_extension"))), None)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
