"""The settings of the local Airflow: its services, their environment, and the secrets that they share.

Everything lives in ``<home>/airflow``. Settings of another Airflow in the caller's environment (AIRFLOW*) are left
out, so that its database can never be taken for this one; what is not set here can be set in
``<home>/airflow/airflow.cfg``.
"""

import base64
import importlib.util
import json
import os
import secrets
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.supervisor import Service
from records import DifangError

HOST = "127.0.0.1"
USER = "admin"
PARALLELISM = 4


def airflow_command(*arguments: str) -> list[str]:
    """The `airflow` command of this very environment."""
    return [sys.executable, "-m", "airflow", *arguments]


def airflow_services(folder: Path) -> list[Service]:
    """The four services in the order of starting; they end in the other order, so that tasks can still report."""
    commands = {
        "api-server": ("api-server",),
        "dag-processor": ("dag-processor",),
        "triggerer": ("triggerer", "--skip-serve-logs"),
        # Its workers pass SIGTERM on to the tasks, which end when their crawls have landed what was fetched.
        "scheduler": ("scheduler", "--skip-serve-logs"),
    }
    return [
        Service(
            name=name,
            command=airflow_command(*arguments),
            log=folder / "services" / f"{name}.log",
            grace_seconds=120.0 if name == "scheduler" else 10.0,
        )
        for name, arguments in commands.items()
    ]


def preparing_steps(folder: Path) -> list[Service]:
    """What runs and ends before the services start: the metadata database, then the pools that the DAGs run in."""
    pools = str(folder / "pools.json")
    commands = {
        "migrate": airflow_command("db", "migrate"),
        "describe-pools": [sys.executable, "-m", "dags.pools", pools],
        "pools": airflow_command("pools", "import", pools),
    }
    return [
        Service(name=name, command=command, log=folder / "services" / f"{name}.log")
        for name, command in commands.items()
    ]


def airflow_environment(environ: Mapping[str, str], home: Path, port: int) -> dict[str, str]:
    """The services' environment: the caller's without its AIRFLOW*, and the settings of this local Airflow."""
    folder = home / "airflow"
    kept = {name: value for name, value in environ.items() if not name.lstrip("_").startswith("AIRFLOW")}
    # Tasks reach the api-server over loopback, whatever proxy the caller uses for the rest.
    direct = ",".join(filter(None, [environ.get("no_proxy") or environ.get("NO_PROXY"), HOST, "localhost"]))
    keys = load_keys(folder)
    return kept | {
        "DIFANG_HOME": str(home),
        "no_proxy": direct,
        "NO_PROXY": direct,
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder()),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLELISM),
        "AIRFLOW__CORE__MAX_MAP_LENGTH": "10000",  # one mapped task a publisher; 1024 by default
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{port}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": keys["fernet_key"],
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(password_file(folder)),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
        "AIRFLOW__API__HOST": HOST,  # all interfaces by default
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://{HOST}:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__INSTANCE_NAME": "difang 地方",
        "AIRFLOW__API__SECRET_KEY": keys["secret_key"],
        "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt_secret"],
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "90",
        "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "20",  # SQLite is locked now and then
    }


def dags_folder() -> Path:
    """The folder of the installed `dags` package, found without importing it."""
    spec = importlib.util.find_spec("dags")
    if spec is None or spec.origin is None:
        raise DifangError("the package `dags` is missing from this installation; install difang again")
    return Path(spec.origin).parent


def password_file(folder: Path) -> Path:
    """The file with the generated password, written on the first call; only the owner can read it."""
    path = folder / "password.json"
    write_secret(path, lambda: {USER: secrets.token_urlsafe(12)})
    return path


def load_keys(folder: Path) -> dict[str, str]:
    """The keys that the services share, generated on the first call."""
    path = folder / "keys.json"
    write_secret(
        path,
        lambda: {
            "jwt_secret": secrets.token_hex(32),
            "secret_key": secrets.token_hex(32),
            "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        },
    )
    keys: dict[str, str] = json.loads(path.read_text("utf-8"))
    return keys


def write_shell_environment(folder: Path, environment: Mapping[str, str]) -> Path:
    """A file to be sourced in a shell, after which `airflow …` means this Airflow; it holds the keys, so mode 600."""
    path = folder / "environment.sh"
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items() if is_ours(name)]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(lines)
    path.chmod(0o600)
    return path


def is_ours(name: str) -> bool:
    """Whether a variable is Airflow's or difang's."""
    return name.lstrip("_").startswith("AIRFLOW") or name.startswith("DIFANG_")


def write_secret(path: Path, make: Callable[[], dict[str, str]]) -> None:
    """Write a JSON file of mode 600 unless it is there; never for a moment readable by others."""
    private_folder(path.parent)
    if path.exists():
        path.chmod(0o600)
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(make(), file)


def private_folder(path: Path) -> Path:
    """The folder, made where it is missing, closed to everybody but its owner."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path
