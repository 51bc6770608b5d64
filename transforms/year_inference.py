"""The year of a day that is printed without one, from the text's own evidence, or nothing.

A newspaper's dateline says ``1月17日``; page and URL usually give the year. Plain text has only its own words:
``部署2022年重点任务`` in January is written in 2022, ``总结2021年`` in January too. Each such phrase votes for a
year; phrases that fix a span of time (``迎接党的二十大``) can only veto. Votes that disagree give no year at all.
"""

import datetime as dt
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YearVote:
    """A year and the printed words that speak for it."""

    year: int
    words: str


# Words, the offset from the year they name to the year they are written in early (January to March) and late (November, December) in a year.  # noqa: E501
_PLANS = re.compile(
    r"(?:部署|安排|谋划|明确|布置|研究)(?:了)?(?:好|做好)?(20\d{2})年(?!以来|至|-|—)[\u4e00-\u9fff]{0,6}"
)
_REVIEWS = re.compile(r"(?:总结|回顾|盘点|过去的|刚刚过去的|通报)(?:了)?(20\d{2})年(?!以来|至|-|—)[\u4e00-\u9fff]{0,6}")
_THIS_YEAR = re.compile(r"(?:今年|今岁)\s?[（(]?(20\d{2})年?[）)]?")
_FULL_DAY = re.compile(r"(20\d{2})年(\d{1,2})月(\d{1,2})日")
_JUBILEES = (
    (re.compile(r"(?:庆祝)?(?:中国共产党成立|建党)(\d{2,3})(?:周年)"), 1921),
    (re.compile(r"(?:新中国成立|建国|中华人民共和国成立)(\d{2})周年"), 1949),
    (re.compile(r"改革开放(\d{2})周年"), 1978),
)
_WEEKDAY = re.compile(r"(\d{1,2})月(\d{1,2})日\s?[（(，,]?\s?(?:星期|周)([一二三四五六日天])")
# The opening days of national congresses of the Party: before them it is 迎接, after them 学习贯彻精神.
_CONGRESSES = {"十八大": dt.date(2012, 11, 8), "十九大": dt.date(2017, 10, 18), "二十大": dt.date(2022, 10, 16)}
_AWAITED = re.compile(r"迎接党?的?(十八大|十九大|二十大)")
_FOLLOWED = re.compile(
    r"(?:学习|宣传|贯彻|落实)(?:宣传|贯彻|落实)*党的(十八大|十九大|二十大)(?:和|、)?[^，。]{0,12}精神"
)
_FIVE_YEAR_PLANS = {"十三五": 2016, "十四五": 2021, "十五五": 2026}
_PLAN_START = re.compile(r"[“\"]?(十三五|十四五|十五五)[”\"]?(?:规划)?(?:的)?(开局之年|开局年|收官之年)")


def infer_year(month: int, day: int, text: str) -> tuple[int, str] | None:
    """The year in which `text` was written on that day, with the words that prove it; None where they fail or disagree."""  # noqa: E501
    votes = [
        vote
        for vote in _votes(month, day, text)
        if _is_day(vote.year, month, day) and not _vetoed(vote.year, month, day, text)
    ]
    years = {vote.year for vote in votes}
    if len(years) != 1:
        return None
    return votes[0].year, f"text({votes[0].words})"


def nearest_year(month: int, day: int, anchor: dt.date) -> dt.date | None:
    """The day of that month nearest to `anchor`; a year's end is crossed where that is nearer."""
    days = [
        dt.date(year, month, day)
        for year in (anchor.year - 1, anchor.year, anchor.year + 1)
        if _is_day(year, month, day)
    ]
    return min(days, key=lambda found: abs((found - anchor).days), default=None)


def _votes(month: int, day: int, text: str) -> list[YearVote]:
    early, late = month <= 3, month >= 11
    votes: list[YearVote] = []
    if early or late:
        votes += [YearVote(int(match[1]) - late, match[0]) for match in _PLANS.finditer(text)]
        votes += [YearVote(int(match[1]) + early, match[0]) for match in _REVIEWS.finditer(text)]
    votes += [YearVote(int(match[1]), match[0]) for match in _THIS_YEAR.finditer(text) if match[1]]
    votes += [YearVote(int(m[1]), m[0]) for m in _FULL_DAY.finditer(text) if (int(m[2]), int(m[3])) == (month, day)]
    for pattern, founded in _JUBILEES:
        votes += [YearVote(founded + int(match[1]), match[0]) for match in pattern.finditer(text)]
    for match in _PLAN_START.finditer(text):
        last = 4 if "收官" in match[2] else 0
        votes.append(YearVote(_FIVE_YEAR_PLANS[match[1]] + last, match[0]))
    return votes


def _vetoed(year: int, month: int, day: int, text: str) -> bool:
    written = dt.date(year, month, day)
    if any(written >= _CONGRESSES[match[1]] for match in _AWAITED.finditer(text)):
        return True
    if any(written < _CONGRESSES[match[1]] for match in _FOLLOWED.finditer(text)):
        return True
    return any(
        _is_day(year, int(m[1]), int(m[2]))
        and dt.date(year, int(m[1]), int(m[2])).weekday() != "一二三四五六日".index(m[3].replace("天", "日"))
        for m in _WEEKDAY.finditer(text[:600])
    )


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True
