"""DuckDB's extensions, loaded from their wheels where installed (works offline), else by INSTALL."""

import importlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from records import WarehouseError

if TYPE_CHECKING:
    from warehouse.location import WarehouseLocation

# wheel -> entry point: DuckDB derives the entry point from the file's name, and some wheels name their file otherwise
ENTRIES = {
    "ducklake": "ducklake",
    "icu": "icu",
    "sqlite": "sqlite_scanner",
    "postgres": "postgres_scanner",
    "httpfs": "httpfs",
    "aws": "aws",
    "avro": "avro",
    "iceberg": "iceberg",
}


def load_extensions(connection: duckdb.DuckDBPyConnection, location: "WarehouseLocation") -> None:
    """Load what the location needs: ducklake, icu (time zones), and the catalogue's and the data's drivers."""
    for package in ("ducklake", "icu", "postgres" if location.is_postgres else "sqlite"):
        load_extension(connection, package)
    if location.is_remote_data:
        load_extension(connection, "httpfs")
        load_extension(connection, "aws")


def load_extension(connection: duckdb.DuckDBPyConnection, package: str) -> None:
    """Load one extension: the file of the wheel ``duckdb-extension-<package>``, else the one DuckDB installs.

    Raises WarehouseError where neither can be had.
    """
    entry = ENTRIES[package]
    try:
        wheel = wheel_file(package)
        if wheel is not None:
            with TemporaryDirectory(prefix="difang-") as folder:
                named = Path(folder) / f"{entry}.duckdb_extension"
                _link(named, wheel)
                connection.load_extension(str(named))
        else:
            connection.install_extension(entry)
            connection.load_extension(entry)
    except duckdb.Error as error:
        raise WarehouseError(
            f"DuckDB {duckdb.__version__} cannot load its extension {entry!r}: {_first_line(error)}; "
            f"install duckdb-extension-{package}=={duckdb.__version__}"
        ) from error


def offline_folder() -> Path | None:
    """A folder in the user's cache from which a plain DuckDB loads the installed wheels, or None where one is missing.

    It is laid as DuckDB lays its own ``extension_directory``, with links to the wheels' files.
    """
    wheels = {ENTRIES[package]: wheel_file(package) for package in ENTRIES}
    if any(wheels[ENTRIES[package]] is None for package in ("ducklake", "sqlite", "icu")):
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "difang" / "extensions"
    with duckdb.connect() as connection:
        row = connection.execute("PRAGMA platform").fetchone()
    assert row is not None
    folder = cache / f"v{duckdb.__version__}" / str(row[0])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for entry, wheel in wheels.items():
            named = folder / f"{entry}.duckdb_extension"
            if wheel is not None and not (named.exists() and named.samefile(wheel)):
                named.unlink(missing_ok=True)
                _link(named, wheel)
    except OSError:
        return None  # a home that cannot be written: DuckDB installs its own
    return cache


def _link(named: Path, wheel: Path) -> None:
    try:
        named.symlink_to(wheel)
    except FileExistsError:
        return  # another process linked it at the same moment
    except OSError:  # a system without symbolic links
        shutil.copyfile(wheel, named)


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
