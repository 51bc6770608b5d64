"""Runs as the command line makes them: when the warehouse cannot take a batch, two at once, polls that are not due."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import clean_environment, run_difang

from pipeline.newspapers import NewspaperServer
from warehouse import connect

FAILING = """
import sys
from records import WarehouseBusy
from warehouse import Warehouse

land, landed = Warehouse.land, []

def fail_after_two(self, batch, **options):
    landed.append(batch)
    if len(landed) > 2:
        raise WarehouseBusy("another writer holds the lake; try again")
    return land(self, batch, **options)

Warehouse.land = fail_after_two

if __name__ == "__main__":
    from pipeline.cli import main
    sys.argv = ["difang", "ingest", "lufengwang", "--json"]
    main()
"""


def test_a_run_whose_landing_fails_stops_and_the_next_one_completes_it(tmp_path):
    home = tmp_path / "home"
    script = tmp_path / "failing.py"
    script.write_text(FAILING)
    with NewspaperServer(edition="morning") as server:
        environment = clean_environment() | {
            "DIFANG_HOME": str(home),
            "DIFANG_PROXY_URL": server.proxy_url,
            "DIFANG_BATCH_ITEMS": "8",
            "DIFANG_BATCH_SECONDS": "0.05",
        }
        failed = subprocess.run(
            [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=90, check=False
        )
        assert failed.returncode == 1, failed.stderr
        assert "difang: another writer holds the lake; try again" in failed.stderr
        with connect(home / "warehouse") as connection:
            partly = connection.execute("SELECT count(*) FROM core_articles").fetchone()[0]
        done = run_difang("ingest", "lufengwang", home=home, DIFANG_PROXY_URL=server.proxy_url)
        assert done.returncode == 0, done.stderr
        with connect(home / "warehouse") as connection:
            articles, ids = connection.execute(
                "SELECT count(*), count(DISTINCT article_id) FROM core_articles"
            ).fetchone()
    assert partly < 52
    assert articles == ids == 52


def test_two_runs_may_start_at_once_on_a_new_home(tmp_path):
    home = tmp_path / "home"
    with NewspaperServer(edition="morning") as server:
        environment = clean_environment() | {"DIFANG_HOME": str(home), "DIFANG_PROXY_URL": server.proxy_url}
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "pipeline", "ingest", publisher],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for publisher in ("lufengwang", "yihewanbao")
        ]
        for run in runs:
            _, stderr = run.communicate(timeout=120)
            assert run.returncode == 0, stderr
    with connect(home / "warehouse") as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT article_id) FROM core_articles").fetchone() == (
            74,
            74,
        )


CHANGED, UNCHANGED = "/zq/xw/index.htm", "/lc/xw/index.htm"
"""Two listings: the evening edition names a new article on the first."""
MINUTES = 31
"""Longer than a list of which a run has found something new is left alone."""


def polls(home: Path, crawl_id: str) -> list[tuple[str, str]]:
    """Path and outcome of each request for a listing, by path."""
    with connect(home / "warehouse") as connection:
        return connection.execute(
            "SELECT regexp_extract(url, 'example(.*)', 1), outcome FROM raw_fetches "
            "WHERE crawl_id = $crawl_id AND kind = 'listing' ORDER BY ALL",
            {"crawl_id": crawl_id},
        ).fetchall()


def polled_at(home: Path) -> dict[str, int]:
    frontier = sqlite3.connect(home / "frontier.sqlite")
    found = dict(frontier.execute("SELECT url, polled_at FROM sources").fetchall())
    frontier.close()
    return {url.partition(".example")[2]: at for url, at in found.items()}


def let_pass(home: Path, *paths: str) -> None:
    """What half an hour does to the polls of some listings, in the frontier as the run has left it."""
    frontier = sqlite3.connect(home / "frontier.sqlite")
    with frontier:
        for path in paths:
            moved = frontier.execute(
                "UPDATE sources SET polled_at = polled_at - 60000 * ?, due_at = due_at - 60 * ? WHERE url LIKE ?",
                (MINUTES, MINUTES, f"%.example{path}"),
            )
            assert moved.rowcount == 1, path
    frontier.close()


@pytest.mark.slow
def test_poll_due_asks_only_what_is_due(tmp_path):
    home = tmp_path / "home"

    def run(server: NewspaperServer) -> dict:
        arguments = ("ingest", "lufengwang", "--poll", "due", "--json")
        done = run_difang(*arguments, home=home, DIFANG_PROXY_URL=server.proxy_url)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    with NewspaperServer(edition="morning") as server:
        first = run(server)
    assert first["versions"] == 52
    assert set(first["protocols"]) == {"http/1.1"}
    every = [path for path, _ in polls(home, first["crawl_id"])]
    assert len(every) >= 12, "what was never polled is due"

    let_pass(home, CHANGED, UNCHANGED)
    before = polled_at(home)
    with NewspaperServer(edition="evening") as server:
        second = run(server)
        third = run(server)
    following = CHANGED.replace("index", "index_1")  # the next page of the list on which something new stands
    asked = [(UNCHANGED, "not_modified"), (CHANGED, "fetched"), (following, "fetched")]
    assert sorted(polls(home, second["crawl_id"])) == sorted(asked)
    assert second["versions"] == 1, "the evening's article of the list that was due, not those of the others"
    moved = {path for path, at in polled_at(home).items() if at != before[path]}
    assert moved == {CHANGED, UNCHANGED}
    assert polls(home, third["crawl_id"]) == []
    assert third["requests"] == 0, "a list that is on time costs nothing, robots.txt included"
