"""Whole crawls of the misbehaving site, each in a child process; few, because each costs a second to start."""

import json
import signal
import time
from collections import Counter
from datetime import date

import pytest
from crawl_runs import read_ledger
from misbehaving_resources import BAD_ARTICLES, bomb, undated_day

from crawlers.frontier_schema import UrlState
from records import Politeness, canonicalize

EXPECTED_REASONS = {
    "m/content_900001.html": "timeout",
    "m/content_900002.html": "truncated",
    "m/content_900003.html": "truncated",
    "m/content_900004.html": "truncated",
    "m/content_900006.html": "http_error",
    "m/content_900007.html": "unsafe_url",
    "m/content_900008.html": "unsafe_url",
    "m/content_900009.html": "unsafe_url",
    "m/content_900013.html": "too_large",
    "m/content_900014.html": "too_large",
    "m/content_900015.html": "not_html",
    "m/content_900017.html": "http_error",
    "m/content_900019.html": "truncated",
    "m/content_999999.html": "gone",
    "private/content_900018.html": "robots",
}
"""What each bad resource is rejected for; the others of BAD_ARTICLES are to be handed over."""


@pytest.mark.parametrize("client", ["aiohttp", pytest.param("twisted", marks=pytest.mark.slow)])
def test_each_misbehaviour_has_its_reason(crawls, site, publisher_of, client):
    bad = publisher_of("bad", "listing:/bad/index.htm")
    bomb()
    site.state["slow_seconds"] = 8
    result = crawls.run(
        [bad], http_client=client, download_timeout=2.0, max_body_bytes=2 * 1024 * 1024, max_article_pages=4
    )

    assert len(BAD_ARTICLES) == 21
    assert result.reasons() == EXPECTED_REASONS
    pages = {page.url.removeprefix("http://bad.example/"): page for page in result.pages}
    assert set(pages) == {path[1:] for path in BAD_ARTICLES} - set(EXPECTED_REASONS)
    # A page of three in reading order, loop-proof; the endless one is bounded.
    assert [p.url[-9:] for p in pages["m/content_900020.html"].next_pages] == ["20_2.html", "20_3.html"]
    assert len(pages["m/content_900030.html"].next_pages) == 3
    assert pages["m/content_900005.html"].declared_encoding == "utf-8"
    asked = Counter(site.paths())
    assert asked["/private/content_900018.html"] == 0
    assert asked["/m/content_900011.html"] == asked["/m/content_900012.html"] == 2
    assert not [path for path in asked if "meta-data" in path]
    busy = [line.at for line in site.log if line.path == "/m/content_900012.html"]
    assert busy[1] - busy[0] >= 1.0, "Retry-After was not kept"

    frontier = crawls.frontier()
    assert frontier.counts("bad") == {
        "pending": 0,
        "landed": len(pages),
        "rejected": sum(r in {"unsafe_url", "too_large", "not_html", "robots"} for r in EXPECTED_REASONS.values()),
        "failed": sum(r in {"timeout", "truncated", "http_error"} for r in EXPECTED_REASONS.values()),
        "gone": 1,
    }
    assert result.report["publishers"]["bad"]["finish_reason"] == "finished"
    assert "Traceback" not in result.stderr


def test_sources_of_every_kind_are_read_within_bounds(crawls, site, publisher_of):
    kinds = publisher_of(
        "kinds",
        "listing:/calendar/2020/1.htm",
        "listing:/session/index.htm",
        "listing:/gb/index.htm",
        "listing:/empty/index.htm",
        "feed:/feed/html.xml",
        "feed:/feed/empty.xml",
        "feed:/feed/gb.xml",
        "feed:/feed/feed.json",
        "sitemap:/sitemap_index.xml",
    )
    closed = publisher_of("closed", "listing:/gb/index.htm")
    opened = publisher_of("open", "listing:/gb/index.htm")
    slow = publisher_of("slow", "listing:/gb/index.htm")
    result = crawls.run([kinds, closed, opened, slow])

    by_publisher = Counter((r.publisher_id, str(r.reason)) for r in result.rejected)
    assert by_publisher == {("kinds", "empty_listing"): 1, ("kinds", "not_a_feed"): 1, ("closed", "robots"): 1}
    titles = {page.url.partition(".example")[2] for page in result.pages if page.publisher_id == "kinds"}
    assert len([t for t in titles if t.startswith("/a/2023-01/")]) == 15, "five pages of the calendar, three links each"
    assert len([t for t in titles if t.startswith("/a/2022-05/")]) == 4
    for path in ("02/01/content_200001", "03/01/content_300001", "03/02/content_300002", "03/03/content_300003"):
        assert f"/a/2022-{path}.html" in titles
    links = {f.url.partition(".example")[2]: f.links_count for f in result.fetches if f.publisher_id == "kinds"}
    assert links["/gb/index.htm"] == 3
    assert links["/feed/empty.xml"] == 0
    # robots.txt: 503 closes the host (and says so), 404 opens it, Crawl-delay is kept.
    assert site.paths("closed.example") == ["/robots.txt"] * 3
    assert "RFC 9309" in next(r.detail for r in result.rejected if r.publisher_id == "closed")
    assert sum(p.publisher_id == "open" for p in result.pages) == 3
    at = [line.at for line in site.log if line.host == "slow.example" and line.path != "/robots.txt"]
    assert len(at) == 4
    # Three delays of half a second, with room for a busy site that notes its first request late.
    assert at[-1] - at[0] >= 0.75

    # Session ids make no new articles: a second crawl finds none.
    again = crawls.run([kinds])
    assert again.report["publishers"]["kinds"]["new_links_count"] == 0
    assert not again.pages


