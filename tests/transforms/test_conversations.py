"""Threads and questions are told from articles by what their system says, also where one system prints both."""

import pytest

from transforms.conversations import is_conversation
from transforms.document import parse_document
from transforms.extraction import extract

POSTS = [
    "今天早上起来发现没水了，有谁知道怎么回事吗？物业电话也打不通，一楼的水压也很小。",
    "我们这边也停了，打电话给自来水公司，说是东关大街管道维修，估计要到下午才能恢复。",
    "刚刚来水了，先放一会儿再用，水有一点浑。感谢楼上各位热心的邻居，辛苦维修师傅了！",
]
DISCUZ = '<meta name="generator" content="Discuz! X3.4">'


def thread(head: str = "", body: str = "") -> str:
    posts = "".join(f'<div id="post_{n}"><div class="t_f">{text}</div></div>' for n, text in enumerate(POSTS))
    title = "东关小区停水了吗 - 青岩论坛"
    return f"<html><head><title>{title}</title>{head}</head><body {body}><h1>东关小区停水了吗</h1>{posts}</body></html>"


CASES = [
    (thread('<script type="application/ld+json">{"@type": "QAPage"}</script>'), "http://a.example/ask/1", True),
    (thread(body='id="nv_forum" class="pg_viewthread"'), "http://a.example/1", True),
    (thread(DISCUZ), "http://a.example/thread-103-1-1.html", True),
    (thread(DISCUZ), "http://a.example/x.html", True),
    # the same system's articles, a thread's address without a system, an article that many people comment on
    (thread(DISCUZ, 'id="nv_portal" class="pg_view"'), "http://a.example/portal.php?mod=view&aid=1", False),
    (thread(), "http://a.example/thread-103-1-1.html", False),
    (thread('<script type="application/ld+json">{"@type": "NewsArticle"}</script>'), "http://a.example/1.html", False),
]


@pytest.mark.parametrize(("markup", "url", "expected"), CASES)
def test_what_the_system_says_decides(markup, url, expected):
    document = parse_document(markup, url)
    assert document is not None
    assert is_conversation(document, url) is expected


def test_a_thread_is_read_by_trafilatura_and_says_so():
    read = extract(thread(DISCUZ).encode(), url="http://a.example/thread-103-1-1.html")
    assert "read_by_trafilatura" in read.article.quality_flags
    assert "管道维修" in read.article.text


def test_a_question_stands_above_its_answer_where_the_page_has_no_date():
    question = "今年的小麦返青以后叶子一直发黄，浇了水也没有好转，请问是什么原因，应该怎么处理？"
    answers = [
        "小麦叶片发黄的原因比较多，常见的有缺氮、冻害、根腐病等，要先拔起来看看根系是不是发黑。",
        "如果是缺肥，可以结合浇水亩追尿素八到十公斤；如果是病害，要及时喷施杀菌剂，并注意排水。",
    ]
    told = "".join(f"<p>{text}</p>" for text in answers)
    head = "<title>小麦叶子发黄怎么办</title><h1>小麦叶子发黄怎么办</h1>"
    page = f'{head}<div class="q">{question}</div><div class="ans">{told}</div>'
    assert extract(page.encode()).article.paragraphs == (question, *answers)
