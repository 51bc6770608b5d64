"""Publication days printed in URLs and beside links; a day that does not exist or lies ahead is none."""

import re
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


def day_in_text(text: str, today: date) -> date | None:
    """The first day in a short text; without a year it is the latest such day that is not ahead."""
    for match in FULL_DAY.finditer(text):
        if (day := _day(int(match[1]), int(match[2]), int(match[3]), today)) is not None:
            return day
    for match in SHORT_DAY.finditer(text):
        for year in (today.year, today.year - 1):
            if (day := _day(year, int(match[1]), int(match[2]), today)) is not None:
                return day
    return None


def _day(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    # A day of grace: the reader's clock and the publisher's may stand on either side of midnight.
    return found if found <= today + timedelta(days=1) else None
