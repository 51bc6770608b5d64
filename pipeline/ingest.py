"""One crawl, from the frontier to the warehouse: the function that the command line, the stream and Airflow run.

Three things overlap: Scrapy fetches in the main thread, processes transform (`workers`), one thread lands
micro-batches. A URL is settled in the frontier only after the transaction that holds its page has committed:
a run that dies at any point loses nothing, and the next one fetches again only what was not landed.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from crawlers import CrawlOptions, CrawlReport, Frontier, PublisherReport, crawl, load_publishers
from pipeline.dimensions import bring_dimensions
from pipeline.interruption import Interruption, interruptible
from pipeline.ledger import bring_waiting, settle_with_related
from pipeline.pace import Pace
from pipeline.provenance import provenance_of
from pipeline.settings import Settings
from pipeline.workers import TransformPool
from records import Batch, Fetch, FetchedPage, Landed, PageSink, Provenance, Publisher, Rejected, Removal
from warehouse import LandReport, Warehouse

log = logging.getLogger("difang.ingest")
COMMIT_SHARE = 4.0
"""Times the length of the last commit that a batch is gathered for at least."""
MOST_BATCH_SECONDS = 2.5
"""Times `batch_seconds` that a batch is gathered for at most."""


@dataclass(slots=True)
class Tally:
    """What a run has done so far; read by the progress display while it is written."""

    requests: int = 0
    not_modified: int = 0
    failed: int = 0
    pages: int = 0
    under_way: int = 0
    versions: int = 0
    unchanged: int = 0
    removed: int = 0
    batches: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    snapshot_id: int | None = None
    landed_at: float | None = None
    """When the last batch was committed, by the monotonic clock."""
    waiting_since: float | None = None
    """Since when pages have been waiting without one of them landing; None while none is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What a run did. `pending` counts the URLs that the next run will try."""

    crawl_id: str
    publishers: tuple[str, ...]
    finish_reason: str
    seconds: float
    requests: int
    protocols: dict[str, int]
    """Answers by what they came by: h2 (HTTP/2, for publishers that ask for it), http/1.1, http/1.0."""
    not_modified: int
    failed: int
    pages: int
    versions: int
    unchanged: int
    removed: int
    rejected: dict[str, int]
    unreachable: tuple[str, ...]
    """The publishers that answered nothing: no connection, or nothing but errors."""
    batches: int
    snapshot_id: int | None
    pending: int

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


class Crawl(Protocol):
    """`crawlers.crawl`, or what goes on as it does."""

    def __call__(
        self, publishers: Sequence[Publisher], *, frontier: Frontier, sink: PageSink, options: CrawlOptions
    ) -> CrawlReport:
        """Crawl, and return when it is over."""


class IngestSink:
    """Takes pages from a crawl, has them transformed, lands the results in micro-batches, then settles the frontier."""

    def __init__(
        self,
        *,
        settings: Settings,
        provenance: Provenance,
        pool: TransformPool,
        land: Callable[[Batch], LandReport],
        settle: Callable[[Batch], None],
        tally: Tally,
        interruption: Interruption | None = None,
        pace: Pace | None = None,
        quiet_seconds: float = 0.0,
    ) -> None:
        self._pace = pace or Pace(settings.pages_under_way)
        self._commit_seconds = 0.0
        self._quiet_seconds = max(quiet_seconds, settings.batch_seconds)
        self._interruption = interruption
        self._settings = settings
        self._provenance = provenance
        self._pool = pool
        self._land_batch = land
        self._settle = settle
        self._tally = tally
        self._lock = threading.Lock()
        self._results: queue.Queue[Landed | Fetch | Removal | None] = queue.Queue()
        self._error: BaseException | None = None
        self._lander = threading.Thread(target=self._land_all, name="lander")
        self._lander.start()

    @property
    def snapshot_id(self) -> int | None:
        """The lake's snapshot after the last landed batch."""
        return self._tally.snapshot_id

    def room(self) -> int:
        """How many more pages may be put now. Raises what stopped the landing, so that the crawl stops too."""
        if self._error is not None:
            raise self._error
        if self._interruption is not None:
            self._interruption.forward()
        return self._pace.window - self._tally.under_way

    def put_page(self, page: FetchedPage) -> None:
        """Have the page transformed and landed."""
        with self._lock:
            self._tally.pages += 1
            self._tally.under_way += 1
            self._tally.waiting_since = self._tally.waiting_since or time.monotonic()
        self._pool.submit(page, self._results.put)

    def put_rejected(self, rejected: Rejected) -> None:
        """Land a rejection that the crawl itself decided."""
        self._results.put(Landed(page=None, result=rejected))

    def put_removal(self, removal: Removal) -> None:
        """Land the removal of an article."""
        self._results.put(removal)

    def put_fetch(self, fetch: Fetch) -> None:
        """Land a line of the fetch log."""
        self._tally.requests += 1
        self._tally.not_modified += fetch.outcome == "not_modified"
        self._tally.failed += fetch.outcome == "failed"
        self._results.put(fetch)

    def close(self) -> None:
        """Wait until all that was put has landed. Raises what stopped the landing."""
        try:
            self._pool.close()
        finally:
            # Whatever stopped the pool, the lander must end, or the process never would.
            self._results.put(None)
            self._lander.join()
        if self._error is not None:
            raise self._error

    def _land_all(self) -> None:
        more = True
        while more:
            gathered, more = self._gather()
            if not gathered or self._error is not None:
                continue
            try:
                self._land(gathered)
            except Exception as error:
                self._error = error

    def _gather(self) -> tuple[list[Landed | Fetch | Removal], bool]:
        """The next micro-batch: full, or old enough, or the last; and whether more may come."""
        gathered: list[Landed | Fetch | Removal] = []
        deadline: float | None = None
        while len(gathered) < self._settings.batch_items:
            timeout = None if deadline is None else deadline - time.monotonic()
            if timeout is not None and timeout <= 0:
                break
            try:
                result = self._results.get(timeout=timeout)
            except queue.Empty:
                break
            if result is None:
                return gathered, False
            gathered.append(result)
            # Somebody waits for an article and for a removal; a line of the fetch log may wait for company.
            is_quiet = isinstance(result, Fetch) or (isinstance(result, Landed) and result.page is None)
            due_at = time.monotonic() + (self._quiet_seconds if is_quiet else self._batch_seconds())
            deadline = due_at if deadline is None else min(deadline, due_at)
        return gathered, True

    def _batch_seconds(self) -> float:
        """How old a batch grows before it lands."""
        # A commit costs about as much for ten pages as for fifty: where commits are slow, each gathers more.
        least = self._settings.batch_seconds
        return max(least, min(COMMIT_SHARE * self._commit_seconds, MOST_BATCH_SECONDS * least))

    def _land(self, gathered: Sequence[Landed | Fetch | Removal]) -> None:
        batch = Batch(
            provenance=self._provenance,
            items=tuple(x for x in gathered if isinstance(x, Landed)),
            fetches=tuple(x for x in gathered if isinstance(x, Fetch)),
            removals=tuple(x for x in gathered if isinstance(x, Removal)),
        )
        begun = time.monotonic()
        report = self._land_batch(batch)
        self._commit_seconds = time.monotonic() - begun
        self._pace.note(_ages(batch))
        self._settle(batch)
        self._count(batch, report)

    def _count(self, batch: Batch, report: LandReport) -> None:
        rejected = [x.result for x in batch.items if isinstance(x.result, Rejected)]
        articles = len(batch.items) - len(rejected)
        landed_count = report.counts.get("core_articles", 0)
        with self._lock:
            self._tally.under_way -= sum(x.page is not None for x in batch.items)
            self._tally.versions += landed_count
            self._tally.unchanged += articles - landed_count
            self._tally.removed += len(batch.removals)
            self._tally.batches += 1
            self._tally.snapshot_id = report.snapshot_id
            self._tally.landed_at = time.monotonic()
            self._tally.waiting_since = self._tally.landed_at if self._tally.under_way else None
            self._tally.rejected.update(str(x.reason) for x in rejected)


