"""Changes of office: landed with the tags, gone with their person, one row a change however often it was reported."""

import datetime as dt

from warehouse.changes import followed_tables, newest_snapshot, read_changes
from warehouse.exporting import export
from warehouse.namesakes import scope_of

APPOINTED = "5月13日，章丘区人大常委会召开会议，任命王建国为区长。"
DAY = dt.timedelta(days=1)


def changes(warehouse):
    return warehouse.connection.execute("SELECT name, change_kind, position_name FROM core_office_changes").fetchall()


def passed(warehouse):
    return [r.check.name for r in warehouse.check() if not r.passed] == []


def test_a_change_lands_with_the_tags_of_its_version(warehouse, make):
    batch = make.batch(make.landed(1, text=APPOINTED))
    assert warehouse.land(batch).counts["core_office_changes"] == 1
    assert warehouse.land(batch).already_landed
    assert changes(warehouse) == [("王建国", "appointed", "区长")]
    ledger = "SELECT office_changes_count FROM core_batches"
    assert warehouse.connection.execute(ledger).fetchall() == [(1,)]
    assert passed(warehouse)


def test_a_change_goes_with_its_person_and_does_not_come_back(warehouse, make):
    warehouse.land(make.batch(make.landed(1, text=APPOINTED)))
    scope = scope_of(warehouse.connection, "王建国")
    assert warehouse.forget(person=scope).rows == {"core_official_mentions": 1, "core_office_changes": 1}
    assert changes(warehouse) == []
    again = make.batch(make.landed(1, text=APPOINTED, fetched_at=make.noon + DAY), crawl_id="c2")
    report = warehouse.land(again, replace_tags=True)
    assert report.counts["core_office_changes"] == 0
    assert report.struck_rows_count == 2
    assert passed(warehouse)


def test_a_change_goes_with_its_article(warehouse, make):
    warehouse.land(make.batch(make.landed(1, text=APPOINTED), make.landed(2, text=APPOINTED, title="又一篇")))
    assert warehouse.forget([make.url(1)]).rows["core_office_changes"] == 1
    assert len(changes(warehouse)) == 1
    assert passed(warehouse)


def test_a_change_is_in_the_feed_the_marts_and_the_export(warehouse, make, tmp_path):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    since = newest_snapshot(warehouse.connection)
    other = make.landed(2, text=APPOINTED, title="转载", day=dt.date(2024, 5, 15))
    warehouse.land(make.batch(make.landed(1, text=APPOINTED), other))
    fed = read_changes(
        warehouse.connection,
        followed_tables(["office_changes"]),
        since,
        newest_snapshot(warehouse.connection),
    )
    assert [change.row["name"] for change in fed] == ["王建国", "王建国"]
    warehouse.refresh_marts()
    query = "SELECT change_kind, to_position, decided_by, reported_date, articles_count FROM mart_office_changes"
    expected = [("appointed", "区长", "区人大常委会", dt.date(2024, 5, 13), 2)]
    assert warehouse.connection.execute(query).fetchall() == expected
    assert warehouse.connection.execute("SELECT count(*) FROM mart_announced_changes").fetchone() == (2,)
    assert export(warehouse.connection, tmp_path / "export").counts["office_changes"] == 2
