"""An isolated Airflow for the tests, set before its first import: it reads its configuration while it is imported."""

import atexit
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

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
    collect_ignore = ["test_daily_crawl.py", "test_operators.py", "test_parsing.py", "test_local_airflow.py"]


@pytest.fixture(scope="session")
def airflow_home() -> Path:
    """The isolated AIRFLOW_HOME, its metadata database made."""
    done = subprocess.run(airflow_command("db", "migrate"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return AIRFLOW_HOME
