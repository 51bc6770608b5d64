"""The stream from end to end: two newspapers followed while their editions change, killed, stopped, started anew."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import clean_environment, run_difang

from pipeline.newspapers import NewspaperArchive, NewspaperServer
from records import seed_path
from warehouse import connect

GENEROUS = 400


def start(home, server, *arguments, **environment):
    with (home.parent / "stderr").open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", "stream", "--poll-seconds", "1", "--health-port", "0", *arguments],
            env=clean_environment() | {"DIFANG_HOME": str(home), "DIFANG_PROXY_URL": server.proxy_url} | environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


def wait_until(process, condition):
    deadline = time.monotonic() + GENEROUS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        assert process.poll() is None, "the stream has ended"
        time.sleep(0.2)
    raise AssertionError("it did not come about")


def count(home, sql="SELECT count(DISTINCT article_id) FROM core_articles"):
    if not (home / "warehouse" / "catalog.sqlite").exists():
        return 0
    try:
        with connect(home / "warehouse") as connection:
            return connection.execute(sql).fetchone()[0]
    except Exception:  # it is being laid
        return 0


def health_of(home):
    log = (home.parent / "stderr").read_text()
    port = log.rpartition("/health")[0].rpartition(":")[2]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
        return json.load(answer)


@pytest.mark.slow
def test_a_stream_killed_and_started_again_follows_the_evening_edition(tmp_path):
    home = tmp_path / "home"
    with NewspaperServer(edition="morning") as server:
        process = start(home, server, "lufengwang", DIFANG_BATCH_ITEMS="8")
        try:
            wait_until(process, lambda: count(home) >= 8)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        process = start(home, server, "lufengwang", "--marts-minutes", "0.01", "--json")
        try:
            wait_until(process, lambda: count(home) == 52)
            report = health_of(home)
            assert report["status"] == "ok"
            assert report["publishers"] == 1
            assert report["rejected"]
            server.archive = NewspaperArchive("evening")
            wait_until(process, lambda: count(home) > 52)
            wait_until(process, lambda: count(home, "SELECT count(*) FROM mart_refreshes"))
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=GENEROUS)
        finally:
            process.kill()
    summary = json.loads(out)
    assert summary["finish_reason"] == "interrupted"
    assert summary["pending"] == 0
    ids = "SELECT count(*) - count(DISTINCT (article_id, content_sha256)) FROM core_articles"
    assert count(home, ids) == 0
    assert json.loads((home / "stream.json").read_text())["status"] == "stopped"

    done = run_difang("changes", "--since", "1", "--json", "--cursor", str(tmp_path / "cursor"), home=home)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == count(home, "SELECT count(*) FROM core_articles")
    assert {line["table"] for line in lines} == {"core_articles"}
    assert [line["snapshot_id"] for line in lines] == sorted(line["snapshot_id"] for line in lines)
    again = run_difang("changes", "--json", "--cursor", str(tmp_path / "cursor"), home=home)
    assert again.stdout == ""
    assert "0 rows; go on with --since" in again.stderr


@pytest.mark.slow
def test_publishers_that_change_on_disk_are_taken_up_and_faults_are_said(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "publishers"
    shutil.copytree(seed_path("publishers"), folder)
    for path in folder.glob("*.toml"):
        if path.stem in {"lufengwang", "yihewanbao"}:
            path.write_text(path.read_text().replace("active = false", "active = true"))
        else:
            path.unlink()
    other = (folder / "yihewanbao.toml").read_text()
    (folder / "yihewanbao.toml").unlink()
    with NewspaperServer(edition="morning") as server:
        process = start(home, server, "--json", DIFANG_PUBLISHERS=str(folder))
        try:
            wait_until(process, lambda: count(home) == 52)
            (folder / "yihewanbao.toml").write_text("id = 1")
            wait_until(process, lambda: "cannot be used" in (tmp_path / "stderr").read_text())
            (folder / "yihewanbao.toml").write_text(other)
            wait_until(process, lambda: count(home) == 74)
            os.kill(process.pid, signal.SIGINT)
            out, _ = process.communicate(timeout=GENEROUS)
        finally:
            process.kill()
    first, second = (json.loads(line) for line in out.splitlines())
    assert first["finish_reason"] == "publishers changed"
    assert second["finish_reason"] == "interrupted"
    assert second["publishers"] == ["lufengwang", "yihewanbao"]
