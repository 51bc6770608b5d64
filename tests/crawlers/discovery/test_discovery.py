"""What listings, feeds and sitemaps name: tables that an editor could check, one page a case."""

import gzip
from dataclasses import replace
from datetime import date

import pytest
from crawl_runs import make_publisher
from hypothesis import given
from hypothesis import strategies as st

from crawlers.discovery import SourceFault, SourcePage, read_feed, read_listing, read_sitemap
from crawlers.discovery.attribution import group_by_section
from crawlers.discovery.days import day_in_text, day_in_url
from crawlers.discovery.links import best_day
from crawlers.discovery.listing import parse_html
from crawlers.discovery.markup import decode_markup
from crawlers.discovery.page_head import own_address
from crawlers.frontier_rows import FoundLink
from crawlers.frontier_schema import DatedBy
from records import Reason, Source, SourceKind

TODAY = date(2024, 3, 10)
BY_PATTERN = make_publisher("a", "listing:/")
BY_STRUCTURE = make_publisher("a", "listing:/", article_pattern="")

URL_DAYS = [
    ("http://a.example/zq/xw/202201/t20220117_4207771.htm", date(2022, 1, 17)),
    ("http://a.example/content/2022-01/17/content_123.html", date(2022, 1, 17)),
    ("http://a.example/2022/0117/123.shtml", date(2022, 1, 17)),
    ("http://a.example/2022/01/17/123.shtml", date(2022, 1, 17)),
    ("http://a.example/n1/20220117/c9-1.html", date(2022, 1, 17)),
    ("http://a.example/2022-02-30/1.html", None),  # no such day
    ("http://a.example/20991231/1.html", None),  # ahead
    ("http://a.example/content_2022011799.html", None),  # an id
    ("http://20220117.example/1.html", None),  # a host
]

TEXT_DAYS = [
    ("2024-03-01", date(2024, 3, 1)),
    ("[2024年3月1日]", date(2024, 3, 1)),
    ("2024/03/01 10:22", date(2024, 3, 1)),
    ("03-01", date(2024, 3, 1)),
    ("12-31", date(2023, 12, 31)),  # not ahead: last year's
    ("3月1日", date(2024, 3, 1)),
    ("10:30", None),
    ("13-45", None),
    ("第3-5版", date(2024, 3, 5)),
]


@pytest.mark.parametrize(("url", "day"), URL_DAYS)
def test_days_in_urls(url, day):
    assert day_in_url(url, TODAY) == day


@pytest.mark.parametrize(("text", "day"), TEXT_DAYS)
def test_days_in_text(text, day):
    assert day_in_text(text, TODAY) == day


DECODINGS = [
    ("章丘镕𬳶".encode("gb18030"), "", "章丘镕𬳶"),
    ('<meta charset="gb2312">镕𬳶'.encode("gb18030"), "text/html; charset=utf-8", '<meta charset="gb2312">镕𬳶'),
    (
        '<meta charset="gbk">章丘圣井街道供暖工程'.encode(),
        "",
        '<meta charset="gbk">章丘圣井街道供暖工程',
    ),  # the meta lies
    ("\ufeff章丘".encode("utf-16"), "text/html; charset=utf-8", "章丘"),
    ('<?xml version="1.0" encoding="GB2312"?>镕'.encode("gb18030"), "", '<?xml version="1.0" encoding="GB2312"?>镕'),
    ("章丘".encode("big5"), "text/html; charset=big5", "章丘"),
]


@pytest.mark.parametrize(("body", "content_type", "text"), DECODINGS)
def test_decoding(body, content_type, text):
    decoded = decode_markup(body, content_type)
    assert decoded.lstrip("\ufeff") == text


def html(body: str) -> bytes:
    return f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>'.encode()


def read(body: str, publisher=BY_PATTERN, url: str = "http://a.example/zq/index.htm") -> SourcePage | SourceFault:
    return read_listing(html(body), url, publisher, TODAY)


