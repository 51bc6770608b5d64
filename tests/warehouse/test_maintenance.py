"""Maintenance: what it erases by policy, that it is idempotent, and that readers and writers go on beside it."""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from records import UsageError
from warehouse import Warehouse, connect, maintenance, merging
from warehouse.maintenance import _prove, expire_snapshots, merge_all
from warehouse.raw import read_pages
from warehouse.retention import retain_bodies

CHILD = Path(__file__).with_name("writer_child.py")
DAY = dt.timedelta(days=1)

READER = """
import sys
import threading
from warehouse import connect
with connect(sys.argv[1]) as reader:
    last = 0
    print("open", flush=True)
    while True:
        reader.execute("BEGIN TRANSACTION")  # one snapshot, whose files must be there to its end
        articles, batches = reader.execute(
            "SELECT count(text), count(DISTINCT batch_id) FROM core_articles"
        ).fetchone()
        mentions = reader.execute("SELECT count(name) FROM core_official_mentions").fetchone()[0]
        reader.execute("COMMIT")
        assert articles == batches * 10 and mentions == articles * 2 and articles >= last, (articles, batches, mentions)
        last = articles
        print(articles, flush=True)
        if articles >= int(sys.argv[2]):
            break
"""


def start(lake: Path, first: int, crawl_id: str, batches: int) -> subprocess.Popen:
    arguments = [sys.executable, str(CHILD), str(lake), str(first), str(batches), crawl_id]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_bodies_that_outlived_their_days_go_and_the_articles_stay(warehouse, make):
    today = dt.datetime.now(dt.UTC)
    old, new = today - 40 * DAY, today - 2 * DAY
    kept = make.landed(1, fetched_at=old)
    warehouse.land(make.batch(kept, make.landed(2, fetched_at=old), make.landed(3, fetched_at=new)))
    seen_again = make.landed(1, fetched_at=new, crawl_id="c2")  # the same bytes: its body is as young as this
    warehouse.land(make.batch(seen_again, crawl_id="c2"))
    assert warehouse.maintain().erased_bodies_count == 0
    report = warehouse.maintain(raw_days=30)
    assert report.erased_bodies_count == 1
    assert report.erased_bytes_count > 100
    assert report.counts["raw_pages"] == 2
    assert report.counts["core_articles"] == 3
    left = {page.canonical_url for page in read_pages(warehouse.connection, old.date() - DAY, today.date())}
    assert left == {make.url(1), make.url(3)}
    assert warehouse.maintain(raw_days=30).erased_bodies_count == 0
    failed = [r.check.name for r in warehouse.check() if not r.passed]
    assert failed == [name for name in failed if name.endswith("_exists")]  # no dimension was landed here
    assert "bodies_are_kept" not in failed
    assert "batches_are_whole" not in failed
    with pytest.raises(UsageError, match="1 is the least"):
        warehouse.maintain(raw_days=0.5)


def test_a_reader_sees_one_moment_while_files_are_merged_and_rewritten(lake, make):
    """Within a transaction, over tables first read after the merge: rows must not fall out."""
    with Warehouse.open(lake) as warehouse:
        for number in range(4):
            warehouse.land(make.articles(range(number * 10, number * 10 + 10), crawl_id=f"c{number}"))
        with connect(lake) as reader:
            reader.execute("BEGIN TRANSACTION")
            assert reader.execute("SELECT count(text) FROM core_articles").fetchone() == (40,)
            assert merge_all(warehouse.connection)[0] > 8
            warehouse.connection.execute("DELETE FROM core_related_links")
            expire_snapshots(warehouse.connection, superseded_before=dt.datetime.now(dt.UTC))
            assert reader.execute("SELECT count(name) FROM core_official_mentions").fetchone() == (80,)
            assert reader.execute("SELECT count(anchor_text) FROM core_related_links").fetchone() == (40,)
            reader.execute("COMMIT")
            assert reader.execute("SELECT count(anchor_text) FROM core_related_links").fetchone() == (0,)


