"""What a committed batch means for the frontier's rows.

Every change carries the instant of its request and is applied only where it is newer than the row:
settling a batch twice, or two batches in the wrong order, changes nothing more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from crawlers.clock import now_ms
from crawlers.frontier_rows import DISCOVERIES, header_of, milliseconds, pack_http_date, url_key
from crawlers.frontier_schema import FORGOTTEN, DatedBy, UrlState, sources, urls
from crawlers.revisits import RETRY_SECONDS, TRANSIENT, next_interval, next_revisit, next_try
from records import Batch, Discovery, Fetch, FetchedPage, FetchKind, FetchOutcome, Landed, Reason, Rejected

CHANGED = ("state", "lease", "due_at", "attempts", "reason", "fetched_at", "landed_at", "etag", "last_modified")
CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a URL. `reason` is None where it has landed or was not modified."""

    canonical_url: str
    at: int
    reason: str | None = None
    is_landed: bool = False
    page: FetchedPage | None = None
    publisher_id: str | None = None


def settle_urls(connection: Connection, insert: Any, batch: Batch, publishers: Mapping[str, int]) -> None:
    """Apply the batch's items, article fetches and removals to the URLs."""
    events = sorted(events_of(batch), key=lambda e: e.at)
    keys = sorted({url_key(e.canonical_url) for e in events})
    rows: dict[int, dict[str, Any]] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(urls).where(urls.c.key.in_(keys[start : start + CHUNK])).order_by(urls.c.key).with_for_update()
        rows.update({row.key: dict(row._mapping) for row in connection.execute(query)})
    touched: dict[int, dict[str, Any]] = {}
    for e in events:
        key = url_key(e.canonical_url)
        row = rows.get(key) or _new_row(key, e, publishers)
        if row is None or row["reason"] == FORGOTTEN or (row["fetched_at"] is not None and e.at <= row["fetched_at"]):
            continue
        rows[key] = touched[key] = {**row, **changes(row, e)}
    if touched:
        statement = insert(urls)
        kept = {name: statement.excluded[name] for name in CHANGED}
        upsert = statement.on_conflict_do_update(index_elements=["key"], set_=kept)
        connection.execute(upsert, [touched[key] for key in sorted(touched)])


def events_of(batch: Batch) -> Iterable[Event]:
    """What happened to which article URL, in no order."""
    for item in batch.items:
        yield from _item_events(item)
    for fetch in batch.fetches:
        if fetch.kind is FetchKind.ARTICLE and fetch.outcome is not FetchOutcome.FETCHED:
            yield Event(
                canonical_url=fetch.canonical_url,
                at=milliseconds(fetch.fetched_at),
                reason=fetch.reason if fetch.outcome is FetchOutcome.FAILED else None,
            )
    for removal in batch.removals:
        yield Event(
            canonical_url=removal.canonical_url,
            at=milliseconds(removal.removed_at),
            reason=str(Reason.GONE),
            publisher_id=removal.publisher_id,
        )


def _item_events(item: Landed) -> Iterable[Event]:
    page, result = item.page, item.result
    if isinstance(result, Rejected):
        at = page.fetched_at if page is not None else result.fetched_at
        if at is not None:
            url = page.canonical_url if page is not None else result.canonical_url
            yield Event(canonical_url=url, at=milliseconds(at), reason=str(result.reason), page=page)
        return
    at = page.fetched_at if page is not None else result.article.fetched_at
    url = page.canonical_url if page is not None else result.article.canonical_url
    yield Event(canonical_url=url, at=milliseconds(at) if at is not None else now_ms(), is_landed=True, page=page)


