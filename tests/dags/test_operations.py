"""The commands of docs/operations.md as they stand there; docs/kubernetes.md beside the compose file."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from compose import COMPOSE_FILE, ROOT, read_example
from cryptography.fernet import Fernet, InvalidToken
from landed_tables import read_tables

from pipeline.airflow_settings import airflow_command, airflow_environment, write_shell_environment


def commands(name: str) -> str:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    blocks = dict(re.findall(r"<!-- run: ([\w-]+) -->\n```sh\n(.*?)```", page, re.DOTALL))
    return f"set -eu\n{blocks[name]}"


def run(script: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    given = {"PATH": path, "HOME": str(folder)}
    done = subprocess.run(["sh", "-c", script], cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_a_backup_restored_elsewhere_holds_every_row(demo_run, tmp_path: Path) -> None:
    (tmp_path / "difang-home").symlink_to(demo_run.home)
    run(commands("backup"), tmp_path)
    (tmp_path / "difang-home").unlink()  # the copy must not lean on what it was taken from
    assert "checks passed" in run(commands("restore"), tmp_path)
    original = read_tables({"DIFANG_HOME": str(demo_run.home)})
    restored = read_tables({"DIFANG_HOME": str(tmp_path / "restored-home")})
    assert len(original["core_articles"]) > 60
    assert restored == original


@pytest.mark.slow
@pytest.mark.airflow
def test_connections_are_read_with_the_new_key_alone_once_it_is_rotated(airflow_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "difang-home"
    environment = airflow_environment({"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, home, port=1)
    copied = tmp_path / "airflow.db"
    with (
        closing(sqlite3.connect(airflow_home / "airflow.db")) as made,
        closing(sqlite3.connect(tmp_path / "airflow.db")) as copy,
    ):
        made.backup(copy)
    environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{copied}"
    write_shell_environment(home / "airflow", environment)
    keys = home / "airflow" / "keys.json"
    old = json.loads(keys.read_text())["fernet_key"]

    def airflow(key: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        given = environment | {"AIRFLOW__CORE__FERNET_KEY": key}
        return subprocess.run(airflow_command(*arguments), env=given, capture_output=True, text=True, check=False)

    added = airflow(old, "connections", "add", "ops", "--conn-type", "http", "--conn-password", "秘密")
    assert added.returncode == 0, added.stderr[-1000:]
    run(commands("fernet"), tmp_path)
    new = json.loads(keys.read_text())["fernet_key"]
    assert new != old
    assert not keys.with_name("keys.json.bak").exists()
    with closing(sqlite3.connect(copied)) as metadata:
        [(stored,)] = metadata.execute("SELECT password FROM connection WHERE conn_id = 'ops'").fetchall()
    assert Fernet(new).decrypt(stored.encode()).decode() == "秘密"
    with pytest.raises(InvalidToken):
        Fernet(old).decrypt(stored.encode())


def test_what_kubernetes_is_told_is_what_the_compose_file_tells() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text("utf-8")
    [block] = re.findall(r"<!-- values.yaml -->\n```yaml\n(.*?)```", page, re.DOTALL)
    values = yaml.safe_load(block)
    told = yaml.safe_load(COMPOSE_FILE.read_text("utf-8"))["x-environment"]
    plain = {item["name"]: item["value"] for item in values["env"]}
    secret = {item["envName"]: item["secretKey"] for item in values["secret"]}
    assert len(plain) > 12
    assert set(plain) | set(secret) <= set(told)
    required, _ = read_example()
    assert set(secret.values()) <= set(required)
    for name, key in secret.items():
        assert f"${{{key}:?" in told[name], name
    # What is no address, no size and no path of one's own is the same word for word.
    for name in ("DIFANG_CATALOG", "DIFANG_FRONTIER", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "PGUSER"):
        assert plain[name] == told[name], name
    needed = {"AIRFLOW__CORE__MAX_MAP_LENGTH", "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT"}
    assert needed <= set(plain)
    assert not any(values["enableBuiltInSecretEnvVars"].values()), "the chart's own secrets would go before ours"
    assert values["executor"] == "KubernetesExecutor"
    assert f"airflow=={values['airflowVersion']}" in (ROOT / "constraints.txt").read_text("utf-8")
