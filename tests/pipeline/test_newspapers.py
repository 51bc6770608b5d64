"""The bundled newspapers: their server, and the pages and goldens that the other rooms are measured on."""

import gzip
import http.client
import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from pipeline.newspapers import HOSTS, MODIFIED, NewspaperArchive, NewspaperServer
from records import Reason, UsageError, seed_path

LUFENG, YIHE = (f"http://{host}" for host in HOSTS)
GOLDENS = Path(__file__).parent.parent / "goldens"
SEED_URL = f"{LUFENG}/zq/xw/202201/t20220117_4207771.htm"
EDITED_URL = f"{LUFENG}/lc/xw/202406/t20240619_4358820.htm"
REMOVED_URL = f"{YIHE}/content/2024-05/27/content_12359.html"
NEW_URLS = {f"{LUFENG}/zq/xw/202406/t20240620_4359406.htm", f"{YIHE}/content/2024-06/20/content_12399.html"}
LYING_HEADER_URL = f"{YIHE}/content/2024-03/15/content_12283.html"
LYING_META_URL = f"{LUFENG}/zc/xw/202405/t20240522_4342216.htm"
DEAD_URLS = {
    f"{LUFENG}/zq/xw/202403/t20240305_4279402.htm",
    f"{YIHE}/content/2023-06/06/content_11820.html",
}
ARTICLE = re.compile(r"/\d{6}/t\d{8}_\d+\.(?:htm|pdf)$|/content/\d{4}-\d\d/\d\d/content_\d+\.html$")
FIELDS = {
    "url", "title", "subtitle", "kicker", "published_at", "published_precision", "source_name", "source_url",
    "reporters", "correspondents", "photographers", "editors", "reviewers", "dateline", "paragraphs", "related",
    "primary_region", "officials",
}  # fmt: skip
OPTIONAL = {"appointments", "images", "updated_at"}
ROLES = {"讲话", "主持", "出席", "参加", "调研", "陪同", "致辞", "发言", "带队", "任命", "免职", "拟任", "提及"}


@pytest.fixture(scope="module")
def morning():
    with NewspaperServer() as server:
        yield server


@pytest.fixture(scope="module")
def evening():
    with NewspaperServer(edition="evening") as server:
        yield server


