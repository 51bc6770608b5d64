"""What all tests share: the demo, run once as a user runs it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class DemoRun:
    """A home that `difang demo` has filled, and what it printed."""

    home: Path
    stdout: str
    stderr: str

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment() | {"DIFANG_HOME": str(self.home)}


def clean_environment() -> dict[str, str]:
    """This process's environment without settings of difang or Airflow and without proxies, wide enough for tables."""
    own = ("DIFANG_", "AIRFLOW")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(own) and not k.lower().endswith("_proxy")}
    return kept | {"COLUMNS": "200"}


def run_difang(*arguments: str, home: Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess:
    """`difang` with the arguments in a child process."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env=clean_environment() | {"DIFANG_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory) -> DemoRun:
    """The demo's first run."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = run_difang("demo", home=home)
    assert done.returncode == 0, done.stderr
    return DemoRun(home=home, stdout=done.stdout, stderr=done.stderr)
