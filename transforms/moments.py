"""Instants and days out of printed Chinese and ISO forms, with their precision; the zone is Asia/Shanghai where none is printed."""  # noqa: E501

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from records import Precision

SHANGHAI = ZoneInfo("Asia/Shanghai")
_YEARS = range(1990, 2101)
_DAY = r"(?<!\d)(?P<year>(?:19|20)\d{2})\s{0,2}[-/.年_]\s{0,2}(?P<month>0?[1-9]|1[0-2])\s{0,2}[-/.月_]\s{0,2}(?P<day>3[01]|[12]\d|0?[1-9])(?:\s?日)?"  # noqa: E501
_CLOCK = (
    r"(?:[\sT,，]{0,6}(?:[（(]?(?:星期|周)[一二三四五六日天][)）]?\s{0,3})?(?P<noon>上午|下午|晚上|凌晨|中午|AM|PM)?\s{0,2}"
    r"(?P<hour>[01]?\d|2[0-3])\s?[:：时]\s?(?P<minute>[0-5]\d)(?:\s?[:：分]\s?(?P<second>[0-5]\d)(?:\.\d{1,9})?)?(?:\s?[分秒])?"
    r"\s{0,2}(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\s{0,2}(?P<after>AM|PM))?)?"
)
_MOMENT = re.compile(_DAY + _CLOCK, re.I)
# Year apart from day and clock, as some portals set them: 2019 09/07 19:02.
_SPLIT = re.compile(
    r"(?<!\d)(?P<year>20\d{2})\s{0,3}(?P<month>0[1-9]|1[0-2])\s?[/-]\s?(?P<day>[0-3]\d)\s{0,3}(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?P<noon>)(?P<zone>)(?P<after>)"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?(?:\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?)?,?\s+(?P<year>(?:19|20)\d{2})\b",
    re.I,
)
_LATIN = re.compile(r"[A-Za-z]{3}")
_DIGITS = {**dict(zip("〇一二三四五六七八九", range(10), strict=True)), "○": 0, "零": 0, "Ｏ": 0, "O": 0}
_CHINESE = re.compile(
    r"(?P<year>[一二][〇○零ＯO九][〇○零ＯO一二三四五六七八九]{2})年(?P<month>十[一二]?|[一二三四五六七八九])月(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]|廿[一二三四五六七八九]?)日"
)
_EPOCH = re.compile(r"(?<!\d)(1[0-9]{9})(?:\d{3})?(?!\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC), its local day, how exactly it is known and where it stood in the text."""

    instant: dt.datetime
    precision: Precision
    start: int = 0
    end: int = 0

    @property
    def day(self) -> dt.date:
        """The day in Asia/Shanghai."""
        return self.instant.astimezone(SHANGHAI).date()


def find_moments(text: str) -> Iterator[Moment]:
    """The moments printed in `text`, in order."""
    for pattern in (_SPLIT, _MOMENT):
        found = False
        for match in pattern.finditer(text):
            moment = _from_match(match)
            if moment is not None:
                found = True
                yield moment
        if found and pattern is _SPLIT:
            return
    if "年" in text:
        yield from _in_chinese_numerals(text)
    for match in _ENGLISH.finditer(text) if _LATIN.search(text) else ():
        day = match["d1"] or match["d2"]
        if day and (instant := _local(int(match["year"]), _MONTHS.index(match["name"][:3].lower()) + 1, int(day))):
            yield Moment(instant, Precision.DAY, match.start(), match.end())


def read_moment(text: str) -> Moment | None:
    """The first moment of `text`: printed, ISO, or seconds or milliseconds since 1970."""
    moment = next(find_moments(text), None)
    if moment is None and (match := _EPOCH.fullmatch(text.strip())):
        instant = dt.datetime.fromtimestamp(int(match[1]), tz=dt.UTC)
        return Moment(instant, Precision.SECOND)
    return moment


def _in_chinese_numerals(text: str) -> Iterator[Moment]:
    """The days written as 二〇二二年一月十七日."""
    for match in _CHINESE.finditer(text):
        year = int("".join(str(_DIGITS[sign]) for sign in match["year"]))
        instant = _local(year, _number(match["month"]), _number(match["day"].replace("廿", "二十")))
        if instant is not None:
            yield Moment(instant, Precision.DAY, match.start(), match.end())


def _number(numeral: str) -> int:
    """一 to 三十一 as a number."""
    tens, ten, ones = numeral.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def _from_match(match: re.Match[str]) -> Moment | None:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if not hour:
        instant = _local(year, month, day)
        end = match.end("day") + (1 if match.string[match.end("day") : match.end("day") + 1] == "日" else 0)
        return None if instant is None else Moment(instant, Precision.DAY, match.start(), end)
    clock = int(hour)
    noon = (match["noon"] or match["after"] or "").upper()
    if noon in {"下午", "晚上", "PM"} and clock < 12:
        clock += 12
    elif noon in {"AM", "凌晨"} and clock == 12:
        clock = 0
    instant = _local(year, month, day, clock, int(minute), int(second or 0), match["zone"] or "")
    if instant is None:
        return None
    return Moment(instant, Precision.SECOND if second else Precision.MINUTE, match.start(), match.end())


def _local(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, zone: str = ""
) -> dt.datetime | None:
    if year not in _YEARS:
        return None
    tz: dt.tzinfo = SHANGHAI
    if zone.upper() in {"Z", "UTC", "GMT"}:
        tz = dt.UTC
    elif zone:
        digits = zone[1:].replace(":", "")
        offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset >= dt.timedelta(hours=15):
            return None
        tz = dt.timezone(-offset if zone[0] == "-" else offset)
    try:
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=tz).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
