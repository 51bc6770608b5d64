"""The resources of the misbehaving site. Each says in its name or docstring what is wrong with it."""

import functools
import gzip
import hashlib
import time
from datetime import date, datetime, timedelta, timezone

from misbehaving_site import PATTERNS, RESOURCES, Reply, Visit, listing, page, pattern, resource

MEGABYTE = 1024 * 1024


# Articles


@pattern(r"/a/(\d{4}-\d{2})/(\d{2})/content_(\d+)\.html(?:;jsessionid=\w+)?")
def article_with_validators(visit: Visit) -> Reply:
    """A good article: ETag and Last-Modified, 304 when they are sent back, 410 once it was taken down."""
    if visit.path in visit.site.state.get("taken_down", ()):
        return Reply(b"gone", status=410)
    time.sleep(float(visit.site.state.get("pause", 0)))
    body = page(f"章丘新闻 {visit.path}", head=str(visit.site.state.get("edition", "")))
    etag = f'"{hashlib.md5(body).hexdigest()}"'
    headers = {"ETag": etag, "Last-Modified": "Fri, 01 Mar 2024 02:00:00 GMT"}
    if visit.headers.get("if-none-match") == etag:
        return Reply(status=304, headers=headers)
    return Reply(body, headers=headers)


@resource("/m/content_900001.html")
def slow(visit: Visit) -> Reply:
    time.sleep(float(visit.site.state.get("slow_seconds", 4)))
    return Reply(page("迟到的新闻"))


@resource("/m/content_900002.html")
def truncated(_: Visit) -> Reply:
    """Promises more bytes than it sends."""
    return Reply(page("断掉的新闻"), sent=300)


@resource("/m/content_900003.html")
def truncated_chunks(_: Visit) -> Reply:
    return Reply(page("断掉的分块"), sent=300, chunked=True)


@resource("/m/content_900004.html")
def broken_gzip(_: Visit) -> Reply:
    return Reply(gzip.compress(page("断掉的压缩"))[:-40], headers={"Content-Encoding": "gzip"})


@resource("/m/content_900005.html")
def lying_charset(_: Visit) -> Reply:
    """GB18030 bytes under a UTF-8 header; the meta element tells the truth."""
    text = '<html><head><meta charset="gb2312"><title>章丘</title></head><body><p>朱镕基𬳶</p></body></html>'
    return Reply(text.encode("gb18030"))


@resource("/m/content_900006.html")
def redirect_loop(_: Visit) -> Reply:
    return Reply(status=302, headers={"Location": "/m/loop_back"})


@resource("/m/loop_back")
def redirect_back(_: Visit) -> Reply:
    return Reply(status=302, headers={"Location": "/m/content_900006.html"})


@resource("/m/content_900007.html")
def redirect_to_private_address(_: Visit) -> Reply:
    return Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})


@resource("/m/content_900008.html")
def redirect_to_other_scheme(_: Visit) -> Reply:
    return Reply(status=302, headers={"Location": "file:///etc/passwd"})


@resource("/m/content_900009.html")
def redirect_off_the_publisher(_: Visit) -> Reply:
    return Reply(status=301, headers={"Location": "http://casino.example/"})


@resource("/m/content_900010.html")
def not_found_in_a_200_skin(_: Visit) -> Reply:
    return Reply(page("404", "您访问的页面不存在"))


@resource("/m/content_900011.html")
def error_then_fine(visit: Visit) -> Reply:
    return Reply(b"oops", status=500) if visit.count == 0 else Reply(page("失而复得"))


@resource("/m/content_900012.html")
def busy_then_fine(visit: Visit) -> Reply:
    if visit.count == 0:
        return Reply(b"busy", status=429, headers={"Retry-After": "1"})
    return Reply(page("稍后再来"))


@resource("/m/content_900013.html")
def huge_body(_: Visit) -> Reply:
    return Reply(b"<html>" + b"x" * (3 * MEGABYTE))


@functools.cache
def bomb() -> bytes:
    """Forty megabytes in forty kilobytes; a test that gives answers little time makes it beforehand."""
    return gzip.compress(b"<html>" + b"\0" * (40 * MEGABYTE), 6)


@resource("/m/content_900014.html")
def gzip_bomb(_: Visit) -> Reply:
    return Reply(bomb(), headers={"Content-Encoding": "gzip"})


