"""Archives and folders through the same worker processes and the same landing as a crawl.

What the lake already holds is not read again, so a run that was stopped goes on where it stopped, and a second
run over the same archive writes nothing: a capture is known by URL and instant, a file by URL and bytes.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from crawlers import Frontier
from crawlers.archives import DamagedArchive, Hosts, Skipped, read_files, read_warc
from pipeline.dimensions import bring_dimensions
from pipeline.ingest import IngestSink, Tally
from pipeline.interruption import Interruption, interruptible
from pipeline.provenance import provenance_of
from pipeline.run_checks import RunChecks
from pipeline.settings import Settings
from pipeline.workers import TransformPool
from records import Batch, Discovery, FetchedPage, Publisher, Rejected, TaggedArticle
from warehouse import Warehouse, connect
from warehouse.held import Held, read_held

Entry = FetchedPage | Rejected | Skipped
LOOKUP_ENTRIES = 200
LOOKUP_BYTES = 32 * 1024 * 1024
"""Pages that are looked up in the lake at once: what bounds memory before the queue does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveReport:
    """What reading archives or files did."""

    crawl_id: str
    finish_reason: str
    """finished, damaged (an archive could not be read to its end) or interrupted."""
    seconds: float
    pages: int
    """Pages that were read by the transforms."""
    already_landed: int
    """Pages and rejections that the lake held before."""
    versions: int
    unchanged: int
    rejected: dict[str, int]
    skipped: dict[str, int]
    """Entries that were never meant to become an article, by reason."""
    damaged: tuple[str, ...]
    """A sentence for each archive that could not be read to its end."""
    batches: int
    snapshot_id: int | None

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)


def warc_entries(
    paths: Sequence[Path], hosts: Hosts, damaged: list[str], *, only: frozenset[str], any_host: bool, crawl_id: str
) -> Iterator[Entry]:
    """The entries of all archives; one that is damaged is noted and the next one read."""
    for path in paths:
        try:
            yield from read_warc(path, hosts, only=only, any_host=any_host, crawl_id=crawl_id)
        except DamagedArchive as error:
            damaged.append(str(error))


def file_entries(
    paths: Sequence[Path], hosts: Hosts, *, publisher: Publisher | None, urls: Mapping[str, str], crawl_id: str
) -> Iterator[Entry]:
    """The entries of all files and folders."""
    return read_files(paths, hosts, publisher=publisher, urls=urls, crawl_id=crawl_id)


def ingest_entries(
    entries: Iterable[Entry],
    publishers: Mapping[str, Publisher],
    settings: Settings,
    crawl_id: str,
    tally: Tally | None = None,
    damaged: Sequence[str] = (),
    checks: RunChecks | None = None,
) -> ArchiveReport:
    """Transform and land the entries that the lake does not hold; returns when all have landed, and been checked.

    `damaged` is read at the end: whoever makes the entries writes there what could not be read. The first Ctrl-C
    ends the reading and lands what is under way.
    """
    tally = tally or Tally()
    started = time.monotonic()
    provenance = provenance_of(crawl_id)
    settings.home.mkdir(parents=True, exist_ok=True)
    skipped: Counter[str] = Counter()
    with interruptible() as interruption, ExitStack() as stack:
        frontier = Frontier.open(settings.frontier_url)
        stack.callback(frontier.close)
        warehouse = stack.enter_context(Warehouse.open(settings.warehouse_location))
        bring_dimensions(warehouse, publishers.values())
        stack.enter_context((checks or RunChecks()).around(warehouse))
        reader = stack.enter_context(connect(settings.warehouse_location))
        sink = IngestSink(
            settings=settings,
            provenance=provenance,
            pool=TransformPool(publishers, settings.workers, settings.page_seconds),
            land=warehouse.land,
            settle=lambda batch: settle_articles(frontier.settle, batch),
            tally=tally,
        )
        try:
            held_count = put_new(entries, reader, sink, interruption, skipped)
        finally:
            sink.close()
    finish_reason = "interrupted" if interruption.is_requested else "damaged" if damaged else "finished"
    return ArchiveReport(
        crawl_id=crawl_id,
        finish_reason=finish_reason,
        seconds=round(time.monotonic() - started, 2),
        pages=tally.pages,
        already_landed=held_count,
        versions=tally.versions,
        unchanged=tally.unchanged,
        rejected=dict(sorted(tally.rejected.items())),
        skipped=dict(sorted(skipped.items())),
        damaged=tuple(damaged),
        batches=tally.batches,
        snapshot_id=sink.snapshot_id,
    )


def put_new(
    entries: Iterable[Entry],
    reader: duckdb.DuckDBPyConnection,
    sink: IngestSink,
    interruption: Interruption,
    skipped: Counter[str],
) -> int:
    """Hand the entries that the lake does not hold to the sink; how many it held."""
    held_count = 0
    for chunk in in_chunks(entries, skipped):
        held = read_held(reader, [entry.canonical_url for entry in chunk])
        for entry in chunk:
            while sink.room() <= 0 and not interruption.is_requested:
                time.sleep(0.01)
            if interruption.is_requested:
                return held_count
            if is_held(entry, held):
                held_count += 1
            elif isinstance(entry, FetchedPage):
                sink.put_page(entry)
            else:
                sink.put_rejected(entry)
    return held_count


def in_chunks(entries: Iterable[Entry], skipped: Counter[str]) -> Iterator[list[FetchedPage | Rejected]]:
    """Pages and rejections in lists bounded by number and bytes; what is skipped is counted."""
    chunk: list[FetchedPage | Rejected] = []
    size = 0
    for entry in entries:
        if isinstance(entry, Skipped):
            skipped[entry.reason] += 1
            continue
        chunk.append(entry)
        size += len(entry.body) if isinstance(entry, FetchedPage) else 0
        if len(chunk) >= LOOKUP_ENTRIES or size >= LOOKUP_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def is_held(entry: FetchedPage | Rejected, held: Held) -> bool:
    """Whether the lake holds what the entry would add."""
    if isinstance(entry, Rejected):
        return (entry.canonical_url, str(entry.reason)) in held.rejections
    if entry.discovered_via is Discovery.FILE:
        return (entry.canonical_url, entry.body_sha256) in held.bodies
    return entry.fetched_at is not None and (entry.canonical_url, entry.fetched_at) in held.captures


def settle_articles(settle: Callable[[Batch], None], batch: Batch) -> None:
    """Tell the frontier of the articles that have landed and that a crawl could have found.

    Nothing else: an old archive's 404 or broken record says nothing of what the publisher's site answers today.
    """
    known = tuple(
        item
        for item in batch.items
        if isinstance(item.result, TaggedArticle)
        and item.page is not None
        and item.page.publisher_id
        and item.page.canonical_url.startswith("http")
    )
    if known:
        settle(replace(batch, items=known, fetches=(), removals=()))
