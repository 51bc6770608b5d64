"""The frontier 待抓队列: every URL that is known, and what is to be done with it next.

SQLite by default (one file, several processes), PostgreSQL by URL. A URL stays pending until the warehouse
has committed its page and `settle` is told so: a crawl that dies in between has only held a lease, which
the next crawl takes back. All methods may be called from several threads. The module is longer than most
because it is the whole interface; queries, rows, settling and leases of the dead lie beside it.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crawlers.clock import now_ms, now_seconds
from crawlers.crawl_leases import close_dead_crawls, insert_crawl
from crawlers.frontier_engine import open_engine
from crawlers.frontier_leases import due_urls, landed_urls, leased_url, pending_urls, take_url, within
from crawlers.frontier_rows import (
    DISCOVERIES,
    FoundLink,
    LeasedUrl,
    SourceState,
    day_number,
    url_key,
)
from crawlers.frontier_schema import UrlState, crawls, labels, metadata, sources, urls
from crawlers.frontier_waiting import MAX_EXAMPLES, waiting_links
from crawlers.revisits import FIRST_POLL
from crawlers.settling import settle_sources, settle_urls
from records import Batch, Discovery, SourceKind, Waiting, canonicalize

CHUNK = 400
"""Rows per statement: below the parameter limits of both databases."""


ORDER_SPAN = 1000
"""Milliseconds by which `first_seen` may be set back to keep the order of a page's links."""

MAX_LABELS = 50_000
"""Labels remembered in memory at most."""


