"""The lake as it stood before: by snapshot, instant and day."""

import datetime as dt

import pytest

from records import UsageError, WarehouseError
from warehouse import Warehouse
from warehouse.time_travel import connect_at, read_moment


@pytest.fixture
def landed_twice(lake, make):
    with Warehouse.open(lake) as warehouse:
        first = warehouse.land(make.articles(range(3), crawl_id="a")).snapshot_id
        between = dt.datetime.now(dt.UTC)
        warehouse.land(make.articles(range(10, 12), crawl_id="b"))
    return first, between


def count(connection):
    with connection:
        return connection.execute("SELECT count(*) FROM v_articles").fetchone()[0]


def test_views_are_those_of_then(landed_twice, lake):
    first, between = landed_twice
    assert count(connect_at(first, lake)) == 3
    assert count(connect_at(between, lake)) == 3
    assert count(connect_at(between.astimezone(dt.UTC).date() + dt.timedelta(days=1), lake)) == 5


def test_then_cannot_be_written(landed_twice, lake):
    with connect_at(landed_twice[0], lake) as then, pytest.raises(Exception, match="read-only"):
        then.execute("DELETE FROM core_articles")


def test_a_moment_that_is_not_kept_says_what_is(landed_twice, lake):
    with pytest.raises(WarehouseError, match=r"no snapshot is kept of .*2001.*; there are \d+ to \d+, the oldest"):
        connect_at(dt.date(2001, 1, 1), lake)
    with pytest.raises(WarehouseError, match="snapshot 999 is not kept"):
        connect_at(999, lake)
    with pytest.raises(UsageError, match="has no time zone"):
        connect_at(dt.datetime(2024, 1, 1), lake)  # noqa: DTZ001 - that is what is refused


def test_moments_are_read_as_people_write_them():
    assert read_moment("42") == 42
    assert read_moment("2024-05-13") == dt.date(2024, 5, 13)
    assert read_moment("2024-05-13T18:00") == dt.datetime(2024, 5, 13, 10, 0, tzinfo=dt.UTC)
    with pytest.raises(UsageError, match="write a snapshot"):
        read_moment("gestern")
