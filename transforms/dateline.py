"""The dateline 电头 that opens a body, taken off the first paragraph, and the day on which the event happened.

A dateline needs a mark that prose does not have: an agency with 讯 or 电 (鲁网1月17日讯, 新华社济南7月5日电, 本报讯),
or an agency's reporter with 报道 (大众网·海报新闻记者 甲 济南报道). ``据新华社报道，…`` is prose and stays.
"""

import datetime as dt
import re
from dataclasses import dataclass

from records import Dateline
from transforms.surnames import may_be_name

_AGENCY = (
    r"(?:本[报网台刊站社]|(?!据|来自|按|由|在|与|对|从)[\u4e00-\u9fffA-Za-z]{1,12}?(?:网|社|报|台|新闻|客户端|融媒体?(?:中心)?|在线|频道|观察|财经|发布|广播|时报|云|传媒))"
    r"(?:[·•∙・—｜|/-](?:[\u4e00-\u9fffA-Za-z]{1,8}?(?:新闻|网|客户端|日报|晚报|报|频道|在线|融媒|台)(?!新闻|网|客户端|频道)|[\u4e00-\u9fffA-Za-z]{2,10}?))?(?:客户端|APP)?"
)
_DATE = r"(?P<date>(?:(?:19|20)\d{2}年)?\d{1,2}月\d{1,2}日)"
_PLACE = r"(?P<place>[\u4e00-\u9fff]{2,12}?)"
_WHO = r"(?:\s*[（(](?P<who>[^（）()]{0,80}(?:记者|通讯员|编辑|作者)[^（）()]{0,80}|[^（）()\d]{2,30})[)）])?"
_NAME = r"[\u4e00-\u9fff·]{2,4}"
_NAMES = rf"{_NAME}(?:[\s、，,]+(?!通讯员|报道|讯|电|[\u4e00-\u9fff]{{2,6}}报道){_NAME})*"
_END = r"[】）)\]]?[\s:：—-]*"
_WIRE = re.compile(
    rf"^[【（(\[]?(?P<agency>{_AGENCY})\s?(?:{_PLACE})?\s?{_DATE}\s?(?:综合)?(?:讯|电|消息|专电|报道)[】)）\]]?{_WHO}{_END}"
)
_UNDATED = re.compile(
    rf"^[【（(\[]?(?P<agency>{_AGENCY})(?:综合|快)?(?P<mark>讯|消息)(?=[】)）\]\s（(:：]|记者|通讯员|\d|$)[】)）\]]?{_WHO}{_END}"
)
_OWN = re.compile(rf"^[【（(\[]?(?P<agency>本[报网台刊站])(?:{_PLACE})?讯[】)）\]]?{_WHO}{_END}")
_REPORTER = re.compile(
    rf"^[【（(\[]?(?P<agency>{_AGENCY})?(?:全媒体|首席|见习|实习|特约|驻[\u4e00-\u9fff]{{2,4}})*记者\s*(?P<names>{_NAMES})(?:[\s，,、]*通讯员\s*(?P<others>{_NAMES}))?[\s，,、]*"
    rf"(?:{_PLACE})?(?:(?:综合)?报道[】)）\]]?(?=[\s:：]|$|[“\d]|[^，。；的])|(?:讯|电)[】)）\]]?(?=[\s:：“]|$))[\s:：]*"
)
_TOWN = re.compile(
    rf"^[【（(\[]?(?P<place>[\u4e00-\u9fff]{{2,6}})讯[】)）\]]?(?=\s?[（(][^（）()]{{0,16}}(?:记者|通讯员)){_WHO}{_END}"
)
# Who wrote it, printed between dateline and lede or in front of both: （记者 甲 通讯员 乙）, 记者 甲 通讯员 乙.
_ROLE = r"[\u4e00-\u9fffA-Za-z·]{0,14}?(?:记者|通讯员)"
_BRACKETED_WHO = re.compile(
    rf"^[（(](?P<who>{_ROLE}[\s:：/]*{_NAMES}(?:[\s，,、/]+(?:{_ROLE})?[\s:：/]*{_NAMES})*(?:\s*(?:文/图|摄影报道|报道))?)\s*[)）]\s*(?=\S)"
)
_SPACED_WHO = re.compile(
    rf"^(?P<who>(?:本[报网台刊站])?(?:全媒体|首席|见习|实习|特约)*(?:记者|通讯员)[\s:：]*{_NAMES}(?:[\s，,、]*(?:通讯员|记者)[\s:：]*{_NAMES})?)(?:\s*(?:摄影)?报道[\s:：]*|\s+)(?=\S)"
)
# 〔記者甲／台北報導〕, 記者甲／台中報導, 香港文匯網訊（記者 甲）: how papers in traditional script sign.
_TRADITIONAL = re.compile(
    r"^(?:[〔【\[（(]?(?P<agency>[\u4e00-\u9fffA-Za-z]{0,8}?)(?:記者|中心／|特派員)\s?(?P<names>[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4})*)\s?[／/╱]\s?(?P<place>[\u4e00-\u9fff]{2,6}?)(?:綜合)?報[導道][〕】\]）)]?"
    r"|(?P<agency2>[\u4e00-\u9fff]{2,10}(?:網|報|社|台|新聞))訊(?:\s*[（(](?P<who>[^（）()]{0,40}記者[^（）()]{0,40})[)）])?)[\s:：]*"
)
_SENT = re.compile(rf"^{_DATE}\s?(?P<mark>讯|电)[】)）\]]?{_WHO}{_END}")
_MONTH_DAY = re.compile(r"(?:((?:19|20)\d{2})年)?(\d{1,2})月(\d{1,2})日")

