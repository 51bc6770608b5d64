"""A sink that lands nothing and settles the frontier in batches as the pipeline does: the crawl alone is measured."""

from typing import Any

from crawlers import Frontier
from records import Article, Batch, Fetch, FetchedPage, Landed, Provenance, TaggedArticle, article_id

MADE_BY = Provenance(crawl_id="benchmark", code_version="", lexicon_version="", model_version="")
FETCHES_AT_ONCE = 500


class SettlingSink:
    """Takes every page for an article without reading it."""

    def __init__(self, frontier: Frontier, pages_under_way: int) -> None:
        self.frontier, self.pages_under_way = frontier, pages_under_way
        self.items: list[Landed] = []
        self.fetches: list[Fetch] = []

    def room(self) -> int:
        """How many pages may be under way."""
        return self.pages_under_way

    def put_page(self, page: FetchedPage) -> None:
        """Keep the page for the next batch."""
        found = Article(
            article_id=article_id(page.canonical_url),
            canonical_url=page.canonical_url,
            url=page.url,
            title="",
            text="",
            content_sha256=page.body_sha256,
        )
        self.items.append(Landed(page=page, result=TaggedArticle(article=found)))

    def put_fetch(self, fetch: Fetch) -> None:
        """Keep the line of the fetch log; settle once there are enough."""
        self.fetches.append(fetch)
        if len(self.fetches) >= FETCHES_AT_ONCE:
            self.commit()

    def commit(self) -> None:
        """Settle what has come."""
        self.frontier.settle(Batch(provenance=MADE_BY, items=tuple(self.items), fetches=tuple(self.fetches)))
        self.items, self.fetches = [], []

    def put_rejected(self, rejected: Any) -> None:
        """Fail: the benchmarks' sites have no such page."""
        raise AssertionError(rejected)

    put_removal = put_rejected