def test_a_second_crawl_asks_conditionally_and_finds_what_is_new(crawls, site, publisher_of):
    good = publisher_of("good", "listing:/good/index.htm")
    # A sink with little room: what is scheduled and downloading counts against it, so it never overflows.
    site.state["pause"] = 0.02
    first = crawls.run([good], capacity=2, settle_every=4)
    assert len(first.pages) == 30
    assert first.report["fetches"]["listing/fetched"] == 3
    assert first.report["largest"] <= 2
    # The site counts a request until its thread has ended, which may be after the next ones were sent;
    # without back-pressure all thirty are under way.
    assert site.busiest <= 8, "more under way than the sink has room for"

    site.forget()
    second = crawls.run([good], revisit="all")
    assert second.report["fetches"] == {"article/not_modified": 30, "listing/not_modified": 1, "robots/fetched": 1}
    assert not second.pages

    # Polls that are not due cost no request, robots.txt included; none waits longer than is asked for.
    idle = crawls.run([good], poll="due", revisit="none")
    assert idle.report["fetches"] == {}
    due = crawls.run([good], poll="due", max_poll_seconds=0.0, revisit="none")
    assert due.report["fetches"] == {"listing/not_modified": 1, "robots/fetched": 1}

    # Two new articles: the list has changed, but its second page holds nothing new and is not walked past.
    site.state["new_articles"] = 2
    site.state["taken_down"] = {"/a/2024-04/15/content_100098.html"}
    third = crawls.run([good], revisit="all")
    assert len(third.pages) == 2
    assert third.report["fetches"]["listing/fetched"] == 2
    assert [r.canonical_url[-19:] for r in third.removals] == ["content_100098.html"]
    assert crawls.frontier().counts("good") == {"pending": 0, "landed": 31, "rejected": 0, "failed": 0, "gone": 1}


def test_days_and_limits_choose_articles(crawls, site, publisher_of):
    good = publisher_of("good", "listing:/good/index.htm")
    # The proxy comes from the environment here: without it no name of the site could be resolved.
    limited = crawls.run([good], limit=4, proxy_url=None, environment={"http_proxy": site.url, "no_proxy": "a.example"})
    assert limited.report["publishers"]["good"]["finish_reason"] == "limit"
    newest = sorted((p.url for p in limited.pages), reverse=True)
    assert [url[-11:-5] for url in newest] == ["100100", "100099", "100098", "100097"]

    # The walk that the limit cut short is taken up again; days outside the window stay pending.
    day = crawls.run([good], since=date(2024, 4, 10), until=date(2024, 4, 12))
    assert sorted(p.url.partition("/a/")[2][:10] for p in day.pages) == ["2024-04/10", "2024-04/11", "2024-04/12"]
    rest = crawls.run([good])
    assert len(limited.pages) + len(day.pages) + len(rest.pages) == 30

    # A walk that is cut short after its first page is taken up again, although that page is known by then.
    site.state["new_articles"] = 25
    cut = crawls.run([good], limit=1)
    assert cut.report["fetches"]["listing/fetched"] == 1
    assert len(cut.pages) + len(crawls.run([good]).pages) == 25