def test_a_pattern_chooses_links_with_the_day_beside_them():
    page = read(
        """<ul><li><a href="content_1.html">章丘区召开会议</a><span>[2024-03-01]</span></li>
        <li><a href="/zq/content_2.html#top">圣井街道植树</a> 02-28</li>
        <li><a href="content_3.html">双山街道供暖2024-02-27</a></li>
        <li><a href="content_1.html?utm_source=x">章丘</a></li>
        <li><a href="//b.example/content_4.html">别处的新闻</a></li><li><a href="javascript:go()">更多</a></li></ul>"""
    )
    assert [(link.url, link.published_on) for link in page.links] == [
        ("http://a.example/zq/content_1.html", date(2024, 3, 1)),
        ("http://a.example/zq/content_2.html", date(2024, 2, 28)),
        ("http://a.example/zq/content_3.html", date(2024, 2, 27)),
    ]
    assert page.links[0].text == "章丘区召开会议"
    assert page.links[0].dated_by is DatedBy.DAY


def test_structure_tells_articles_from_navigation():
    navigation = "".join(f'<a href="/node_{n}.html">要闻{n}</a>' for n in range(9))
    navigation += "".join(f'<a href="/channel/100{n}.html">县区之{n}</a>' for n in range(9))
    items = "".join(
        f'<li><a href="/zq/xw/2024{m:02d}/t2024{m:02d}0{d}_43{m}{d}.htm">章丘区圣井街道第{m}{d}次供暖工作会议</a></li>'
        for m in (1, 2)
        for d in (1, 2, 3)
    )
    pager = '<a href="index_1.htm">2</a><a href="index_2.htm">3</a><a href="index_1.htm">下一页</a>'
    page = read(f"<div>{navigation}</div><ul>{items}</ul>{pager}<a href='/icp/2024001.html'>鲁ICP备</a>", BY_STRUCTURE)
    assert len(page.links) == 6
    assert all("/t2024" in link.url for link in page.links)
    assert page.next_url == "http://a.example/zq/index_1.htm"


def test_articles_may_be_named_by_a_number_alone():
    items = "".join(f'<p><a href="/news/{n}.html">刁镇街道第{n}次植树活动</a></p>' for n in range(52001, 52005))
    assert len(read(items, BY_STRUCTURE).links) == 4


def test_structure_that_tells_nothing_yields_nothing():
    fault = read('<a href="/about.htm">关于我们</a><a href="/1234.htm">联系我们</a>', BY_STRUCTURE)
    assert isinstance(fault, SourceFault)
    assert fault.reason is Reason.EMPTY_LISTING
    assert isinstance(read(""), SourceFault)
    assert read_listing(b"", "http://a.example/", BY_PATTERN, TODAY).reason is Reason.EMPTY_LISTING


ARTICLE = '<a href="content_1.html">章丘区召开会议</a>'
PAGERS = [
    ('<a href="index_1.htm">下一页</a>', "index.htm", "index_1.htm"),
    ('<a rel="next" href="/zq/p2">→</a>', "index.htm", "/zq/p2"),
    ('<script>createPageHTML(9, 0, "index", "htm");</script>', "index.htm", "index_1.htm"),
    ('<script>createPageHTML(9, 3, "index", "htm");</script>', "index_3.htm", "index_4.htm"),
    ('<script>createPageHTML(9, 8, "index", "htm");</script>', "index_8.htm", None),
    ('<b>1</b><a href="index_1.htm">2</a><a href="index_2.htm">3</a>', "index.htm", "index_1.htm"),
    ('<a href="index.htm">1</a><b>2</b><a href="index_2.htm">3</a>', "index_1.htm", "index_2.htm"),
    ('<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=3">3</a>', "list.asp?page=2", "list.asp?page=3"),
    ('<a href="index.htm">1</a><b>2</b>', "index_1.htm", None),
    ('<a href="javascript:next()">下一页</a>', "index.htm", None),
    ('<a href="http://b.example/2">下一页</a>', "index.htm", None),
    ('<a href="index.htm">下一页</a>', "index.htm", None),
    ('<a href="/2023.htm">2023</a>', "index.htm", None),
]


