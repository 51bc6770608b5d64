"""A run that is stopped or killed: what was fetched is landed, the next run completes the rest, nothing doubles."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import clean_environment, run_difang

from pipeline.newspapers import NewspaperServer
from records import WarehouseError
from warehouse import connect

SUMS = """
SELECT count(*), count(DISTINCT (article_id, content_sha256)), min(title), max(title) FROM core_articles"""


def start(home, server) -> subprocess.Popen:
    """A crawl that lands after each few pages, so that a kill falls between transactions and inside one."""
    environment = clean_environment() | {
        "DIFANG_HOME": str(home),
        "DIFANG_PROXY_URL": server.proxy_url,
        "DIFANG_BATCH_ITEMS": "8",
        "DIFANG_BATCH_SECONDS": "0.05",
        "DIFANG_PAGES_UNDER_WAY": "12",
    }
    command = [sys.executable, "-m", "pipeline", "ingest", "lufengwang", "yihewanbao", "--json"]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_for_articles(home, least: int) -> None:
    """Return once so many article versions have landed; one connection, since opening the lake takes a core."""
    deadline = time.monotonic() + 60
    connection = None
    while time.monotonic() < deadline:
        try:
            connection = connection or connect(home / "warehouse")
            if connection.execute("SELECT count(*) FROM core_articles").fetchone()[0] >= least:
                connection.close()
                return
        except WarehouseError:
            pass  # not laid yet
        time.sleep(0.1)
    raise AssertionError("nothing landed in time")


def run(home, server, *options: str) -> None:
    done = run_difang("ingest", "lufengwang", "yihewanbao", *options, home=home, DIFANG_PROXY_URL=server.proxy_url)
    assert done.returncode == 0, done.stderr


def read(home, query: str) -> list[tuple]:
    with connect(home / "warehouse") as connection:
        return connection.execute(query).fetchall()


def finish(home, server) -> tuple:
    run(home, server)
    return read(home, SUMS)[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The home of a run that nobody disturbed."""
    home = tmp_path_factory.mktemp("whole") / "home"
    with NewspaperServer(edition="morning") as server:
        run(home, server)
    return home


@pytest.fixture(scope="module")
def undisturbed(whole):
    return read(whole, SUMS)[0]


@pytest.mark.slow
def test_kill_9_loses_nothing_and_doubles_nothing(tmp_path, undisturbed):
    home = tmp_path / "home"
    with NewspaperServer(edition="morning") as server:
        child = start(home, server)
        wait_for_articles(home, 1)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        assert finish(home, server) == undisturbed


def test_a_window_is_landed_whole_and_a_backfill_that_is_killed_is_completed(tmp_path, whole, undisturbed):
    """Two months first, of both newspapers; then all that their lists lead back to, killed on the way."""
    home, since, until = tmp_path / "home", "2024-03-01", "2024-05-31"
    landed = "SELECT publisher_id, canonical_url, published_date FROM v_articles"
    within = f"{landed} WHERE published_date BETWEEN '{since}' AND '{until}'"
    with NewspaperServer(edition="morning") as server:
        run(home, server, "--since", since, "--until", until)
        wanted = set(read(whole, within))
        assert {row[0] for row in wanted} == {"lufengwang", "yihewanbao"}
        assert len(wanted) >= 10
        assert set(read(home, landed)) == wanted
        assert read(home, "SELECT sum(pending_count) FROM v_completeness")[0][0] > 0, "the rest is named as pending"
        child = start(home, server)
        wait_for_articles(home, len(wanted) + 8)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        assert finish(home, server) == undisturbed


@pytest.mark.parametrize("signal_", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_lands_what_is_under_way(tmp_path, undisturbed, signal_):
    home = tmp_path / "home"
    with NewspaperServer(edition="morning") as server:
        child = start(home, server)
        wait_for_articles(home, 4)
        os.killpg(child.pid, signal_)  # as a terminal does: workers receive it too
        stdout, stderr = child.communicate(timeout=60)
        assert child.returncode == 130, stderr
        report = json.loads(stdout)
        assert report["finish_reason"] == "interrupted"
        with connect(home / "warehouse") as connection:
            captures = connection.execute("SELECT count(*) FROM core_captures").fetchone()[0]
            fetched = connection.execute(
                "SELECT count(*) FROM raw_fetches WHERE kind = 'article' AND outcome = 'fetched'"
            ).fetchone()[0]
            named = (
                "SELECT count(*), count(*) FILTER (len(example_urls) BETWEEN 1 AND links_count) FROM mart_waiting_links"
            )
            rows, with_names = connection.execute(named).fetchone()
            assert rows == with_names > 0
            pending = connection.execute("SELECT sum(pending_count) FROM v_completeness").fetchone()[0]
            assert pending == report["pending"]
        assert captures >= 4
        assert fetched >= captures
        assert finish(home, server) == undisturbed


@pytest.mark.parametrize("seconds", [1.0, pytest.param(3.0, marks=pytest.mark.slow)])
def test_a_signal_before_the_first_page_lands_ends_with_130(tmp_path, seconds):
    home = tmp_path / "home"
    with NewspaperServer(edition="morning", delay_seconds=0.3) as server:
        child = start(home, server)
        time.sleep(seconds)
        os.killpg(child.pid, signal.SIGINT)
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 130, stderr
    assert "Traceback" not in stderr
