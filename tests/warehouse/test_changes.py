"""The change feed: what landed after a snapshot, each row once, through merging, deletion and expired snapshots."""

import pytest

from records import UsageError
from warehouse.changes import FOLLOWED, followed_tables, newest_snapshot, read_changes

ARTICLES = followed_tables(["articles"])


def land(warehouse, make, *numbers, **more):
    return warehouse.land(make.batch(*(make.landed(number, **more) for number in numbers))).snapshot_id


def read(warehouse, since, tables=ARTICLES):
    return list(read_changes(warehouse.connection, tables, since, newest_snapshot(warehouse.connection)))


def titles(changes):
    return [(change.snapshot_id, change.row["title"][-2]) for change in changes]


def test_what_landed_since_a_snapshot_comes_once_and_in_order(warehouse, make):
    before = newest_snapshot(warehouse.connection)
    first = land(warehouse, make, 1, 2)
    second = land(warehouse, make, 3)
    assert sorted(titles(read(warehouse, before))) == [(first, "1"), (first, "2"), (second, "3")]
    assert titles(read(warehouse, first)) == [(second, "3")]
    assert read(warehouse, second) == []
    row = read(warehouse, first)[0].row
    assert row["text"] == make.text
    assert "rowid" not in row


def test_merged_files_change_nothing(warehouse, make):
    before = newest_snapshot(warehouse.connection)
    for number in range(1, 6):
        land(warehouse, make, number)
    expected = titles(read(warehouse, before + 2))
    report = warehouse.maintain()
    assert report.merged_files_count > 0
    assert titles(read(warehouse, before + 2)) == expected
    assert len(expected) == 3


def test_every_core_table_has_a_feed(warehouse, make):
    before = newest_snapshot(warehouse.connection)
    land(warehouse, make, 1)
    assert len(FOLLOWED) >= 9
    assert followed_tables(["core_articles", "articles"]) == ARTICLES
    found = {change.table for change in read(warehouse, before, FOLLOWED)}
    assert {"core_articles", "core_article_regions", "core_official_mentions", "core_batches"} <= found


def test_rows_that_are_gone_are_not_handed_out(warehouse, make):
    before = newest_snapshot(warehouse.connection)
    land(warehouse, make, 1, 2)
    kept = make.article(1).article_id
    warehouse.connection.execute("DELETE FROM core_articles WHERE article_id <> ?", [kept])
    assert [change.row["article_id"] for change in read(warehouse, before)] == [kept]


def test_an_expired_snapshot_and_a_future_one_are_said(warehouse, make):
    before = newest_snapshot(warehouse.connection)
    for number in (1, 2, 3):
        newest = land(warehouse, make, number)
    warehouse.connection.execute(
        f"CALL ducklake_expire_snapshots('difang', versions => [{before}, {before + 1}])"
    ).fetchall()
    with pytest.raises(UsageError, match=rf"snapshot {before} is too old.*up to {before + 1}.*--since {newest}"):
        read(warehouse, before)
    assert len(read(warehouse, before + 1)) == 2, "what follows an expired snapshot is whole"
    with pytest.raises(UsageError, match=f"snapshot {newest + 1} has not been made yet: the newest is {newest}"):
        read(warehouse, newest + 1)
    with pytest.raises(UsageError, match="'pages' has no change feed; the tables that have one are core_"):
        followed_tables(["pages"])