def changes(row: Mapping[str, Any], e: Event) -> dict[str, Any]:
    """The columns that an event gives a row."""
    now = e.at // 1000
    landed_at = row["landed_at"]
    result: dict[str, Any] = {"fetched_at": e.at, "lease": None, "attempts": 0, "reason": e.reason, "due_at": None}
    if e.is_landed and e.page is not None:
        result["etag"] = header_of(e.page.headers, "etag")
        result["last_modified"] = pack_http_date(header_of(e.page.headers, "last-modified"))
    if e.reason is None and (e.is_landed or landed_at is not None):
        landed_at = e.at if landed_at is None else landed_at
        due_at = next_revisit(landed_at // 1000, now)
        return {**result, "state": UrlState.LANDED, "landed_at": landed_at, "due_at": due_at}
    if e.reason is None:
        # Not modified, and yet never landed: we sent no validators, so the server is at fault. Try again later.
        return changes(row, replace(e, reason=str(Reason.HTTP_ERROR)))
    if e.reason == Reason.GONE:
        return {**result, "state": UrlState.GONE}
    if e.reason in TRANSIENT:
        attempts = row["attempts"] + 1
        due_at = next_try(attempts, now)
        if landed_at is not None:
            return {**result, "state": UrlState.LANDED, "attempts": attempts, "due_at": due_at}
        state = UrlState.REJECTED if due_at is None else UrlState.FAILED
        return {**result, "state": state, "attempts": attempts, "due_at": due_at}
    if landed_at is not None:  # the article landed once; what answers now is none, and is looked at again
        return {**result, "state": UrlState.LANDED, "due_at": next_revisit(landed_at // 1000, now)}
    return {**result, "state": UrlState.REJECTED}


def _new_row(key: int, e: Event, publishers: Mapping[str, int]) -> dict[str, Any] | None:
    """A row for a page that came without the frontier (a file, a URL by hand); None where no page came."""
    if e.page is None or not e.page.publisher_id:
        return None
    return {
        "key": key,
        "url": e.page.url,
        "publisher": publishers[e.page.publisher_id],
        "section": None,
        "referrer": None,
        "discovered_via": DISCOVERIES.index(Discovery(e.page.discovered_via)),
        "first_seen": e.at,
        "published_on": 0,
        "dated_by": int(DatedBy.NOTHING),
        "state": int(UrlState.PENDING),
        "lease": None,
        "due_at": None,
        "attempts": 0,
        "reason": None,
        "fetched_at": None,
        "landed_at": None,
        "etag": None,
        "last_modified": None,
    }


def settle_sources(connection: Connection, batch: Batch) -> None:
    """Apply the batch's polls to the listings, feeds and sitemaps."""
    polls = [f for f in batch.fetches if f.kind in {FetchKind.LISTING, FetchKind.FEED, FetchKind.SITEMAP}]
    polls.sort(key=lambda fetch: fetch.fetched_at)
    keys = {url_key(fetch.canonical_url) for fetch in polls}
    found: dict[int, Row[Any]] = {}
    if keys:
        found = {row.key: row for row in connection.execute(select(sources).where(sources.c.key.in_(keys)))}
    values = []
    for fetch in polls:
        row = found.get(url_key(fetch.canonical_url))
        at = milliseconds(fetch.fetched_at)
        if row is not None and (row.polled_at is None or at > row.polled_at):
            values.append(_polled(row, fetch, at))
    for value in values:
        connection.execute(update(sources).where(sources.c.key == bindparam("source_key")), value)


def _polled(row: Row[Any], fetch: Fetch, at: int) -> dict[str, Any]:
    changed = fetch.new_links_count > 0
    interval = next_interval(row.interval_seconds, changed=changed)
    value = {
        "source_key": row.key,
        "polled_at": at,
        "changed_at": at if changed else row.changed_at,
        "interval_seconds": interval,
        "due_at": at // 1000 + interval,
        "failures": 0,
        "reason": None,
        "etag": row.etag,
        "last_modified": row.last_modified,
    }
    if fetch.outcome is FetchOutcome.FAILED:
        pause = RETRY_SECONDS[min(row.failures, len(RETRY_SECONDS) - 2)]
        return {
            **value,
            "failures": row.failures + 1,
            "reason": fetch.reason,
            "due_at": at // 1000 + pause,
            "interval_seconds": row.interval_seconds,
            "changed_at": row.changed_at,
        }
    if fetch.outcome is FetchOutcome.FETCHED:
        value |= {"etag": fetch.etag, "last_modified": fetch.last_modified}
    return value
