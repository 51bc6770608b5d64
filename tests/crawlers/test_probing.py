"""What a survey finds in addresses and pages, without asking for any."""

import re
from datetime import date

import pytest
from crawl_runs import make_publisher

from crawlers.discovery.listing import read_listing
from crawlers.probing.choosing import choose_sections, needs_home, section_id, spread
from crawlers.probing.pages import site_names, view_page
from crawlers.probing.session import SiteHosts, site_domain
from crawlers.probing.shapes import joined, learn_shapes, shape_key

TODAY = date(2024, 6, 11)
SHAPES = [
    ("/zq/xw/202406/t20240619_4358820.htm", r"/\d{6}/t\d{8}_\d+\.htm$"),
    ("/content/2024-06/13/content_12381.html", r"/\d+-\d+/\d+/content_\d+\.html$"),
    ("/shandong/2024/0613/5038741.shtml", r"/(?:19|20)\d{2}/\d+/\d+\.shtml$"),
    ("/art/2024/6/13/art_1234_567890.html", r"/(?:19|20)\d{2}/\d+/\d+/art_\d+_\d+\.html$"),
    ("/index.php?m=content&a=show&catid=6&id=9", r"/index\.php\?m=content&a=show&catid=\d+&id=\d+$"),
    ("/ShowArticle.asp?ArticleID=61", r"/ShowArticle\.asp\?ArticleID=\d+$"),
    ("/p/66f0a1b2c3d4e5f6a7b81000.html", r"/[0-9a-f]{24}\.html$"),
    ("/news/new-bus-routes-open", r"/[\w%]+(?:[-_][\w%]+){2,}$"),
    ("/archives/1234.html", r"/\d+\.html$"),
    ("/zq/xw/index_1.htm", None),
    ("/node_12.html", None),
    ("/zq/", None),
    ("/html/2024-06/10/node_2.htm", None),  # a paper's page of the day
    ("/about-us", None),
    ("/css/2024/style.css", None),
]


@pytest.mark.parametrize(("path", "shape"), SHAPES)
def test_the_shape_of_an_address(path, shape):
    key = shape_key(f"http://a.example{path}")
    assert key == shape
    if key is not None:
        assert re.search(key, path), "a shape finds the address that it was learned from"


def test_headlines_tell_candidates_from_navigation():
    headlines = {f"http://a.example/a/{n}.html": f"沂水县第{n}处水库完成除险加固" for n in range(1000, 1008)}
    headlines |= {f"http://a.example/tag/{n}.html": "水利" for n in range(2000, 2030)}
    (shape,) = learn_shapes(headlines)
    assert shape.pattern == r"^/a/\d+\.html$"
    assert joined([shape.pattern, "/x$"]) == r"(?:^/a/\d+\.html$)|(?:/x$)"


def test_a_shape_found_in_several_folders_is_tied_to_none():
    headlines = {
        f"http://a.example/{s}/{n}.html": "沂水县一处水库完成除险加固" for s in "ab" for n in range(1000, 1004)
    }
    assert [shape.pattern for shape in learn_shapes(headlines)] == [r"/\d+\.html$"]


def test_sections_have_articles_of_their_own():
    home, latest = "http://a.example/", ["http://a.example/9"]
    listed = {home: [*latest, "http://a.example/1"], "http://a.example/about": latest}
    listed |= {f"http://a.example/{name}/": [*latest, f"http://a.example/{n}"] for n, name in enumerate("xyz", 1)}
    listed["http://a.example/x/index.html"] = listed["http://a.example/x/"]
    sections, sources = choose_sections(listed, {"http://a.example/y/": "民生"}, home, lambda url: False)
    assert [(s.id, s.name) for s in sections] == [("x", "x"), ("y", "民生"), ("z", "z")]
    assert [s.section for s in sources] == ["x", "y", "z"]
    assert not needs_home(listed, home, [s.url for s in sources])
    assert needs_home(listed, home, [])