def test_days_without_a_year_are_placed_by_the_list(crawls, site, publisher_of):
    """Half a year two years ago is asked for: those articles come, and the walk ends where the list has passed it."""
    undated = publisher_of("undated", "listing:/undated/index.htm")
    since, until = undated_day(70), undated_day(50)
    day = crawls.run([undated], since=since, until=until)
    numbers = sorted(int(page.url[-11:-5]) - 840_000 for page in day.pages)
    assert numbers == list(range(50, 71))
    assert [path for path in site.paths() if "/undated/" in path][-1] == "/undated/index_3.htm"


def test_an_unreachable_publisher_does_not_hold_up_the_others(crawls, site, publisher_of):
    away = publisher_of("away", "listing:/a.htm", "listing:/b.htm", host="127.0.0.1:9")
    here = publisher_of("here", "listing:/good/index.htm", host=f"127.0.0.1:{site.port}")
    private = publisher_of("private", "listing:/good/index.htm", host=f"localhost:{site.port}")
    result = crawls.run([away, here, private], proxy_url=None, allowed_private_hosts=("127.0.0.1",))
    assert Counter((r.publisher_id, str(r.reason)) for r in result.rejected) == {
        ("away", "unreachable"): 1,
        ("private", "unsafe_url"): 1,
    }
    assert len(result.pages) == 30
    assert result.report["publishers"]["away"]["finish_reason"] == "unreachable"
    assert result.stderr.count("127.0.0.1:9 is left out of this crawl") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_crawl_whose_time_is_over_leaves_the_rest_to_the_next(crawls, site, publisher_of):
    site.state.update(articles=200, pause=0.05)
    big = publisher_of("big", "listing:/big/index.htm", politeness=Politeness(delay_seconds=0.0, concurrency=1))
    first = crawls.run([big], max_seconds=1.5)
    assert first.report["finish_reason"] == first.report["publishers"]["big"]["finish_reason"] == "time"
    assert len(first.pages) < 200, "two hundred pages take ten seconds"
    assert "in flight" not in first.stderr, "what was in flight has come in"

    site.state["pause"] = 0
    second = crawls.run([big], max_seconds=100)
    assert second.report["finish_reason"] == "finished"
    landed = Counter(page.canonical_url for page in first.pages + second.pages)
    assert len(landed) == landed.total() == 200


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_an_interrupted_crawl_is_completed_by_the_next(crawls, site, publisher_of, how):
    site.state["articles"] = 400
    big = publisher_of("big", "listing:/big/index.htm", politeness=Politeness(delay_seconds=0.0, concurrency=4))
    child, ledger = crawls.start([big], settle_every=40)
    while not (ledger.exists() and ledger.stat().st_size > 40_000):
        assert child.poll() is None, "the crawl ended before it could be interrupted"
        time.sleep(0.01)
    child.send_signal(how)
    out, err = child.communicate(timeout=20)
    if how is signal.SIGKILL:
        assert child.returncode == -signal.SIGKILL
        first = read_ledger(ledger, {})
    else:
        assert child.returncode == 0, err
        first = read_ledger(ledger, json.loads(out.splitlines()[-1]))
        assert first.report["finish_reason"] == "interrupted"
    assert 0 < len(first.pages) < 400

    second = crawls.run([big])
    landed = Counter(page.canonical_url for page in first.pages + second.pages)
    assert len(landed) == 400
    # What was committed but not settled when the process was killed may come twice: the warehouse knows it.
    assert sum(count - 1 for count in landed.values()) <= (40 if how is signal.SIGKILL else 0)
    frontier = crawls.frontier()
    assert frontier.counts("big")["landed"] == 400
    assert frontier.state_of(canonicalize("http://big.example/a/2021-01/01/content_700000.html")) is UrlState.LANDED


@pytest.mark.slow
def test_a_thousand_hosts_are_crawled_side_by_side(crawls, site, publisher_of):
    """A thousand hosts, each with a polite delay: all complete, in a fraction of their delays in a row (5,000 s)."""
    many = [
        publisher_of(f"h{n}", "listing:/gb/index.htm", politeness=Politeness(delay_seconds=1.0, concurrency=1))
        for n in range(1000)
    ]
    result = crawls.run(many, capacity=500, settle_every=500)
    assert len(result.pages) == 3000
    assert len({page.publisher_id for page in result.pages}) == 1000
    assert set(result.report["rejected"]) == set()
    assert result.report["largest"] <= 500
    at = [line.at for line in site.log if line.host == "h7.example"]
    assert len(at) == 5
    # Four delays of a second; the site notes its first requests late, when all hosts are asked at once.
    assert at[-1] - at[0] >= 2
