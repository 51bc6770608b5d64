"""Headlines without site and channel, with kicker and subtitle apart."""

import pytest

from transforms.document import parse_document
from transforms.headline import find_headline, strip_site

H = "章丘区召开春季农业生产现场推进会"

# <title>, body, headline
PAGES = [
    (f"{H}_章丘_鲁网", f"<h1>{H}</h1>", H),
    (f"{H}-鲁网新闻", f"<div class='bt'>{H}</div>", H),
    (f"{H}", f"<p><b>{H}</b></p>", H),
    (f"鲁网--{H}", f"<h1>{H}</h1>", H),
    (f"{H}_鲁网", f"<ul><li><a href='/1'>{H}</a></li></ul><div>{H}</div>", H),
    ("章丘区召开春季农业生产现场推...", f"<h1>{H}</h1>", H),
    ("鲁网", f"<h1>鲁网</h1><h2>{H}</h2><div>2022-01-17 09:12 来源：鲁网</div>", H),
    ("", f"<h1>{H}</h1>", H),
    (f"{H}_鲁网", "<p>正文第一段，没有印出标题。</p>", H),
    (
        "“畅享圣井”亮相——2024章丘特色产品展-鲁网",
        "<h1>“畅享圣井”亮相<br>——2024章丘特色产品展</h1>",
        "“畅享圣井”亮相 ——2024章丘特色产品展",
    ),
    ("ＣＰＩ同比上涨２％_鲁网", "<h1>CPI同比上涨2%</h1>", "CPI同比上涨2%"),
]


@pytest.mark.parametrize(("title", "body", "headline"), PAGES)
def test_headline(title: str, body: str, headline: str) -> None:
    document = parse_document(f"<html><head><title>{title}</title></head><body>{body}</body></html>")
    assert document is not None
    assert find_headline(document).text == headline


def test_kicker_and_subtitle() -> None:
    html = f"<title>{H}_鲁网</title><body><div class='yinti'>春耕时节访章丘</div><h1>{H}</h1><div class='futi'>——三年建成高标准农田20万亩</div>"  # noqa: E501
    document = parse_document(html)
    assert document is not None
    found = find_headline(document)
    assert (found.kicker, found.text, found.subtitle) == ("春耕时节访章丘", H, "——三年建成高标准农田20万亩")


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        (f"{H}_章丘新闻_鲁网", H),
        (f"{H} - 大众网", H),
        (f"{H}--人民网", H),
        (f"{H}｜澎湃新闻", H),
        ("5月20日-31日封路通告", "5月20日-31日封路通告"),
        ("GDP增长-0.5%", "GDP增长-0.5%"),
        (
            "展望⑤ | 生态优先 蓝绿为底 描绘新时代现代化田园城市新图景",
            "展望⑤ | 生态优先 蓝绿为底 描绘新时代现代化田园城市新图景",
        ),
    ],
)
def test_strips_only_sites(title: str, bare: str) -> None:
    assert strip_site(title, {}) == bare
    assert strip_site(bare, {}) == bare


@pytest.mark.parametrize(
    ("below", "subtitle"),
    [
        ("<h3>全区新建高标准农田20万亩</h3><p>正文</p>", "全区新建高标准农田20万亩"),
        ("<h3>一、抓春管</h3><p>正文</p><h3>二、保丰收</h3><p>正文</p>", ""),
        ("<h3>王小芳</h3><p>正文</p>", ""),
        ("<h3>2022-01-17 09:12 来源：鲁网</h3><p>正文</p>", ""),
    ],
)
def test_a_lesser_heading_below_is_a_subtitle_unless_it_heads_a_section(below: str, subtitle: str) -> None:
    document = parse_document(f"<title>{H}_鲁网</title><body><div><h1>{H}</h1>{below}</div>")
    assert document is not None
    assert find_headline(document).subtitle == subtitle
