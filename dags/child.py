"""A command that runs as a child in a session of its own, watched line by line, and survives its watcher.

Airflow ends a cancelled task by killing its whole process group five seconds after the first signal: too soon
for a crawl that must land what it has fetched. A child in its own session is out of that reach. Its output goes
to unnamed files instead of pipes: when the watcher is killed, writing goes on without a broken pipe, and the
space is freed with the last process that holds the file.
"""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

POLL_SECONDS = 0.2


class _Tail:
    """The lines that a child appends to an unnamed file, each given out once."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        self._offset = 0
        self._rest = b""

    def read_lines(self, *, last: bool = False) -> list[str]:
        """The lines that are complete by now; with `last`, the unfinished one too, and no more after that.

        Reads by position: the child writes through the same open file, whose own offset must stay the child's.
        """
        if self.file.closed:
            return []
        while chunk := os.pread(self.file.fileno(), 1 << 16, self._offset):
            self._offset += len(chunk)
            self._rest += chunk
        *lines, self._rest = self._rest.split(b"\n")
        if last:
            lines += [self._rest] if self._rest else []
            self.file.close()
        return [line.decode("utf-8", errors="replace").rstrip("\r") for line in lines]


class Child:
    """A running command: `follow` it to its end, or `stop` it first; then read `exit_code` and `report`."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._output, self._log = _Tail(), _Tail()
        self.report: Any = None
        """What the last line of standard output that is a JSON object or array says."""
        self.last_words: deque[str] = deque(maxlen=3)
        """The last lines of standard error: what an exit code does not say."""
        self.stop_asked = False
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=self._output.file,
            stderr=self._log.file,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The child's process id, which is its session's and its process group's too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask the child, and it alone, to finish: it tells its own workers. Safe in a signal handler.

        It is asked once: a crawl takes a second signal as the wish to end at once.
        """
        if not self.stop_asked and self.exit_code is None:
            self._process.send_signal(signal.SIGTERM)
        self.stop_asked = True

    def kill(self) -> None:
        """End the child's whole session at once."""
        if self.exit_code is None:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()

    def follow(self, say: Callable[[str], None], *, grace_seconds: float) -> int:
        """Hand every line to `say` until the child ends; the exit code.

        Once it was asked to stop it has `grace_seconds`, then it is killed.
        """
        deadline = None
        while (code := self.exit_code) is None:
            self._tell(say)
            if self.stop_asked and deadline is None:
                deadline = time.monotonic() + grace_seconds
            if deadline is not None and time.monotonic() > deadline:
                say(f"still running {grace_seconds:.0f} s after it was asked to stop: killed")
                self.kill()
            time.sleep(POLL_SECONDS)
        self._tell(say, last=True)
        return code

    def _tell(self, say: Callable[[str], None], *, last: bool = False) -> None:
        for line in self._log.read_lines(last=last):
            if line.strip():
                self.last_words.append(line.strip())
            say(line)
        for line in self._output.read_lines(last=last):
            found = _read_json(line)
            self.report = self.report if found is None else found
            say(line)


def _read_json(line: str) -> Any:
    """The object or array that a line holds; None for any other line."""
    if not line.startswith(("{", "[")):
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables a child is given: the worker's, without Airflow's own.

    A child that saw AIRFLOW__* would inherit secrets it needs not and, importing Airflow, a blocked database.
    """
    kept = {name: value for name, value in environ.items() if not name.lstrip("_").startswith("AIRFLOW")}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
