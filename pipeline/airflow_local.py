"""`difang airflow`: a local Airflow with difang's DAGs, on loopback, under a small supervisor.

Airflow's own `standalone` leaves its children behind on SIGTERM and forks 32 workers; here the four services that a
production Airflow has too run with a parallelism of four (docs/adr/0005). All of it lives in ``<home>/airflow``:
metadata in SQLite, logs, and the generated secrets, which only the owner can read.

Airflow is never imported here: it is optional, slow to load, and configures itself on import.
"""

import fcntl
import importlib.util
import json
import os
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from pipeline.airflow_settings import (
    HOST,
    USER,
    airflow_environment,
    airflow_services,
    password_file,
    preparing_steps,
    private_folder,
    write_shell_environment,
)
from pipeline.supervisor import Supervisor
from records import DifangError, UsageError

START_SECONDS = 180.0
"""How long the services may take to become healthy; 10 to 15 s are usual on two cores."""
HEALTH_SECONDS = 15.0
COMPONENTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


def run_airflow(home: Path, port: int = 8080, *, say: Callable[[str], None] = click.echo) -> int:
    """Run Airflow until SIGINT or SIGTERM; 0, or 1 when a service could not be kept running.

    `home` is difang's home; `port` 0 takes a free one. `say` gets one line an event. Raises UsageError when Airflow
    is not installed, the port is taken, or another supervisor already runs in this home.
    """
    require_airflow()
    folder = private_folder(home.resolve() / "airflow")
    private_folder(folder / "services")
    with only_one(folder):
        port = choose_port(port)
        environment = airflow_environment(os.environ, home.resolve(), port)
        write_shell_environment(folder, environment)
        services = airflow_services(folder)
        with Supervisor(services, environment, say) as supervisor:
            say(f"preparing the metadata database in {folder}")
            for step in preparing_steps(folder):
                code = supervisor.run_once(step) if supervisor.stopped_by is None else 0
                if code != 0 and supervisor.stopped_by is None:
                    raise DifangError(f"{' '.join(step.command[2:])} ended with {code}; see {step.log}")
            health = Health(port=port, folder=folder, say=say)
            kept_running = supervisor.watch(health.check)
            if supervisor.stopped_by is not None:
                say(f"stopping ({supervisor.stopped_by.name}); running crawls land what they have fetched")
        say("stopped; no process is left")
    return 0 if kept_running else 1


def require_airflow() -> None:
    """Raise UsageError unless the airflow extra is installed."""
    if importlib.util.find_spec("airflow") is None:
        raise UsageError(
            "Airflow is not installed in this environment; run `make airflow`, "
            "or `pip install 'difang[airflow]'` and then `difang airflow`"
        )


def choose_port(port: int) -> int:
    """The port, or a free one for 0. Raises UsageError when something already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise UsageError(f"port {port} on {HOST} cannot be used ({error}); choose another with --port") from error
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; UsageError when another process does."""
    with (folder / "supervisor.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise UsageError(
                f"an Airflow already runs in {folder} (pid {lock.read().strip()}); stop it, or give another --home"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@dataclass(slots=True)
class Health:
    """Says when all components are healthy, and which of them no longer is."""

    port: int
    folder: Path
    say: Callable[[str], None]
    started_at: float = field(default_factory=time.monotonic)
    next_at: float = 0.0
    is_ready: bool = False
    sick: frozenset[str] = frozenset(COMPONENTS)

    def check(self) -> None:
        """Ask the api-server, once a second until all is well, then every 15 s."""
        now = time.monotonic()
        if now < self.next_at:
            return
        sick = sick_components(self.port)
        self.next_at = time.monotonic() + (HEALTH_SECONDS if self.is_ready else 1.0)
        if not self.is_ready and not sick:
            self.is_ready = True
            self.say(f"ready in {now - self.started_at:.0f} s: http://{HOST}:{self.port}")
            self.say(f"log in as {USER} with the password in {password_file(self.folder)}")
        elif self.is_ready and sick != self.sick:
            self.say(f"not healthy: {', '.join(sorted(sick))}" if sick else "healthy again")
        elif not self.is_ready and now - self.started_at > START_SECONDS:
            self.say(
                f"still not healthy after {START_SECONDS:.0f} s: {', '.join(sorted(sick))}; see {self.folder}/services"
            )
            self.started_at = now
        self.sick = sick


def sick_components(port: int) -> frozenset[str]:
    """The components that are not healthy; all of them while the api-server does not answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{port}/api/v2/monitor/health", timeout=3) as answer:
            health = json.load(answer)
    except (OSError, ValueError):
        return frozenset(COMPONENTS)
    return frozenset(name for name in COMPONENTS if (health.get(name) or {}).get("status") != "healthy")
