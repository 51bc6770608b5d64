"""Where difang keeps its things and how it runs: one object, from the environment and the command line.

Each field is also an environment variable, `DIFANG_` and its name in capitals; docs/reference.md lists them.
Secrets (a PostgreSQL password, S3 keys) come from the environment alone.
"""

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from crawlers.options import USER_AGENT
from records import UsageError
from warehouse.location import WarehouseLocation


def default_workers() -> int:
    """One transform worker a core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


class Settings(BaseSettings):
    """The settings of one run."""

    model_config = SettingsConfigDict(env_prefix="DIFANG_", extra="ignore")

    home: Path = Field(default=Path("difang-home"), description="folder of the warehouse, the frontier and logs")
    catalog: str | None = Field(default=None, description="catalogue of the lake; default: <home>/warehouse")
    data: str | None = Field(default=None, description="folder or s3:// prefix of the lake's Parquet files")
    published: str | None = Field(
        default=None, description="folder or s3:// prefix of the published copy; default: <home>/published"
    )
    frontier: str | None = Field(default=None, description="SQLAlchemy URL; default: SQLite in <home>")
    publishers: Path | None = Field(default=None, description="folder of publisher TOMLs; default: the bundled ones")
    proxy_url: str | None = Field(default=None, description="HTTP proxy for all requests; default: as http_proxy says")
    user_agent: str = Field(default=USER_AGENT, description="how the crawler names itself")
    workers: int = Field(default_factory=default_workers, ge=1, description="transform processes")
    batch_items: int = Field(default=500, ge=1, description="pages landed in one transaction at most")
    batch_seconds: float = Field(default=2.0, gt=0, description="age at which a smaller batch is landed")
    pages_under_way: int = Field(default=512, ge=1, description="pages between frontier and warehouse at most")
    page_seconds: float = Field(default=60.0, gt=0, description="time that one page may take in the transforms")
    raw_days: float | None = Field(default=None, ge=1, description="days for which raw bodies are kept; default: all")

    @property
    def frontier_url(self) -> str:
        """The frontier's SQLAlchemy URL."""
        return self.frontier or f"sqlite:///{self.home.resolve() / 'frontier.sqlite'}"

    @property
    def warehouse_location(self) -> WarehouseLocation:
        """Where the lake's catalogue and data lie."""
        named = {"DIFANG_HOME": str(self.home), "DIFANG_CATALOG": self.catalog, "DIFANG_DATA": self.data}
        return WarehouseLocation.from_environment({k: v for k, v in named.items() if v})


def read_settings(home: Path | None = None) -> Settings:
    """The settings of the environment, with `home` where given. Raises UsageError naming the variable that is wrong."""
    try:
        return Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        fault = error.errors()[0]
        name = f"DIFANG_{fault['loc'][0]}".upper()
        raise UsageError(
            f"{name}={fault['input']!r} is not usable: {fault['msg'].lower()}; see docs/reference.md"
        ) from error
