"""docker-compose.yml against the compose specification, and against the files beside it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from compose import COMPOSE_FILE, EXAMPLE, ROOT, ComposeError, read_example, resolve

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compose")


@pytest.fixture(scope="module")
def filled() -> dict[str, str]:
    required, _ = read_example()
    return dict.fromkeys(required, "filled-in")


def test_it_is_valid_by_the_compose_specification() -> None:
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE_FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_variable_is_in_the_example_with_its_default() -> None:
    text = "\n".join(line for line in COMPOSE_FILE.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
    used = {m[1]: m[2] for m in re.finditer(r"(?<!\$)\$\{([A-Z0-9_]+)(?::-([^}]*))?(?::\?[^}]*)?\}", text)}
    passed_on = set(re.findall(r"^  (DIFANG_[A-Z_]+):$", text, re.MULTILINE))
    required, optional = read_example()
    assert len(used) > 20
    assert set(used) | passed_on == set(required) | set(optional)
    assert {name for name, default in used.items() if default is None} == set(required)
    assert {name: default for name, default in used.items() if default is not None} == {
        name: optional[name] for name in used if name in optional
    }


def test_no_secret_has_a_default_and_nothing_starts_without_one(folder: Path, filled: dict[str, str]) -> None:
    required, _ = read_example()
    assert len(required) >= 8
    assert set(required.values()) == {""}
    resolve(filled, folder)
    # Each is asked for in the same words, which refuse what is missing and what is empty; reading it costs a second.
    text = COMPOSE_FILE.read_text("utf-8")
    first, *_, last = required
    for name in required:
        assert set(re.findall(r"\$\{" + name + r"(?![A-Z0-9_])[^}]*\}", text)) == {
            f"${{{name}:?fill in {name} in .env}}"
        }
    with pytest.raises(ComposeError, match=f"fill in {first} in .env"):
        resolve({k: v for k, v in filled.items() if k != first}, folder)
    with pytest.raises(ComposeError, match=f"fill in {last} in .env"):
        resolve(filled | {last: ""}, folder)


def test_services_are_watched_and_listen_on_loopback_alone(folder: Path, filled: dict[str, str]) -> None:
    services = resolve(filled, folder)["services"]
    assert len(services) == 10
    for name, service in services.items():
        assert name == "init" or service["healthcheck"]["test"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert ":latest" not in service["image"] or service["image"] == "difang:latest", name


def test_airflows_services_share_one_environment(folder: Path, filled: dict[str, str]) -> None:
    services = resolve(filled, folder)["services"]
    shared = services["scheduler"]["environment"]
    for name in ("init", "api-server", "dag-processor", "triggerer", "worker"):
        assert shared.items() <= services[name]["environment"].items(), name
    # A password in a URL or on a command line shows up in logs and in lists of processes; Celery knows no other way.
    exposed = [name for name, value in shared.items() if value and "filled-in" in value and value != "filled-in"]
    assert exposed == ["AIRFLOW__CELERY__BROKER_URL"]
    assert "filled-in" not in yaml.safe_dump([service.get("command") for service in services.values()])


def test_the_image_is_built_from_the_constraints_as_nobody_special() -> None:
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "--constraint constraints.txt" in text
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["50000:0"]
    sources = {word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE) for word in line.split()}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert len(sources) > 8
    assert sources == allowed, "what the image copies and what the builder is sent"
    assert all((ROOT / source).exists() for source in sources)


def test_what_the_image_installs_is_what_pyproject_declares() -> None:
    script = ROOT / "tools" / "print_requirements.py"
    done = subprocess.run([sys.executable, script, "cluster"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(set(lines)) > 20
    assert "duckdb==1.5.5" in lines
    assert any(line.startswith("apache-airflow>=") for line in lines)
    assert any(line.startswith("duckdb-extension-httpfs") for line in lines)
    assert not any("difang" in line for line in lines)
    wrong = subprocess.run([sys.executable, script, "clustr"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "clustr" in wrong.stderr
    assert "cluster" in wrong.stderr


def test_the_example_is_ignored_once_it_is_filled_in() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert EXAMPLE.name not in (ROOT / ".gitignore").read_text("utf-8").splitlines()
