"""Who decided a change of office, in which meeting, on which day: read before the change, or told earlier in the text.

A body counts where words of deciding follow it (区人大常委会会议决定, 省委组织部公示) and where it is no part of
somebody's post. A sentence that goes on with what was said (会议决定, the items of a list) takes over body, meeting and
day.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from records import DateEvidence
from transforms.year_inference import nearest_year

_PLACE = "[一-鿿]{0,14}?"
_BODIES = (
    "人民代表大会常务委员会|人大常委会|人民代表大会|人大(?=[一二三四五六七八九十]+次|会议|[一-鿿]{0,6}会议)|政协(?:第[一二三四五六七八九十]+届)?委员会|委员会(?=第|[一-鿿]{0,4}全体会议)|"
    "国务院|中共中央|党中央|中央(?=决定|批准|同意|组织部)|[省市县区州盟旗厅局镇乡]委组织部|中央组织部|组织部|[省市县区州盟旗镇乡]委常委会|[省市县区州盟旗镇乡工]委(?:[一二三四五六七八九十]+届[一二三四五六七八九十]+次全会)?"
    "|党委|党组|人民政府|[省市县区州盟旗]政府|董事会|[一二三四五六七八九十]届[一二三四五六七八九十]+次全会|监察委员会|管委会"
)
_BODY = re.compile(rf"(?:中共|政协)?{_PLACE}(?:第?[一二三四五六七八九十]+届)?(?:{_BODIES})")
_TERM = "(?:第?[一二三四五六七八九十]+届)?"
_DECIDES = re.compile(
    "[^。；]{0,40}?(?:决定|任命|任免|免去|撤销|罢免|通过|批准|研究|选举|补选|接受|公示|公告|通知|印发|同意|提名|推荐|聘任|聘请|消息|宣布|"
    "表决|常委会|会议|次全会|任前)"
)
_MEETING = re.compile("第?[一二三四五六七八九十百]+次(?:全体)?(?:会议|全会)")
_FULL = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_DAY = re.compile(r"(?<![\d月])(\d{1,2})日(?!报|电|讯|子)")
_RELATIVE = (("今天|今日|今晨|今晚", 0), ("昨天|昨日|昨晚", 1))
GOES_ON = re.compile(
    r"^[\s“”]*(?:[一二三四五六七八九十0-9]+[、.．]|[（(][一二三四五六七八九十]+[）)])?(?:会议|大会|会上|全会|经表决|表决|经选举|决定|批准|任命|免去|"
    r"选举|补选|接受|撤销|罢免|同时|其中|现将|根据|经)"
)
"""How a sentence begins that goes on with the meeting or decision told before it."""
_OF_REPORT = re.compile("(?:[上下]午)?(?:电|讯|从|获悉|报道|消息)")
"""What follows the day of a report, which is not that of the decision: 29日从…获悉, 5月29日电."""
_OPENS = re.compile("决定|批准|任免|会议|大会|全会|公示|公告|选举|表决|宣布|通过")


@dataclass(frozen=True, slots=True)
class Decision:
    """What is said of a decision; empty where nothing is."""

    body: str = ""
    start: int = 0
    """Where the body begins in its sentence."""
    meeting: str = ""
    day: dt.date | None = None
    evidence: DateEvidence | None = None
    region_code: str | None = None
    """The body's jurisdiction."""

    def told_before(self, other: "Decision") -> "Decision":
        """This decision, with what it lacks from one that was told before it."""
        later = DateEvidence.MEETING if other.evidence is DateEvidence.SENTENCE else other.evidence
        return Decision(
            self.body or other.body,
            self.start,
            self.meeting or ("" if self.body else other.meeting),
            self.day or other.day,
            self.evidence if self.day else later,
            self.region_code if self.body else other.region_code,
        )


def read_decision(text: str, posts: Sequence[tuple[int, int]], published_on: dt.date | None) -> Decision:
    """What a stretch before a change says of its decision; `posts` are the offsets of positions, no part of a body."""
    day, evidence = _day(text, published_on)
    body = _body(text, posts)
    meeting = [m.group() for m in _MEETING.finditer(text)]
    if body is None:
        return Decision("", 0, meeting[-1] if meeting else "", day, evidence)
    return Decision(text[body[0] : body[1]], body[0], meeting[-1] if meeting else "", day, evidence)


def opens_decisions(text: str) -> bool:
    """Whether a sentence tells of a meeting or decision that the next ones may go on with."""
    return _OPENS.search(text) is not None


def _body(text: str, posts: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    best = None
    for clause in re.finditer("[^，。；：,;:（()）\\n]+", text):
        for found in _BODY.finditer(text, clause.start(), clause.end()):
            start, end = found.span()
            start += _opening(text[start:end])
            if any(a < end and end <= b and text[end:b].strip("的") for a, b in posts):
                continue  # 市委 of 市委书记
            if _DECIDES.match(text, end):
                best = (start, end)
    return best


def _opening(body: str) -> int:
    """How many letters before a body's own name the match took in: 会上宣读了市委, 经市委."""
    found = re.match(
        "[电讯](?=政协|中共)|.*(?:宣布了?|宣读了?|传达了?|按照|根据|受|经|据|日前|近日|今天|昨日|[上下]午|记者从|闭幕的|召开的|举行的|当天|[日月]|由|在|了|闭幕|、(?=[省市县区]))",
        body,
    )
    return found.end() if found and found.end() < len(body) - 1 else 0


def _day(text: str, published_on: dt.date | None) -> tuple[dt.date | None, DateEvidence | None]:
    full = [m for m in _FULL.finditer(text) if not _is_of_report(text, m)]
    for match in reversed(full):
        year, month, day = match.groups()
        found = (
            _made(int(year), int(month), int(day))
            if year
            else nearest_year(int(month), int(day), published_on)
            if published_on
            else None
        )
        if found and (published_on is None or found <= published_on):
            return found, DateEvidence.SENTENCE
    if published_on is None:
        return None, None
    for words, back in _RELATIVE:
        if re.search(words, text):
            return published_on - dt.timedelta(days=back), DateEvidence.RELATIVE
    for match in reversed([m for m in _DAY.finditer(text) if not _is_of_report(text, m)]):
        for back in range(31):
            day = published_on - dt.timedelta(days=back)
            if day.day == int(match.group(1)):
                return day, DateEvidence.SENTENCE
    return None, None


def _is_of_report(text: str, day: re.Match[str]) -> bool:
    return _OF_REPORT.match(text, day.end()) is not None or text.endswith("记者", 0, day.start())


def _made(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