@resource("/m/content_900015.html")
def not_html(_: Visit) -> Reply:
    return Reply(b"%PDF-1.7 " + b"\0" * 100, content_type="application/pdf")


@resource("/m/content_900016.html")
def no_content_type(_: Visit) -> Reply:
    return Reply(page("没有类型"), content_type=None)


@resource("/m/content_900017.html")
def always_failing(_: Visit) -> Reply:
    return Reply(b"down", status=503)


@resource("/private/content_900018.html")
def disallowed(_: Visit) -> Reply:
    """robots.txt disallows it: asking for it is the fault."""
    return Reply(page("不许抓取"))


@resource("/m/content_900019.html")
def unknown_encoding(_: Visit) -> Reply:
    return Reply(b"\x00\x01\x02", headers={"Content-Encoding": "rot13"})


@resource("/m/content_900020.html")
def first_page_of_three(_: Visit) -> Reply:
    return Reply(page("连载", head='<a href="content_900020_2.html">下一页</a>'))


@resource("/m/content_900020_2.html")
def second_page(_: Visit) -> Reply:
    links = '<a href="content_900020.html">1</a><a href="content_900020_3.html">下一页</a>'
    return Reply(page("连载二", head=links))


@resource("/m/content_900020_3.html")
def last_page_that_points_back(_: Visit) -> Reply:
    """Its 下一页 leads to the second page again, and another to another article."""
    links = '<a href="content_900020_2.html">下一页</a><a href="content_900021.html">下一页</a>'
    return Reply(page("连载三", head=links))


@pattern(r"/m/content_900030(_\d+)?\.html")
def endless_pages(visit: Visit) -> Reply:
    number = int(visit.path.rpartition("_")[2].removesuffix(".html")) if visit.path.count("_") > 1 else 1
    return Reply(page("没完没了", head=f'<a href="content_900030_{number + 1}.html">下一页</a>'))


BAD_ARTICLES = sorted(
    [path for path in RESOURCES if path.startswith(("/m/content", "/private/")) and path.count("_") == 1]
    + ["/m/content_900030.html"]
)


# Listings


@resource("/bad/index.htm")
def listing_of_all_bad_articles(_: Visit) -> Reply:
    links = [(path, f"这是一条有毛病的新闻{path[-11:-5]}") for path in BAD_ARTICLES]
    return Reply(listing([*links, ("/m/content_999999.html", "这一条新闻已经不存在了")]))


@pattern(r"/good/index(_\d+)?\.htm")
def paged_listing(visit: Visit) -> Reply:
    """Three pages of ten, newest first, numbered index.htm, index_1.htm, index_2.htm; validators on each."""
    number = int(visit.path.rpartition("_")[2].removesuffix(".htm")) if "_" in visit.path else 0
    first = 100 + int(visit.site.state.get("new_articles", 0))
    links = [
        (article_path(n), f"章丘区召开第{n}次供暖工作会议")
        for n in range(first - 10 * number, first - 10 * number - 10, -1)
    ]
    following = f'<a href="index_{number + 1}.htm">下一页</a>' if number < 2 else ""
    body = listing(links, following)
    etag = f'"{hashlib.md5(body).hexdigest()}"'
    if visit.headers.get("if-none-match") == etag:
        return Reply(status=304, headers={"ETag": etag})
    return Reply(body, headers={"ETag": etag})


def article_path(number: int) -> str:
    """The path of the good article of that number; a later one has a later day."""
    return f"/a/2024-{1 + number // 28 % 12:02d}/{1 + number % 28:02d}/content_{100000 + number}.html"


@pattern(r"/calendar/\d{4}/\d+\.htm")
def calendar_trap(visit: Visit) -> Reply:
    """Every month has a next month, for ever, each with three articles that nobody else names."""
    year, month = visit.path.removesuffix(".htm").split("/")[2:]
    number = int(year) * 12 + int(month)
    links = [
        (f"/a/2023-01/{1 + k:02d}/content_{number * 10 + k}.html", f"日历里的第{number}条新闻之{k}") for k in range(3)
    ]
    return Reply(listing(links, f'<a href="/calendar/{(number) // 12}/{number % 12 + 1}.htm">下一页</a>'))


@resource("/session/index.htm")
def listing_with_session_ids(visit: Visit) -> Reply:
    """Each visit names the same articles under new URLs."""
    links = [
        (
            f"/a/2022-05/0{k}/content_50000{k}.html;jsessionid={visit.count}A{k}?PHPSESSID=x{visit.count}",
            f"带会话号的新闻第{k}条",
        )
        for k in range(1, 5)
    ]
    return Reply(listing(links))


