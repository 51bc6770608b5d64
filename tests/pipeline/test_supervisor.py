import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.supervisor import descendants, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="descendants are found through /proc")

Start = Callable[[str], subprocess.Popen[str]]

PRELUDE = """
import sys
from pathlib import Path
from pipeline import supervisor
from pipeline.supervisor import Service, Supervisor
folder = Path(sys.argv[1])
def python(name, code, **more):
    return Service(name, [sys.executable, "-c", code], folder / f"{name}.log", **more)
def say(line):
    print(line, flush=True)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start_supervisor(code: str) -> subprocess.Popen[str]:
        script = PRELUDE + textwrap.dedent(code)
        command = [sys.executable, "-c", script, str(tmp_path)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True))
        return started[-1]

    yield start_supervisor
    for process in started:
        with process:  # waits, and closes the pipe
            process.kill()


def lines_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line.rstrip())
        if words in line:
            return seen
    raise AssertionError(f"{words!r} was never said: {seen}")


def is_alive(pid: int) -> bool:
    return processes().get(pid, (0, "Z"))[1] != "Z"


SLEEPER = "import time; time.sleep(60)"


def test_stops_in_reverse_order_and_leaves_nothing(start: Start, tmp_path: Path) -> None:
    """A service's grandchild in a session of its own, whose parent has died, is the hard case: a cancelled crawl."""
    detached = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}], start_new_session=True)"
    )
    service = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {detached!r}]); time.sleep(60)"
    process = start(
        f"""
        supervisor.LANDING_SECONDS = 0.2
        with Supervisor([python("first", {SLEEPER!r}), python("second", {service!r}, grace_seconds=5)], {{}}, say) as s:
            s.watch(lambda: None)
        say("end")
        """,
    )
    lines_until(process, "second started")
    deadline = time.monotonic() + 10
    while len(below := descendants(process.pid)) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    below = descendants(process.pid)
    assert len(below) == 3
    process.send_signal(signal.SIGTERM)
    said = lines_until(process, "end")
    assert process.wait(timeout=10) == 0
    assert any("1 processes left" in line for line in said)
    assert not [pid for pid in below if is_alive(pid)]


def test_restarts_a_service_that_dies(start: Start, tmp_path: Path) -> None:
    process = start(
        f"""
        with Supervisor([python("sleeper", {SLEEPER!r})], {{}}, say) as s:
            s.watch(lambda: None)
        """,
    )
    first = int(lines_until(process, "started")[-1].split("pid ")[1].rstrip(")"))
    os.kill(first, signal.SIGKILL)
    said = lines_until(process, "started")
    assert "sleeper ended with -9; starting it again in 1 s (1 of 5)" in said[0]
    second = int(said[-1].split("pid ")[1].rstrip(")"))
    assert second != first
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
    assert not is_alive(second)


def test_gives_up_on_a_service_that_dies_again_and_again(start: Start, tmp_path: Path) -> None:
    process = start(
        f"""
        supervisor.FIRST_BACKOFF_SECONDS = 0.01
        with Supervisor([python("good", {SLEEPER!r}), python("bad", "print('why'); exit(3)")], {{}}, say) as s:
            print(s.watch(lambda: None))
        """,
    )
    assert process.stdout is not None
    said = process.stdout.read().splitlines()
    assert process.wait(timeout=20) == 0
    assert sum("bad ended with 3; starting it again" in line for line in said) == 5
    assert said[-2].startswith("bad ended with 3, 6 times in a row: giving up; see ")
    assert said[-1] == "False"
    assert (tmp_path / "bad.log").read_text() == "why\n" * 6


def test_a_second_signal_has_no_patience(start: Start, tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    )
    process = start(
        f"""
        with Supervisor([python("stubborn", {stubborn!r}, grace_seconds=60)], {{}}, say) as s:
            s.watch(lambda: None)
        """,
    )
    lines_until(process, "started")
    deadline = time.monotonic() + 10
    while not (tmp_path / "stubborn.log").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0


def test_children_from_before_are_left_alone(start: Start, tmp_path: Path) -> None:
    process = start(
        f"""
        import subprocess
        stranger = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
        with Supervisor([python("sleeper", {SLEEPER!r})], {{}}, say) as s:
            s.watch(lambda: None)
        say(f"stranger: {{stranger.poll()}}")
        stranger.kill()
        """,
    )
    lines_until(process, "started")
    process.send_signal(signal.SIGTERM)
    assert lines_until(process, "stranger")[-1] == "stranger: None"
    assert process.wait(timeout=10) == 0


def test_run_once_gives_the_exit_code(start: Start, tmp_path: Path) -> None:
    process = start(
        """
        with Supervisor([], {}, say) as s:
            print(s.run_once(python("once", "exit(7)")))
        """,
    )
    assert process.stdout is not None
    assert process.stdout.read().strip() == "7"
    assert process.wait(timeout=10) == 0
