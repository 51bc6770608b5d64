"""Raw pages that have landed, read again by today's rules: no request is made.

A text that comes out as before gets a new generation of tags; one that comes out differently becomes a version.
Views show the newest generation only.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.crawl_ids import new_crawl_id
from pipeline.ingest import IngestSink, Tally
from pipeline.interruption import interruptible
from pipeline.provenance import provenance_of
from pipeline.settings import Settings
from pipeline.workers import TransformPool
from records import Batch, Publisher
from warehouse import Warehouse, connect
from warehouse.raw import read_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessReport:
    """What a reprocessing did."""

    crawl_id: str
    pages: int
    versions: int
    """Texts that came out differently, and are versions now."""
    unchanged: int
    """Texts that came out as before; their tags are of a new generation."""
    rejected: dict[str, int]
    batches: int
    seconds: float
    is_interrupted: bool = False
    """A signal stopped it; what had been read has landed. Run it again: reading a page twice is harmless."""


def reprocess(
    publishers: Mapping[str, Publisher],
    settings: Settings,
    since: date,
    until: date,
    publisher_ids: Sequence[str] = (),
    tally: Tally | None = None,
) -> ReprocessReport:
    """Transform and land again every page that was fetched on the local days from `since` to `until`."""
    tally = tally or Tally()
    started = time.monotonic()
    provenance = provenance_of(f"reprocess-{new_crawl_id()}")
    with (
        interruptible() as interruption,
        connect(settings.warehouse_location) as reader,
        Warehouse.open(settings.warehouse_location) as warehouse,
    ):
        pool = TransformPool(publishers, settings.workers, settings.page_seconds)
        sink = IngestSink(
            settings=settings,
            provenance=provenance,
            pool=pool,
            land=lambda batch: warehouse.land(batch, replace_tags=True),
            settle=_leave_the_frontier_alone,
            tally=tally,
        )
        try:
            for page in read_pages(reader, since, until, publisher_ids):
                while sink.room() <= 0:
                    time.sleep(0.01)
                if interruption.is_requested:
                    break
                sink.put_page(page)
        finally:
            sink.close()
    return ReprocessReport(
        crawl_id=provenance.crawl_id,
        pages=tally.pages,
        versions=tally.versions,
        unchanged=tally.unchanged,
        rejected=dict(sorted(tally.rejected.items())),
        batches=tally.batches,
        seconds=round(time.monotonic() - started, 2),
        is_interrupted=interruption.is_requested,
    )


def _leave_the_frontier_alone(_: Batch) -> None:
    """Nothing was fetched, so nothing is due otherwise than before."""