_EVENT = re.compile(
    r"(?<![\d年月至到\-—－~、])(?:(?P<year>(?:19|20)\d{2})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日(?P<span>\s?(?:[-—－~至到、和]\s?(?:\d{1,2}月)?\d{1,2}日)?)"
    r"(?P<after>[^，。]{0,4})"
)
_EVENT_DAY_RANGE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})(?:[-—－~至到、]\d{1,2})日"
)
_RELATIVE = re.compile(
    r"(?:^|[，。\s])(?P<word>今天|今日|昨天|昨日|前天|日前天)(?:上午|下午|晚|晚上|中午|凌晨|早上|清晨|傍晚|[，,]|[\u4e00-\u9fff])"
)
_NOT_EVENT = re.compile(r"(?:截至|截止|自|从|于?将于|定于|拟于|到|至|期限|起|前|预计|计划于?|将在)$")
_LEDE_CHARS = 160


@dataclass(frozen=True, slots=True)
class Opening:
    """A first paragraph taken apart."""

    text: str
    dateline: Dateline | None = None
    who: str = ""
    """The printed words of the dateline that name reporters, if any."""
    month_day: tuple[int, int] | None = None
    """Month and day of a dateline that prints no year."""


def split_dateline(paragraph: str) -> Opening:
    """The paragraph without its dateline, and the dateline; the year is not inferred here."""
    for pattern in (_WIRE, _OWN, _UNDATED, _REPORTER, _SENT, _TOWN, _TRADITIONAL):
        match = pattern.match(paragraph)
        if match and len(match[0]) < 0.95 * len(paragraph) + 30 and _are_names(match.groupdict().get("names") or ""):
            return _opening(match, paragraph)
    match = _BRACKETED_WHO.match(paragraph)
    return Opening(paragraph[match.end() :], who=match["who"]) if match else Opening(paragraph)


def _are_names(printed: str) -> bool:
    """Whether what stands after 记者 are names: 记者近日从国网电力公司获悉 names nobody."""
    return all(name[0] not in "近日昨今从在获了来走对与为就" for name in re.split(r"[\s、，,]+", printed) if name)


def _writer(text: str) -> re.Match[str] | None:
    """Who wrote it, where that follows a dateline without brackets; each name must begin with a surname."""
    match = _SPACED_WHO.match(text)
    names = (
        re.sub(r"(?:本[报网台刊站])?(?:全媒体|首席|见习|实习|特约)*(?:记者|通讯员)", " ", match["who"]) if match else ""
    )
    return match if match and all(may_be_name(name) for name in re.split(r"[\s、，,:：]+", names) if name) else None


def _opening(match: re.Match[str], paragraph: str) -> Opening:
    groups = match.groupdict()
    day, month_day = None, None
    if groups.get("date") and (printed := _MONTH_DAY.fullmatch(groups["date"])):
        month, number = int(printed[2]), int(printed[3])
        day = _date(int(printed[1]), month, number) if printed[1] else None
        month_day = None if printed[1] or not _date(2024, month, number) else (month, number)
    raw = match[0].strip(" :：—-\u3000")
    who = groups.get("who") or (raw if groups.get("names") else "")
    if groups.get("who"):
        raw = re.sub(r"\s*[（(][^（）()]*[)）]$", "", raw)
    agency = groups.get("agency") or groups.get("agency2") or None
    dateline = Dateline(raw=raw, agency=agency, place=groups.get("place"), date=day)
    rest = paragraph[match.end() :].lstrip("，, ").strip()
    if not who and (writer := _writer(rest)):
        who, rest = writer["who"], rest[writer.end() :]
    return Opening(rest, dateline, who, month_day)


def find_event_date(lede: str, published: dt.date | None) -> dt.date | None:
    """The day on which the lede says that what is reported happened, or None; never later than the publication."""
    if published is None:
        return None
    head = lede[:_LEDE_CHARS]
    for match in _EVENT_DAY_RANGE.finditer(head):
        return _resolve(match["year"], match["month"], match["day"], published)
    for match in _EVENT.finditer(head):
        if _NOT_EVENT.search(head[: match.start()][-4:]) or re.match(r"起|前|之前|以来|止|零时起|24时", match["after"]):
            continue
        day = _resolve(match["year"], match["month"], match["day"], published)
        if day is not None:
            return day
    if relative := _RELATIVE.search(head[:60]):
        return published - dt.timedelta(days={"今": 0, "昨": 1, "前": 2}.get(relative["word"][0], 0))
    return None


def _resolve(year: str | None, month: str | None, day: str, published: dt.date) -> dt.date | None:
    """The printed day near the publication: its latest occurrence that is not after it."""
    if year:
        found = _date(int(year), int(month or published.month), int(day))
        return found if found and found <= published and (published - found).days < 400 else None
    if month:
        for candidate in (published.year, published.year - 1):
            found = _date(candidate, int(month), int(day))
            if found and found <= published:
                return found if (published - found).days <= 190 else None
        return None
    for back in range(2):
        first = (published.replace(day=1) - dt.timedelta(days=back)).replace(day=1)
        found = _date(first.year, first.month, int(day))
        if found and found <= published:
            return found
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
