"""The services of docker-compose.yml run natively: the same commands and variables, read from the file, no containers.

podman-compose reads the file (interpolation, merges, required variables); only what an engine would add is added
here: servers on loopback instead of the hosts' names, folders instead of volumes, and PostgreSQL's own first start.
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"


class ComposeError(Exception):
    """What podman-compose says of a file that it cannot resolve."""


def resolve(variables: dict[str, str], folder: Path) -> dict[str, Any]:
    """The file with these variables, and no others, filled in. Raises ComposeError where a required one is missing."""
    # podman-compose asks for podman's version before it does anything; it runs no container to print a configuration.
    engine = folder / "engine" / "podman"
    if not engine.exists():
        engine.parent.mkdir(parents=True, exist_ok=True)
        engine.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "podman version 5.4.0"\nexit 0\n')
        engine.chmod(0o755)
    env_file = folder / "variables.env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).parent / "podman-compose", "--env-file", env_file, "-f", COMPOSE_FILE, "config"],
        env={"PATH": f"{engine.parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ComposeError(done.stderr.strip().splitlines()[-1])
    resolved: dict[str, Any] = yaml.safe_load(done.stdout)
    return resolved


def read_example() -> tuple[dict[str, str], dict[str, str]]:
    """The variables of .env.example: those to be filled in, and those that are commented out, with their defaults."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    required = {m[1]: m[2] for line in lines if (m := re.fullmatch(r"([A-Z][A-Z0-9_]*)=(.*)", line))}
    optional = {m[1]: m[2] for line in lines if (m := re.fullmatch(r"#([A-Z][A-Z0-9_]*)=(.*)", line))}
    return required, optional


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@dataclass
class NativeStack:
    """The services as processes of this machine; a context manager that leaves none of them behind."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    postgres_folder: Path | None = None

    def __post_init__(self) -> None:
        postgres, redis, store, api, health, metrics = free_ports(6)
        required, _ = read_example()
        self.variables = {name: secrets.token_hex(16) for name in required} | {
            # A Fernet key has a shape of its own.
            "AIRFLOW_FERNET_KEY": "x" * 42 + "0=",
            "POSTGRES_HOST": "127.0.0.1",
            "POSTGRES_PORT": str(postgres),
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": str(redis),
            "REDIS_BIND": "127.0.0.1",
            "REDIS_DIR": str(self.make("redis")),
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{store}",
            "OBJECTSTORE_BIND": "127.0.0.1",
            "OBJECTSTORE_PORT": str(store),
            "OBJECTSTORE_DIR": str(self.make("objectstore")),
            "DIFANG_HOME": str(self.make("home")),
            "AIRFLOW_HOME": str(self.make("airflow")),
            "DIFANG_DAGS_FOLDER": str(ROOT / "dags"),
            "API_HOST": "127.0.0.1",
            "API_BIND": "127.0.0.1",
            "API_PORT": str(api),
            "SCHEDULER_HEALTH_PORT": str(health),
            "METRICS_BIND": "127.0.0.1",
            "METRICS_PORT": str(metrics),
            "AIRFLOW_URL": f"http://127.0.0.1:{api}",
            **self.extra,
        }
        self.url = f"http://127.0.0.1:{api}"
        self.services = resolve(self.variables, self.folder)["services"]
        self.configs = resolve(self.variables, self.folder)["configs"]

    def make(self, name: str) -> Path:
        """A folder in place of a volume."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def environment(self, service: str) -> dict[str, str]:
        """What the service is told: the file's variables; those without a value only where they are set."""
        declared = self.services[service].get("environment") or {}
        given = {name: self.variables.get(name) if value is None else value for name, value in declared.items()}
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "HOSTNAME": socket.gethostname(),
        } | {name: str(value) for name, value in given.items() if value is not None}

    def start(self, service: str, *arguments: str, name: str = "", **more: str) -> subprocess.Popen:
        """The service's command, with what a second one on the same machine needs to differ in."""
        log = (self.folder / f"{name or service}.log").open("ab")
        process = subprocess.Popen(
            [*self.services[service]["command"], *arguments],
            env=self.environment(service) | more,
            cwd=self.make("home"),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.processes[name or service] = process
        return process

    def is_healthy(self, service: str, **more: str) -> bool:
        """Whether the service's own health check passes now."""
        kind, *command = self.services[service]["healthcheck"]["test"]
        line = ["sh", "-c", command[0]] if kind == "CMD-SHELL" else command
        done = subprocess.run(
            line, env=self.environment(service) | more, capture_output=True, text=True, check=False, timeout=120
        )
        self.last_check = done.stdout + done.stderr
        return done.returncode == 0

    def wait_until_healthy(self, service: str, seconds: float = 240, **more: str) -> None:
        """Ask the health check until it passes."""
        deadline = time.monotonic() + seconds
        while not self.is_healthy(service, **more):
            process = self.processes.get(service)
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise AssertionError(f"{service} never became healthy: {self.last_check[-500:]}\n{self.log(service)}")
            time.sleep(0.5)

    def log(self, name: str, lines: int = 30) -> str:
        """The last lines that a service printed."""
        return "\n".join((self.folder / f"{name}.log").read_text("utf-8", errors="replace").splitlines()[-lines:])

    def start_postgres(self) -> None:
        """PostgreSQL as its image starts it the first time: the role, its database, then the mounted SQL."""
        user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        declared = self.environment("postgres")
        # not in pytest's folder: each pytest that begins shuts that to other users, and with it a server that runs
        cluster = self.postgres_folder = Path(tempfile.mkdtemp(prefix="difang-pg-"))
        cluster.chmod(0o777)
        password = cluster / "password"
        password.write_text(declared["POSTGRES_PASSWORD"])
        password.chmod(0o644)

        def run(program: str, *arguments: str, **more: str) -> None:
            done = subprocess.run(
                [postgres_program(program), *arguments],
                user=user,
                env=declared | more,
                cwd=cluster,
                check=False,
                capture_output=program != "pg_ctl",
                timeout=60,
            )
            assert done.returncode == 0, (program, done.stderr)

        role = declared["POSTGRES_USER"]
        run("initdb", "-D", f"{cluster}/data", "-A", "scram-sha-256", "-U", role, "--pwfile", str(password))
        port = self.variables["POSTGRES_PORT"]
        options = f"-p {port} -k {cluster} -c listen_addresses=127.0.0.1 -c fsync=off"
        run("pg_ctl", "-D", f"{cluster}/data", "-o", options, "-l", f"{cluster}/log", "-w", "start")
        server = {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": role, "PGPASSWORD": declared["POSTGRES_PASSWORD"]}
        run(
            "psql",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            "postgres",
            "-c",
            f'CREATE DATABASE "{declared["POSTGRES_DB"]}"',
            **server,
        )
        run(
            "psql",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            declared["POSTGRES_DB"],
            "-c",
            self.configs["databases"]["content"],
            **server,
        )
        self.postgres_server = server

    def __enter__(self) -> "NativeStack":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes.values()):
            stop(process, grace=10)
        if self.postgres_folder is None:
            return
        pid_file = self.postgres_folder / "data" / "postmaster.pid"
        if pid_file.exists():
            os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGQUIT)
            for _ in range(100):
                if not pid_file.exists():
                    break
                time.sleep(0.1)
        shutil.rmtree(self.postgres_folder, ignore_errors=True)


def stop(process: subprocess.Popen, grace: float) -> None:
    """End a service and whatever it left in its session."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def postgres_program(name: str) -> str:
    """The path of one of PostgreSQL's programs: Debian keeps the server's outside PATH."""
    found = shutil.which(name) or next(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None)
    assert found is not None, f"{name} is not installed"
    return found
