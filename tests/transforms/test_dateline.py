"""Datelines as a Chinese editor would mark them, and the day of the event in the lede."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dateline import find_event_date, split_dateline

# paragraph, raw, agency, place, rest
DATELINES = [
    ("鲁网1月17日讯 1月16日上午,会议召开", "鲁网1月17日讯", "鲁网", None, "1月16日上午,会议召开"),
    ("新华社济南7月5日电（记者 甲乙 丙丁）全省麦收", "新华社济南7月5日电", "新华社", "济南", "全省麦收"),
    ("新华社北京2022年1月17日电 国务院", "新华社北京2022年1月17日电", "新华社", "北京", "国务院"),
    ("大众网·海报新闻记者 张伟 济南报道 近日", "大众网·海报新闻记者 张伟 济南报道", "大众网·海报新闻", "济南", "近日"),
    ("本报讯（记者 张三 通讯员 李四）日前", "本报讯", "本报", None, "日前"),
    ("本报济南1月17日讯 省人大", "本报济南1月17日讯", "本报", "济南", "省人大"),
    ("本报沂水讯 入夏以来", "本报沂水讯", "本报", "沂水", "入夏以来"),
    ("乐山新闻网讯（记者 张波）近日", "乐山新闻网讯", "乐山新闻网", None, "近日"),
    ("齐鲁网·闪电新闻1月17日讯 近日", "齐鲁网·闪电新闻1月17日讯", "齐鲁网·闪电新闻", None, "近日"),
    ("大众网·海报新闻济南1月17日讯 近日", "大众网·海报新闻济南1月17日讯", "大众网·海报新闻", "济南", "近日"),
    ("【鲁网讯】昨日上午", "【鲁网讯】", "鲁网", None, "昨日上午"),
    ("中新网北京10月4日电 (记者 甲乙)国庆", "中新网北京10月4日电", "中新网", "北京", "国庆"),
    ("人民网北京1月5日电 （记者李四）近期", "人民网北京1月5日电", "人民网", "北京", "近期"),
    ("本报记者 王芳 章丘报道 春耕", "本报记者 王芳 章丘报道", "本报", "章丘", "春耕"),
    ("鲁风网邹城市太平镇6月28日讯 荷花", "鲁风网邹城市太平镇6月28日讯", "鲁风网", "邹城市太平镇", "荷花"),
    ("新京报快讯（记者 甲乙）今日", "新京报快讯", "新京报", None, "今日"),
    ("1月17日讯 今天", "1月17日讯", None, None, "今天"),
    ("1月17日讯，记者昨日从市教育局了解到", "1月17日讯", None, None, "记者昨日从市教育局了解到"),
    ("本报讯 记者近日从县农业农村局获悉", "本报讯", "本报", None, "记者近日从县农业农村局获悉"),
    ("章丘讯（记者 张三）近日", "章丘讯", None, "章丘", "近日"),
    ("〔記者王小明／台北報導〕昨日", "〔記者王小明／台北報導〕", None, "台北", "昨日"),
    ("香港文匯網訊（記者 王小明）昨日", "香港文匯網訊", "香港文匯網", None, "昨日"),
]
PROSE = [
    "据新华社报道，今天上午",
    "国网电力公司今天宣布",
    "国家电网消息灵通人士说",
    "记者张三报道，1月",
    "记者 从省交通厅获悉，",
    "1月17日上午，章丘区召开会议。",
    "本报记者走进章丘区的田间地头。",
    "日前，网上流传一则消息。",
    "记者近日从国网电力公司获悉，今年",
    "本报记者近日从市电力公司获悉，",
]


@pytest.mark.parametrize(("paragraph", "raw", "agency", "place", "rest"), DATELINES)
def test_takes_the_dateline_off(paragraph: str, raw: str, agency: str | None, place: str | None, rest: str) -> None:
    opening = split_dateline(paragraph)
    assert opening.dateline is not None
    assert (opening.dateline.raw, opening.dateline.agency, opening.dateline.place, opening.text) == (
        raw,
        agency,
        place,
        rest,
    )


@pytest.mark.parametrize("paragraph", PROSE)
def test_leaves_prose_alone(paragraph: str) -> None:
    opening = split_dateline(paragraph)
    assert opening.dateline is None
    assert opening.text == paragraph


def test_keeps_who_reported_apart() -> None:
    assert split_dateline("新华社济南7月5日电（记者 甲乙 丙丁）全省").who == "记者 甲乙 丙丁"
    assert split_dateline("本报讯 全省").who == ""


@pytest.mark.parametrize(
    ("paragraph", "who", "rest"),
    [
        ("本报讯 记者 张三 通讯员 李四 近日，", "记者 张三 通讯员 李四", "近日，"),
        ("本报讯 记者张三报道：近日，", "记者张三", "近日，"),
        ("（记者 张三 通讯员 李四）近日，", "记者 张三 通讯员 李四", "近日，"),
        ("本报讯 记者近日从县水利局获悉，", "", "记者近日从县水利局获悉，"),
        ("本报讯 记者 从省交通厅获悉，", "", "记者 从省交通厅获悉，"),
    ],
)
def test_who_reported_stands_before_the_lede(paragraph: str, who: str, rest: str) -> None:
    opening = split_dateline(paragraph)
    assert (opening.who, opening.text) == (who, rest)


def test_month_and_day_wait_for_their_year() -> None:
    opening = split_dateline("鲁网1月17日讯 会议召开")
    assert opening.month_day == (1, 17)
    assert opening.dateline is not None
    assert opening.dateline.date is None
    printed = split_dateline("新华社北京2022年1月17日电 会议召开")
    assert printed.month_day is None
    assert printed.dateline is not None
    assert printed.dateline.date == dt.date(2022, 1, 17)
    assert split_dateline("鲁网2月31日讯 会议召开").month_day is None


EVENTS = [
    ("1月16日上午,章丘区委经济工作会议召开", dt.date(2022, 1, 17), dt.date(2022, 1, 16)),
    ("16日上午,章丘区委经济工作会议召开", dt.date(2022, 1, 17), dt.date(2022, 1, 16)),
    ("30日下午，全区召开会议", dt.date(2022, 7, 1), dt.date(2022, 6, 30)),
    ("12月30日至31日，省人大", dt.date(2022, 1, 2), dt.date(2021, 12, 30)),
    ("昨日上午，章丘区", dt.date(2022, 1, 17), dt.date(2022, 1, 16)),
    ("今天上午，章丘区", dt.date(2022, 1, 17), dt.date(2022, 1, 17)),
    ("2021年12月28日，章丘区", dt.date(2022, 1, 17), dt.date(2021, 12, 28)),
    ("截至12月31日，全区共有", dt.date(2022, 1, 17), None),
    ("自1月1日起，全区", dt.date(2022, 1, 17), None),
    ("大会将于2月8日开幕", dt.date(2022, 1, 17), None),
    ("章丘区召开会议", dt.date(2022, 1, 17), None),
    ("1月16日上午，会议召开", None, None),
    ("2月30日，会议召开", dt.date(2022, 3, 1), None),
]


@pytest.mark.parametrize(("lede", "published", "event"), EVENTS)
def test_event_day(lede: str, published: dt.date | None, event: dt.date | None) -> None:
    assert find_event_date(lede, published) == event


@given(st.text(max_size=200), st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)))
def test_event_is_never_after_the_publication(lede: str, published: dt.date) -> None:
    event = find_event_date(lede + "30日上午", published)
    assert event is None or event <= published


@given(st.text(alphabet="本报网新华社讯电记者（）1月7日济南 ·，。", max_size=60))
def test_dateline_and_rest_are_parts_of_the_paragraph(paragraph: str) -> None:
    opening = split_dateline(paragraph)
    assert paragraph.endswith(opening.text) or opening.text == paragraph.strip() or opening.text in paragraph
    if opening.dateline is not None:
        assert opening.dateline.raw in paragraph
