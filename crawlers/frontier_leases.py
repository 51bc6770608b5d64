"""Which URLs a crawl may take next, as queries over the frontier; each is served by one of its indexes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, or_, select, update

from crawlers.clock import now_seconds
from crawlers.frontier_rows import DISCOVERIES, LeasedUrl, day_number, day_of, unpack_http_date
from crawlers.frontier_schema import FORGOTTEN, DatedBy, UrlState, urls
from records import Reason


def pending_urls() -> Select[Any]:
    """URLs that no crawl has taken, the newest first, in the order in which their pages named them."""
    # SQLite uses a partial index only where the query holds its condition as a constant.
    pending = literal(int(UrlState.PENDING), literal_execute=True)
    return (
        select(urls)
        .where(urls.c.state == pending, urls.c.lease.is_(None))
        .order_by(urls.c.published_on.desc(), urls.c.first_seen.desc())
    )


def due_urls(states: Sequence[UrlState]) -> Select[Any]:
    """URLs in those states whose next try or revisit has come, longest due first."""
    return (
        select(urls)
        .where(urls.c.due_at <= now_seconds(), urls.c.lease.is_(None), urls.c.state.in_([int(s) for s in states]))
        .order_by(urls.c.due_at)
    )


def landed_urls(after_key: int) -> Select[Any]:
    """Landed URLs with a key above `after_key`, in the order of keys."""
    return (
        select(urls)
        .where(urls.c.state == int(UrlState.LANDED), urls.c.lease.is_(None), urls.c.key > after_key)
        .order_by(urls.c.key)
    )


def take_url(connection: Connection, crawl: int, key: int) -> bool:
    """Lease one URL that no crawl holds, whatever became of it before, unless it has landed or is not to be asked."""
    kept_away = func.coalesce(urls.c.reason, "").in_((FORGOTTEN, str(Reason.OTHER_FORM)))
    free = (urls.c.key == key, urls.c.lease.is_(None), urls.c.state != int(UrlState.LANDED), ~kept_away)
    taken = update(urls).where(*free).values(lease=crawl, state=int(UrlState.PENDING), due_at=None)
    return connection.execute(taken).rowcount == 1


def within(query: Select[Any], since: date | None, until: date | None) -> Select[Any]:
    """Only URLs whose day lies in the window or is not known."""
    unknown = urls.c.published_on == 0
    if since is not None:
        query = query.where(or_(unknown, urls.c.published_on >= day_number(since)))
    if until is not None:
        upper_bound = urls.c.dated_by == int(DatedBy.LAST_CHANGE)
        query = query.where(or_(unknown, upper_bound, urls.c.published_on <= day_number(until)))
    return query


def leased_url(row: Row[Any], publisher_id: str, texts: Mapping[int, str]) -> LeasedUrl:
    """A leased row as a record; `texts` are the labels by number."""
    return LeasedUrl(
        key=row.key,
        url=row.url,
        publisher_id=publisher_id,
        section=texts.get(row.section),
        discovered_via=DISCOVERIES[row.discovered_via],
        referrer_url=texts.get(row.referrer),
        etag=row.etag,
        last_modified=unpack_http_date(row.last_modified),
        is_landed=row.landed_at is not None,
        published_on=day_of(row.published_on),
    )