AGE = (
    "UPDATE __ducklake_metadata_difang.ducklake_snapshot SET snapshot_time = '2024-05-13 00:00:00+00'",
    (
        "UPDATE __ducklake_metadata_difang.ducklake_files_scheduled_for_deletion "
        "SET schedule_start = '2024-05-13 00:00:00+00'"
    ),
)
"""All that is there becomes old; a test cannot wait for a week."""


@pytest.mark.slow
def test_readers_and_writers_go_on_while_it_works(lake):
    """Two writers, a reader, and merging, rewriting and expiry of a history as fast as they go."""
    batches = 12
    start(lake, 0, "before", batches).communicate()
    with Warehouse.open(lake) as warehouse:
        make_old(warehouse)
        writers = [start(lake, first, "c1", batches) for first in (1000, 2000)]
        arguments = [sys.executable, "-c", READER, str(lake), str(3 * batches * 10)]
        reader = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        merged = expired = rounds = 0
        while any(writer.poll() is None for writer in writers):
            report = warehouse.maintain(keep_days=0.05, orphan_days=0.05)
            merged += report.merged_files_count
            expired += report.expired_snapshots_count
            rounds += 1
        said, fault = reader.communicate(timeout=300)
        assert (reader.returncode, fault) == (0, "")
        for writer in writers:
            writer.communicate()
            assert writer.returncode == 0
        assert len(set(said.split())) > 2, "the reader never saw the writers at work"
        assert min(merged, expired) >= batches
        assert rounds > 1
        make_old(warehouse)
        last = warehouse.maintain()
        assert last.counts["core_articles"] == 3 * batches * 10
        assert last.expired_snapshots_count > batches
        again = warehouse.maintain()
        done = (again.merged_files_count, again.rewritten_files_count, again.expired_snapshots_count)
        assert (*done, again.deleted_files_count) == (0, 0, 0, 0)
        assert [r.check.name for r in warehouse.check() if not r.passed] == []


def make_old(warehouse: Warehouse) -> None:
    for statement in AGE:
        warehouse.connection.execute(statement)


def test_a_landing_comes_between_two_steps(lake, make, monkeypatch):
    """It waits for a step of maintenance, not for its end; and both come through."""
    began, proved = threading.Event(), threading.Event()

    def retain(*arguments):
        began.set()
        return retain_bodies(*arguments)

    def prove(*arguments):
        proved.set()
        return _prove(*arguments)

    monkeypatch.setattr("warehouse.maintenance.retain_bodies", retain)
    monkeypatch.setattr("warehouse.maintenance._prove", prove)
    with Warehouse.open(lake) as warehouse:
        warehouse.land(make.articles(range(10)))
        thread = threading.Thread(target=warehouse.maintain)
        thread.start()
        began.wait()
        warehouse.land(make.articles(range(10, 20), crawl_id="c2"))
        assert not proved.is_set(), "the landing waited for all of it"
        thread.join()
        assert warehouse.maintain().counts["core_articles"] == 20


def test_one_file_is_merged_a_step(warehouse, make):
    """DuckLake holds all files of a step in memory at once: 11 GB for the nine of the index of a million articles."""
    connection = warehouse.connection
    for number in range(6):
        warehouse.land(make.articles(range(number * 40, number * 40 + 40), crawl_id=f"c{number}"))
        warehouse.refresh_index()
    sizes = "SELECT max(data_file_size_bytes), count(*) FROM ducklake_list_files(current_database(), 'index_postings')"
    largest, files = connection.execute(sizes).fetchone()
    assert files == 6
    limit = "CALL ducklake_set_option(current_database(), 'target_file_size', ?, table_name => 'index_postings')"
    connection.execute(limit, [f"{largest + 1}B"])  # two files become one that is large
    before = warehouse.snapshot()
    rows = connection.execute("SELECT count(place), sum(place), sum(gram) FROM index_postings").fetchone()
    merged, created = merge_all(connection)
    assert connection.execute(sizes).fetchone()[1] == 3
    assert warehouse.snapshot() - before == created > 10
    assert merged > 2 * created
    assert connection.execute("SELECT count(place), sum(place), sum(gram) FROM index_postings").fetchone() == rows


