"""Times: printed forms, the rank of evidence, and what must never be taken for a publication time."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Precision
from transforms.document import Document, parse_document
from transforms.moments import SHANGHAI, read_moment
from transforms.publication_time import find_publication_time, url_day

FORMS = [
    ("2022-01-17 09:12", "2022-01-17T09:12:00+08:00", Precision.MINUTE),
    ("2022年1月17日 09:12:33", "2022-01-17T09:12:33+08:00", Precision.SECOND),
    ("2022/1/17 9:05", "2022-01-17T09:05:00+08:00", Precision.MINUTE),
    ("2022.01.17", "2022-01-17T00:00:00+08:00", Precision.DAY),
    ("2022年01月17日08:14", "2022-01-17T08:14:00+08:00", Precision.MINUTE),
    ("2022-01-1708:14", "2022-01-17T08:14:00+08:00", Precision.MINUTE),
    ("2022年1月17日 下午3:20", "2022-01-17T15:20:00+08:00", Precision.MINUTE),
    ("2022年1月17日 星期一 15时20分", "2022-01-17T15:20:00+08:00", Precision.MINUTE),
    ("2022-01-17T09:12:33Z", "2022-01-17T17:12:33+08:00", Precision.SECOND),
    ("2022-01-17T09:12:33+08:00", "2022-01-17T09:12:33+08:00", Precision.SECOND),
    ("2022-01-17T09:12:33.123+0800", "2022-01-17T09:12:33+08:00", Precision.SECOND),
    ("2022 01/17 19:02", "2022-01-17T19:02:00+08:00", Precision.MINUTE),
    ("1642381953", "2022-01-17T09:12:33+08:00", Precision.SECOND),
    ("1642381953000", "2022-01-17T09:12:33+08:00", Precision.SECOND),
    ("二〇二二年一月十七日", "2022-01-17T00:00:00+08:00", Precision.DAY),
    ("二○二〇年十二月三十一日", "2020-12-31T00:00:00+08:00", Precision.DAY),
    ("January 17, 2022", "2022-01-17T00:00:00+08:00", Precision.DAY),
    ("17 Jan 2022", "2022-01-17T00:00:00+08:00", Precision.DAY),
]


@pytest.mark.parametrize(("text", "iso", "precision"), FORMS)
def test_printed_forms(text: str, iso: str, precision: Precision) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.instant.tzinfo is dt.UTC
    assert moment.instant.astimezone(SHANGHAI).isoformat() == iso
    assert moment.precision is precision


@pytest.mark.parametrize(
    "text", ["2022-13-01", "2022-02-30", "1月17日", "20220117999", "电话0531-2022-01-17-8", "", "1899-01-01"]
)
def test_what_is_no_moment(text: str) -> None:
    moment = read_moment(text)
    assert moment is None or text.startswith("电话")


@given(st.datetimes(dt.datetime.fromisoformat("1991-01-01"), dt.datetime.fromisoformat("2099-12-31")))
def test_a_printed_time_is_read_back(printed: dt.datetime) -> None:
    moment = read_moment(f"发布时间：{printed:%Y年%m月%d日 %H:%M:%S} 来源")
    assert moment is not None
    assert moment.instant.astimezone(SHANGHAI).replace(tzinfo=None) == printed.replace(microsecond=0)


URLS = [
    ("http://www.a.cn/zq/xw/202201/t20220117_4207771.htm", "2022-01-17"),
    ("http://www.a.cn/c/2019-11-25/doc-iihnzahi3275702.shtml", "2019-11-25"),
    ("http://a.cn/content/2023-06/06/content_11820.html", "2023-06-06"),
    ("http://a.cn/2023/0606/1.html", "2023-06-06"),
    ("http://a.cn/a/20200911/14526474_0.shtml", "2020-09-11"),
    ("http://a.cn/n1/2019/0615/c1001-31155.html", "2019-06-15"),
    ("http://a.cn/202201/123.htm", None),
    ("http://a.cn/article?id=20220117", None),
    ("http://a.cn/1/725/725506.htm", None),
    ("http://a.cn/99999999999999.htm", None),
]


@pytest.mark.parametrize(("url", "day"), URLS)
def test_url_day(url: str, day: str | None) -> None:
    moment = url_day(url)
    assert (moment.day.isoformat() if moment else None) == day


def document(head: str = "", body: str = "<p>正文</p>") -> Document:
    parsed = parse_document(f"<html><head>{head}</head><body>{body}</body></html>")
    assert parsed is not None
    return parsed


META = '<meta property="article:published_time" content="2022-01-17T09:12:33+08:00">'
URL = "http://www.a.cn/xw/202201/t20220118_1.htm"


def test_evidence_ranks_line_before_meta_before_url() -> None:
    line = find_publication_time(document(META), URL, ["2022-01-16 10:00 来源：鲁网"], [])
    meta = find_publication_time(document(META), URL, ["来源：鲁网"], [])
    url = find_publication_time(document(), URL, [], [])
    assert [(found.moment.day.day, found.evidence) for found in (line, meta, url) if found.moment] == [
        (16, "info_line"),
        (17, "meta:article:published_time"),
        (18, "url"),
    ]


def test_a_day_takes_the_clock_of_weaker_evidence_for_the_same_day() -> None:
    found = find_publication_time(document(META), URL, ["2022年1月17日 来源：鲁网"], [])
    assert found.moment is not None
    assert found.evidence == "info_line+meta:article:published_time"
    assert found.moment.precision is Precision.SECOND


def test_updates_are_kept_apart() -> None:
    found = find_publication_time(document(), "", ["2022-01-17 09:12 更新时间：2022-01-18 10:00"], [])
    assert found.moment is not None
    assert found.moment.day == dt.date(2022, 1, 17)
    assert found.updated_at == dt.datetime(2022, 1, 18, 2, 0, tzinfo=dt.UTC)


def test_a_lone_update_dates_the_article_and_says_so() -> None:
    found = find_publication_time(document(), "", ["更新时间：2022-01-18 10:00 来源：鲁网"], [])
    assert found.moment is not None
    assert found.moment.instant == found.updated_at == dt.datetime(2022, 1, 18, 2, 0, tzinfo=dt.UTC)
    assert found.evidence == "info_line:updated"
    beside_a_day = find_publication_time(document(), "", ["发布时间：2022-01-17", "更新时间：2022-01-17 10:00"], [])
    assert (beside_a_day.evidence, beside_a_day.moment and beside_a_day.moment.precision) == (
        "info_line",
        Precision.DAY,
    )


def test_a_time_after_the_fetch_is_refused() -> None:
    fetched = dt.datetime(2022, 1, 20, tzinfo=dt.UTC)
    found = find_publication_time(document(), "", ["2024-05-13"], [], fetched)
    assert found.moment is None


def test_conflicting_evidence_raises_a_flag() -> None:
    found = find_publication_time(document(META), "", ["2021-03-01 10:00"], [])
    assert found.conflict


def test_scripts_are_read_where_nothing_is_printed() -> None:
    found = find_publication_time(
        document(body='<script>var publish_time = "2022-01-17 09:12";</script><p>正文</p>'), "", [], []
    )
    assert found.evidence == "script"
    assert found.moment is not None
    assert found.moment.precision is Precision.MINUTE


FETCHED = dt.datetime(2022, 1, 20, 1, 30, tzinfo=dt.UTC)  # 09:30 in Shanghai
PARTIAL = [
    # line, URL, fetched at, local time, precision, evidence
    ("01-17 09:12 鲁网", URL, None, "2022-01-17T09:12", "minute", "info_line+year:url"),
    ("1月17日 09:12:33", URL, None, "2022-01-17T09:12", "second", "info_line+year:url"),
    ("12-31 23:50", "http://a.cn/2022/0101/1.htm", None, "2021-12-31T23:50", "minute", "info_line+year:url"),
    ("10-08 12:00", "http://a.cn/2021/1.htm", None, "2021-10-08T12:00", "minute", "info_line+year:url"),
    ("10-08 12:00", "http://a.cn/1.htm", FETCHED, "2021-10-08T12:00", "minute", "info_line+year:fetched_at"),
    ("01-20 09:00", "http://a.cn/1.htm", FETCHED, "2022-01-20T09:00", "minute", "info_line+year:fetched_at"),
    ("10-08 12:00", "http://a.cn/1.htm", None, None, None, ""),
    ("02-30 12:00", "http://a.cn/1.htm", FETCHED, None, None, ""),
    ("10-08 12:00", URL, None, "2022-01-18T00:00", "day", "url"),
    ("21-01-07 09:33 青岩广电", "http://a.cn/1.htm", None, "2021-01-07T09:33", "minute", "info_line:two-digit year"),
    ("3小时前", "http://a.cn/1.htm", FETCHED, "2022-01-20T06:00", "hour", "info_line:relative(3小时前)"),
    ("12分钟前 鲁网", "http://a.cn/1.htm", FETCHED, "2022-01-20T09:18", "minute", "info_line:relative(12分钟前)"),
    ("昨天 08:30", "http://a.cn/1.htm", FETCHED, "2022-01-19T08:30", "minute", "info_line:relative(昨天 08:30)"),
    ("2天前", "http://a.cn/1.htm", FETCHED, "2022-01-18T00:00", "day", "info_line:relative(2天前)"),
    ("3小时前", "http://a.cn/1.htm", None, None, None, ""),
    ("比分3-2 10:12", "http://a.cn/1.htm", None, None, None, ""),
]


@pytest.mark.parametrize(("line", "url", "fetched", "local", "precision", "evidence"), PARTIAL)
def test_what_a_line_lacks_is_supplied_by_named_evidence(
    line: str, url: str, fetched: dt.datetime | None, local: str | None, precision: str | None, evidence: str
) -> None:
    found = find_publication_time(document(), url, [line], [], fetched)
    printed = found.moment.instant.astimezone(SHANGHAI).isoformat()[:16] if found.moment else None
    assert (printed, found.moment and str(found.moment.precision), found.evidence) == (local, precision, evidence)
