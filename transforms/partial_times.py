"""Printed times that lack something: the year (``10-08 12:00``), the century (``21-01-07 09:33``) or the day (``3小时前``).

They are read only from the lines under a headline, never from a body. What is missing is supplied by named
evidence: the year by the nearest day that other evidence gives, by a year in the page's URL, last by the day of
fetching; a relative time only by the instant of fetching, and with the precision that its unit allows.
"""  # noqa: E501

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from records import Precision
from transforms.moments import SHANGHAI, Moment
from transforms.year_inference import nearest_year

_CLOCK = r"(?P<hour>[01]?\d|2[0-3])\s?[:：]\s?(?P<minute>[0-5]\d)(?:\s?[:：]\s?(?P<second>[0-5]\d))?(?!\d)"
_MONTH_DAY = re.compile(
    r"(?<![\d.年/-])(?P<month>1[0-2]|0?[1-9])\s?(?:月\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?日|[-/.]\s?(?P<day2>3[01]|[12]\d|0?[1-9]))"
    rf"\s{{0,4}}(?:[（(]?(?:星期|周).[)）]?\s?)?{_CLOCK}"
)
_CHINESE_DAY = re.compile(
    r"^[^，。]{0,16}?(?<![\d年-])(?P<month>1[0-2]|0?[1-9])月(?P<day>3[01]|[12]\d|0?[1-9])日[^，。\d]{0,16}$"
)
_SHORT_YEAR = re.compile(
    rf"(?<![\d.年/-])(?P<year>[0-3]\d)-(?P<month>1[0-2]|0[1-9])-(?P<day>3[01]|[12]\d|0[1-9])\s{{0,4}}{_CLOCK}"
)
_SHORT_YEAR_LABELLED = re.compile(
    r"(?:时间|日期)\s?[:：]\s?(?P<year>[0-3]\d)-(?P<month>1[0-2]|0?[1-9])-(?P<day>3[01]|[12]\d|0?[1-9])(?![\d:：-])"
)
_RELATIVE = re.compile(
    r"(?<![\d\w])(?:(?P<count>\d{1,3})\s?(?P<unit>秒钟?|分钟|个?小时|天)前|(?P<now>刚刚)|(?P<word>今天|昨天|前天)(?:\s?"
    r"(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d))?)(?![\w])"
)
_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_LINE_MAX = 80
_URL_YEAR = re.compile(r"(?<!\d)(20[0-4]\d|199\d)(?:0[1-9]|1[0-2])?(?=[/_-])")


@dataclass(frozen=True, slots=True)
class PartialTime:
    """A printed month and day without a year, with its clock where one is printed."""

    month: int
    day: int
    clock: dt.time | None
    precision: Precision


def find_partial(lines: Iterable[str]) -> PartialTime | None:
    """The first month and day with a clock in the lines under a headline; without a clock only in Chinese (10月8日)."""
    whole: PartialTime | None = None
    for text in lines:
        if len(text) > _LINE_MAX:
            continue
        if match := _MONTH_DAY.search(text):
            clock = dt.time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
            precision = Precision.SECOND if match["second"] else Precision.MINUTE
            return PartialTime(int(match["month"]), int(match["day"] or match["day2"]), clock, precision)
        if whole is None and len(text) <= 40 and (match := _CHINESE_DAY.match(text)):
            whole = PartialTime(int(match["month"]), int(match["day"]), None, Precision.DAY)
    return whole


def complete(partial: PartialTime, anchor: dt.date) -> Moment | None:
    """The moment of `partial` in the year that brings it nearest to `anchor`."""
    day = nearest_year(partial.month, partial.day, anchor)
    return None if day is None else _moment(day, partial.clock, partial.precision)


def complete_before(partial: PartialTime, fetched_at: dt.datetime) -> Moment | None:
    """The last moment of `partial` that is not after the fetching."""
    fetched = fetched_at.astimezone(SHANGHAI)
    for year in (fetched.year, fetched.year - 1):
        try:
            moment = _moment(dt.date(year, partial.month, partial.day), partial.clock, partial.precision)
        except ValueError:
            continue
        if moment.instant <= fetched_at + dt.timedelta(hours=1):
            return moment
    return None


def url_year(url: str) -> int | None:
    """The year that stands alone or with a month in a URL's path (``/2021/1.html``, ``/202110/1.htm``), or None."""
    path = url.split("?", maxsplit=1)[0].rsplit("://", maxsplit=1)[-1]
    years = {int(match[1]) for match in _URL_YEAR.finditer(path[path.find("/") :] if "/" in path else "")}
    return years.pop() if len(years) == 1 else None


def find_short_year(lines: Iterable[str]) -> Moment | None:
    """The first time with a year of two digits and a clock (``21-01-07 09:33``), or a label (``日期：21-01-07``)."""
    for text in lines:
        if len(text) > _LINE_MAX:
            continue
        match = _SHORT_YEAR.search(text)
        day_alone = None if match else _SHORT_YEAR_LABELLED.search(text)
        if (found := match or day_alone) is None:
            continue
        try:
            day = dt.date(2000 + int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            continue
        if match is None:
            return _moment(day, None, Precision.DAY)
        clock = dt.time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        return _moment(day, clock, Precision.SECOND if match["second"] else Precision.MINUTE)
    return None


def find_relative(lines: Iterable[str], fetched_at: dt.datetime) -> tuple[Moment, str] | None:
    """The moment of a relative time (``3小时前``, ``昨天 08:30``) and its words; its precision is its unit's."""
    for text in lines:
        if len(text) > 40 or not (match := _RELATIVE.search(text)):
            continue
        local = fetched_at.astimezone(SHANGHAI)
        if match["word"]:
            day = local.date() - dt.timedelta(days=_BACK[match["word"]])
            if match["hour"]:
                return _moment(day, dt.time(int(match["hour"]), int(match["minute"])), Precision.MINUTE), match[0]
            return _moment(day, None, Precision.DAY), match[0]
        unit = match["unit"] or "秒"
        count = int(match["count"] or 0)
        if unit == "天":
            return _moment(local.date() - dt.timedelta(days=count), None, Precision.DAY), match[0]
        back = dt.timedelta(hours=count) if "小时" in unit else dt.timedelta(minutes=count if "分" in unit else 0)
        instant = (fetched_at - back).astimezone(dt.UTC).replace(second=0, microsecond=0)
        if "小时" in unit:
            return Moment(instant.replace(minute=0), Precision.HOUR), match[0]
        return Moment(instant, Precision.MINUTE), match[0]
    return None


def _moment(day: dt.date, clock: dt.time | None, precision: Precision) -> Moment:
    instant = dt.datetime.combine(day, clock or dt.time(), tzinfo=SHANGHAI).astimezone(dt.UTC)
    return Moment(instant, precision)
