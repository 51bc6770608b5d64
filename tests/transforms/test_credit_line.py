"""Credits by role, as printed under headlines, in bodies and below them; the letters stand for invented names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import CreditRole
from transforms.byline import is_byline, take_bylines
from transforms.credit_line import CreditText, read_credits
from transforms.outlets import unlabelled_source

# text, part, role: names
LINES: list[tuple[str, str, dict[str, list[str]]]] = [
    ("来源：鲁网　时间：2022-01-17 09:12　责任编辑：刘一诺", "header", {"source": ["鲁网"], "editor": ["刘一诺"]}),
    ("2019-09-26 12:11来源：证券时报网作者：李在山", "header", {"source": ["证券时报网"], "reporter": ["李在山"]}),
    ("本文来源：新京报责任编辑：杜硕_NB12556", "footer", {"source": ["新京报"], "editor": ["杜硕"]}),
    ("来源：鲁风网收藏我要评论", "header", {"source": ["鲁风网"]}),
    ("来源： 中国青年报 2019-09-24 09:10", "header", {"source": ["中国青年报"]}),
    ("发布日期：2016-11-22 浏览次数：信息来源：省发改委", "header", {"source": ["省发改委"]}),
    ("编辑 刘晓阳 校对 李铭", "body", {"editor": ["刘晓阳"], "reviewer": ["李铭"]}),
    ("编辑|陈梦莹", "footer", {"editor": ["陈梦莹"]}),
    ("(责编：汤诗瑶、丁涛)", "footer", {"editor": ["汤诗瑶", "丁涛"]}),
    ("一审：王一诺 二审：李二可 三审：赵三思", "footer", {"reviewer": ["王一诺", "李二可", "赵三思"]}),
    (
        "初审编辑：王一诺 责任编辑：李二可 终审：赵三思",
        "footer",
        {"reviewer": ["王一诺", "赵三思"], "editor": ["李二可"]},
    ),
    ("（本报记者 张 三 李四光 通讯员 王五一）", "body", {"reporter": ["张三", "李四光"], "correspondent": ["王五一"]}),
    ("（本网记者）", "body", {"reporter": [""]}),
    ("澎湃新闻记者 贺梨萍", "header", {"reporter": ["贺梨萍"]}),
    ("记者 高明轩 文/图", "body", {"reporter": ["高明轩"], "photographer": ["高明轩"]}),
    ("图为启动仪式现场。（刘通摄）", "body", {"photographer": ["刘通"]}),
    ("作者：摄影 孙佳宁", "header", {"photographer": ["孙佳宁"]}),
    ("责任编辑：Demi Xia", "footer", {"editor": ["Demi Xia"]}),
    ("来源：网络", "footer", {}),
    ("责任编辑：无", "footer", {}),
    ("记者走基层：一位村支书的一天", "footer", {}),
]


@pytest.mark.parametrize(("text", "part", "expected"), LINES)
def test_reads_roles(text: str, part: str, expected: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for credit in read_credits([CreditText(text, part)]):
        found.setdefault(credit.role.value, []).append(credit.name)
        assert credit.part == part
    assert found == expected


@given(st.sampled_from([line[0] for line in LINES]), st.text(max_size=20))
def test_every_surface_is_printed(line: str, more: str) -> None:
    text = line + more
    for credit in read_credits([CreditText(text, "header")]):
        assert credit.surface in text


def test_repeated_credits_count_once() -> None:
    pieces = [CreditText("来源：鲁网 责任编辑：刘一诺", "header"), CreditText("责任编辑：刘一诺", "footer")]
    credits_ = read_credits(pieces)
    assert [(credit.role, credit.name, credit.part) for credit in credits_] == [
        (CreditRole.SOURCE, "鲁网", "header"),
        (CreditRole.EDITOR, "刘一诺", "header"),
    ]


BYLINES = [
    (["正文。", "签订了责任书。(本网记者)"], ["正文。", "签订了责任书。"], ("(本网记者)",)),
    (["正文。", "结束。（本报记者 甲乙 通讯员 丙丁）"], ["正文。", "结束。"], ("（本报记者 甲乙 通讯员 丙丁）",)),
    (["正文。", "结束。（新华社）"], ["正文。", "结束。"], ("（新华社）",)),
    (["正文。", "结束。（来源：新华网）"], ["正文。", "结束。"], ("（来源：新华网）",)),
    (["正文。", "结束。（张巨峰）"], ["正文。", "结束。"], ("（张巨峰）",)),
    (["正文。", "新华社记者 唐一霁"], ["正文。"], ("新华社记者 唐一霁",)),
    (["本报记者 张三", "正文。"], ["正文。"], ("本报记者 张三",)),
    (["正文。", "发展前景广阔（见图）"], ["正文。", "发展前景广阔（见图）"], ()),
    (["正文。", "会议指出（记者注：略）继续推进。"], ["正文。", "会议指出（记者注：略）继续推进。"], ()),
    (["正文。", "见附件。（完）"], ["正文。", "见附件。（完）"], ()),
]


@pytest.mark.parametrize(("paragraphs", "kept", "bylines"), BYLINES)
def test_takes_bylines_out(paragraphs: list[str], kept: list[str], bylines: tuple[str, ...]) -> None:
    bylined = take_bylines(paragraphs)
    assert bylined.paragraphs == kept
    assert bylined.bylines == bylines
    assert take_bylines(bylined.paragraphs).paragraphs == kept


@pytest.mark.parametrize("text", ["记者问他是哪里人", "记者 从市交通局获悉，今年", "记者在现场看到", "作者认为，这"])
def test_sentences_are_no_bylines(text: str) -> None:
    assert not is_byline(text)


SOURCES = [
    (["2019-09-07 09:12 新京报"], "新京报"),
    (["2019-09-07 · 苏皖城市报道", "分享到"], "苏皖城市报道"),
    (["加拿大必读", "发布时间：10-0812:00优质原创作者"], "加拿大必读"),
    (["新华社", "2020-01-03 18:13", "字号"], "新华社"),
    (["甲乙/中国青年报", "2019-09-24 09:10"], "中国青年报"),
    (["原创 GameForce 2019-09-04 22:18:34"], "GameForce"),
    (["2020-06-05 20:35 甲乙丙 丁戊己 庚辛壬"], ""),
    (["2022-01-17 09:12 张三"], ""),
    (["2022-01-17 09:12", "分享到", "收藏"], ""),
    (["没有时间的一行"], ""),
]


@pytest.mark.parametrize(("lines", "source"), SOURCES)
def test_source_without_a_label(lines: list[str], source: str) -> None:
    assert unlabelled_source(lines) == source


def test_who_coordinates_is_a_credit_of_its_own() -> None:
    found = read_credits([CreditText("统筹：石磊 策划：丁一 编辑：秋叶 校对：任静 终审：高云", "footer")])
    assert [(str(credit.role), credit.name) for credit in found] == [
        ("coordinator", "石磊"),
        ("coordinator", "丁一"),
        ("editor", "秋叶"),
        ("reviewer", "任静"),
        ("reviewer", "高云"),
    ]
    assert [credit.surface for credit in found][:2] == ["统筹：石磊", "策划：丁一"]
