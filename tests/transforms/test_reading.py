"""Whole pages: what is cut from a body and what stays, and that nothing that is sent makes reading fail."""

import dataclasses
import datetime as dt
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import Article, FetchedPage, LinkKind, Publisher, Reason, Rejected
from records.publisher import Layout
from transforms.assembly import Reading
from transforms.reading import read_page

URL = "http://www.a.example/xw/202201/t20220117_1.htm"
PARAGRAPHS = [
    "1月16日上午，章丘区召开春季农业生产现场推进会，总结前一阶段工作，部署下一步任务。",
    "会议指出，今年以来，全区各级各部门抢抓农时，春管春播进展顺利，粮食安全基础更加牢固。",
    "会议要求，要坚持问题导向，把高标准农田建设作为重点，推动各项措施落到实处、见到成效。",
    "会前，与会人员到圣井街道、双山街道实地察看了小麦长势和农机检修情况。",
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
TITLE = "章丘区召开春季农业生产现场推进会"
INFO = "<div class='info'>2022-01-17 09:12 来源：鲁网 编辑：刘一诺</div>"


def fetched(body: str | bytes, url: str = URL, **fields: object) -> FetchedPage:
    data = body.encode() if isinstance(body, str) else body
    page = FetchedPage(
        url=url,
        canonical_url=url,
        publisher_id="a",
        fetched_at=dt.datetime(2022, 2, 1, tzinfo=dt.UTC),
        body=data,
        body_sha256="0" * 64,
    )
    return dataclasses.replace(page, **fields)  # type: ignore[arg-type]


def page(inner: str, title: str = f"{TITLE}_章丘_鲁网", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{inner}</body></html>"


def article_of(html: str | bytes, url: str = URL) -> Article:
    reading = read_page(fetched(html, url), None)
    assert isinstance(reading, Reading), reading
    return reading.article


def reading_of(html: str) -> Reading:
    reading = read_page(fetched(html), None)
    assert isinstance(reading, Reading), reading
    return reading


# what stands around the body in one container; none of it may stay
AROUND = {
    "credits below": (INFO, "<p>（责任编辑：刘一诺）</p>"),
    "source below": (INFO, "<p>来源：鲁网</p>"),
    "three reviews": (INFO, "<p>一审：王一诺 二审：李二可 三审：赵三思</p>"),
    "share buttons": (
        INFO + "<div>分享到：<a href='#'>微信</a><a href='#'>微博</a></div>",
        "<div>打印 关闭 收藏</div>",
    ),
    "scan codes": (INFO, "<p>扫一扫在手机打开当前页</p><p>微信扫码关注我们</p>"),
    "disclaimer": (
        INFO,
        "<p>免责声明：本文仅代表作者个人观点，与本网无关。其原创性以及文中陈述文字和内容未经本站证实。</p>",
    ),
    "promotion": (INFO, "<p>更多精彩内容请关注鲁网官方微信公众号</p>"),
    "related list": (
        INFO,
        "<h3>相关新闻</h3><ul><li><a href='/1.htm'>喜报!章丘区再添2家科技小院</a> 2024-05-13</li><li><a href='/2.htm'>章丘供暖</a></li></ul>",  # noqa: E501
    ),
    "unlinked list": (INFO, "<div>延伸阅读</div><p><a href='/3.htm'>章丘：一块大葱地的“身份证”</a></p>"),
    "neighbours": (
        INFO,
        "<div>上一篇：<a href='/4.htm'>章丘区领导走访企业</a></div><div>下一篇：<a href='/5.htm'>章丘新增停车位</a></div>",  # noqa: E501
    ),
    "comments": (INFO, "<div class='x'><h4>网友评论</h4><p>说得好，支持章丘发展，希望多建设一些这样的项目。</p></div>"),
    "keywords": (INFO, "<div>关键词：章丘 农业 会议</div>"),
    "original headline": (INFO + "<p>原标题：章丘区召开春季农业生产会议</p>", ""),
    "headline again": (INFO + f"<p>{TITLE}</p>", ""),
    "click counters": (INFO + "<div>浏览次数： 1203 次 【字号：大 中 小】</div>", "<p>1203</p>"),
    "crumbs": ("<div>当前位置：<a href='/'>首页</a> &gt; <a href='/xw/'>新闻</a> &gt; 正文</div>" + INFO, ""),
    "end mark": (INFO, "<p>- THE END -</p>"),
    "licences": (INFO, "<p>鲁ICP备2099001号-1 鲁公网安备 37019902000001号 版权所有</p>"),
}


@pytest.mark.parametrize("name", AROUND)
def test_body_is_the_article_and_nothing_else(name: str) -> None:
    above, below = AROUND[name]
    article = article_of(page(f"<div class='main'><h1>{TITLE}</h1>{above}{BODY}{below}</div>"))
    assert article.paragraphs == tuple(PARAGRAPHS)
    assert article.title == TITLE
    assert article.source_name == "鲁网"
    assert article.published_at == dt.datetime(2022, 1, 17, 1, 12, tzinfo=dt.UTC)


# what belongs to a body although it looks like furniture
INSIDE = [
    "章丘区委、区政府免责声明等文件的起草单位表示，今后将进一步规范流程。",
    "记者：请问今年的春管有什么特点？",
    "监督举报电话：12380（受理时间：工作日8:30—17:00）。",
    "一、抓好春季田间管理",
    "（一）压实责任",
    "时间：2月3日至2月10日",
    "请大家关注道路电子显示屏、交通广播进行绕行。",
    "点评：这一做法值得推广。",
    "他说：“来源地清楚，去向才清楚。”",
]


@pytest.mark.parametrize("line", INSIDE)
def test_prose_and_subheads_stay(line: str) -> None:
    middle = "".join(f"<p>{text}</p>" for text in (PARAGRAPHS[0], PARAGRAPHS[1], line, PARAGRAPHS[2], PARAGRAPHS[3]))
    article = article_of(page(f"<h1>{TITLE}</h1>{INFO}<div class='TRS_Editor'>{middle}</div>"))
    assert article.paragraphs[2] == line
    assert len(article.paragraphs) == 5


def test_the_class_editor_is_no_furniture() -> None:
    article = article_of(
        page(f"<h1>{TITLE}</h1>{INFO}<div class='TRS_Editor'><div class='ueditor-content'>{BODY}</div></div>")
    )
    assert article.paragraphs == tuple(PARAGRAPHS)


def test_lines_parted_by_br_are_paragraphs() -> None:
    article = article_of(page(f"<h1>{TITLE}</h1>{INFO}<div>" + "<br><br>　　".join(PARAGRAPHS) + "</div>"))
    assert article.paragraphs == tuple(PARAGRAPHS)


def test_tables_of_data_are_kept_by_row() -> None:
    table = "<table><tr><th>学校</th><th>班数</th></tr><tr><td>龙泉小学</td><td>4</td></tr></table>"
    article = article_of(
        page(f"<h1>{TITLE}</h1>{INFO}<div>{BODY}{table}<p>以上为今年招生计划，请广大家长周知。</p></div>")
    )
    assert "学校\t班数" in article.paragraphs
    assert "龙泉小学\t4" in article.paragraphs


def test_captions_are_kept_apart() -> None:
    picture = "<p><img src='/pic/1.jpg'/></p><p class='caption'>农机手在检修农机。</p>"
    article = article_of(page(f"<h1>{TITLE}</h1>{INFO}<div><p>{PARAGRAPHS[0]}</p>{picture}{BODY}</div>"))
    assert [(image.url, image.caption) for image in article.images] == [
        ("http://www.a.example/pic/1.jpg", "农机手在检修农机。")
    ]
    assert "农机手在检修农机。" not in article.text


@pytest.mark.parametrize(
    ("caption", "told"),
    [
        ("1月15日，农机手在龙泉村检修农机，备战春耕。王芳 摄", True),
        ("农机手在检修农机，备战春耕生产。 通讯员 王芳 摄", True),
        ("图为会议现场。王芳 摄", False),
        ("图片来源：章丘融媒", False),
        ("资料图", False),
    ],
)
def test_a_caption_that_reports_is_text_too(caption: str, told: bool) -> None:
    picture = f"<p><img src='/pic/1.jpg'/></p><p>{caption}</p>"
    article = article_of(page(f"<h1>{TITLE}</h1>{INFO}<div><p>{PARAGRAPHS[0]}</p>{picture}{BODY}</div>"))
    assert (caption in article.paragraphs) is told
    assert told or caption not in article.text


def test_related_links_of_every_kind() -> None:
    html = page(
        f"<div><h1>{TITLE}</h1>{INFO}<div class='con'><p>{PARAGRAPHS[0]}<a href='/zt/nongye.htm'>农业专题</a>。</p>{BODY}</div>"  # noqa: E501
        "<p>上一篇：<a href='/4.htm'>章丘区领导走访企业</a></p><p>下一篇：没有了</p>"
        "<div class='xgxw'><h3>相关新闻</h3><ul><li><span>2022-01-03</span><a href='/1.htm?utm_source=x'>章丘再添科技小院</a></li></ul></div></div>"  # noqa: E501
        "<div class='hot'><h3>点击排行</h3><a href='/9.htm'>热门文章一二三四</a></div>"
    )
    links = reading_of(html).related_links
    assert [(link.position, link.kind, link.anchor_text, link.to_url, link.published_date) for link in links] == [
        (1, LinkKind.INLINE, "农业专题", "http://www.a.example/zt/nongye.htm", None),
        (2, LinkKind.PREVIOUS, "章丘区领导走访企业", "http://www.a.example/4.htm", None),
        (3, LinkKind.RELATED, "章丘再添科技小院", "http://www.a.example/1.htm", dt.date(2022, 1, 3)),
    ]


def test_pages_of_one_article_are_joined_in_order() -> None:
    parts = [
        fetched(page(f"<h1>{TITLE}</h1>{INFO}<div>{p1}{p2}</div><div>上一页 1 2 下一页</div>"))
        for p1, p2 in (("", BODY),)
    ]
    second = [text.replace("会议", "座谈会") for text in PARAGRAPHS[1:]]
    more = fetched(
        page(f"<h1>{TITLE}</h1>{INFO}<div>{''.join(f'<p>{t}</p>' for t in second)}</div><p>责任编辑：陈思远</p>"),
        URL.replace("_1", "_1_1"),
    )
    first_page_again = dataclasses.replace(parts[0], url=URL.replace("_1", "_1_2"))
    reading = read_page(dataclasses.replace(parts[0], next_pages=(more, first_page_again)), None)
    assert isinstance(reading, Reading)
    assert reading.article.page_count == 2
    assert reading.article.paragraphs[: len(PARAGRAPHS)] == tuple(PARAGRAPHS)
    assert reading.article.paragraphs[len(PARAGRAPHS)] == second[0]
    assert "陈思远" in reading.article.editors


def test_pictures_of_further_pages_are_joined_without_repetition() -> None:
    def part(number: int, pictures: str) -> FetchedPage:
        text = "".join(f"<p>{text.replace('会议', f'第{number}次会议')}</p>" for text in PARAGRAPHS)
        return fetched(page(f"<h1>{TITLE}</h1>{INFO}<div>{text}{pictures}</div>"), URL.replace("_1", f"_1_{number}"))

    first = part(0, "<p><img src='/a.jpg'></p><p>图为会议现场。</p>")
    more = part(1, "<p><img src='/a.jpg'><img src='b.jpg'></p><p>图为田间。王芳 摄</p>")
    reading = read_page(dataclasses.replace(first, next_pages=(more,)), None)
    assert isinstance(reading, Reading)
    assert [(image.url, image.caption) for image in reading.article.images] == [
        ("http://www.a.example/a.jpg", "图为会议现场。"),
        ("http://www.a.example/xw/202201/b.jpg", "图为田间。王芳 摄"),
    ]


def test_relative_links_of_a_page_without_an_address_keep_their_headlines() -> None:
    related = "<h3>相关阅读</h3><ul><li><a href='/1.htm'>章丘再添科技小院</a></li></ul>"
    html = page(f"<h1>{TITLE}</h1>{INFO}<div>{BODY}</div>{related}")
    nowhere = dataclasses.replace(fetched(html), url="", canonical_url="http://text.invalid/")
    reading = read_page(nowhere, None)
    assert isinstance(reading, Reading)
    assert [(link.anchor_text, link.to_url) for link in reading.related_links] == [("章丘再添科技小院", None)]
    assert "relative_links" in reading.article.quality_flags
    placed = read_page(fetched(html), None)
    assert isinstance(placed, Reading)
    assert "relative_links" not in placed.article.quality_flags


SCRIPTS = {
    "a state object": 'window.__INITIAL_STATE__ = {"a":1,"detail":{"title":"%s","content":"%s","publishTime":"2022-01-17 09:12:00","source":"鲁网"}};',  # noqa: E501
    "json of a framework": '{"props":{"pageProps":{"detailData":{"title":"%s","content":"%s","pubTime":"2022-01-17 09:12:00","source":"鲁网"}}}}',  # noqa: E501
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_articles_that_stand_only_in_a_script(name: str) -> None:
    script = SCRIPTS[name] % (TITLE, BODY.replace("/", "\\/"))
    article = article_of(page(f"<div id='app'></div><script>{script}</script>"))
    assert article.paragraphs == tuple(PARAGRAPHS)
    assert article.source_name == "鲁网"
    assert article.published_at == dt.datetime(2022, 1, 17, 1, 12, tzinfo=dt.UTC)
    assert "from_script" in article.quality_flags


def test_json_ld_and_escaped_strings_are_read_too() -> None:
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in BODY).replace("<", "\\x3c")
    article = article_of(page(f"<div id='app'></div><script>var data = f('{escaped}');</script>"))
    assert article.paragraphs == tuple(PARAGRAPHS)


REFUSED = [
    ("", Reason.EMPTY_PAGE),
    ("<html><head><title>x</title></head><body></body></html>", Reason.EMPTY_PAGE),
    (page("<h1>404</h1><p>您访问的页面不存在，请返回首页。</p>", "404 Not Found"), Reason.ERROR_PAGE),
    (page("<div>该文章已被删除</div>", "提示信息"), Reason.ERROR_PAGE),
    (page("<p>很抱歉，您要访问的网页找不到了。</p>", "鲁网"), Reason.ERROR_PAGE),
    (page("<p>请登录后查看全文</p><form><input name='u'></form>", "用户登录"), Reason.LOGIN_WALL),
    (page("<p>您的访问过于频繁，请完成安全验证。</p>", "安全验证"), Reason.ANTI_BOT),
    (page("<p>请开启JavaScript并刷新该页。</p>", "Just a moment..."), Reason.ANTI_BOT),
    (
        page(
            "<ul>" + "".join(f"<li><a href='/{i}.htm'>章丘区新闻标题第{i}条</a></li>" for i in range(40)) + "</ul>",
            "新闻列表_鲁网",
        ),
        Reason.NOT_ARTICLE,
    ),
    ("%PDF-1.4\n1 0 obj", Reason.NOT_HTML),
]


@pytest.mark.parametrize(("html", "reason"), REFUSED)
def test_pages_that_are_no_articles(html: str, reason: Reason) -> None:
    rejected = read_page(fetched(html), None)
    assert isinstance(rejected, Rejected), rejected
    assert rejected.reason is reason
    assert rejected.detail
    assert rejected.publisher_id == "a"


def test_an_article_about_an_error_page_is_an_article() -> None:
    body = BODY + "<p>记者登录该网站时，页面提示“404 Not Found”，有网友说需要登录后查看。</p>" * 2
    assert article_of(page(f"<h1>{TITLE}</h1>{INFO}<div>{body}</div>")).title == TITLE


LAYOUT_PAGE = page(
    f"<div id='t'>{TITLE}（图）</div><div class='when'>2022-01-17 09:12 鲁网</div><div id='story'>{BODY}</div>"
    f"<div>{BODY.replace('会议', '论坛')}{BODY.replace('会议', '大会')}</div>",
    "章丘",
)


def publisher(*layouts: Layout) -> Publisher:
    return Publisher(id="a", name="甲报", home_url="http://www.a.example/", layouts=layouts)


def test_a_layout_wins_where_it_matches() -> None:
    layout = Layout(id="2020", title="#t", body="#story", info=".when")
    reading = read_page(fetched(LAYOUT_PAGE), publisher(layout))
    assert isinstance(reading, Reading)
    assert reading.article.layout_id == "2020"
    assert reading.article.title == f"{TITLE}（图）"
    assert reading.article.paragraphs == tuple(PARAGRAPHS)


def test_a_layout_that_stopped_matching_is_flagged_and_the_generic_way_reads() -> None:
    reading = read_page(
        fetched(page(f"<h1>{TITLE}</h1>{INFO}<div>{BODY}</div>")), publisher(Layout(id="old", body="div.gone"))
    )
    assert isinstance(reading, Reading)
    assert reading.article.layout_id is None
    assert "layout_miss" in reading.article.quality_flags
    assert reading.article.paragraphs == tuple(PARAGRAPHS)


def test_the_fetch_day_picks_the_layout() -> None:
    old = Layout(id="old", valid_until=dt.date(2022, 1, 31), body="#story")
    new = Layout(id="new", body="#story")
    before = read_page(
        fetched(LAYOUT_PAGE, fetched_at=dt.datetime(2022, 1, 31, 12, tzinfo=dt.UTC)), publisher(new, old)
    )
    after = read_page(fetched(LAYOUT_PAGE, fetched_at=dt.datetime(2022, 1, 31, 17, tzinfo=dt.UTC)), publisher(new, old))
    assert isinstance(before, Reading)
    assert isinstance(after, Reading)
    assert (before.article.layout_id, after.article.layout_id) == ("old", "new")


def test_an_english_page_is_read_by_trafilatura() -> None:
    text = (
        "The county government held a meeting on Monday to discuss spring farming and the safety of grain in the region. "  # noqa: E501
        * 3
    )
    html = page(
        f"<article><h1>County holds meeting</h1><p>{text}</p><p>{text.replace('Monday', 'Friday')}</p></article>",
        "County holds meeting",
    )
    article = article_of(html)
    assert article.language == "en"
    assert "read_by_trafilatura" in article.quality_flags
    assert article.title == "County holds meeting"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=3000))
