"""Rows of a batch: what each record becomes in which table. Pure: no clock, no database."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from records import Article, Batch, Fetch, FetchedPage, Landed, Rejected, Removal, TaggedArticle, article_id
from warehouse.arrow import Row

LOCAL = ZoneInfo("Asia/Shanghai")


class Version(NamedTuple):
    """The identity of one article version."""

    article_id: str
    content_sha256: str


def local_date(instant: datetime | None) -> date | None:
    """The day of an instant in Asia/Shanghai: stored, so that no view depends on a session's time zone."""
    return None if instant is None else instant.astimezone(LOCAL).date()


def version_of(article: Article) -> Version:
    """The identity of the article's version."""
    return Version(article.article_id, article.content_sha256)


def tagged_articles(batch: Batch) -> Iterator[tuple[TaggedArticle, FetchedPage | None]]:
    """The batch's articles with the pages they were read from."""
    for item in batch.items:
        if isinstance(item.result, TaggedArticle):
            yield item.result, item.page


def page_rows(batch: Batch) -> Iterator[Row]:
    """`raw_pages`: every part of every page."""
    for item in batch.items:
        if item.page is not None:
            for number, part in enumerate((item.page, *item.page.next_pages), start=1):
                yield _page_row(item.page.canonical_url, number, part, batch.batch_id)


def _page_row(canonical_url: str, number: int, part: FetchedPage, batch_id: str) -> Row:
    return {
        "canonical_url": canonical_url,
        "part_number": number,
        "body_sha256": part.body_sha256,
        "part_url": part.canonical_url,
        "url": part.url,
        "publisher_id": part.publisher_id,
        "section_id": part.section,
        "fetched_at": part.fetched_at,
        "http_status": part.status,
        "headers": [{"name": name, "value": value} for name, value in part.headers],
        "declared_encoding": part.declared_encoding,
        "body": part.body,
        "bytes_count": len(part.body),
        "batch_id": batch_id,
    }


def fetch_rows(batch: Batch) -> Iterator[Row]:
    """`raw_fetches`: the fetch log."""
    for ordinal, fetch in enumerate(batch.fetches, start=1):
        yield _fetch_row(batch.batch_id, ordinal, fetch)


def _fetch_row(batch_id: str, ordinal: int, fetch: Fetch) -> Row:
    return {
        "batch_id": batch_id,
        "ordinal": ordinal,
        "url": fetch.url,
        "canonical_url": fetch.canonical_url,
        "publisher_id": fetch.publisher_id,
        "section_id": fetch.section,
        "kind": str(fetch.kind),
        "outcome": str(fetch.outcome),
        "fetched_at": fetch.fetched_at,
        "fetched_date": local_date(fetch.fetched_at),
        "http_status": fetch.status,
        "etag": fetch.etag,
        "last_modified": fetch.last_modified,
        "bytes_count": fetch.bytes_count,
        "elapsed_ms": fetch.elapsed_ms,
        "links_count": fetch.links_count,
        "new_links_count": fetch.new_links_count,
        "reason": None if fetch.reason is None else str(fetch.reason),
        "detail": fetch.detail,
        "crawl_id": fetch.crawl_id or "",
        "protocol": fetch.protocol,
    }


def capture_row(item: Landed, batch: Batch, landed_at: datetime, is_tagged: bool) -> Row:
    """`core_captures`: what one page, or one article without a page, was read as."""
    page, result = item.page, item.result
    article = result.article if isinstance(result, TaggedArticle) else None
    origin = page or article or result
    assert not isinstance(origin, TaggedArticle)
    fetched_at = origin.fetched_at or landed_at
    return {
        "article_id": article.article_id if article else article_id(origin.canonical_url),
        "fetched_at": fetched_at,
        "batch_id": batch.batch_id,
        "canonical_url": origin.canonical_url,
        "url": origin.url,
        "publisher_id": origin.publisher_id,
        "section_id": origin.section,
        "fetched_date": local_date(fetched_at),
        "body_sha256s": [part.body_sha256 for part in (page, *page.next_pages)] if page else [],
        "content_sha256": article.content_sha256 if article else None,
        "reason": None if isinstance(result, TaggedArticle) else str(result.reason),
        "is_tagged": is_tagged,
        "discovered_via": str(page.discovered_via) if page else "manual",
        "referrer_url": page.referrer_url if page else None,
        "crawl_id": (page.crawl_id if page else "") or batch.provenance.crawl_id,
        "landed_at": landed_at,
    }


def article_row(article: Article, page: FetchedPage | None, batch_id: str) -> Row:
    """`core_articles`: one version."""
    dateline = article.dateline
    return {
        **{name: getattr(article, name) for name in _ARTICLE_PLAIN},
        **{name: list(getattr(article, name)) for name in _ARTICLE_LISTS},
        "section_id": article.section,
        "paragraph_count": len(article.paragraphs),
        "character_count": len(article.text),
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
        "dateline_raw": dateline.raw if dateline else None,
        "dateline_agency": dateline.agency if dateline else None,
        "dateline_place": dateline.place if dateline else None,
        "dateline_date": dateline.date if dateline else None,
        "published_date": article.published_date or local_date(article.published_at),
        "published_precision": None if article.published_precision is None else str(article.published_precision),
        "credits": [
            {"role": str(c.role), "name": c.name, "surface": c.surface, "part": c.part} for c in article.credits
        ],
        "fetched_at": article.fetched_at or (page.fetched_at if page else None),
        "batch_id": batch_id,
    }