@resource("/gb/index.htm")
def listing_in_gb18030(_: Visit) -> Reply:
    """GB18030 under a header that says UTF-8, its meta says gb2312; a link in GBK escapes."""
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><ul>'
        '<li><a href="/a/2022-04/01/content_400001.html">章丘区双山街道朱镕基題字𬳶</a><span>2022-04-01</span></li>'
        '<li><a href="/a/2022-04/02/content_400002.html">刁镇街道举行春季植树活动</a><span>2022-04-02</span></li>'
        '<li><a href="/a/2022-04/03/content_400003.html">圣井街道整治农村人居环境</a><span>2022-04-03</span></li>'
        "</ul></body></html>"
    )
    return Reply(text.encode("gb18030"))


@resource("/empty/index.htm")
def listing_without_articles(_: Visit) -> Reply:
    return Reply(listing([("/about.htm", "关于我们"), ("/contact.htm", "联系方式")]))


UNDATED = 120
"""Articles of the list that prints no year: one in nine days, three years back."""


def undated_day(number: int) -> date:
    return datetime.now(timezone(timedelta(hours=8))).date() - timedelta(days=9 * number)


@pattern(r"/undated/(?:index|index_\d)\.htm")
def listing_without_years(visit: Visit) -> Reply:
    """Month and day beside each headline, no date in its address, five pages, a pinned headline on the first."""
    number = int(visit.path.rpartition("_")[2].partition(".")[0] or 0) if "_" in visit.path else 0
    shown = [*([30] if number == 0 else []), *range(24 * number, 24 * number + 24)]
    rows = "".join(
        f'<li><a href="/n/content_{840_000 + n}.html">没有年份的新闻第{n}条</a><span>{undated_day(n):%m-%d}</span></li>'
        for n in shown
    )
    following = f'<a href="/undated/index_{number + 1}.htm">下一页</a>' if number < 4 else ""
    return Reply(f"<html><body><ul>{rows}</ul>{following}</body></html>".encode())


@pattern(r"/n/content_84\d{4}\.html")
def article_without_a_date(_: Visit) -> Reply:
    return Reply(page("没有年份的新闻"))


# Several addresses of one article

FORMS = {
    "/amp/content_810001.html": "/a/2024-06/01/content_810001.html",
    "/m/form/content_810001.html": "/a/2024-06/01/content_810001.html",
    "/amp/content_810002.html": "/b/content_810002.html",  # answers 404
    "/amp/content_810003.html": "/m/form/content_810003.html",
    "/m/form/content_810003.html": "/amp/content_810003.html",
}
"""The address that each names as its own."""


@resource("/forms/index.htm")
def listing_of_forms(_: Visit) -> Reply:
    return Reply(listing([(path, f"手机版与移动版里的新闻第{n}条") for n, path in enumerate(FORMS)]))


@pattern(r"/(?:amp|m/form)/content_81000\d\.html")
def form_of_an_article(visit: Visit) -> Reply:
    if visit.headers.get("if-none-match") == '"form"':
        return Reply(status=304, headers={"ETag": '"form"'})
    head = f'<link rel="canonical" href="{FORMS[visit.path]}">'
    return Reply(page("同一条新闻", head=head), headers={"ETag": '"form"'})


MOVED = {
    "/old/content_820001.html": (301, "/a/2024-07/01/content_820001.html"),  # no list names where it leads
    "/old/content_820002.html": (302, "/a/2024-07/02/content_820002.html"),  # the list names that, too
    "/old/content_820003.html": (301, "/old/content_820013.html"),  # a chain
    "/old/content_820013.html": (307, "/a/2024-07/03/content_820003.html"),
    "/old/content_820004.html": (302, "/named/content_820004.html"),  # a page that names this address as its own
    "/old/content_820005.html": (302, "/moved/index.htm"),  # no article
    "/old/content_820006.html": (308, "/a/2024-07/01/content_820001.html"),  # where the first one leads
}
"""Status and target of each article address that redirects."""


@resource("/moved/index.htm")
def listing_of_addresses_that_redirect(visit: Visit) -> Reply:
    listed = [*MOVED, "/a/2024-07/02/content_820002.html"]
    many = [f"/old/{n}/content_{n}.html" for n in range(830_000, 830_000 + int(str(visit.site.state.get("moved", 0))))]
    return Reply(listing([(path, f"旧址与新址里的新闻第{n}条") for n, path in enumerate([*listed, *many])]))