PEAK = """
import re, sys
from pathlib import Path
from warehouse import Warehouse
from warehouse.maintenance import merge_all

def megabytes(what):
    return int(re.search(what + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

with Warehouse.open(sys.argv[1]) as warehouse:
    held = megabytes("VmRSS")
    print(*merge_all(warehouse.connection), megabytes("VmHWM") - held)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process has held is read from /proc")
def test_merging_raw_pages_takes_less_memory_than_the_pages(lake, make):
    """They are written as they are read; sorting a file's pages took four times the pages."""
    generator = random.Random(7)
    letters = [generator.randbytes(64).hex().encode() for _ in range(400)]
    with Warehouse.open(lake) as warehouse:
        for batch in range(16):
            landed = []
            for number in range(batch * 250, batch * 250 + 250):
                article = make.landed(number)
                body = b"".join(generator.choices(letters, k=500))
                digest = hashlib.sha256(body).hexdigest()
                page = dataclasses.replace(article.page, body=body, body_sha256=digest)
                landed.append(dataclasses.replace(article, page=page))
            warehouse.land(make.batch(*landed, crawl_id=f"c{batch}"))
        pages = "SELECT sum(bytes_count) / 1024 / 1024, count(*) FROM raw_pages"
        megabytes, count = warehouse.connection.execute(pages).fetchone()
        assert megabytes > 240
    done = subprocess.run([sys.executable, "-c", PEAK, str(lake)], capture_output=True, text=True, check=True)
    merged, _, peak = map(int, done.stdout.split())
    assert merged > 12
    assert peak < megabytes
    with connect(lake) as reader:
        files = reader.execute("SELECT data_file FROM ducklake_list_files(current_database(), 'raw_pages')").fetchall()
        groups = "SELECT max(row_group_num_rows) FROM parquet_metadata($files)"
        assert reader.execute(groups, {"files": [name for (name,) in files]}).fetchone()[0] < 1024
        assert reader.execute(pages).fetchone() == (megabytes, count)


def test_what_lands_beside_it_is_left_to_the_next_time(warehouse, make):
    """Each landing brings a file more to merge: going on until none is left would never end."""
    for number in range(3):
        warehouse.land(make.articles(range(number * 10, number * 10 + 10), crawl_id=f"c{number}"))
    landed = []

    @contextlib.contextmanager
    def turn():
        yield
        landed.append(len(landed))
        assert len(landed) < 40, "it goes on and on"
        warehouse.land(make.articles(range(1000 + 10 * landed[-1], 1001 + 10 * landed[-1]), crawl_id=f"b{landed[-1]}"))

    merged, created = merge_all(warehouse.connection, turn)
    assert created == len(landed) - 1 > 8, "a step a table"
    assert merged > 3 * created
    assert merge_all(warehouse.connection)[0] > 0
    assert merge_all(warehouse.connection) == (0, 0)


def test_a_large_file_is_not_written_anew_for_some_small_ones(warehouse, make, monkeypatch):
    """A landing beside it waited 97 s for a table of eight million rows."""
    for number in range(3):
        warehouse.land(make.articles(range(number * 10, number * 10 + 10), crawl_id=f"c{number}"))
    monkeypatch.setattr(maintenance, "LARGE", 1)
    monkeypatch.setattr(maintenance, "_MERGEABLE", maintenance._MERGEABLE.replace(str(32 * 2**20), "1"))
    assert merge_all(warehouse.connection) == (0, 0), "three large files"
    monkeypatch.setattr(maintenance, "_MERGEABLE", maintenance._MERGEABLE.replace(str(merging.FAN_OUT), "3"))
    merged, created = merge_all(warehouse.connection)
    assert merged == 3 * created > 20
