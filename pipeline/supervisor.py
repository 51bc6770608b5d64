"""A small supervisor of services: starts them, restarts one that dies, and leaves no process behind.

Each service is a process group of its own, so that Ctrl-C reaches the supervisor alone and it decides the order.
What a service leaves behind (a task's process sets its own group, a cancelled crawl its own session) is found
because the supervisor makes itself the reaper of its descendants (Linux); elsewhere the groups alone are ended.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

Say = Callable[[str], None]

POLL_SECONDS = 0.25
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 600.0
FIRST_BACKOFF_SECONDS = 1.0
LANDING_SECONDS = 15.0
MAX_LOG_BYTES = 20_000_000
SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


@dataclass(slots=True)
class Service:
    """One long-running command, its log, and how long it may take to end."""

    name: str
    command: Sequence[str]
    log: Path
    grace_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    restarts: deque[float] = field(default_factory=deque)
    due_at: float = 0.0


class Supervisor:
    """Runs services until a signal, or until one of them dies too often."""

    def __init__(self, services: Sequence[Service], environment: Mapping[str, str], say: Say) -> None:
        self.services = services
        self.environment = dict(environment)
        self.say = say
        self.stopped_by: signal.Signals | None = None
        self._previous: dict[signal.Signals, object] = {}
        self._strangers: set[int] = set()

    def __enter__(self) -> "Supervisor":
        self._strangers = set(descendants(os.getpid()))  # children that this process had before are not ours to end
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._previous[number] = signal.signal(number, self._on_signal)
        adopt_orphans()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.stopped_by is not None:  # asked twice: no more patience
            for pid in descendants(os.getpid(), self._strangers):
                _signal_group(pid, signal.SIGKILL)
        self.stopped_by = signal.Signals(number)

    def run_once(self, service: Service) -> int:
        """Run a command that ends by itself; its exit code, or -signal where one came first."""
        process = self._spawn(service)
        while (code := process.poll()) is None:
            if self.stopped_by is not None:
                _signal_group(process.pid, signal.SIGTERM)
            time.sleep(POLL_SECONDS)
        return code

    def watch(self, check: Callable[[], None]) -> bool:
        """Keep the services running, calling `check` again and again. False: one died too often."""
        while self.stopped_by is None:
            for service in self.services:
                if not self._keep_running(service):
                    return False
            check()
            reap_adopted(self._strangers | {s.process.pid for s in self.services if s.process})
            time.sleep(POLL_SECONDS)
        return True

    def _keep_running(self, service: Service) -> bool:
        now = time.monotonic()
        if service.process is None:
            if now >= service.due_at:
                service.process = self._spawn(service)
                self.say(f"{service.name} started (pid {service.process.pid})")
            return True
        if (code := service.process.poll()) is None:
            return True
        _signal_group(service.process.pid, signal.SIGKILL)  # what it left in its group would hold its port
        service.process = None
        while service.restarts and now - service.restarts[0] > RESTART_WINDOW_SECONDS:
            service.restarts.popleft()
        if len(service.restarts) >= MAX_RESTARTS:
            self.say(
                f"{service.name} ended with {code}, {MAX_RESTARTS + 1} times in a row: giving up; see {service.log}"
            )
            return False
        backoff = FIRST_BACKOFF_SECONDS * 2 ** len(service.restarts)
        service.restarts.append(now)
        service.due_at = now + backoff
        count = f"{len(service.restarts)} of {MAX_RESTARTS}"
        self.say(f"{service.name} ended with {code}; starting it again in {backoff:.0f} s ({count}); see {service.log}")
        return True

    def stop(self) -> None:
        """End the services, the last one first, then whatever they left behind."""
        for service in reversed(self.services):
            if service.process is not None:
                _signal_group(service.process.pid, signal.SIGTERM)
                if not _wait(lambda s=service: s.process.poll() is not None, service.grace_seconds):  # type: ignore[misc]
                    self.say(f"{service.name} did not end within {service.grace_seconds:.0f} s: killed")
                _signal_group(service.process.pid, signal.SIGKILL)
                service.process.wait()
                service.process = None
        # A cancelled crawl has been asked already, and takes a second signal as the wish to end at once.
        _wait(lambda: not self._left_behind(), LANDING_SECONDS)
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not (left := self._left_behind()):
                return
            self.say(f"{len(left)} processes left ({', '.join(map(str, left))}): {number.name}")
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            _wait(lambda: not self._left_behind(), self.services[-1].grace_seconds)

    def _left_behind(self) -> list[int]:
        """The living processes below this one that no service's own process is."""
        reap_adopted(self._strangers)
        table = processes()
        below = descendants(os.getpid(), self._strangers)
        return [pid for pid in below if table.get(pid, (0, "Z"))[1] != "Z"]

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        if service.log.exists() and service.log.stat().st_size > MAX_LOG_BYTES:
            service.log.replace(service.log.with_suffix(".log.1"))
        with service.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command, no shell
                list(service.command),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def adopt_orphans() -> None:
    """Make this process the parent of descendants whose own parent dies (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def processes() -> dict[int, tuple[int, str]]:
    """Parent and state of every process, from /proc; empty where there is none."""
    found: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            state, parent = entry.read_text("utf-8", errors="replace").rpartition(")")[2].split()[:2]
            found[int(entry.parent.name)] = (int(parent), state)
    return found


def descendants(ancestor: int, without: Collection[int] = ()) -> list[int]:
    """The processes below `ancestor`, zombies too; without some and what is below those."""
    table = processes()
    below = {ancestor}
    found: list[int] = []
    while fresh := [pid for pid, (parent, _) in table.items() if parent in below and pid not in below | set(without)]:
        below.update(fresh)
        found += fresh
    return found


def reap_adopted(own: Collection[int]) -> None:
    """Collect the exit of adopted processes; those in `own` have somebody who waits for them."""
    me = os.getpid()
    for pid, (parent, state) in processes().items():
        if parent == me and state == "Z" and pid not in own:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
