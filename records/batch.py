"""A micro-batch: what one warehouse transaction lands."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from records.article import TaggedArticle
from records.page import Fetch, FetchedPage
from records.rejection import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which code, lexicons and models made the rows of a batch, in which crawl."""

    crawl_id: str
    code_version: str
    lexicon_version: str
    model_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """One page and what it became. `page` is None for a request that brought no body."""

    page: FetchedPage | None
    result: TaggedArticle | Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """An article that its publisher has taken down: a 404 or 410 where an article used to be."""

    canonical_url: str
    publisher_id: str
    removed_at: datetime
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pages with their results, and fetch-log lines, that land together or not at all."""

    provenance: Provenance
    items: tuple[Landed, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    removals: tuple[Removal, ...] = ()
    batch_id: str = field(init=False)
    """Deterministic: the same content gives the same id, so that landing a batch again changes nothing."""

    def __post_init__(self) -> None:
        """Derive `batch_id` from the crawl and the content."""
        digest = hashlib.sha256(self.provenance.crawl_id.encode())
        for item in self.items:
            if item.page is not None:
                key = f"page {item.page.canonical_url} {item.page.body_sha256} {item.page.fetched_at}"
            elif isinstance(item.result, Rejected):
                key = f"rejected {item.result.canonical_url} {item.result.reason} {item.result.fetched_at}"
            else:
                key = f"article {item.result.article.canonical_url} {item.result.article.content_sha256}"
            digest.update(b"\n" + key.encode())
        for fetch in self.fetches:
            digest.update(f"\nfetch {fetch.canonical_url} {fetch.fetched_at}".encode())
        for removal in self.removals:
            digest.update(f"\nremoval {removal.canonical_url} {removal.removed_at}".encode())
        object.__setattr__(self, "batch_id", digest.hexdigest()[:32])