def test_random_bytes_never_raise(body: bytes) -> None:
    read_page(fetched(body), None)


TAGS = st.sampled_from(
    [
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<br>",
        "<a href='/x'>",
        "</a>",
        "<table>",
        "<tr><td>",
        "<img src=x>",
        "<h1>",
        "</h1>",
        "<b>",
        "<ul><li>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
    ]
)
WORDS = st.sampled_from(
    [
        *PARAGRAPHS,
        TITLE,
        "来源：鲁网",
        "2022-01-17 09:12",
        "相关新闻",
        "（记者 甲乙）",
        "\x00",
        "&#0;",
        "&#x110000;",
        "\ufffd",
    ]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(TAGS, WORDS), max_size=60))
def test_random_markup_never_raises_and_keeps_its_law(pieces: list[str]) -> None:
    result = read_page(fetched("".join(pieces)), None)
    if isinstance(result, Reading):
        article = result.article
        assert article.text == "\n".join(article.paragraphs)
        assert len(article.content_sha256) == 64
        assert (article.published_at is None) == (article.published_precision is None)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + BODY,
        "<span>" * 20_000 + "章丘区召开会议，部署工作。",
        "<div>" * 250 + "The county held a meeting on Monday, and the town agreed. " * 40,
        "<a href='/x'>" * 5_000 + BODY,
        "<b>" * 3_000 + BODY,
        page("<p>" + "章" * 2_000_000 + "</p>"),
        page(BODY + "<p>（" * 50_000),
        page(BODY + "<p>来源" * 50_000),
        page("<p>" + "1月1日" * 100_000 + "</p>"),
        page("<p>" + "本报记者 " * 50_000 + "</p>"),
        page("<script>" + '"' * 200_001 + "</script>"),
        page("<script>var a = '" + "\\" * 200_000 + "</script>"),
        page(INFO + "<li><a href='/1.htm'>章丘</a>" * 30_000),
    ],
    ids=[
        "deep blocks",
        "deep inline",
        "deep english",
        "deep anchors",
        "deep bold",
        "one long word",
        "open brackets",
        "labels",
        "dates",
        "bylines",
        "quotes",
        "backslashes",
        "links",
    ],
)
def test_hostile_pages_take_bounded_time(html: str) -> None:
    start = time.process_time()
    read_page(fetched(html), None)
    assert time.process_time() - start < 8.0
