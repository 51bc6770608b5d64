"""One article, several addresses: the mobile and AMP forms lead to the one that the page calls its own."""

from collections import Counter
from dataclasses import replace

import pytest

from crawlers.own_addresses import article_address, article_mark
from records import Politeness

HERE = "http://m.bao.example/m/content_100100.html"

ADDRESSES = [
    ("http://www.bao.example/2024/content_100100.html", True, "the same number"),
    ("//www.bao.example/content_100100.html", True, "without a scheme"),
    ("http://www.bao.example/content_100999.html", False, "another article's number: copied by mistake"),
    ("http://www.bao.example/", False, "the home page"),
    ("http://www.bao.example/zt/100100/", False, "no address of an article by the publisher's pattern"),
    ("http://else.example/content_100100.html", False, "another publisher's"),
]


@pytest.mark.parametrize(("href", "is_own", "why"), ADDRESSES)
def test_an_address_is_believed_where_all_of_it_fits(publisher_of, href, is_own, why):
    publisher = publisher_of("bao", allowed_hosts=("www.bao.example", "m.bao.example"))
    body = f'<html><head><link rel=stylesheet href=/a.css><LINK rel="canonical" href="{href}"></head>'.encode()
    found = article_address(body, HERE, publisher)
    assert (found is not None) == is_own, why
    assert article_address(b"<html><p>" + body[6:].replace(b"canonical", b"amphtml"), HERE, publisher) is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("http://a.example/2024/05/t20240501_4207771.htm", "http://m.a.example/?id=4207771", True),
        ("http://a.example/gongnuan-gaizao/", "http://a.example/gongnuan-gaizao/amp/", True),
        ("http://a.example/gongnuan-gaizao/", "http://a.example/jiaoyu-huimin/amp/", False),
        ("http://a.example/", "http://a.example/amp/", True),  # both say nothing, which is refused
    ],
)
def test_addresses_of_one_article_share_a_mark(one, other, is_same):
    assert (article_mark(one) == article_mark(other)) == is_same


def test_forms_of_an_article_are_one_article(crawls, site, publisher_of):
    """Two forms name an article that no list names, one names a page that is gone, and two name each other."""
    forms = publisher_of("forms", "listing:/forms/index.htm", politeness=Politeness(delay_seconds=0.0, concurrency=1))
    first = crawls.run([forms])
    landed = sorted({page.canonical_url.rpartition("/")[2] for page in first.pages})
    assert landed == ["content_810001.html", "content_810002.html", "content_810003.html"]
    assert {str(r.reason) for r in first.rejected} == {"other_form"}
    rejected = Counter(r.url.rpartition("/")[2] for r in first.rejected)
    assert rejected == {"content_810001.html": 2, "content_810003.html": 1}
    kept = {page.url.partition(".example")[2]: page for page in first.pages}
    assert "/amp/content_810002.html" in kept, "the address that it names is gone, so the form is the article"
    assert "/a/2024-06/01/content_810001.html" in kept
    assert crawls.frontier().counts("forms") == {"pending": 0, "landed": 3, "rejected": 3, "failed": 0, "gone": 0}
    site.forget()
    again = crawls.run([forms], revisit="all")
    assert not again.pages
    assert {f.outcome for f in again.fetches if f.kind == "article"} == {"not_modified"}


def test_without_a_pattern_the_number_alone_decides(publisher_of):
    publisher = replace(publisher_of("bao", allowed_hosts=("www.bao.example", "m.bao.example")), article_pattern="")
    body = b'<link rel="canonical" href="http://www.bao.example/100100/show.do">'
    assert article_address(body, HERE, publisher) == "http://www.bao.example/100100/show.do"
