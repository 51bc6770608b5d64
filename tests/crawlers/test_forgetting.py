"""A URL that was taken down: no address is left, and neither listings nor landings bring it back."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawlers import Frontier
from crawlers.forgetting import forget_urls
from crawlers.frontier_rows import FoundLink
from crawlers.frontier_schema import UrlState
from records import Batch, Discovery, FetchedPage, Landed, Provenance, Reason, Rejected, Step, article_id

NOW = datetime.now(UTC)
URLS = [f"http://a.example/2024/t20240513_{n}.htm" for n in range(4)]


def links() -> list[FoundLink]:
    return [FoundLink(url=url, canonical_url=url, published_on=date(2024, 5, 13)) for url in URLS]


def rejected(url: str, at: datetime) -> Batch:
    page = FetchedPage(
        url=url, canonical_url=url, publisher_id="a", fetched_at=at, body=b"x", body_sha256="0" * 64, crawl_id="c"
    )
    result = Rejected(url=url, canonical_url=url, step=Step.CLEAN, reason=Reason.NOT_ARTICLE, fetched_at=at)
    made_by = Provenance(crawl_id="c", code_version="1", lexicon_version="1", model_version="1")
    return Batch(provenance=made_by, items=(Landed(page=page, result=result),))


@pytest.fixture
def frontier_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/frontier.sqlite"


def test_it_is_not_asked_again_and_its_address_is_gone(frontier_url, tmp_path):
    frontier = Frontier.open(frontier_url)
    assert frontier.add_links("a", links()) == 4
    frontier.add_links("a", [FoundLink(url=URLS[0] + "l", canonical_url=URLS[0] + "l")], referrer_url=URLS[1])
    crawl = frontier.begin_crawl("c")
    leased = frontier.lease_pending(crawl, "a", 1)
    taken = {article_id(URLS[1]), article_id(leased[0].url)}
    assert forget_urls(frontier_url, taken, dry_run=True) == len(taken)
    assert forget_urls(frontier_url, taken) == len(taken)
    assert forget_urls(frontier_url, taken) == 0
    frontier.add_links("a", links())
    frontier.settle(rejected(leased[0].url, NOW + timedelta(hours=1)))  # the crawl that was at work on it lands late
    assert {found.url for found in frontier.lease_pending(crawl, "a", 9)}.isdisjoint({URLS[1], leased[0].url})
    assert frontier.lease_due(crawl, "a", 9) == []
    assert frontier.state_of(URLS[1]) is frontier.state_of(leased[0].url) is UrlState.GONE
    frontier.close()
    for path in tmp_path.iterdir():
        assert URLS[1].encode() + b"l" not in path.read_bytes()
        assert path.read_bytes().count(URLS[1].removeprefix("http://").encode()) == 0, path


def test_a_url_that_was_never_seen_is_kept_out_too(frontier_url):
    assert forget_urls(frontier_url, [article_id(URLS[2])]) == 1
    frontier = Frontier.open(frontier_url)
    assert frontier.add_links("a", links(), via=Discovery.LISTING) == 3
    assert len(frontier.lease_pending(frontier.begin_crawl("c"), "a", 9)) == 3
    frontier.close()
