"""What all tests share: the demo, run once as a user runs it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from once import make_once

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


def run_difang(*arguments: str, home: Path, timeout: float = 240, **environment: str) -> subprocess.CompletedProcess:
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
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The demo's first run; each process of a run of pytest has a copy of its home."""

    def make(folder: Path) -> None:
        done = run_difang("demo", home=folder / "home")
        assert done.returncode == 0, done.stderr
        (folder / "stdout").write_text(done.stdout, "utf-8")
        (folder / "stderr").write_text(done.stderr, "utf-8")

    made = make_once(tmp_path_factory, "demo", make)
    home = tmp_path_factory.mktemp("demo-copy") / "home"
    shutil.copytree(made / "home", home)
    return DemoRun(home=home, stdout=(made / "stdout").read_text("utf-8"), stderr=(made / "stderr").read_text("utf-8"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that start Airflow's services take turns, wherever tests run side by side: each fills both cores."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            slow = item.get_closest_marker("slow") is not None
            name = "airflow" if slow and item.get_closest_marker("airflow") else item.path.stem
            if slow:
                item.add_marker(pytest.mark.xdist_group(name))
