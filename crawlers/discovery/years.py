"""The years of days that a newest-first list prints as month and day alone, told by their neighbours. Pure.

Days fall down such a list, a few days of disorder aside, so one day gives the year of the next: the first follows from
the page before, or from today; a day whose year is known, from print or its URL, gives those around it. What stands
outside the list (a pinned headline, a box of hot topics) breaks the fall and is left out: the longest run counts.
Where nothing tells, a day is the latest such day that is not ahead, as it came in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

FEW_DAYS = timedelta(days=7)
"""By how much a list may rise from one entry to the next."""
YEAR = 366
PAUSE = 60
"""Days between two entries, or two pages, that need no explanation, whatever the list's pace."""
FEW_STEPS = 3
"""Fewer steps tell no pace."""
PACES = 3
"""Beyond so many times the list's usual step, a step leads out of it."""


@dataclass(frozen=True, slots=True)
class ListedDay:
    """A day beside a link of a list; without a year it is the latest possible one."""

    day: date
    has_year: bool = True


@dataclass(frozen=True, slots=True)
class DatedPage:
    """The days of one page of a list."""

    days: tuple[date | None, ...]
    reached: date | None
    """The day down to which the list has come: where its next page begins."""


def complete_years(listed: Sequence[ListedDay | None], today: date, before: date | None = None) -> DatedPage:
    """The days of a page's links, in page order, in their years; None stands for a link without a day.

    `before` is the day that the page before has reached.
    """
    told = [entry.day if entry is not None else None for entry in listed]
    entries = [(place, entry) for place, entry in enumerate(listed) if entry is not None]
    run, longest = longest_run(entries)
    if not run:
        return DatedPage(tuple(told), before)
    first = run[0][1]
    ahead = today + timedelta(days=1)
    follows = before is not None and -FEW_DAYS.days <= step(ListedDay(before), first) <= longest
    bound = min(before + FEW_DAYS, ahead) if before is not None and follows else ahead
    for place, entry in run:
        day = entry.day if entry.has_year else latest_such_day(entry.day, bound)
        told[place] = day
        bound = min(day + FEW_DAYS, ahead)
    _rise_from_known(run, told, ahead)
    return DatedPage(tuple(told), told[run[-1][0]])


def _rise_from_known(run: Sequence[tuple[int, ListedDay]], told: list[date | None], ahead: date) -> None:
    """Date what stands above the first entry whose year is known by that one: it is nearer than the page before."""
    known = next((place for place, (_, entry) in enumerate(run) if entry.has_year), 0)
    for (place, entry), (below, _) in zip(reversed(run[:known]), reversed(run[1 : known + 1]), strict=True):
        lower = told[below]
        assert lower is not None
        day = earliest_such_day(entry.day, lower - FEW_DAYS)
        if day <= ahead:
            told[place] = day


def longest_run(entries: Sequence[tuple[int, ListedDay]]) -> tuple[Sequence[tuple[int, ListedDay]], float]:
    """The longest stretch over which days fall at the list's pace, empty where none stands out; the longest step."""
    if not entries:
        return (), 0
    steps = [step(above, below) for (_, above), (_, below) in pairwise(entries)]
    if sum(down < 0 for down in steps) > sum(down > 0 for down in steps):
        return (), 0  # oldest first, or in no order
    pace = median([down for down in steps if down >= 0] or [0]) if len(steps) >= FEW_STEPS else 0
    longest = min(max(PAUSE, PACES * pace), YEAR - FEW_DAYS.days - 1)
    runs = [[entries[0]]]
    for entry, down in zip(entries[1:], steps, strict=True):
        if -FEW_DAYS.days <= down <= longest:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    found = max(runs, key=len)
    return (found, longest) if 2 * len(found) >= len(entries) else ((), 0)


def step(above: ListedDay, below: ListedDay) -> int:
    """How many days a list falls from one entry to the next; where a year is not known, within one year."""
    if above.has_year and below.has_year:
        return (above.day - below.day).days
    down = (_place_in_year(above.day) - _place_in_year(below.day)) % YEAR
    return down if down < YEAR - FEW_DAYS.days else down - YEAR


def latest_such_day(day: date, bound: date) -> date:
    """The latest day of that month and day that is not after a bound."""
    return next(found for found in _such_days(day, range(bound.year, bound.year - 10, -1)) if found <= bound)


def earliest_such_day(day: date, bound: date) -> date:
    """The earliest day of that month and day that is not before a bound."""
    return next(found for found in _such_days(day, range(bound.year, bound.year + 10)) if found >= bound)


def _such_days(day: date, years: Iterable[int]) -> Iterable[date]:
    is_leap = (day.month, day.day) == (2, 29)
    for year in years:
        if not is_leap or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
            yield day.replace(year=year)


def _place_in_year(day: date) -> int:
    return day.replace(year=2000).timetuple().tm_yday  # a leap year
