"""The years of a list that prints none: from its neighbours, from the page before, and nothing where nothing tells."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery.years import ListedDay, complete_years, latest_such_day

TODAY = date(2024, 6, 1)


def short(month: int, day: int) -> ListedDay:
    """As a listing page is read: the latest such day that is not ahead."""
    return ListedDay(latest_such_day(date(2000, month, day), TODAY + timedelta(days=1)), has_year=False)


def known(text: str) -> ListedDay:
    return ListedDay(date.fromisoformat(text))


CASES = [
    ("2024-01-03 2024-01-02 2023-12-30", [short(1, 3), short(1, 2), short(12, 30)], None, "over new year"),
    ("2024-02-10 2023-11-20 2023-08-01 2023-03-05", [short(2, 10), short(11, 20), short(8, 1), short(3, 5)], None,
     "a sleepy section: a page of more than a year"),
    ("2022-05-19 2022-05-18", [short(5, 19), short(5, 18)], date(2022, 5, 20), "the page before says which year"),
    ("2021-12-31 2021-12-30", [short(12, 31), short(12, 30)], date(2022, 1, 1), "the page before ends at new year"),
    ("2022-05-13 2022-05-12 2022-05-11 2022-05-10", [short(5, 13), short(5, 12), known("2022-05-11"), short(5, 10)],
     None, "one address among them holds the year"),
    ("2023-10-01 2024-05-31 2024-05-30 2024-05-29", [short(10, 1), short(5, 31), short(5, 30), short(5, 29)], None,
     "a pinned headline is no year's end"),
    ("2024-05-01 2024-05-02 2024-05-20 2024-05-21", [short(5, 1), short(5, 2), short(5, 20), short(5, 21)],
     date(2022, 1, 1), "oldest first: nothing is told"),
    ("2024-05-30 2024-05-29", [short(5, 30), short(5, 29)], date(2024, 1, 2), "far from the page before"),
    ("2024-05-13 2024-05-15 2024-05-14 2024-05-12", [short(5, 13), short(5, 15), short(5, 14), short(5, 12)], None,
     "a few days of disorder"),
    ("2020-03-01 2020-02-29 2020-02-28", [short(3, 1), short(2, 29), short(2, 28)], date(2020, 3, 2), "a leap day"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "listed", "before", "why"), CASES)
def test_years_are_told_by_neighbours(wanted, listed, before, why):
    assert complete_years(listed, TODAY, before).days == tuple(date.fromisoformat(d) for d in wanted.split()), why


def test_a_link_without_a_day_stays_without_one():
    page = complete_years([None, short(5, 19), None, short(5, 18)], TODAY, date(2022, 5, 20))
    assert page.days == (None, date(2022, 5, 19), None, date(2022, 5, 18))
    assert page.reached == date(2022, 5, 18)
    assert complete_years([None], TODAY, date(2022, 5, 20)).reached == date(2022, 5, 20)
    assert complete_years([], TODAY).days == ()


@given(
    gaps=st.lists(st.integers(0, 60), min_size=4, max_size=150),
    size=st.integers(4, 30),
    printed=st.sets(st.integers(0, 149)),
    pinned=st.lists(st.integers(70, 290), max_size=3),
)
def test_a_list_that_falls_by_less_than_a_pause_is_dated_right_however_it_is_paged(gaps, size, printed, pinned):
    truth, day = [], TODAY
    for gap in gaps:
        day -= timedelta(days=gap)
        truth.append(day)
    listed = [ListedDay(day) if place in printed else short(day.month, day.day) for place, day in enumerate(truth)]
    before = None
    for start in range(0, len(listed), size):
        rows = listed[start : start + size]
        # A pinned headline or two on the first page of a lively list; a sleepy one might have fallen so far.
        is_told = start == 0 and len(rows) > 2 * len(pinned) + 1 and max(gaps) <= 20
        on_top = [ListedDay(TODAY - timedelta(days=n), has_year=False) for n in pinned] if is_told else []
        page = complete_years([*on_top, *rows], TODAY, before)
        if len(rows) > 1:
            assert list(page.days[len(on_top) :]) == truth[start : start + size]
        before = page.reached
