"""An isolated Airflow for the tests, set before its first import: it reads its configuration while it is imported."""

import atexit
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from once import make_once

from pipeline.airflow_settings import airflow_command, airflow_environment

HAS_AIRFLOW = importlib.util.find_spec("airflow") is not None


def isolate_airflow() -> Path:
    """A fresh home with the very settings of `difang airflow`, in this process's environment."""
    home = Path(tempfile.mkdtemp(prefix="difang-airflow-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    made = airflow_environment(os.environ, home, port=1)
    for name in [name for name in os.environ if "AIRFLOW" in name]:
        del os.environ[name]
    os.environ.update({name: value for name, value in made.items() if name.startswith("AIRFLOW")})
    return home / "airflow"


if HAS_AIRFLOW:
    AIRFLOW_HOME = isolate_airflow()
else:
    collect_ignore = [
        "test_daily_crawl.py",
        "test_lineage.py",
        "test_local_airflow.py",
        "test_mail.py",
        "test_operators.py",
        "test_parsing.py",
        "test_telling.py",
    ]


@pytest.fixture(scope="session")
def metadata_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A metadata database just made; copying it is quicker than migrating again."""

    def make(folder: Path) -> None:
        done = subprocess.run(airflow_command("db", "migrate"), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        copy_database(AIRFLOW_HOME / "airflow.db", folder / "airflow.db")

    template = make_once(tmp_path_factory, "metadata", make) / "airflow.db"
    copy_database(template, AIRFLOW_HOME / "airflow.db")  # another process of this run may have made it
    return template


def copy_database(made: Path, copy: Path) -> None:
    """Not a copy of the file: that would lack the pages which still lie in the write-ahead log."""
    with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


@pytest.fixture(scope="session")
def airflow_home(metadata_template: Path) -> Path:
    """The isolated AIRFLOW_HOME of this process, its metadata database made."""
    return AIRFLOW_HOME
