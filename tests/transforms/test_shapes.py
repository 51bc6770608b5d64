"""Page shapes of Chinese content systems, one article in each: the same paragraphs, headline, time and credits must come out.

The markup is ours, shaped after what account platforms, portals, party papers, government tables and county media use.
"""  # noqa: E501

# ruff: noqa: ISC004, UP031 -- markup reads best as adjacent strings, and braces stay braces

import datetime as dt
from urllib.parse import quote

import pytest

from records import Article, FetchedPage
from transforms.assembly import Reading
from transforms.reading import read_page

T = "章丘区召开春季农业生产现场推进会"
P = (
    "1月16日上午，章丘区召开春季农业生产现场推进会，总结前一阶段工作，部署下一步任务。",
    "会议指出，今年以来，全区各级各部门抢抓农时，春管春播进展顺利，粮食安全基础更加牢固。",
    "会议要求，要坚持问题导向，把高标准农田建设作为重点，推动各项措施落到实处、见到成效。",
)
B = "".join(f"<p>　　{p}</p>\n" for p in P)
INFO = "<div class='info'>2022-01-17 09:12 来源：鲁网 编辑：刘一诺</div>"
HEAD = f"<html><head><title>{T}_鲁网</title></head><body>"
MINUTE = dt.datetime(2022, 1, 17, 1, 12, tzinfo=dt.UTC)
SECOND = dt.datetime(2022, 1, 17, 1, 12, 33, tzinfo=dt.UTC)
COMMENTS = "".join(
    f"<div><a>网友{i}</a><p>说得真好，支持章丘发展，希望越来越好，大家一起努力{i}。</p></div>" for i in range(30)
)
SUMMARIES = "".join(
    f"<div><h4><a href='/{i}'>推荐的新闻标题在这里</a></h4><p>推荐的新闻摘要在这里，它有标点，也很长，看起来就像正文一样。</p><i>2022-01-2{i} 10:00</i></div>"  # noqa: E501
    for i in range(6)
)
STATE = '{"articleInfo":{"title":"%s","content":"%s","publishTime":"2022-01-17 09:12:33","source":"鲁网"}}' % (
    T,
    B.replace("\n", ""),
)

