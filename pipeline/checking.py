"""A publisher proved live: its sources, the completeness of a few articles, and drift against its history."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from crawlers import CrawlOptions, Frontier, crawl
from pipeline.settings import Settings
from records import (
    Fetch,
    FetchedPage,
    FetchKind,
    Publisher,
    Reason,
    Rejected,
    Removal,
    TaggedArticle,
    WarehouseError,
    canonicalize,
)
from transforms import transform_page
from warehouse import connect

FIELDS = ("title", "date", "source", "author", "body", "region")
NEEDED = {"title": 1.0, "date": 0.8, "body": 0.8}
"""The least share of the articles in which a field must be filled; the others are held against history alone."""
BODY_CHARACTERS = 60
READ_SHARE = 0.6
"""The least share of the fetched pages that must read as articles."""
DRIFT = 0.3
"""A field that is filled this much less often than in what has landed has drifted."""
HISTORY = 200
MIN_HISTORY = 20
HISTORY_SQL = """
SELECT count(*), avg(CAST(title <> '' AS INT)), avg(CAST(published_date IS NOT NULL AS INT)),
       avg(CAST(source_name IS NOT NULL AS INT)),
       avg(CAST(len(reporters) + len(correspondents) + len(editors) > 0 AS INT)),
       avg(CAST(length(text) >= ? AS INT)), avg(CAST(region_code IS NOT NULL AS INT))
FROM (SELECT * FROM v_articles WHERE publisher_id = ? ORDER BY published_at DESC LIMIT ?)
"""


FLAGS_SQL = """
SELECT fetched_date, flags FROM v_publisher_health WHERE publisher_id = ? AND len(flags) > 0
  AND fetched_date > (SELECT max(fetched_date) FROM v_publisher_health) - 7 ORDER BY fetched_date
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """How one source answered."""

    kind: str
    url: str
    section: str | None
    links_count: int
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherCheck:
    """What a check of one publisher found; it holds where `faults` is empty."""

    publisher_id: str
    pages: int
    articles: int
    rejected: dict[str, int]
    completeness: dict[str, float]
    """The share of the articles in which a field is filled."""
    history: dict[str, float]
    """The same of its latest landed articles; empty where fewer than twenty have landed."""
    mean_characters: int
    sources: tuple[SourceCheck, ...]
    faults: tuple[str, ...]
    flags: tuple[str, ...] = ()
    """What `v_publisher_health` flags in the last seven crawled days: ``2024-05-01 quiet``. They fail no check."""

    @property
    def holds(self) -> bool:
        """Whether the declaration is proved."""
        return not self.faults


class _Kept:
    """A sink that keeps everything; a check asks for few pages."""

    def __init__(self) -> None:
        self.pages: list[FetchedPage] = []
        self.rejected: list[Rejected] = []
        self.fetches: list[Fetch] = []

    def room(self) -> int:
        return 64

    def put_page(self, page: FetchedPage) -> None:
        """Keep the page."""
        self.pages.append(page)

    def put_rejected(self, rejected: Rejected) -> None:
        """Keep the rejection."""
        self.rejected.append(rejected)

    def put_removal(self, removal: Removal) -> None:
        """Nothing has landed, so nothing is removed."""

    def put_fetch(self, fetch: Fetch) -> None:
        """Keep the line."""
        self.fetches.append(fetch)


def check_publishers(
    publishers: Sequence[Publisher], settings: Settings, options: CrawlOptions
) -> tuple[PublisherCheck, ...]:
    """Ask each publisher's sources for their first page and for `options.limit` articles, and judge what comes.

    Nothing is stored. Runs Scrapy's reactor, so it can be called once in a process.
    """
    asked = [replace(p, sources=tuple(replace(s, max_pages=1) for s in p.sources)) for p in publishers]
    sink = _Kept()
    with TemporaryDirectory(prefix="difang-") as folder:
        frontier = Frontier.open(f"sqlite:///{Path(folder) / 'frontier.sqlite'}")
        try:
            crawl(asked, frontier=frontier, sink=sink, options=options)
        finally:
            frontier.close()
    history, flags = read_history([p.id for p in publishers], settings)
    judged = (judge(p, sink.pages, sink.rejected, sink.fetches, history.get(p.id, {})) for p in publishers)
    return tuple(replace(found, flags=flags.get(found.publisher_id, ())) for found in judged)