@pytest.mark.parametrize(("pager", "here", "following"), PAGERS)
def test_the_next_page(pager, here, following):
    page = read(ARTICLE + pager, url=f"http://a.example/zq/{here}")
    base = "http://a.example" if following and following.startswith("/") else "http://a.example/zq/"
    assert page.next_url == (None if following is None else base + following)


def test_feeds():
    rss = (
        '<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><item><title>镕</title>'
        "<link>http://a.example/1.html</link><pubDate>Thu, 29 Feb 2024 23:30:00 GMT</pubDate></item>"
        "<item><title>外</title><link>http://b.example/2.html</link></item></channel></rss>"
    ).encode("gb18030")
    (link,) = read_feed(rss, "http://a.example/rss.xml", BY_PATTERN, TODAY, "text/xml; charset=gb2312").links
    assert (link.text, link.published_on) == ("镕", date(2024, 3, 1)), "the local day, not UTC's"
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/atom?p=2"/><entry><id>x</id>'
        b'<link href="/3.html"/><published>2024-03-02T08:00:00+08:00</published></entry></feed>'
    )
    page = read_feed(atom, "http://a.example/atom", BY_PATTERN, TODAY)
    assert [link.url for link in page.links] == ["http://a.example/3.html"]
    assert page.next_url == "http://a.example/atom?p=2"


NO_FEEDS = [b"", b"<html><body>404</body></html>", b"{", b'{"a": 1}', b"[" * 100_000, b"\x00\xff", b'{"a":' * 50_000]


@pytest.mark.parametrize("body", NO_FEEDS)
def test_what_is_no_feed(body):
    assert read_feed(body, "http://a.example/rss", BY_PATTERN, TODAY).reason is Reason.NOT_A_FEED


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"not xml", b"\x1f\x8bbroken"])
def test_what_is_no_sitemap(body):
    assert read_sitemap(body, "http://a.example/s.xml", BY_PATTERN, TODAY).reason is Reason.NOT_A_FEED


def test_sitemaps():
    news = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>http://a.example/content_1.html</loc><n:news><n:publication><n:name>x</n:name></n:publication>"
        "<n:publication_date>2024-03-01T23:00:00Z</n:publication_date><n:title>章丘</n:title></n:news></url>"
        "<url><loc>http://a.example/content_2.html</loc><lastmod>2024-02-01</lastmod></url>"
        "<url><loc>http://a.example/about.html</loc></url></urlset>"
    ).encode()
    page = read_sitemap(gzip.compress(news), "http://a.example/s.xml.gz", BY_PATTERN, TODAY)
    assert [(link.published_on, link.dated_by) for link in page.links] == [
        (date(2024, 3, 2), DatedBy.DAY),
        (date(2024, 2, 1), DatedBy.LAST_CHANGE),
    ]
    index = (
        b"<sitemapindex><sitemap><loc>http://a.example/1.xml</loc><lastmod>2024-03-01</lastmod></sitemap>"
        b"<sitemap><loc>http://b.example/2.xml</loc></sitemap></sitemapindex>"
    )
    (child,) = read_sitemap(index, "http://a.example/s.xml", BY_PATTERN, TODAY).children
    assert (child.url, child.changed_on) == ("http://a.example/1.xml", date(2024, 3, 1))


def test_sitemaps_in_their_other_forms():
    images = (
        b'<urlset xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><url><i:image><i:loc>http://a.example/'
        b"content_7.jpg</i:loc></i:image><loc>http://a.example/content_1.html</loc></url></urlset>"
    )
    page = read_sitemap(images, "http://a.example/s.xml", BY_PATTERN, TODAY)
    assert [link.url for link in page.links] == ["http://a.example/content_1.html"]
    lines = b"http://a.example/content_1.html\nhttp://b.example/content_2.html\n"
    page = read_sitemap(lines, "http://a.example/sitemap.txt", BY_PATTERN, TODAY)
    assert [link.url for link in page.links] == ["http://a.example/content_1.html"]
    robots = b"User-agent: *\nDisallow: /x\nSitemap: http://a.example/news.xml\nsitemap: http://b.example/n.xml\n"
    page = read_sitemap(robots, "http://a.example/robots.txt", BY_PATTERN, TODAY)
    assert [(child.url, child.kind) for child in page.children] == [("http://a.example/news.xml", SourceKind.SITEMAP)]