class Frontier:
    """Known URLs and sources in a database; open with `Frontier.open`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._labels: dict[str, int] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, url: str) -> "Frontier":
        """The frontier at a SQLAlchemy URL, its tables made where missing. Raises UsageError for another database."""
        frontier = cls(open_engine(url))
        with frontier._write() as connection:
            metadata.create_all(connection)
        return frontier

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def begin_crawl(self, crawl_id: str) -> int:
        """The number of a new crawl. Leases of crawls whose process is gone become due again."""
        with self._write() as connection:
            close_dead_crawls(connection)
            return insert_crawl(connection, crawl_id)

    def beat(self, crawl: int) -> None:
        """Say that the crawl is alive, so that its leases hold."""
        with self._write() as connection:
            connection.execute(update(crawls).where(crawls.c.id == crawl).values(beat_at=now_ms()))

    def add_links(
        self,
        publisher_id: str,
        links: Sequence[FoundLink],
        *,
        section: str | None = None,
        via: Discovery = Discovery.MANUAL,
        referrer_url: str | None = None,
        seen_at: int | None = None,
        position: int = 0,
    ) -> int:
        """How many of the links were not known; those are pending now, the first of the sequence first in line.

        `position` is how many links of the same walk came before them.
        """
        if not links:
            return 0
        seen = now_ms() if seen_at is None else seen_at
        rows: dict[int, dict[str, Any]] = {}
        origin = {
            "publisher": self._label(publisher_id),
            "section": self._label(section) if section else None,
            "referrer": self._label(referrer_url) if referrer_url else None,
            "discovered_via": DISCOVERIES.index(via),
        }
        for place, link in enumerate(links, position):
            dated = {"published_on": day_number(link.published_on), "dated_by": int(link.dated_by)}
            key = url_key(link.canonical_url)
            rows.setdefault(
                key, {"key": key, "url": link.url, "first_seen": seen - min(place, ORDER_SPAN), **dated, **origin}
            )
        with self._write() as connection:
            return sum(self._insert_missing(connection, rows))

    def claim(
        self, publisher_id: str, links: Sequence[FoundLink], *, section: str, outranked: Sequence[str] = ()
    ) -> None:
        """Give a section those links that wait to be fetched and have no section, or one of the outranked."""
        number = self._label(section)
        weaker = [self._label(name) for name in outranked]
        keys = sorted({url_key(link.canonical_url) for link in links})
        mine = urls.c.publisher == self._label(publisher_id)
        waits = (urls.c.state == int(UrlState.PENDING)) & urls.c.lease.is_(None)
        takes = urls.c.section.is_(None) | urls.c.section.in_(weaker)
        with self._write() as connection:
            for chunk in _chunks(keys):
                found = update(urls).where(urls.c.key.in_(chunk), mine, waits, takes)
                connection.execute(found.values(section=number))

    def known(self, canonical_urls: Iterable[str]) -> set[str]:
        """Those of the URLs that the frontier has seen, in whatever state."""
        by_key = {url_key(url): url for url in canonical_urls}
        with self._read() as connection:
            rows = [
                key
                for chunk in _chunks(list(by_key))
                for key in connection.scalars(select(urls.c.key).where(urls.c.key.in_(chunk)))
            ]
        return {by_key[key] for key in rows}

    def count_unknown(self, canonical_urls: Sequence[str], *, before: int) -> int:
        """How many of the URLs had not been seen before an instant (milliseconds)."""
        keys = sorted({url_key(url) for url in canonical_urls})
        edge = before - ORDER_SPAN
        with self._read() as connection:
            known = sum(
                connection.scalar(select(func.count()).where(urls.c.key.in_(chunk), urls.c.first_seen < edge)) or 0
                for chunk in _chunks(keys)
            )
        return len(keys) - known

    def state_of(self, canonical_url: str) -> UrlState | None:
        """The state of a URL; None where it is not known."""
        with self._read() as connection:
            state = connection.scalar(select(urls.c.state).where(urls.c.key == url_key(canonical_url)))
        return None if state is None else UrlState(state)

    def lease_pending(
        self, crawl: int, publisher_id: str, count: int, *, since: date | None = None, until: date | None = None
    ) -> list[LeasedUrl]:
        """The newest pending URLs of a publisher, leased; those dated outside the days asked for are left."""
        return self._lease(crawl, publisher_id, count, within(pending_urls(), since, until))

    def lease_due(
        self,
        crawl: int,
        publisher_id: str,
        count: int,
        *,
        states: Sequence[UrlState] = (UrlState.FAILED, UrlState.LANDED),
        since: date | None = None,
        until: date | None = None,
    ) -> list[LeasedUrl]:
        """Failed URLs whose next try, and landed ones whose revisit has come, longest due first; leased."""
        return self._lease(crawl, publisher_id, count, within(due_urls(states), since, until))

    def lease_landed(
        self,
        crawl: int,
        publisher_id: str,
        count: int,
        *,
        after_key: int,
        since: date | None = None,
        until: date | None = None,
    ) -> list[LeasedUrl]:
        """Landed URLs with a key above `after_key`, in the order of keys, due or not; leased."""
        return self._lease(crawl, publisher_id, count, within(landed_urls(after_key), since, until))

    def take(
        self,
        crawl: int,
        publisher_id: str,
        link: FoundLink,
        *,
        section: str | None = None,
        via: Discovery = Discovery.MANUAL,
        referrer_url: str | None = None,
    ) -> bool:
        """Lease the address under which an article that came by another one is kept, noting it where it is new.

        False where another request has it or had it: it has landed, is under way, was forgotten or is a form itself.
        """
        self.add_links(publisher_id, [link], section=section, via=via, referrer_url=referrer_url)
        with self._write() as connection:
            return take_url(connection, crawl, url_key(link.canonical_url))

    def release(self, crawl: int, keys: Sequence[int]) -> None:
        """Give leased URLs back untouched."""
        with self._write() as connection:
            for chunk in _chunks(sorted(keys)):
                connection.execute(update(urls).where(urls.c.key.in_(chunk), urls.c.lease == crawl).values(lease=None))

    def source(
        self, publisher_id: str, kind: SourceKind, url: str, *, section: str | None = None, parent: int | None = None
    ) -> SourceState:
        """The state of a source, which is noted where it is new. Raises ValueError for what is no http URL."""
        key = url_key(canonicalize(url))
        row = {
            "key": key,
            "url": url,
            "kind": str(kind),
            "publisher": self._label(publisher_id),
            "section": self._label(section) if section else None,
            "parent": parent,
            "first_seen": now_ms(),
            "interval_seconds": FIRST_POLL,
        }
        query = select(sources).where(sources.c.key == key)
        with self._read() as connection:  # most are known and as they were: a crawl of a thousand hosts writes nothing
            found = connection.execute(query).one_or_none()
        if found is None or any(getattr(found, name) != row[name] for name in ("url", "kind", "section")):
            with self._write() as connection:
                upsert = self._insert()(sources).values(row)
                kept = {name: upsert.excluded[name] for name in ("url", "kind", "section")}
                connection.execute(upsert.on_conflict_do_update(index_elements=["key"], set_=kept))
                found = connection.execute(query).one()
        return SourceState(
            key=key,
            url=url,
            kind=kind,
            publisher_id=publisher_id,
            section=section,
            etag=found.etag,
            last_modified=found.last_modified,
            polled_at=found.polled_at,
            due_at=found.due_at,
            walked_to=found.walked_to,
        )

    def due_sources(self, *, max_seconds: float | None = None) -> dict[int, int | None]:
        """The declared sources whose next poll has come, by key, each with the instant of its last poll.

        With `max_seconds` also those that answered, but longer ago than that.
        """
        at = now_ms()
        due = sources.c.due_at <= at // 1000
        if max_seconds is not None:
            due |= (sources.c.failures == 0) & (sources.c.polled_at <= at - int(max_seconds * 1000))
        query = select(sources.c.key, sources.c.polled_at).where(sources.c.parent.is_(None), due)
        with self._read() as connection:
            return dict(connection.execute(query).tuples().all())

    def due_publishers(self) -> set[str]:
        """The publishers of which a URL's next try or revisit has come."""
        first = select(urls.c.publisher, func.min(urls.c.due_at).label("due_at"))
        grouped = first.where(urls.c.due_at.is_not(None)).group_by(urls.c.publisher).subquery()
        query = select(labels.c.text).join(grouped, grouped.c.publisher == labels.c.id)
        with self._read() as connection:
            return set(connection.scalars(query.where(grouped.c.due_at <= now_seconds())))

    def finish_walk(self, source_key: int, walked_to: int | None) -> None:
        """Note that a walk over a source's pages was completed back to a day (0: all of it); None: it is under way."""
        with self._write() as connection:
            connection.execute(update(sources).where(sources.c.key == source_key).values(walked_to=walked_to))

    def settle(self, batch: Batch) -> None:
        """Move on everything that the batch holds; call it after the batch has committed. Again is harmless."""
        publishers = {p: self._label(p) for p in _publisher_ids(batch)}
        with self._write() as connection:
            settle_urls(connection, self._insert(), batch, publishers)
            settle_sources(connection, batch)

    def counts(self, publisher_id: str | None = None) -> dict[str, int]:
        """How many URLs are in each state: pending, landed, rejected, failed, gone."""
        query = select(urls.c.state, func.count()).group_by(urls.c.state)
        if publisher_id is not None:
            query = query.join(labels, labels.c.id == urls.c.publisher).where(labels.c.text == publisher_id)
        with self._read() as connection:
            found: Mapping[int, int] = dict(connection.execute(query).tuples().all())
        return {state.name.lower(): found.get(int(state), 0) for state in UrlState}

    def counts_by_publisher(self) -> dict[str, dict[str, int]]:
        """How many URLs of each publisher are in each state: one pass over all of them, however many publishers."""
        query = select(labels.c.text, urls.c.state, func.count()).join(labels, labels.c.id == urls.c.publisher)
        counted: dict[str, dict[str, int]] = {}
        with self._read() as connection:
            for publisher_id, state, count in connection.execute(query.group_by(labels.c.text, urls.c.state)):
                states = counted.setdefault(publisher_id, {state.name.lower(): 0 for state in UrlState})
                states[UrlState(state).name.lower()] = count
        return dict(sorted(counted.items()))

    def waiting(self, publisher_ids: Sequence[str], examples: int = MAX_EXAMPLES) -> tuple[Waiting, ...]:
        """What publishers' lists have promised and no crawl has brought, by section, day and reason; some are named."""
        with self._read() as connection:
            return waiting_links(connection, publisher_ids, examples)

    def _lease(self, crawl: int, publisher_id: str, count: int, query: Select[Any]) -> list[LeasedUrl]:
        publisher = self._label(publisher_id)
        with self._write() as connection:
            chosen = query.where(urls.c.publisher == publisher).limit(count).with_for_update(skip_locked=True)
            rows = connection.execute(chosen).all()
            for chunk in _chunks(sorted(row.key for row in rows)):
                connection.execute(update(urls).where(urls.c.key.in_(chunk)).values(lease=crawl))
            texts = self._texts(connection, {n for row in rows for n in (row.section, row.referrer) if n is not None})
        return [leased_url(row, publisher_id, texts) for row in rows]

    def _insert_missing(self, connection: Connection, rows: Mapping[int, dict[str, Any]]) -> Iterable[int]:
        for chunk in _chunks(sorted(rows)):
            known = set(connection.scalars(select(urls.c.key).where(urls.c.key.in_(chunk))))
            new = [rows[key] for key in chunk if key not in known]
            if new:
                connection.execute(self._insert()(urls).on_conflict_do_nothing(index_elements=["key"]), new)
            yield len(new)

    def _label(self, text: str) -> int:
        """The number of a text, made where it is new; remembered only once it is committed."""
        with self._lock:
            if text in self._labels:
                return self._labels[text]
        with self._write() as connection:
            insert = self._insert()(labels).values(text=text).on_conflict_do_nothing(index_elements=["text"])
            connection.execute(insert)
            number: int = connection.execute(select(labels.c.id).where(labels.c.text == text)).scalar_one()
        with self._lock:
            if len(self._labels) >= MAX_LABELS:
                self._labels.clear()
            self._labels[text] = number
        return number

    def _texts(self, connection: Connection, numbers: set[int]) -> dict[int, str]:
        query = select(labels.c.id, labels.c.text).where(labels.c.id.in_(numbers))
        return dict(connection.execute(query).tuples().all()) if numbers else {}

    def _insert(self) -> Any:
        return postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert

    def _read(self) -> AbstractContextManager[Connection]:
        return self._engine.connect()

    def _write(self) -> AbstractContextManager[Connection]:
        return self._engine.execution_options(writes=True).begin()


def _publisher_ids(batch: Batch) -> set[str]:
    items = {item.page.publisher_id for item in batch.items if item.page is not None}
    return {p for p in items | {removal.publisher_id for removal in batch.removals} if p}


def _chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
