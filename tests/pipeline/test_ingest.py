"""What a run does when the warehouse cannot take a batch: it stops with one sentence, and loses nothing."""

import subprocess
import sys

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