@pattern(r"/old/content_8200[01]\d\.html")
def article_that_has_moved(visit: Visit) -> Reply:
    status, target = MOVED[visit.path]
    return Reply(status=status, headers={"Location": target})


@pattern(r"/old/\d+/content_\d+\.html")
def article_that_has_moved_by_number(visit: Visit) -> Reply:
    number = visit.path.split("/")[2]
    return Reply(status=301, headers={"Location": f"/a/2024-08/01/content_{number}.html"})


@resource("/named/content_820004.html")
def page_that_names_its_old_address(_: Visit) -> Reply:
    return Reply(page("旧址才是本址", head='<link rel="canonical" href="/old/content_820004.html">'))


# Feeds and sitemaps


@resource("/feed/html.xml")
def feed_that_is_html(_: Visit) -> Reply:
    return Reply(page("维护中"), content_type="application/rss+xml")


@resource("/feed/empty.xml")
def feed_without_entries(_: Visit) -> Reply:
    return Reply(
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', content_type="text/xml"
    )


@resource("/feed/gb.xml")
def feed_in_gb2312(_: Visit) -> Reply:
    text = (
        '<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>章丘</title>'
        "<item><title>双山街道</title><link>/a/2022-03/01/content_300001.html</link>"
        "<pubDate>Mon, 28 Feb 2022 23:00:00 GMT</pubDate></item>"
        "<item><title>镕</title><link>/a/2022-03/02/content_300002.html</link></item></channel></rss>"
    )
    return Reply(text.encode("gb18030"), content_type="text/xml; charset=utf-8")


@resource("/feed/feed.json")
def json_feed(_: Visit) -> Reply:
    text = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"id": "1", '
        '"url": "/a/2022-03/03/content_300003.html", "title": "三", "date_published": "2022-03-03T08:00:00+08:00"}]}'
    )
    return Reply(text.encode(), content_type="application/feed+json")


@resource("/sitemap_index.xml")
def sitemap_index(visit: Visit) -> Reply:
    base = f"http://{visit.host}"
    return Reply(
        f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{base}/sitemap_1.xml.gz</loc></sitemap><sitemap><loc>{base}/sitemap_bomb.xml</loc></sitemap>"
        f"<sitemap><loc>{base}/sitemap_index.xml</loc></sitemap></sitemapindex>".encode(),
        content_type="text/xml",
    )


@resource("/sitemap_1.xml.gz")
def gzipped_sitemap(visit: Visit) -> Reply:
    text = (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        f"<loc>http://{visit.host}/a/2022-02/01/content_200001.html</loc><news:news><news:publication>"
        "<news:name>章丘</news:name></news:publication><news:publication_date>2022-02-01</news:publication_date>"
        "</news:news></url></urlset>"
    )
    return Reply(gzip.compress(text.encode()), content_type="application/gzip")


@resource("/sitemap_bomb.xml")
def sitemap_with_entity_bomb(_: Visit) -> Reply:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><urlset><url><loc>&e8;</loc></url></urlset>'
    return Reply(text.encode(), content_type="text/xml")


# robots.txt, by host


@resource("/robots.txt")
def robots(_: Visit) -> Reply:
    return Reply(b"User-agent: *\nDisallow: /private/\n", content_type="text/plain")


@resource("closed.example/robots.txt")
def robots_failing(_: Visit) -> Reply:
    return Reply(b"down", status=503)


@resource("open.example/robots.txt")
def robots_missing(visit: Visit) -> Reply:
    return Reply(b"", status=404)


@resource("slow.example/robots.txt")
def robots_with_crawl_delay(_: Visit) -> Reply:
    return Reply(b"User-agent: *\nCrawl-delay: 0.5\n", content_type="text/plain")


def big_site(visit: Visit) -> Reply:
    """Not a fault: as many articles as the test says, for interrupted crawls and benchmarks."""
    count = int(visit.site.state.get("articles", 100))
    return Reply(listing([(f"/a/2021-01/01/content_{700000 + n}.html", f"第{n}条章丘供暖新闻") for n in range(count)]))


RESOURCES["/big/index.htm"] = big_site
assert PATTERNS
assert len(BAD_ARTICLES) >= 20
