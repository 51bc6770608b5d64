"""Plain texts: the seed article field by field, and shapes of drops from other places."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import Article, CreditRole, Precision, Reason, Rejected, seed_path
from transforms.assembly import Reading
from transforms.plaintext import is_plain_text, read_text

RELATED = [
    ("喜报!章丘区再添2家国家级科技小院", dt.date(2024, 5, 13)),
    ("稀奇!济南起步区用上“鸟脸识别”系统", dt.date(2024, 3, 10)),
    ("“畅享圣井”亮相“好品山东·品味章丘”2024章丘区特色产品展销推介会", dt.date(2024, 1, 21)),
    ("展望城市示范区副中心⑤ | 生态优先 蓝绿为底 描绘新时代现代化田园城市新图景", dt.date(2023, 12, 26)),
    ("南有CBD 北有EBD,山东首个生态商务区这个样子", dt.date(2023, 12, 20)),
    ("【耕耘在希望的田野上】②生态绿,全域美", dt.date(2023, 6, 14)),
    ("全省首创!山东首家黄河生态保护联防综治办公室在济南市历城区揭牌成立", dt.date(2023, 4, 9)),
    ("槐荫黄河河务局段店管理段:春意暖融融 , 游客打卡忙", dt.date(2023, 3, 23)),
    ("《三泉溪暖》“背景板”硬核呈现章丘良好生态环境", dt.date(2022, 6, 12)),
    ("多彩文旅 云览章丘丨跟我一起云游百脉泉,共享春色!", dt.date(2022, 4, 15)),
]


def article_of(text: str) -> Article:
    reading = read_text(text)
    assert isinstance(reading, Reading)
    return reading.article


def test_the_seed_article_exactly() -> None:
    reading = read_text(seed_path("articles/zhangqiu-2022-01-17.txt").read_text(encoding="utf-8"))
    assert isinstance(reading, Reading)
    article = reading.article
    assert article.title == "章丘区委经济工作会议召开"
    assert article.dateline is not None
    assert (article.dateline.raw, article.dateline.agency, article.dateline.place) == ("鲁网1月17日讯", "鲁网", None)
    assert article.dateline.date == dt.date(2022, 1, 17)
    assert article.published_date == dt.date(2022, 1, 17)
    assert article.published_at == dt.datetime(2022, 1, 16, 16, 0, tzinfo=dt.UTC)
    assert article.published_precision is Precision.DAY
    assert article.published_evidence == "dateline+year:text(部署2022年重点任务)"
    assert article.event_date == dt.date(2022, 1, 16)
    assert article.credit_line == "(本网记者)"
    assert [(c.role, c.name, c.surface, c.part) for c in article.credits] == [
        (CreditRole.REPORTER, "", "本网记者", "body")
    ]
    assert article.reporters == ()
    assert len(article.paragraphs) == 17
    assert article.text.startswith("1月16日上午,章丘区委经济工作会议召开,贯彻中央")
    assert article.text.endswith("双山街道、刁镇街道签订了目标责任书。")
    assert "2024-05-13" not in article.text
    assert article.language == "zh"
    assert [(link.anchor_text, link.published_date) for link in reading.related_links] == RELATED
    assert [link.position for link in reading.related_links] == list(range(1, 11))
    assert all(link.to_url is None and link.kind == "related" for link in reading.related_links)


def test_without_evidence_the_year_stays_open() -> None:
    article = article_of(
        "区里开会\n鲁网1月17日讯 1月16日上午,全区召开会议,研究春季生产。\n会议要求，各镇街要抓好落实。"
    )
    assert article.published_at is None
    assert article.event_date is None
    assert {"no_date", "year_unknown"} <= set(article.quality_flags)
    assert article.dateline is not None
    assert article.dateline.date is None


def test_the_url_may_give_the_year() -> None:
    reading = read_text(
        "区里开会\n鲁网1月17日讯 1月16日上午,全区召开会议。\n会议要求抓落实。", "http://a.cn/t20230117_1.htm"
    )
    assert isinstance(reading, Reading)
    assert reading.article.published_evidence == "url"
    assert reading.article.event_date == dt.date(2023, 1, 16)


def test_a_first_line_that_is_prose_is_no_headline() -> None:
    article = article_of("鲁网1月17日讯 全区召开会议，研究春季生产，部署重点任务。\n会议要求，各镇街要抓好落实。")
    assert article.title == ""
    assert "no_title" in article.quality_flags
    assert article.paragraphs[0].startswith("全区召开会议")


def test_a_line_of_time_and_source_under_the_headline() -> None:
    article = article_of(
        "春耕备耕忙\n2023-03-14 09:26 来源：鲁网 责任编辑：刘一诺\n连日来，章丘区各镇街抢抓农时，田间地头一派繁忙景象。\n（记者 王晓楠 通讯员 李一可）"  # noqa: E501
    )
    assert article.source_name == "鲁网"
    assert article.editors == ("刘一诺",)
    assert article.reporters == ("王晓楠",)
    assert article.correspondents == ("李一可",)
    assert article.published_at == dt.datetime(2023, 3, 14, 1, 26, tzinfo=dt.UTC)
    assert article.text == "连日来，章丘区各镇街抢抓农时，田间地头一派繁忙景象。"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY_PAGE),
        (" \n\t\n", Reason.EMPTY_PAGE),
        ("——\n", Reason.EMPTY_PAGE),
        ("锟斤拷" * 40 + "\ufffd" * 90, Reason.ENCODING),
    ],
)
def test_refusals(text: str, reason: Reason) -> None:
    rejected = read_text(text)
    assert isinstance(rejected, Rejected)
    assert rejected.reason is reason
    assert rejected.detail


def test_markup_is_told_from_text() -> None:
    assert is_plain_text("章丘区委经济工作会议召开\n2<3 且 4>3")
    assert is_plain_text("<p>", "text/plain; charset=utf-8")
    assert not is_plain_text("<div class='a'>文</div>")
    assert not is_plain_text("<!DOCTYPE html>")


@settings(max_examples=60)
@given(
    st.lists(
        st.text(alphabet="章丘区委会议召开，。（本网记者）-2024-05-13 来源：讯1月7日\u3000", max_size=40), max_size=12
    )
)
def test_never_raises_and_keeps_its_law(lines: list[str]) -> None:
    result = read_text("\n".join(lines))
    if isinstance(result, Reading):
        assert result.article.text == "\n".join(result.article.paragraphs)
        assert all(paragraph.strip() == paragraph for paragraph in result.article.paragraphs)