SECTION_IDS = [
    ("http://www.a.example/zq/xw/index.htm", "zq_xw"),
    ("http://www.a.example/node_11.html", "node_11"),
    ("http://www.a.example/list.asp?ClassID=3", "3"),
    ("http://zq.a.example/", "zq"),
    ("http://zq.a.example/yw/", "zq_yw"),
]


@pytest.mark.parametrize(("url", "expected"), SECTION_IDS)
def test_a_section_is_named_by_its_address(url, expected):
    assert section_id(url, "http://www.a.example/") == expected


def test_hosts_of_one_registered_domain():
    assert site_domain("jinan.sdnews.com.cn") == "sdnews.com.cn"
    assert site_domain("www.zhangqiu.gov.cn") == "zhangqiu.gov.cn"
    hosts = SiteHosts(site_domain("www.dzwww.com"))
    assert "linyi.dzwww.com" in hosts
    assert "dzwww.com.evil.example" not in hosts
    assert "xdzwww.com" not in hosts


def test_a_page_tells_names_navigation_and_lists_of_its_scripts():
    body = """<title>要闻_沂河晚报</title><a href="/yw/">要闻</a><a href="/login">登录</a>
    <a href="/2024-01/02/node_1.htm">A1</a>
    <p>时政 <a href="/sz/">更多</a></p><a href="/3.html">2</a><p>沂河晚报版权所有</p>
    <script>fetch("/api/v1/list?page=1"); load('data/news.json')</script>""".encode()
    view = view_page(body, "http://a.example/")
    assert view.navigation == {"http://a.example/yw/": "要闻", "http://a.example/sz/": "时政"}
    assert site_names([view])[0] == "沂河晚报"
    assert view.data_urls == ("http://a.example/api/v1/list?page=1", "http://a.example/data/news.json")


def test_a_list_in_a_scripts_xml_is_read():
    record = "<record><![CDATA[<li><a href='/art/2024/5/6/art_1_2.html'>沂水县一处水库完成除险加固</a></li>]]></record>"
    body = f"<p>x</p><script type='text/xml'><datastore><recordset>{record}</recordset></datastore></script>".encode()
    page = read_listing(
        body, "http://a.example/col/", make_publisher("a", "listing:/", article_pattern=r"/art_\d+_\d+\.html$"), TODAY
    )
    assert [link.url for link in page.links] == ["http://a.example/art/2024/5/6/art_1_2.html"]


def test_a_json_list_is_read_and_days_with_it():
    body = (
        '{"code": 0, "data": {"list": [{"title": "沂水", "url": "/p/1.html", "publishTime": "2024-05-06 07:00"},'
        '{"title": "外", "url": "http://b.example/p/2.html"}, {"title": "栏", "link": "/c/3/"},'
        '{"docTitle": "莒南", "docPubUrl": "/p/4.html", "pubTime": 1714953600000}]}, "next": "/list?page=2"}'
    ).encode()
    page = read_listing(
        body,
        "http://a.example/list",
        make_publisher("a", "listing:/", article_pattern=r"^/p/\d+\.html$"),
        TODAY,
        "application/json",
    )
    assert [(link.url, link.text, str(link.published_on)) for link in page.links] == [
        ("http://a.example/p/1.html", "沂水", "2024-05-06"),
        ("http://a.example/p/4.html", "莒南", "2024-05-06"),
    ]
    assert page.next_url == "http://a.example/list?page=2"


def test_a_home_page_that_sends_its_reader_on_is_followed():
    body = b"<meta http-equiv='refresh' content='0; url=html/2024-06/10/node_2.htm'>"
    page = read_listing(body, "http://a.example/", make_publisher("a", "listing:/", article_pattern="/content_"), TODAY)
    assert (page.links, page.next_url) == ((), "http://a.example/html/2024-06/10/node_2.htm")


def test_trials_are_spread_over_a_list():
    assert spread(list("abcdefg"), 3) == ["a", "d", "g"]
    assert spread(["a", "b"], 3) == ["a", "b"]