def ask(server, url, method="GET", **headers):
    """One proxied request: (status, headers, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def decode(url, body):
    """The text of a page in its real encoding; strict."""
    if url.startswith(YIHE) and not url.endswith(("sitemap.xml", ".css", "robots.txt")):
        return body.decode("gb18030")
    return body.decode("utf-8")


def walk(server):
    """Every URL that a reader can reach from both home pages: url -> (status, content type, body)."""
    seen, waiting = {}, [f"{LUFENG}/", f"{YIHE}/"]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        status, headers, body = ask(server, url)
        seen[url] = status, headers.get("Content-Type", ""), body
        if status != 200 or not url.endswith(("/", ".htm", ".html")) or not body:
            continue
        text = decode(url, body)
        tree = html.fromstring(text)
        links = [urljoin(url, value) for _, attribute, value, _ in tree.iterlinks() if attribute in {"href", "src"}]
        links += [urljoin(url, f"index_{page}.htm") for page in later_pages(text)]
        for link in (link.partition("#")[0] for link in links):
            if urlsplit(link).scheme == "http":
                assert urlsplit(link).netloc in HOSTS, f"{url} leads out to {link}"
                waiting.append(link)
    return seen


def later_pages(text):
    """The later pages of a listing, as the script that draws its pager says."""
    pager = re.search(r'createPageHTML\((\d+), \d+, "index", "htm"\);</script>', text)
    return range(1, int(pager[1])) if pager else ()


@pytest.fixture(scope="module")
def morning_pages(morning):
    return walk(morning)


@pytest.fixture(scope="module")
def evening_pages(evening):
    return walk(evening)


def goldens(folder="."):
    paths = [path for name in ("lufengwang", "yihewanbao") for path in sorted((GOLDENS / folder / name).glob("*.json"))]
    return [json.loads(path.read_text("utf-8")) for path in paths]


MORNING_GOLDENS = goldens()
ARTICLES = [golden for golden in MORNING_GOLDENS if "rejected" not in golden]


def named_in(pages, *sources):
    """The article URLs that listing pages, feeds or sitemaps name."""
    found = set()
    for source in sources:
        status, _, body = pages[source]
        assert status == 200, source
        tree = html.fromstring(decode(source, body))
        found |= {urljoin(source, a.get("href")) for a in tree.iter("a") if ARTICLE.search(a.get("href", ""))}
    return found


def listings(pages):
    names = [url for url in pages if re.search(r"/index(?:_\d+)?\.htm$|/node_\d+\.html$", url)]
    return [url for url in names if urlsplit(url).path not in {"/about/index.htm", "/search/index.htm"}]


def test_there_are_enough_pages_and_goldens():
    assert len(ARTICLES) >= 67, "66 of our own and the seed article"
    assert len(MORNING_GOLDENS) - len(ARTICLES) >= 9
    assert {golden["rejected"] for golden in MORNING_GOLDENS if "rejected" in golden} == {
        "gone", "empty_page", "not_article", "error_page", "login_wall", "not_html", "robots",
    }  # fmt: skip
    for publisher in ("lufengwang", "yihewanbao"):
        assert sum(publisher in golden["url"] for golden in ARTICLES) >= 20


def test_every_link_resolves_but_the_dead_ones(morning_pages, evening_pages):
    assert len(morning_pages) > 120
    assert {url for url, page in morning_pages.items() if page[0] != 200} == DEAD_URLS
    assert {url for url, page in evening_pages.items() if page[0] != 200} == DEAD_URLS | {REMOVED_URL}


def test_listings_name_exactly_the_goldens(morning_pages):
    sources = listings(morning_pages)
    assert len(sources) >= 20
    assert any(re.search(r"index_\d\.htm", url) for url in sources)
    assert named_in(morning_pages, *sources) == {golden["url"] for golden in MORNING_GOLDENS}


def test_feed_and_sitemap_name_exactly_the_articles(morning):
    sitemap = etree.fromstring(ask(morning, f"{YIHE}/sitemap.xml")[2])
    named = set(sitemap.xpath("//*[local-name()='loc']/text()"))
    assert named == {golden["url"] for golden in MORNING_GOLDENS if golden["url"].startswith(YIHE)}
    feed = etree.fromstring(ask(morning, f"{YIHE}/rss.xml")[2])
    newest = sorted((g["url"] for g in ARTICLES if g["url"].startswith(YIHE)), reverse=True)[:12]
    assert sorted(feed.xpath("//item/link/text()"), reverse=True) == newest
    titles = {golden["url"]: golden["title"] for golden in ARTICLES}
    for item in feed.iter("item"):
        assert item.findtext("title") == titles[item.findtext("link")]
    assert b"Sitemap: http://www.yihewanbao.example/sitemap.xml" in ask(morning, f"{YIHE}/robots.txt")[2]


def test_robots_forbids_one_linked_article(morning, morning_pages):
    rules = ask(morning, f"{LUFENG}/robots.txt")[2].decode()
    forbidden = [line.partition(": ")[2] for line in rules.splitlines() if line.startswith("Disallow")]
    assert len(forbidden) >= 2
    hit = {url for url in named_in(morning_pages, *listings(morning_pages)) if urlsplit(url).path.startswith("/nb/")}
    assert "/nb/" in forbidden
    assert hit == {golden["url"] for golden in MORNING_GOLDENS if golden.get("rejected") == "robots"}
    assert len(hit) == 1


@pytest.mark.parametrize("golden", MORNING_GOLDENS, ids=lambda golden: golden["url"])
def test_a_golden_is_well_formed(golden):
    if "rejected" in golden:
        assert set(golden) == {"url", "rejected"}
        assert Reason(golden["rejected"])
        return
    assert set(golden) >= FIELDS
    assert set(golden) <= FIELDS | OPTIONAL
    published = datetime.fromisoformat(golden["published_at"])
    assert published.utcoffset().total_seconds() == 8 * 3600
    assert 2021 <= published.year <= 2024
    assert golden["published_precision"] in {"second", "minute", "day"}
    text = golden["title"] + "\n" + "\n".join(golden["paragraphs"])
    for name, position, role in golden["officials"]:
        assert name in text
        assert position in text
        assert role in ROLES
    for name, position, status in golden.get("appointments", []):
        assert name in text
        assert position in text
        assert status in {"appointed", "dismissed", "proposed"}


def test_golden_regions_are_in_the_gazetteer():
    rows = seed_path("gazetteer/regions.tsv").read_text("utf-8").splitlines()
    codes = {row.split("\t")[0] for row in rows if not row.startswith("#")}
    primary = {golden["primary_region"] for golden in ARTICLES} - {None}
    assert len(primary) >= 20
    assert primary <= codes


@pytest.mark.parametrize("golden", ARTICLES, ids=lambda golden: golden["url"])
def test_a_page_prints_what_its_golden_says(golden, morning_pages):
    url = golden["url"]
    text = squeeze("".join(html.fromstring(page).text_content() for page in parts_of(morning_pages, url)))
    names_of = (golden["reporters"], golden["correspondents"], golden["editors"], golden["reviewers"])
    printed = [golden["title"], golden["kicker"], golden["subtitle"], golden["source_name"], golden["dateline"] or ""]
    printed += [name for names in names_of for name in names] + golden["paragraphs"]
    printed += [anchor + (day or "") for anchor, _, day in golden["related"]] if "/zq/" in url else []
    printed += [caption for _, caption in golden.get("images", [])]
    assert [words for words in printed if squeeze(words) not in text] == []
    place = 0
    for paragraph in golden["paragraphs"]:
        place = text.index(squeeze(paragraph), place) + 1
    assert {target for _, target, _ in golden["related"]} <= set(morning_pages)


def parts_of(pages, url):
    """The decoded pages of an article, joined in reading order."""
    later = [url.replace(".htm", f"_{number}.htm") for number in range(1, 9) if url.startswith(LUFENG)]
    return [decode(url, pages[part][2]) for part in (url, *later) if part in pages]


def squeeze(text):
    return "".join(text.split())


def test_one_article_has_three_pages(morning_pages):
    counts = sorted(len(parts_of(morning_pages, golden["url"])) for golden in ARTICLES)
    assert counts[-2:] == [1, 3]


def test_the_seed_page_is_the_seed_article(morning_pages):
    tree = html.fromstring(morning_pages[SEED_URL][2].decode("utf-8"))
    lines = [tree.findtext(".//h1")]
    body = tree.find_class("TRS_Editor")[0]
    lines += [p.text_content().lstrip("　") for p in body.iter("p")]
    lines += ["- " + li.text_content() for li in tree.find_class("xgxw")[0].iter("li")]
    assert "\n".join(lines) == seed_path("articles/zhangqiu-2022-01-17.txt").read_text("utf-8")
    assert "来源：鲁网　时间：2022-01-17 09:12" in tree.find_class("info")[0].text_content()


def test_the_seed_article_s_related_links_lead_to_their_articles(morning_pages):
    seed = next(golden for golden in ARTICLES if golden["url"] == SEED_URL)
    assert len(seed["related"]) == 10
    for anchor, url, day in seed["related"]:
        linked = next(golden for golden in ARTICLES if golden["url"] == url)
        assert linked["title"] == anchor
        assert linked["published_at"][:10] == day
        assert html.fromstring(morning_pages[url][2].decode("utf-8")).findtext(".//h1") == anchor


def test_yihewanbao_is_gb18030(morning_pages):
    pages = {url: body for url, (status, _, body) in morning_pages.items() if url.endswith(".html") and status == 200}
    assert len(pages) >= 20
    four_bytes = [url for url, body in pages.items() if re.search(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]", body)]
    assert len(four_bytes) >= 2
    for url, body in pages.items():
        assert body.decode("gb18030").encode("gb18030") == body
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")
        assert b"charset=gb2312" in body, url
    assert any(character in pages[url].decode("gb18030") for url in four_bytes for character in "䶮㛃㸆")


def test_two_pages_lie_about_their_charset(morning_pages):
    _, header, body = morning_pages[LYING_HEADER_URL]
    assert header == "text/html; charset=utf-8"
    body.decode("gb18030")
    _, header, body = morning_pages[LYING_META_URL]
    assert header == "text/html"
    assert b"charset=gb2312" in body
    body.decode("utf-8")


def test_papers_reprint_one_another():
    by_url = {golden["url"]: golden for golden in ARTICLES}
    reprints = [golden for golden in ARTICLES if golden["source_url"]]
    changed = [g["title"] != by_url[g["source_url"]]["title"] for g in reprints]
    assert {urlsplit(g["url"]).netloc for g in reprints} == set(HOSTS)
    assert set(changed) == {True, False}
    for golden in reprints:
        assert golden["paragraphs"] == by_url[golden["source_url"]]["paragraphs"]
        assert urlsplit(golden["source_url"]).netloc != urlsplit(golden["url"]).netloc


def test_the_evening_edition_differs_as_promised(morning, evening, morning_pages, evening_pages):
    before = named_in(morning_pages, *listings(morning_pages))
    after = named_in(evening_pages, *listings(evening_pages))
    assert after - before == NEW_URLS
    assert before - after == {REMOVED_URL}
    changed = {url for url in before & after if morning_pages[url][2] != evening_pages[url][2]}
    assert changed == {EDITED_URL}
    assert {golden["url"] for golden in goldens("editions/evening")} == NEW_URLS | {EDITED_URL}
    assert "2.3万吨" in morning_pages[EDITED_URL][2].decode()
    assert "3.2万吨" in evening_pages[EDITED_URL][2].decode()
    assert "更新时间：2024-06-20 15:40" in evening_pages[EDITED_URL][2].decode()
    for name in ("rss.xml", "sitemap.xml"):
        old, new = (ask(server, f"{YIHE}/{name}")[2].decode("latin-1") for server in (morning, evening))
        assert "content_12399" in new
        assert "content_12399" not in old
    assert REMOVED_URL in ask(morning, f"{YIHE}/sitemap.xml")[2].decode()
    assert REMOVED_URL not in ask(evening, f"{YIHE}/sitemap.xml")[2].decode()


def test_a_known_page_answers_304(morning, evening):
    status, headers, body = ask(morning, SEED_URL)
    assert (status, len(body) > 9000) == (200, True)
    for server in (morning, evening):
        status, again, body = ask(server, SEED_URL, If_None_Match=headers["ETag"])
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
        assert ask(server, SEED_URL, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert ask(morning, SEED_URL, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert ask(morning, SEED_URL, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT")[0] == 200
    assert ask(morning, SEED_URL, If_Modified_Since="yesterday")[0] == 200
    etag, modified = ask(morning, EDITED_URL)[1]["ETag"], headers["Last-Modified"]
    assert ask(evening, EDITED_URL, If_None_Match=etag)[0] == 200
    assert ask(evening, EDITED_URL, If_Modified_Since=modified)[0] == 200


def test_gzip_where_it_is_accepted(morning):
    _, _, plain = ask(morning, SEED_URL)
    _, packed_headers, packed = ask(morning, SEED_URL, Accept_Encoding="gzip, deflate")
    assert packed_headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    assert ask(morning, SEED_URL, If_None_Match=packed_headers["ETag"])[0] == 304


def test_head_sends_no_body(morning):
    status, headers, body = ask(morning, SEED_URL, method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) == len(ask(morning, SEED_URL)[2])


@pytest.mark.parametrize(
    "url",
    [
        "http://www.sdnews.example/",
        f"{LUFENG}/none.htm",
        f"{LUFENG}/../headers.toml",
        f"{LUFENG}/%2e%2e/headers.toml",
        f"{LUFENG}/zq/xw",
        f"{LUFENG}/editions/evening/removed.txt",
        f"{LUFENG}/%00",
    ],
)
def test_anything_else_is_404(morning, url):
    assert ask(morning, url)[0] == 404


def test_a_host_header_is_answered_too(morning):
    path = urlsplit(SEED_URL).path
    assert ask(morning, path, Host="www.lufengwang.example")[2] == ask(morning, SEED_URL)[2]
    assert ask(morning, path, Host="www.lufengwang.example:80")[0] == 200
    assert ask(morning, path, Host="elsewhere.example")[0] == 404


def test_a_person_can_browse_by_path(morning):
    status, _, front = ask(morning, "/")
    assert status == 200
    links = [link for _, _, link, _ in html.fromstring(front).iterlinks()]
    assert links == [f"/{host}/" for host in HOSTS]
    for link in links:
        status, _, page = ask(morning, link)
        inner = [target for _, attribute, target, _ in html.fromstring(page).iterlinks() if attribute == "href"]
        assert status == 200
        assert len(inner) > 15
        assert [target for target in inner if ask(morning, urljoin(link, target))[0] == 404] == []


def test_requests_are_counted_by_status():
    with NewspaperServer() as server:
        etag = ask(server, SEED_URL)[1]["ETag"]
        ask(server, SEED_URL, If_None_Match=etag)
        ask(server, f"{LUFENG}/none.htm")
        assert server.requests == {200: 1, 304: 1, 404: 1}
        assert server.proxy_url == f"http://127.0.0.1:{server.port}"
    with pytest.raises(ConnectionRefusedError):
        ask(server, SEED_URL)


def test_an_unknown_edition_is_named():
    with pytest.raises(UsageError, match="there is no edition 'noon'; choose one of: morning, evening"):
        NewspaperArchive("noon")
    assert MODIFIED["morning"] < MODIFIED["evening"]


def test_publishers_declare_every_listing_and_pattern(morning_pages):
    import tomllib

    for publisher in ("lufengwang", "yihewanbao"):
        declared = tomllib.loads(seed_path(f"publishers/{publisher}.toml").read_text("utf-8"))
        sources = {source["url"] for source in declared["sources"] if source["kind"] == "listing"}
        first_pages = {url for url in listings(morning_pages) if publisher in url and "index_" not in url}
        home = {f"http://www.{publisher}.example/index.htm"}
        assert sources == first_pages - home
        own = [golden["url"] for golden in MORNING_GOLDENS if publisher in golden["url"]]
        assert len(own) > 20
        assert [url for url in own if not re.search(declared["article_pattern"], urlsplit(url).path)] == []
        others = [url for url in morning_pages if url not in {golden["url"] for golden in MORNING_GOLDENS}]
        assert [url for url in others if re.search(declared["article_pattern"], urlsplit(url).path)] == []