_ARTICLE_PLAIN = [
    "article_id",
    "content_sha256",
    "canonical_url",
    "url",
    "publisher_id",
    "title",
    "kicker",
    "subtitle",
    "lede",
    "text",
    "published_at",
    "published_evidence",
    "updated_at",
    "event_date",
    "source_name",
    "source_url",
    "credit_line",
    "page_count",
    "fingerprint",
    "language",
    "encoding",
    "encoding_evidence",
    "layout_id",
]
_ARTICLE_LISTS = ("reporters", "correspondents", "photographers", "editors", "reviewers", "quality_flags")


def _tag_head(article: Article, batch_id: str, ordinal: int) -> dict[str, object]:
    return {
        "article_id": article.article_id,
        "content_sha256": article.content_sha256,
        "batch_id": batch_id,
        "ordinal": ordinal,
        "publisher_id": article.publisher_id,
        "published_at": article.published_at,
        "published_date": article.published_date or local_date(article.published_at),
    }


def region_rows(tagged: TaggedArticle, batch_id: str) -> Iterator[Row]:
    """`core_article_regions` of one article."""
    for ordinal, tag in enumerate(tagged.regions, start=1):
        yield {
            **_tag_head(tagged.article, batch_id, ordinal),
            "region_code": tag.region_code,
            "region_name": tag.region_name,
            "level": str(tag.level),
            "is_primary": tag.is_primary,
            "role": str(tag.role),
            "field": str(tag.field),
            "surface": tag.surface,
            "start_offset": tag.start,
            "end_offset": tag.end,
            "score": tag.score,
            "rule": tag.rule,
        }


def mention_rows(tagged: TaggedArticle, batch_id: str) -> Iterator[Row]:
    """`core_official_mentions` of one article."""
    for ordinal, mention in enumerate(tagged.officials, start=1):
        yield {
            **_tag_head(tagged.article, batch_id, ordinal),
            **{name: getattr(mention, name) for name in _MENTION_PLAIN},
            "positions_normalised": list(mention.positions_normalised),
            "field": str(mention.field),
            "start_offset": mention.start,
            "end_offset": mention.end,
        }


_MENTION_PLAIN = [
    "person_key",
    "name",
    "position",
    "organisation",
    "jurisdiction",
    "region_code",
    "rank_level",
    "status",
    "role",
    "surface",
    "confidence",
    "rule",
]


def office_change_rows(tagged: TaggedArticle, batch_id: str) -> Iterator[Row]:
    """`core_office_changes` of one article."""
    for ordinal, change in enumerate(tagged.office_changes, start=1):
        yield {
            **_tag_head(tagged.article, batch_id, ordinal),
            **{name: getattr(change, name) for name in _CHANGE_PLAIN},
            "change_kind": str(change.kind),
            "from_positions_normalised": list(change.from_positions_normalised),
            "decided_evidence": None if change.decided_evidence is None else str(change.decided_evidence),
            "field": str(change.field),
            "start_offset": change.start,
            "end_offset": change.end,
        }


_CHANGE_PLAIN = [
    "person_key",
    "name",
    "position",
    "position_name",
    "organisation",
    "jurisdiction",
    "region_code",
    "rank_level",
    "from_position",
    "from_region_code",
    "decided_by",
    "decided_by_region_code",
    "decided_meeting",
    "decided_date",
    "surface",
    "confidence",
    "rule",
]


def link_rows(tagged: TaggedArticle, batch_id: str) -> Iterator[Row]:
    """`core_related_links` of one article."""
    for link in tagged.related_links:
        yield {
            **_tag_head(tagged.article, batch_id, link.position),
            "kind": str(link.kind),
            "anchor_text": link.anchor_text,
            "to_url": link.to_url,
            "to_article_id": None if link.to_url is None else article_id(link.to_url),
            "published_date": link.published_date,
        }


def rejection_row(rejected: Rejected, batch_id: str) -> Row:
    """`core_rejections`: one page that did not become an article."""
    return {
        "canonical_url": rejected.canonical_url,
        "reason": str(rejected.reason),
        "body_sha256": rejected.body_sha256,
        "article_id": article_id(rejected.canonical_url),
        "url": rejected.url,
        "publisher_id": rejected.publisher_id,
        "section_id": rejected.section,
        "step": str(rejected.step),
        "detail": rejected.detail,
        "fetched_at": rejected.fetched_at,
        "fetched_date": local_date(rejected.fetched_at),
        "batch_id": batch_id,
    }


def removal_row(removal: Removal, batch_id: str) -> Row:
    """`core_removals`: one article found taken down."""
    return {
        "canonical_url": removal.canonical_url,
        "removed_at": removal.removed_at,
        "article_id": article_id(removal.canonical_url),
        "publisher_id": removal.publisher_id,
        "http_status": removal.status,
        "batch_id": batch_id,
    }


def ledger_row(batch: Batch, landed_at: datetime, counts: Mapping[str, int]) -> Row:
    """`core_batches`: what the batch was made by, and how many rows it added, by table name."""
    made = batch.provenance
    return {
        "batch_id": batch.batch_id,
        "crawl_id": made.crawl_id,
        "landed_at": landed_at,
        "code_version": made.code_version,
        "lexicon_version": made.lexicon_version,
        "model_version": made.model_version,
        "pages_count": counts["raw_pages"],
        "fetches_count": counts["raw_fetches"],
        "captures_count": counts["core_captures"],
        "articles_count": counts["core_articles"],
        "regions_count": counts["core_article_regions"],
        "mentions_count": counts["core_official_mentions"],
        "office_changes_count": counts["core_office_changes"],
        "links_count": counts["core_related_links"],
        "rejections_count": counts["core_rejections"],
        "removals_count": counts["core_removals"],
    }
