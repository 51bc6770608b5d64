"""Where a warehouse lies: its catalogue (SQLite, PostgreSQL) and its data (a folder, s3://), by one setting each."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from records import UsageError
from warehouse.extensions import offline_folder

DEFAULT_HOME = "difang-home"
LAKE = "difang"
"""The name under which every connection attaches the lake."""
ONE_SNAPSHOT = "SET GLOBAL sqlite_disable_multithreaded_scans = true"
"""The catalogue read as of one moment. DuckDB's threads read SQLite each over a connection of its own, within the
range of rows that the first one saw: a file that was merged meanwhile then falls out, and its rows with it."""

KEEP_FOOTERS = "SET GLOBAL parquet_metadata_cache = true"
"""A reader parses a file's footer once, not for each question: DuckLake's files never change (docs/adr/0039)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseLocation:
    """A warehouse's catalogue and data.

    `catalog` is the path of a SQLite file, or ``postgres:`` with a libpq connection string
    (``postgres:dbname=difang host=db``). `data` is a folder, or a URL (``s3://bucket/difang``).
    """

    catalog: str
    data: str

    @classmethod
    def at(cls, folder: Path | str) -> Self:
        """The default warehouse in a folder: ``catalog.sqlite`` beside ``data/``."""
        root = Path(folder).expanduser().resolve()
        return cls(catalog=str(root / "catalog.sqlite"), data=str(root / "data"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The warehouse that DIFANG_CATALOG and DIFANG_DATA name; by default the one under DIFANG_HOME.

        Raises UsageError for a PostgreSQL catalogue without DIFANG_DATA: its data would be this machine's alone.
        """
        variables = os.environ if environment is None else environment
        home = Path(variables.get("DIFANG_HOME") or DEFAULT_HOME)
        default = cls.at(home / "warehouse")
        catalog, data = variables.get("DIFANG_CATALOG"), variables.get("DIFANG_DATA")
        if catalog and catalog.startswith("postgres:") and not data:
            raise UsageError(
                "DIFANG_CATALOG names a PostgreSQL catalogue, but DIFANG_DATA is not set: "
                "name the folder or s3:// address that all writers share"
            )
        return cls(catalog=_absolute(catalog) if catalog else default.catalog, data=_absolute(data or default.data))

    @classmethod
    def resolve(cls, location: Self | Path | str | None) -> Self:
        """The location itself, the default one in a folder, or the environment's for None."""
        if location is None:
            return cls.from_environment()
        return location if isinstance(location, cls) else cls.at(str(location))

    @property
    def is_postgres(self) -> bool:
        """Whether the catalogue is a PostgreSQL database."""
        return self.catalog.startswith("postgres:")

    @property
    def is_remote_data(self) -> bool:
        """Whether the data lie behind a URL such as s3://, not in a folder."""
        return "://" in self.data

    @property
    def metadata_path(self) -> str:
        """What follows ``ducklake:`` in ATTACH."""
        return self.catalog if self.is_postgres else f"sqlite:{self.catalog}"

    @property
    def data_path(self) -> str:
        """The data folder or URL, ending in a slash as DuckLake stores it."""
        return self.data.rstrip("/") + "/"


def secret_statement(environment: Mapping[str, str]) -> str:
    """The statement by which DuckDB reaches S3: keys from AWS's own chain, the endpoint from AWS's own variables.

    Keys come from the environment, an instance's role or a profile; never from a file of ours. DuckDB's chain does
    not read AWS_ENDPOINT_URL, which names an S3-compatible store: its buckets are paths there, not host names.
    """
    options = ["TYPE s3", "PROVIDER credential_chain", "VALIDATION 'none'"]
    if region := environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"):
        options.append(f"REGION {literal(region)}")
    if endpoint := environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL"):
        scheme, _, host = endpoint.rpartition("://")
        options += [f"ENDPOINT {literal(host.rstrip('/'))}", "URL_STYLE 'path'", f"USE_SSL {scheme != 'http'}"]
    return f"CREATE SECRET IF NOT EXISTS difang_data ({', '.join(options)})"


def attach_statement(location: WarehouseLocation, read_only: bool = True) -> str:
    """The ATTACH by which any DuckDB with the extensions opens the lake as ``difang``.

    The data path is said again, so that a warehouse whose folder was moved opens too.
    """
    options = [f"DATA_PATH {literal(location.data_path)}", "OVERRIDE_DATA_PATH true"]
    options += ["READ_ONLY"] if read_only else ["DATA_INLINING_ROW_LIMIT 0"]
    if not location.is_postgres:
        # the journal's mode is written into the file: a reader may not be allowed to
        options += ["META_BUSY_TIMEOUT 10000"] if read_only else ["META_JOURNAL_MODE 'WAL'", "META_BUSY_TIMEOUT 10000"]
    return f"ATTACH {literal('ducklake:' + location.metadata_path)} AS {LAKE} ({', '.join(options)});"


def attach_statements(location: WarehouseLocation, read_only: bool = True) -> tuple[str, ...]:
    """All statements by which a plain DuckDB, such as its shell, opens the lake; offline where the wheels are."""
    extensions = ["ducklake", "postgres" if location.is_postgres else "sqlite"]
    extensions += ["httpfs", "aws"] if location.is_remote_data else []
    folder = offline_folder()
    return (
        *([f"SET extension_directory = {literal(str(folder))};"] if folder else []),
        " ".join(f"INSTALL {name};" for name in extensions)
        + " LOAD ducklake;"
        + ("" if location.is_postgres else f" LOAD sqlite; {ONE_SNAPSHOT};")
        + (f" {KEEP_FOOTERS};" if read_only else ""),
        *([f"{secret_statement(os.environ)};"] if location.is_remote_data else []),
        attach_statement(location, read_only),
        f"USE {LAKE};",
    )


def literal(text: str) -> str:
    """The text as a SQL string, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _absolute(value: str) -> str:
    """The value with a local path made absolute; connection strings and URLs unchanged."""
    if value.startswith("postgres:") or "://" in value:
        return value
    return str(Path(value.removeprefix("sqlite:")).expanduser().resolve())