def judge(
    publisher: Publisher,
    pages: Iterable[FetchedPage],
    rejected: Iterable[Rejected],
    fetches: Iterable[Fetch],
    history: dict[str, float],
) -> PublisherCheck:
    """What a publisher's answers prove. Pure."""
    own = [page for page in pages if page.publisher_id == publisher.id]
    results = [transform_page(page, publisher) for page in own]
    articles = [result for result in results if isinstance(result, TaggedArticle)]
    refused = [r for r in results if isinstance(r, Rejected)]
    sources = _sources(publisher, [f for f in fetches if f.publisher_id == publisher.id])
    listed = {canonicalize(source.url) for source in publisher.sources}
    counted = [r for r in rejected if r.publisher_id == publisher.id and r.reason is not Reason.OTHER_FORM]
    lost = [r for r in counted if r.canonical_url not in listed]
    reasons = Counter(str(r.reason) for r in [*refused, *lost])
    filled = {field: _share(articles, field) for field in FIELDS}
    return PublisherCheck(
        publisher_id=publisher.id,
        pages=len(own),
        articles=len(articles),
        rejected=dict(sorted(reasons.items())),
        completeness=filled,
        history=history,
        mean_characters=round(sum(len(a.article.text) for a in articles) / len(articles)) if articles else 0,
        sources=sources,
        faults=tuple(_faults(sources, len(own) + len(lost), len(articles), filled, history)),
    )


def read_history(
    ids: Sequence[str], settings: Settings
) -> tuple[dict[str, dict[str, float]], dict[str, tuple[str, ...]]]:
    """The completeness of each publisher's latest landed articles, and its flags; empty where there is no history."""
    try:
        connection = connect(settings.warehouse_location)
    except WarehouseError:
        return {}, {}
    found, flags = {}, {}
    try:
        for publisher_id in ids:
            row = connection.execute(HISTORY_SQL, [BODY_CHARACTERS, publisher_id, HISTORY]).fetchone()
            if row is not None and row[0] >= MIN_HISTORY:
                found[publisher_id] = dict(zip(FIELDS, (round(float(x), 3) for x in row[1:]), strict=True))
            days = connection.execute(FLAGS_SQL, [publisher_id]).fetchall()
            flags[publisher_id] = tuple(f"{day} {flag}" for day, own in days for flag in own)
    except duckdb.Error:
        return {}, {}
    finally:
        connection.close()
    return found, flags


def _sources(publisher: Publisher, fetches: Sequence[Fetch]) -> tuple[SourceCheck, ...]:
    kinds = {FetchKind.LISTING, FetchKind.FEED, FetchKind.SITEMAP}
    by_url = {f.canonical_url: f for f in fetches if f.kind in kinds}
    checked = []
    for source in publisher.sources:
        fetch = by_url.get(canonicalize(source.url))
        checked.append(
            SourceCheck(
                kind=str(source.kind),
                url=source.url,
                section=source.section,
                links_count=fetch.links_count if fetch else 0,
                outcome=(fetch.reason or str(fetch.outcome)) if fetch else "not asked",
                detail=fetch.detail if fetch else "the crawl ended before it",
            )
        )
    return tuple(checked)


def _faults(
    sources: Sequence[SourceCheck], pages: int, articles: int, filled: dict[str, float], history: dict[str, float]
) -> Iterable[str]:
    for source in sources:
        if source.outcome not in {"fetched", "not_modified"}:
            yield f"{source.kind} {source.url} does not hold ({source.outcome}): {source.detail}"
    if not articles:
        yield f"no article could be read from {pages} pages: are article_pattern and the sources right?"
        return
    if articles < READ_SHARE * pages:
        yield f"only {articles} of {pages} pages read as articles: is article_pattern too wide?"
    for field, least in NEEDED.items():
        if filled[field] < least:
            yield f"{field} is filled in {filled[field]:.0%} of the articles, {least:.0%} are needed"
    for field, before in history.items():
        if filled[field] < before - DRIFT:
            yield f"{field} has drifted: filled in {filled[field]:.0%}, in what has landed in {before:.0%}"


def _share(articles: Sequence[TaggedArticle], field: str) -> float:
    return round(sum(_has(tagged, field) for tagged in articles) / len(articles), 3) if articles else 0.0


def _has(tagged: TaggedArticle, field: str) -> bool:
    article = tagged.article
    values: dict[str, Any] = {
        "title": article.title,
        "date": article.published_date,
        "source": article.source_name,
        "author": article.reporters or article.correspondents or article.editors,
        "body": len(article.text) >= BODY_CHARACTERS,
        "region": [tag for tag in tagged.regions if tag.is_primary],
    }
    return bool(values[field])