def _ages(batch: Batch) -> list[float]:
    """Seconds since each page of a batch, the last one of an article of several, was fetched."""
    now = datetime.now(UTC)
    pages = [item.page for item in batch.items if item.page is not None]
    fetched = [(page.next_pages[-1] if page.next_pages else page).fetched_at for page in pages]
    return [(now - at).total_seconds() for at in fetched if at is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a run crawls, and who else has a hand in its landing: the defaults are those of a run that ends."""

    crawl: Crawl = crawl
    pace: Pace | None = None
    quiet_seconds: float = 0.0
    """How long fetch-log lines may wait for an article to land with."""
    is_warm: bool = False
    """Whether the workers load their lexicons and model before the crawl begins, not with their first page."""
    beside: Callable[[Warehouse, Frontier], AbstractContextManager[None]] = lambda _warehouse, _frontier: nullcontext()
    """What goes on in the warehouse from before the crawl until all has landed."""


def ingest(
    publishers: Sequence[Publisher],
    settings: Settings,
    options: CrawlOptions,
    tally: Tally | None = None,
    way: Way | None = None,
) -> IngestReport:
    """Crawl the publishers, transform and land what is new; returns when all that was fetched has landed.

    Runs Scrapy's reactor, so it can be called once in a process. Raises WarehouseError when landing fails
    beyond retries; what was fetched since stays pending.
    """
    way = way or Way()
    tally = tally or Tally()
    started = time.monotonic()
    provenance = provenance_of(options.crawl_id)
    settings.home.mkdir(parents=True, exist_ok=True)
    with interruptible() as interruption, ExitStack() as stack:
        frontier = Frontier.open(settings.frontier_url)
        stack.callback(frontier.close)
        warehouse = stack.enter_context(Warehouse.open(settings.warehouse_location))
        bring_dimensions(warehouse, load_publishers(settings.publishers).values())
        pool = TransformPool({p.id: p for p in publishers}, settings.workers, settings.page_seconds)
        sink = IngestSink(
            settings=settings,
            provenance=provenance,
            pool=pool,
            land=warehouse.land,
            settle=settle_with_related(frontier, publishers),
            tally=tally,
            interruption=interruption,
            pace=way.pace,
            quiet_seconds=way.quiet_seconds,
        )
        try:
            if way.is_warm:
                pool.wait_until_ready()
            stack.enter_context(way.beside(warehouse, frontier))
            crawled = way.crawl(publishers, frontier=frontier, sink=sink, options=options)
        finally:
            sink.close()
        bring_waiting(frontier, warehouse, [p.id for p in publishers])
        counted = frontier.counts_by_publisher()  # once: one count of a publisher looks at all URLs, too
        pending = sum(counted[p.id]["pending"] for p in publishers if p.id in counted)
    return IngestReport(
        crawl_id=options.crawl_id,
        publishers=tuple(p.id for p in publishers),
        finish_reason=crawled.finish_reason,
        seconds=round(time.monotonic() - started, 2),
        requests=tally.requests,
        protocols=dict(crawled.protocols),
        not_modified=tally.not_modified,
        failed=tally.failed,
        pages=tally.pages,
        versions=tally.versions,
        unchanged=tally.unchanged,
        removed=tally.removed,
        rejected=dict(sorted(tally.rejected.items())),
        unreachable=tuple(p for p, r in crawled.publishers.items() if not has_answered(r)),
        batches=tally.batches,
        snapshot_id=tally.snapshot_id,
        pending=pending,
    )


def has_answered(report: PublisherReport) -> bool:
    """Whether anything that the publisher was asked for, robots.txt aside, was answered with a page or a 304."""
    asked = {key: count for key, count in report.fetches.items() if not key.startswith("robots/")}
    refused = report.finish_reason in {"unreachable", "robots"}
    return any(not key.endswith("/failed") for key in asked) or (not asked and not refused)