# name -> page, published at, source, editors
SHAPES: dict[str, tuple[str, dt.datetime, str | None, tuple[str, ...]]] = {
    "account platform, time in a script": (
        f"<html><head><meta property='og:title' content='{T}'/><title></title></head><body id='activity-detail'>"
        f"<h1 id='activity-name'>{T}</h1><div><span>原创</span><span><a id='js_name'>章丘融媒</a></span><em id='publish_time'></em></div>"  # noqa: E501
        f"<div id='js_content' style='visibility: hidden;'><p>点击上方“章丘融媒”关注我们</p>{''.join(f'<section><p>{p}</p></section>' for p in P)}"  # noqa: E501
        "<p>来源：章丘融媒</p><p>编辑：刘一诺</p></div><script>var ct = '1642381953';</script></body></html>",
        SECOND,
        "章丘融媒",
        ("刘一诺",),
    ),
    "portal with a platform's statement": (
        f"<html><head><title>{T}_会议_工作</title></head><body><div class='text-title'><h1>{T} <span></span></h1><div><span id='news-time'>2022-01-17 09:12"  # noqa: E501
        f"</span><span>来源:<a href='http://lw.example/'>鲁网</a></span></div></div><article><p style='display:none'>原标题：{T}</p>{B}<p>责任编辑：刘一诺</p>"  # noqa: E501
        "</article><div>平台声明：该文观点仅代表作者本人，本号系信息发布平台，仅提供信息存储空间服务。</div><h4>推荐阅读</h4><a href='/1'>山东一地发布人事任免</a></body></html>",  # noqa: E501
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "party paper in GBK": (
        f"<html><head><meta charset='GB2312'><title>{T}--山东频道--人民报</title></head><body><div><a>人民报</a>&gt;&gt;<a>山东频道</a></div><h1>{T}</h1><div>"  # noqa: E501
        f"2022年01月17日09:12&nbsp; 来源：<a href='/'>人民报</a></div><div id='rwb_zw'>{B}<div class='edit'>(责编：刘一诺、邢思远)</div></div>"  # noqa: E501
        "<h2>推荐阅读</h2><a href='/1'>山东：小麦丰收</a></body></html>",
        MINUTE,
        "人民报",
        ("刘一诺", "邢思远"),
    ),
    "agency with the time above the headline": (
        f"<html><head><title>{T}-新华报</title></head><body><div><a>新华报</a> &gt; 正文</div><div><span><em> 2022</em></span><span><em>01</em>/<em>17</em></span>"  # noqa: E501
        f"<span>09:12:33</span></div><div>来源：新华报</div><h1>{T}</h1><div id='detail'>{B}</div><div><span>【责任编辑:刘一诺】</span></div></body></html>",  # noqa: E501
        SECOND,
        "新华报",
        ("刘一诺",),
    ),
    "state in an encoded script": (
        f"<html><head><title>{T}</title></head><body><div id='root'></div><script type='application/json'>{quote(STATE)}</script></body></html>",  # noqa: E501
        SECOND,
        "鲁网",
        (),
    ),
    "source linked beside the date": (
        f"<html><head><title>{T}|章丘|农业_新浪报</title></head><body><h1>{T}</h1><div><span>2022年01月17日 09:12</span><a href='http://x.example/'>鲁网</a></div>"  # noqa: E501
        f"<div id='article'><p>　　原标题：{T}</p>{B}<p class='show_author'>责任编辑：刘一诺 </p></div><div class='keywords'>关键字 : <a>章丘</a></div></body></html>",  # noqa: E501
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "table and br of the two-thousands": (
        f"<html><head><title>{T}</title></head><body><table><tr><td><font>{T}</font></td></tr><tr><td>作者：王芳 来源：章丘日报 发布时间：2022-1-17 9:12:33 点击：23</td></tr>"  # noqa: E501
        f"<tr><td class='content'>　　{'<br>　　'.join(P)}<br>（本报记者 王芳）</td></tr></table></body></html>",
        SECOND,
        "章丘日报",
        (),
    ),
    "county media with three reviews": (
        f"{HEAD}<h2>{T}</h2><p><span>2022-01-17 09:12:33</span><span>浏览：123</span></p><div>{B}<p>记者：王芳 李一可</p><p>编辑：刘一诺</p><p>一审：刘一诺</p>"  # noqa: E501
        "<p>二审：陈思远</p><p>三审：周可心</p></div></body></html>",
        SECOND,
        None,
        ("刘一诺",),
    ),
    "a form around everything": (
        f"{HEAD}<form id='form1'><div class='nav'><a>首页</a></div><h1>{T}</h1>{INFO}<div>{B}</div></form>",
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "hidden until a script shows it": (
        f"{HEAD}<div style='display:none' class='share-page'><h1>{T}</h1>{INFO}<div>{B}</div></div>",
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "summaries of other articles": (
        f"{HEAD}<div><h1>{T}</h1>{INFO}<div>{B}</div><div><h3>猜你喜欢</h3>{SUMMARIES}</div></div>",
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "more comments than article": (
        f"{HEAD}<h1>{T}</h1>{INFO}<div>{B}</div><div class='comment-list'>{COMMENTS}</div>",
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "spans and br": (
        f"{HEAD}<h1>{T}</h1>{INFO}<div>{''.join(f'<span>{p}</span><br/><br/>' for p in P)}</div>",
        MINUTE,
        "鲁网",
        ("刘一诺",),
    ),
    "preformatted": (f"{HEAD}<h1>{T}</h1>{INFO}<pre>" + "\n".join(P) + "</pre>", MINUTE, "鲁网", ("刘一诺",)),
}


def read(html: str) -> Article:
    body = html.encode("gbk" if "GB2312" in html else "utf-8")
    page = FetchedPage(
        url="http://www.a.example/article",
        canonical_url="http://www.a.example/article",
        publisher_id=None,
        fetched_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        body=body,
        body_sha256="0" * 64,
    )
    reading = read_page(page, None)
    assert isinstance(reading, Reading), reading
    return reading.article


@pytest.mark.parametrize("name", SHAPES)
def test_one_article_in_every_shape(name: str) -> None:
    html, published_at, source, editors = SHAPES[name]
    article = read(html)
    assert article.title == T
    assert article.paragraphs == P
    assert article.published_at == published_at
    assert article.source_name == source
    assert article.editors == editors


def test_a_one_sentence_item_among_links() -> None:
    links = "".join(f"<li><a href='/{i}'>章丘区某某工作取得新进展，群众纷纷点赞叫好</a></li>" for i in range(30))
    article = read(f"{HEAD}<h1>{T}</h1>{INFO}<div><p>1月16日，章丘区召开会议。</p></div><ul>{links}</ul>")
    assert article.text == "1月16日，章丘区召开会议。"
    assert "short_text" in article.quality_flags


def test_a_gallery_tells_its_story_in_the_captions() -> None:
    pictures = "".join(f"<p><img src='/p{i}.jpg'></p><p>图为农机手在检修农机（{i}）。王芳 摄</p>" for i in range(3))
    article = read(f"{HEAD}<h1>{T}</h1>{INFO}<div>{pictures}</div>")
    assert len(article.images) == 3
    assert article.paragraphs[0] == "图为农机手在检修农机（0）。王芳 摄"


def test_a_signature_of_a_notice_stays() -> None:
    article = read(f"{HEAD}<h1>{T}</h1>{INFO}<div>{B}<p>章丘区农业农村局</p><p>2022年1月17日</p></div>")
    assert article.paragraphs[-2:] == ("章丘区农业农村局", "2022年1月17日")
