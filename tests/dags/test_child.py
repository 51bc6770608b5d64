import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dags.child import Child, child_environment


def run(code: str, *, grace_seconds: float = 5) -> tuple[Child, int, list[str]]:
    said: list[str] = []
    child = Child([sys.executable, "-c", code], child_environment(os.environ))
    return child, child.follow(said.append, grace_seconds=grace_seconds), said


def wait_for(path: Path, seconds: float = 10) -> str:
    deadline = time.monotonic() + seconds
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path.name} never came"
        time.sleep(0.05)
    return path.read_text()


def test_report_is_the_last_json_line_of_stdout_and_every_line_is_said() -> None:
    child, code, said = run(
        "import sys; print('抓取 4 篇', file=sys.stderr); print('{\"pages\": 1}'); print('{not json'); print('[1, 2]')"
    )
    assert code == 0
    assert child.report == [1, 2]
    assert sorted(said) == sorted(["抓取 4 篇", '{"pages": 1}', "{not json", "[1, 2]"])
    assert list(child.last_words) == ["抓取 4 篇"]


def test_a_last_line_without_newline_and_a_long_one_are_whole() -> None:
    child, code, said = run("import json, sys; sys.stdout.write(json.dumps({'x': '汉' * 100_000}, ensure_ascii=False))")
    assert code == 0
    assert len(said) == 1
    assert child.report == {"x": "汉" * 100_000}


def test_lines_are_said_while_the_child_runs(tmp_path: Path) -> None:
    said: list[float] = []
    child = Child([sys.executable, "-c", "import time; print('now'); time.sleep(1.5)"], child_environment(os.environ))
    child.follow(lambda _: said.append(time.monotonic()), grace_seconds=1)
    assert time.monotonic() - said[0] > 1


def test_a_stopped_child_may_finish_its_work_within_its_grace(tmp_path: Path) -> None:
    landed, ready = tmp_path / "landed", tmp_path / "ready"
    code = f"""
import pathlib, signal, sys, time
def land(*_):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as a crawl does: a second signal ends it at once
    time.sleep(1); pathlib.Path({str(landed)!r}).write_text('landed'); print('{{"pages": 3}}'); sys.exit(0)
signal.signal(signal.SIGTERM, land); pathlib.Path({str(ready)!r}).write_text('ready'); time.sleep(60)
"""
    child = Child([sys.executable, "-c", code], child_environment(os.environ))
    wait_for(ready)
    child.stop()
    time.sleep(0.3)
    child.stop()
    assert child.follow(lambda _: None, grace_seconds=10) == 0
    assert landed.read_text() == "landed"
    assert child.report == {"pages": 3}


def test_a_child_that_will_not_stop_is_killed_after_its_grace_with_its_session(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = f"""
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
pathlib.Path({str(ready)!r}).write_text(str(worker.pid)); time.sleep(60)
"""
    said: list[str] = []
    child = Child([sys.executable, "-c", code], child_environment(os.environ))
    worker = int(wait_for(ready))
    child.stop()
    assert child.follow(said.append, grace_seconds=0.5) == -signal.SIGKILL
    assert "killed" in said[-1]
    state = Path(f"/proc/{worker}/stat")
    deadline = time.monotonic() + 5
    while state.exists() and ") Z" not in state.read_text():
        assert time.monotonic() < deadline, "the child's worker outlived it"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_outlives_the_death_of_its_watchers_process_group(tmp_path: Path, number: signal.Signals) -> None:
    """What Airflow does to a cancelled task after five seconds; with pipes the child's next line would end it."""
    ready, done = tmp_path / "ready", tmp_path / "done"
    inner = f"""
import pathlib, sys, time
pathlib.Path({str(ready)!r}).write_text('ready')
for _ in range(20):
    print('a line'); print('another', file=sys.stderr); time.sleep(0.1)
pathlib.Path({str(done)!r}).write_text('done')
"""
    outer = f"""
import os, sys
from dags.child import Child, child_environment
Child([sys.executable, '-c', {inner!r}], child_environment(os.environ)).follow(print, grace_seconds=1)
"""
    watcher = subprocess.Popen([sys.executable, "-c", outer], start_new_session=True, stdout=subprocess.DEVNULL)
    wait_for(ready)
    os.killpg(watcher.pid, number)
    assert watcher.wait(timeout=10) == -number
    assert wait_for(done) == "done"


def test_environment_is_the_workers_without_airflows_own() -> None:
    environ = {
        "AIRFLOW__CORE__FERNET_KEY": "secret",
        "AIRFLOW_HOME": "/x",
        "_AIRFLOW_PARSING_CONTEXT_DAG_ID": "x",
        "__AIRFLOW_SUPERVISOR_FD": "3",
        "DIFANG_HOME": "/home/地方",
        "PATH": "/bin",
    }
    given = child_environment(environ)
    assert given["DIFANG_HOME"] == "/home/地方"
    assert given["PATH"] == "/bin"
    assert not [name for name in given if "AIRFLOW" in name]
