"""What a writer remembers is what the lake holds, also when others write, maintain or delete meanwhile."""

import datetime as dt

import numpy as np

from warehouse import Warehouse, merging, model
from warehouse.known_keys import KnownKeys, _Remembered
from warehouse.maintenance import expire_snapshots


def ask(warehouse: Warehouse, known: KnownKeys, table: model.Table, keys: list[tuple[object, ...]]) -> set:
    from warehouse.landing import current_snapshot

    return known.held(warehouse.connection, table, keys, current_snapshot(warehouse.connection))


def test_a_hash_is_found_wherever_it_is_remembered():
    remembered = _Remembered(0, np.sort(np.array([5, 3], dtype=np.uint64)))
    assert not _Remembered(0, np.array([], dtype=np.uint64)).holds(np.array([1], dtype=np.uint64)).any()
    for start in range(0, 20_000, 1000):
        remembered.add(np.arange(start + 10, start + 1010, dtype=np.uint64))
    assert not remembered.recent or len(remembered.settled) > 10_000
    asked = np.array([3, 4, 5, 10, 20_009, 20_010, 2**63], dtype=np.uint64)
    assert remembered.holds(asked).tolist() == [True, False, True, True, True, False, False]


def test_the_other_writers_keys_are_known_and_one_s_own(warehouse, lake, make):
    known = KnownKeys()
    first, second = make.articles(range(3)), make.articles(range(3, 6), crawl_id="c2")
    batches = [(first.batch_id,), (second.batch_id,), ("none",)]
    assert ask(warehouse, known, model.CORE_BATCHES, batches) == set()
    warehouse.land(first)
    assert ask(warehouse, known, model.CORE_BATCHES, batches) == {(first.batch_id,)}
    with Warehouse.open(lake) as other:
        other.land(second)
        other.maintain()
    assert ask(warehouse, known, model.CORE_BATCHES, batches) == {(first.batch_id,), (second.batch_id,)}
    warehouse.connection.execute("DELETE FROM core_batches WHERE batch_id = ?", [first.batch_id])
    assert ask(warehouse, known, model.CORE_BATCHES, batches) == {(second.batch_id,)}


def test_snapshots_that_were_expired_make_it_read_again(warehouse, lake, make, count):
    warehouse.land(make.articles(range(3)))
    with Warehouse.open(lake) as other:
        for number in range(3):
            other.land(make.articles(range(10 * number, 10 * number + 3), crawl_id=f"o{number}"))
        assert expire_snapshots(other.connection, superseded_before=dt.datetime.now(dt.UTC)) > 3
    report = warehouse.land(make.articles(range(20, 23), crawl_id="mine"))
    assert report.counts["core_articles"] == 0
    assert count("core_articles") == 9


def test_a_rejection_without_a_body_is_known_again(warehouse, make, count):
    from records import Landed

    for crawl_id in ("a", "b"):
        warehouse.land(make.batch(Landed(page=None, result=make.rejected(1)), crawl_id=crawl_id))
    assert count("core_rejections") == 1


def test_landing_merges_small_files_as_it_goes(warehouse, make, count, monkeypatch):
    monkeypatch.setattr(merging, "FAN_OUT", 4)
    monkeypatch.setattr(merging, "EVERY", 2)
    merged = [
        warehouse.land(make.articles(range(n * 3, n * 3 + 3), crawl_id=f"c{n}")).merged_files_count for n in range(12)
    ]
    assert sum(merged) >= 4 * 8
    files = dict(
        warehouse.connection.execute("SELECT table_name, file_count FROM ducklake_table_info('difang')").fetchall()
    )
    assert max(files.values()) < 8
    assert count("core_articles") == 36
    assert [r.check.name for r in warehouse.check() if not r.passed] == []
    assert warehouse.land(make.articles(range(3), crawl_id="again")).counts["core_articles"] == 0
