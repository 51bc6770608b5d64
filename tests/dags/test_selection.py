import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dags.selection import choose_days, choose_publishers, ingest_arguments, local_day, sum_counts
from records import UnknownPublisher, UsageError

DAY = dt.date(2022, 1, 17)
LISTED = [
    {"id": "lufengwang", "active": True},
    {"id": "yihewanbao", "active": True},
    {"id": "jiubao", "active": False},
]


@pytest.mark.parametrize(
    ("key", "run_after", "expected"),
    [
        ("2022-01-17", dt.datetime(2022, 1, 16, 22, tzinfo=dt.UTC), dt.date(2022, 1, 17)),  # scheduled at 06:00 local
        ("2021-12-31", dt.datetime(2022, 1, 16, 22, tzinfo=dt.UTC), dt.date(2021, 12, 31)),  # a backfill
        (None, dt.datetime(2022, 1, 16, 15, 59, tzinfo=dt.UTC), dt.date(2022, 1, 16)),
        (None, dt.datetime(2022, 1, 16, 16, 0, tzinfo=dt.UTC), dt.date(2022, 1, 17)),  # midnight in Shanghai
    ],
)
def test_local_day(key: str | None, run_after: dt.datetime, expected: dt.date) -> None:
    assert local_day(key, run_after) == expected


@pytest.mark.parametrize("key", ["", "2022-13-01", "17.1.2022", "2022-01-17T06:00:00"])
def test_a_partition_key_that_is_no_day_is_refused(key: str) -> None:
    with pytest.raises(UsageError, match="2022-01-17"):
        local_day(key, dt.datetime(2022, 1, 1, tzinfo=dt.UTC))


@given(st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2100, 1, 1)))
def test_a_day_survives_its_key(day: dt.date) -> None:
    assert local_day(day.isoformat(), dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == day


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], ["lufengwang", "yihewanbao"]),
        (["yihewanbao"], ["yihewanbao"]),
        (["jiubao"], ["jiubao"]),  # asked for by name
        (["yihewanbao", "lufengwang"], ["lufengwang", "yihewanbao"]),
    ],
)
def test_choose_publishers(wanted: list[str], expected: list[str]) -> None:
    assert choose_publishers(LISTED, wanted) == expected


def test_an_unknown_publisher_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownPublisher, match=r"'luwang'.*lufengwang, yihewanbao, jiubao"):
        choose_publishers(LISTED, ["lufengwang", "luwang"])


@pytest.mark.parametrize(
    ("params", "is_backfill", "expected"),
    [
        ({}, False, (None, None)),
        ({}, True, (DAY, DAY)),
        ({"only_day": True}, False, (DAY, DAY)),
        ({"only_day": True}, True, (DAY, DAY)),
        ({"since": "2022-01-01"}, False, (dt.date(2022, 1, 1), None)),
        ({"since": "2022-01-01", "until": "2022-01-01"}, False, (dt.date(2022, 1, 1), dt.date(2022, 1, 1))),
        ({"until": "2022-01-02"}, True, (None, dt.date(2022, 1, 2))),  # said outright, it outranks a backfill's day
    ],
)
def test_choose_days(params: dict[str, Any], is_backfill: bool, expected: tuple[Any, Any]) -> None:
    assert choose_days(params, DAY, is_backfill=is_backfill) == expected


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"since": "2022-02-01", "until": "2022-01-01"}, "swap"),
        ({"only_day": True, "since": "2022-01-01"}, "only_day"),
    ],
)
def test_params_that_contradict_each_other_are_refused(params: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        choose_days(params, DAY, is_backfill=False)


def test_ingest_arguments() -> None:
    params = {
        "publishers": ["x"],
        "since": None,
        "until": "2022-01-31",
        "only_day": False,
        "limit": 5,
        "revisit": "all",
    }
    arguments = ingest_arguments("lufengwang", params, DAY, is_backfill=False)
    assert arguments == ["ingest", "lufengwang", "--revisit", "all", "--until", "2022-01-31", "--limit", "5"]


def test_a_run_with_nothing_to_crawl_is_an_error_not_a_green_square() -> None:
    with pytest.raises(UsageError, match=r"no publisher is active.*jiubao"):
        choose_publishers([{"id": "jiubao", "active": False}], [])


def test_counts_are_summed_and_ids_are_not() -> None:
    reports = [
        {"publisher_id": "a", "versions": 3, "seconds": 1.5, "snapshot_id": 9, "rejected": {"gone": 1}},
        {"publisher_id": "b", "versions": 4, "seconds": 2.5, "snapshot_id": 7},
        {"publisher_id": "c", "versions": 0, "snapshot_id": None},
    ]
    assert sum_counts(reports) == {"publishers_reported": 3, "versions": 7, "snapshot_id": 9}
    assert sum_counts([]) == {"publishers_reported": 0}