def test_a_page_names_its_feeds_and_no_other_form_of_itself():
    page = read_listing(
        b'<link rel="alternate" type="application/rss+xml" href="/feed">'
        b'<link rel="alternate" type="application/rss+xml" href="/comments/feed">'
        b'<link rel="alternate" type="application/feed+json" href="http://a.example/feed.json">'
        b'<link rel="alternate" type="application/atom+xml" href="http://b.example/atom">'
        b'<link rel="alternate" media="only screen" href="/m/"><link rel="amphtml" href="/amp/"><p>x</p>',
        "http://a.example/",
        BY_PATTERN,
        TODAY,
        autodiscover=True,
    )
    assert [child.url for child in page.children] == ["http://a.example/feed", "http://a.example/feed.json"]
    assert {child.kind for child in page.children} == {SourceKind.FEED}


BEST_DAYS = [
    ("2026-05-13", "2024-05-13", "2024-05-13"),  # printed without a year: the URL knows it
    ("2026-05-14", "2024-05-13", "2024-05-14"),  # printed the day after
    ("2024-05-14", "2024-05-13", "2024-05-14"),
    ("2026-11-20", "2024-05-13", "2026-11-20"),  # an article that was put up anew
    ("2024-02-29", "2023-02-28", "2023-02-28"),
    (None, "2024-05-13", "2024-05-13"),
    ("2026-05-13", None, "2026-05-13"),
    (None, None, None),
]


@pytest.mark.parametrize(("printed", "in_url", "best"), BEST_DAYS)
def test_a_url_knows_the_year_that_a_list_does_not_print(printed, in_url, best):
    printed, in_url, best = (date.fromisoformat(d) if d else None for d in (printed, in_url, best))
    assert best_day(printed, in_url) == best


CANONICAL = [
    ("/content_1.html", "http://a.example/content_1.html"),
    ("http://b.example/content_1.html", None),  # another site's: a reprint
    ("/", None),  # many sites name their home page on every page
]


@pytest.mark.parametrize(("href", "own"), CANONICAL)
def test_a_page_names_its_own_address(href, own):
    tree = parse_html(f'<link rel="canonical" href="{href}"><p>x</p>')
    assert own_address(tree, "http://a.example/m/content_1.html", BY_PATTERN) == own


ATTRIBUTIONS = [
    ("http://a.example/zq/xw/202401/t20240101_1.htm", "zq"),
    ("http://a.example/zq/t20240101_1.htm", None),  # above the section's folder
    ("http://lc.example/202401/t20240101_1.htm", "lc"),  # a channel with a host of its own
    ("http://a.example/202401/t20240101_1.htm", None),
    ("http://a.example/two/1.htm", None),  # two sections share the folder
]


@pytest.mark.parametrize(("url", "section"), ATTRIBUTIONS)
def test_an_address_tells_the_section_whoever_names_it(url, section):
    listed = [
        ("http://a.example/", None),
        ("http://a.example/zq/xw/index.htm", "zq"),
        ("http://lc.example/", "lc"),
        ("http://a.example/two/a.htm", "one"),
        ("http://a.example/two/b.htm", "two"),
    ]
    sources = tuple(Source(kind=SourceKind.LISTING, url=url, section=section) for url, section in listed)
    publisher = replace(BY_PATTERN, sources=sources)
    link = FoundLink(url=url, canonical_url=url)
    for read in (None, "one", "lc"):
        assert group_by_section([link], publisher, read) == {section or read: [link]}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    for reader in (read_listing, read_feed):
        assert isinstance(reader(body, "http://a.example/x", BY_STRUCTURE, TODAY), SourcePage | SourceFault)
    assert isinstance(read_sitemap(body, "http://a.example/x", BY_STRUCTURE, TODAY), SourcePage | SourceFault)


@given(st.text(alphabet="<>/a \"'=hrefliuspan0123456789-年月日:#?&;.章", max_size=200))
def test_any_markup_is_read_or_refused(text):
    page = read(f"<a href='/content_1.html'>章</a>{text}")
    assert isinstance(page, SourcePage)
