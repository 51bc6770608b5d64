"""Publication days printed in URLs and beside links; a day that does not exist or lies ahead is none."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

URL_DAY = re.compile(r"(?<!\d)(20\d{2})(?P<sep>[-/_]?)(0[1-9]|1[0-2])(?:(?P=sep)|/)?(0[1-9]|[12]\d|3[01])(?!\d)")
FULL_DAY = re.compile(r"(?<!\d)(20\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
SHORT_DAY = re.compile(r"(?<![\d\-/.:])(\d{1,2})\s?[-/月]\s?(\d{1,2})(?![\d\-/.:])")


def day_in_url(url: str, today: date) -> date | None:
    """The day in a URL's path: ``/202201/t20220117_1.htm``, ``/2022-01/17/``, ``/2022/0117/``."""
    path = url.partition("://")[2].partition("/")[2]
    for match in URL_DAY.finditer(path):
        if (day := _day(int(match[1]), int(match[3]), int(match[4]), today)) is not None:
            return day
    return None


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day as a text prints it."""

    day: date
    has_year: bool = True
    """False: the text prints month and day alone, and `day` is the latest such day that is not ahead."""


def printed_day(text: str, today: date) -> PrintedDay | None:
    """The first day in a short text, one with a year before one without."""
    for match in FULL_DAY.finditer(text):
        if (day := _day(int(match[1]), int(match[2]), int(match[3]), today)) is not None:
            return PrintedDay(day)
    for match in SHORT_DAY.finditer(text):
        for year in range(today.year, today.year - 9, -1):  # the 29th of February comes once in eight years at worst
            if (day := _day(year, int(match[1]), int(match[2]), today)) is not None:
                return PrintedDay(day, has_year=False)
    return None


def day_in_text(text: str, today: date) -> date | None:
    """The first day in a short text; without a year it is the latest such day that is not ahead."""
    found = printed_day(text, today)
    return found.day if found is not None else None


def _day(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    # A day of grace: the reader's clock and the publisher's may stand on either side of midnight.
    return found if found <= today + timedelta(days=1) else None
