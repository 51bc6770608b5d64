"""Writers that are killed, that collide, that write while others read: no torn, lost or doubled row."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from records import WarehouseBusy
from warehouse import Warehouse, connect

CHILD = Path(__file__).with_name("writer_child.py")


def start(folder: Path, first: int, batches: int, crawl_id: str, *more: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, str(CHILD), str(folder), str(first), str(batches), crawl_id, *more]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill_writers(lake: Path, times: int) -> int:
    """How many files they left behind."""
    chance = random.Random(7)
    promised: set[int] = set()
    first = 0
    for _ in range(times):
        child = start(lake, first, 10_000, "c1")
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        said = [child.stdout.readline() for _ in range(chance.randint(0, 2))]
        time.sleep(chance.uniform(0, 0.3))  # somewhere within the next landing
        child.send_signal(signal.SIGKILL)
        said += child.communicate()[0].splitlines()
        promised |= {int(line) for line in said}
        first = max(promised, default=-1) + 1  # the batch that was under way is landed again by the next child
    with Warehouse.open(lake) as warehouse:
        failed = [(r.check.name, r.examples) for r in warehouse.check() if not r.passed]
        assert failed == []
        query = "SELECT count(*), count(DISTINCT article_id) FROM core_articles"
        assert promised, "no child ever committed: the test proves nothing"
        rows, distinct = warehouse.connection.execute(query).fetchone() or (0, 0)
        assert rows == distinct
        # what was said to have committed is there; the last batch may have committed without being said
        assert len(promised) * 10 <= rows <= (len(promised) + 1) * 10
    return sweep(lake)


def sweep(lake: Path) -> int:
    """How many files the killed left behind: maintenance spares them while young, and deletes them and no other."""

    def named(warehouse: Warehouse) -> set[str]:
        tables = ("ducklake_data_file", "ducklake_delete_file", "ducklake_files_scheduled_for_deletion")
        query = " UNION ".join(f"SELECT path FROM __ducklake_metadata_difang.{table}" for table in tables)
        return {Path(path).name for (path,) in warehouse.connection.execute(query).fetchall()}

    with Warehouse.open(lake) as warehouse:
        left = [path for path in (lake / "data").rglob("*.parquet") if path.name not in named(warehouse)]
        assert warehouse.maintain().orphaned_files_count == 0, "a file of minutes ago may belong to an open transaction"
        assert all(path.exists() for path in left)
        week_ago = time.time() - 7 * 86400
        for path in (lake / "data").rglob("*.parquet"):
            os.utime(path, (week_ago, week_ago))
        assert warehouse.maintain().orphaned_files_count == len(left)
        assert {path.name for path in (lake / "data").rglob("*.parquet")} <= named(warehouse)
        assert [r.check.name for r in warehouse.check() if not r.passed] == []
    return len(left)


def test_killed_writers_leave_no_torn_lost_or_doubled_row(lake):
    kill_writers(lake, 4)


@pytest.mark.slow
def test_thirty_killed_writers_leave_no_torn_lost_or_doubled_row(lake):
    assert kill_writers(lake, 30) > 0, "no child was killed within a landing: the test proves nothing"


def test_two_writers_of_the_same_articles_double_nothing(lake):
    # same articles, different crawls: only the anti-join can keep them apart, and only if commits are not rebased
    children = [start(lake, 0, 5, crawl_id) for crawl_id in ("a", "b")]
    for child in children:
        child.communicate(timeout=120)
        assert child.returncode == 0
    with Warehouse.open(lake) as warehouse:
        assert [r.check.name for r in warehouse.check() if not r.passed] == []
        assert warehouse.connection.execute("SELECT count(*) FROM core_articles").fetchone() == (50,)
        assert warehouse.connection.execute("SELECT count(*) FROM core_batches").fetchone() == (10,)


def test_two_writers_of_the_same_batch_land_it_once(lake):
    children = [start(lake, 0, 4, "a") for _ in range(2)]
    for child in children:
        child.communicate(timeout=120)
        assert child.returncode == 0
    with connect(lake) as reader:
        assert reader.execute("SELECT count(*) FROM core_batches").fetchone() == (4,)
        assert reader.execute("SELECT count(*) FROM raw_fetches").fetchone() == (40,)


def test_a_reader_sees_whole_batches_while_a_writer_works(lake):
    child = start(lake, 0, 8, "a", "asked")
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    with connect(lake) as reader:

        def batches() -> int:
            query = "SELECT (SELECT count(*) FROM core_articles), (SELECT count(*) FROM core_batches)"
            articles, batches = reader.execute(query).fetchone() or (0, 0)
            assert articles == batches * 10
            return batches

        for number in range(8):
            child.stdin.write("\n")
            child.stdin.flush()
            for _ in range(4):  # while the batch lands, and perhaps after
                assert batches() in {number, number + 1}
            assert child.stdout.readline() == f"{number}\n"
            assert batches() == number + 1, "the reader does not see what has been committed"
    child.communicate()
    assert child.returncode == 0


HOLD_THE_LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1])
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_a_lock_that_outlasts_the_patience_is_said_and_writes_nothing(lake, make):
    # SQLite's locks do not hold between two libraries in one process: the blocker is a process of its own
    arguments = [sys.executable, "-c", HOLD_THE_LOCK, str(lake / "catalog.sqlite")]
    with Warehouse.open(lake) as warehouse:
        blocker = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert blocker.stdout is not None
        assert blocker.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusy, match="another writer kept the warehouse busy"):
            warehouse.land(make.articles(range(3)), patience_seconds=0.2)
        blocker.communicate("")
        assert warehouse.land(make.articles(range(3))).counts["core_articles"] == 3
