"""Which link is an article's next page: a table; another article, also under 下一页, is none."""

import pytest

from crawlers.article_pages import next_article_page

TRS = "http://a.example/zq/202201/t20220117_5.htm"
CASES = [
    (TRS, TRS, '<a href="t20220117_5_1.htm">2</a>', "http://a.example/zq/202201/t20220117_5_1.htm"),
    (TRS, TRS, 'createPageHTML(3, 0, "t20220117_5", "htm");', "http://a.example/zq/202201/t20220117_5_1.htm"),
    (TRS, TRS[:-4] + "_1.htm", 'createPageHTML(3, 1, "t20220117_5", "htm");', TRS[:-4] + "_2.htm"),
    (TRS, TRS[:-4] + "_2.htm", 'createPageHTML(3, 2, "t20220117_5", "htm");', None),
    (TRS, TRS, '<a href="t20220117_6.htm">下一页</a>', None),
    (TRS, TRS, '<a href="t20220117_55_1.htm">下一页</a>', None),
    (TRS, TRS, '<a href="../202202/t20220117_5_1.htm">下一页</a>', None),
    (TRS, TRS, '<a href="http://b.example/zq/202201/t20220117_5_1.htm">下一页</a>', None),
    (TRS, TRS, '<a href="t20220117_5_3.htm">4</a><a href="t20220117_5_2.htm">3</a>', TRS[:-4] + "_2.htm"),
    (
        "http://a.example/show.asp?id=7",
        None,
        '<a href="show.asp?id=7&amp;page=2">',
        "http://a.example/show.asp?id=7&page=2",
    ),
    ("http://a.example/show.asp?id=7", None, '<a href="show.asp?id=8&amp;page=2">', None),
    ("http://a.example/show.asp?id=7", None, '<a href="show.asp?id=8">下一页</a>', None),
    ("http://a.example/n/123.html", None, '<a href="/n/123/2.html">', "http://a.example/n/123/2.html"),
    ("http://a.example/n/123.html", None, '<a href="/n/123-2.html">', "http://a.example/n/123-2.html"),
    ("http://a.example/n/123.html", None, '<link rel="next" href="/n/124.html">', None),
    ("http://a.example/n/", None, '<a href="/n/_2">', None),
]


@pytest.mark.parametrize(("first", "here", "body", "following"), CASES)
def test_the_next_page_of_an_article(first, here, body, following):
    assert next_article_page(body.encode(), here or first, first, {first}) == following


def test_a_page_asked_for_is_not_asked_again():
    body = b'<a href="t20220117_5_1.htm">2</a>'
    assert next_article_page(body, TRS, TRS, {TRS, TRS[:-4] + "_1.htm"}) is None
