"""Related lists as a source: bounded by the publisher's own articles, and by one step."""

from dataclasses import replace
from datetime import date

from crawlers.related import MAX_LINKS, note_related, related_articles
from records import (
    Article,
    Batch,
    Discovery,
    FetchedPage,
    Landed,
    LinkKind,
    Provenance,
    RelatedLink,
    TaggedArticle,
    article_id,
)

HOST = "http://bao.example"
MADE = Provenance(crawl_id="c", code_version="", lexicon_version="", model_version="")


def links(*addresses: str | None, kind: LinkKind = LinkKind.RELATED) -> tuple[RelatedLink, ...]:
    return tuple(RelatedLink(position=n, anchor_text="相关", to_url=a, kind=kind) for n, a in enumerate(addresses, 1))


def landed(number: int, related: tuple[RelatedLink, ...], via: Discovery = Discovery.LISTING) -> Landed:
    url = f"{HOST}/content_{number}.html"
    article = Article(article_id=article_id(url), canonical_url=url, url=url, title="", text="", content_sha256="0")
    page = FetchedPage(
        url=url, canonical_url=url, publisher_id="bao", fetched_at=None, body=b"", body_sha256="0", discovered_via=via
    )
    return Landed(page=page, result=TaggedArticle(article=article, related_links=related))


def test_only_the_publisher_s_own_articles_are_taken(publisher_of):
    publisher = publisher_of("bao")
    given = links(
        f"{HOST}/content_2.html", f"{HOST}/zt/", "http://else.example/content_3.html", None, f"{HOST}/content_1.html"
    )
    tagged = landed(1, given + links(f"{HOST}/content_4.html", kind=LinkKind.INLINE)).result
    found = related_articles(tagged, publisher, date(2024, 5, 1))
    assert [link.url for link in found] == [f"{HOST}/content_2.html"]
    many = landed(1, links(*(f"{HOST}/content_{n}.html" for n in range(2, 90)))).result
    assert len(related_articles(many, publisher, date(2024, 5, 1))) == MAX_LINKS


def test_related_articles_wait_in_the_frontier_one_step_away(frontier, publisher_of):
    following = replace(publisher_of("bao"), follow_related=True)
    first = Batch(provenance=MADE, items=(landed(1, links(f"{HOST}/content_2.html", f"{HOST}/content_3.html")),))
    assert note_related(frontier, {"bao": publisher_of("bao")}, first) == 0, "only where the publisher says so"
    assert note_related(frontier, {"bao": following}, first) == 2
    assert note_related(frontier, {"bao": following}, first) == 0, "again changes nothing"
    leased = frontier.lease_pending(frontier.begin_crawl("c"), "bao", 9)
    assert {(u.discovered_via, u.referrer_url) for u in leased} == {(Discovery.RELATED, f"{HOST}/content_1.html")}
    further = Batch(provenance=MADE, items=(landed(2, links(f"{HOST}/content_9.html"), Discovery.RELATED),))
    assert note_related(frontier, {"bao": following}, further) == 0
