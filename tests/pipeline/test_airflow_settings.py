import json
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import dags
from pipeline.airflow_settings import (
    airflow_environment,
    airflow_services,
    dags_folder,
    load_keys,
    password_file,
    write_shell_environment,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nothing_of_another_airflow_comes_in(tmp_path: Path) -> None:
    other = {
        "AIRFLOW_HOME": "/other",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://prod",
        "AIRFLOW_CONN_X": "y",
    }
    made = airflow_environment(other | {"PATH": "/bin", "DIFANG_HOME": "elsewhere"}, tmp_path, 8080)
    assert made["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/airflow/airflow.db"
    assert "AIRFLOW_CONN_X" not in made
    assert made["PATH"] == "/bin"
    assert made["DIFANG_HOME"] == str(tmp_path)


def test_all_is_bound_to_loopback_and_reached_past_a_proxy(tmp_path: Path) -> None:
    made = airflow_environment({"no_proxy": "intranet"}, tmp_path, 8081)
    assert made["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert made["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"
    assert made["NO_PROXY"] == made["no_proxy"] == "intranet,127.0.0.1,localhost"
    with_logs = [s for s in airflow_services(tmp_path) if s.name in {"scheduler", "triggerer"}]
    assert len(with_logs) == 2
    assert all("--skip-serve-logs" in s.command for s in with_logs), "their log servers listen on all interfaces"


def test_secrets_are_generated_once_and_read_by_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "airflow"
    keys = load_keys(folder)
    assert load_keys(folder) == keys
    assert len(set(keys.values())) == len(keys) == 3
    path = password_file(folder)
    assert len(json.loads(path.read_text())["admin"]) >= 16
    assert password_file(folder).read_text() == path.read_text()
    assert (mode(path), mode(folder / "keys.json"), mode(folder)) == (0o600, 0o600, 0o700)
    path.chmod(0o644)
    password_file(folder)
    assert mode(path) == 0o600


def test_a_shell_can_take_over_the_settings(tmp_path: Path) -> None:
    home = tmp_path / "地方 'home'"
    made = airflow_environment({"PATH": "/bin", "DIFANG_PROXY_URL": "http://127.0.0.1:1"}, home, 8080)
    path = write_shell_environment(home / "airflow", made)
    assert mode(path) == 0o600
    script = f". {shlex.quote(str(path))}; echo $AIRFLOW_HOME; echo $DIFANG_PROXY_URL"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(home / "airflow"), "http://127.0.0.1:1"]
    assert "PATH" not in path.read_text().replace("_PATH", "")


def test_the_dags_folder_is_the_installed_packages() -> None:
    assert dags_folder() == Path(dags.__file__).parent


@pytest.mark.parametrize("module", ["pipeline.airflow_local", "pipeline.airflow_settings", "pipeline.supervisor"])
def test_airflow_is_never_imported(module: str) -> None:
    code = f"import sys, {module}; sys.exit('airflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
