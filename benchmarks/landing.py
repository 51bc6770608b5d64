"""What landing costs: a 200-article batch in the lake against the same rows as bare Parquet files, as history grows.

Run: ``python -m benchmarks.landing [BATCHES]`` (default 40). Prints medians in milliseconds, by the clock and of CPU,
and their ratios; times of one run compare with each other only. Both sides write the same rows of the same tables,
compressed alike. The lake syncs its catalogue to the disk at each commit, and neither side its Parquet files; the bare
side syncs nothing.
"""

import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "warehouse"))
from conftest import Maker

from records import Batch, Rejected, TaggedArticle
from warehouse import Warehouse, model, rows
from warehouse.arrow import arrow_table

ARTICLES = 200


def write_bare(batch: Batch, folder: Path) -> None:
    """Write the batch's rows as one Parquet file a table, without transaction, sorting or look-up."""
    now = datetime.now(UTC)
    tagged = [(result, page) for result, page in rows.tagged_articles(batch)]
    rejected = [item.result for item in batch.items if isinstance(item.result, Rejected)]
    filled = {
        model.RAW_PAGES: list(rows.page_rows(batch)),
        model.RAW_FETCHES: list(rows.fetch_rows(batch)),
        model.CORE_CAPTURES: [
            rows.capture_row(i, batch, now, isinstance(i.result, TaggedArticle)) for i in batch.items
        ],
        model.CORE_ARTICLES: [rows.article_row(t.article, page, batch.batch_id) for t, page in tagged],
        model.CORE_ARTICLE_REGIONS: [row for t, _ in tagged for row in rows.region_rows(t, batch.batch_id)],
        model.CORE_OFFICIAL_MENTIONS: [row for t, _ in tagged for row in rows.mention_rows(t, batch.batch_id)],
        model.CORE_OFFICE_CHANGES: [row for t, _ in tagged for row in rows.office_change_rows(t, batch.batch_id)],
        model.CORE_RELATED_LINKS: [row for t, _ in tagged for row in rows.link_rows(t, batch.batch_id)],
        model.CORE_REJECTIONS: [rows.rejection_row(result, batch.batch_id) for result in rejected],
        model.CORE_REMOVALS: [rows.removal_row(removal, batch.batch_id) for removal in batch.removals],
    }
    counts = {table.name: len(given) for table, given in filled.items()}
    filled[model.CORE_BATCHES] = [rows.ledger_row(batch, now, counts)]
    for table, given in filled.items():
        if given:
            path = folder / f"{table.name}-{batch.batch_id}.parquet"
            pq.write_table(arrow_table(table, given), path, compression="zstd", compression_level=3)


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def main(batches: int) -> None:
    folder = Path(mkdtemp(prefix="difang-landing-"))
    make = Maker()
    bare: list[tuple[float, float]] = []
    lake: list[tuple[float, float]] = []
    try:
        with Warehouse.open(folder / "warehouse") as warehouse:
            for number in range(batches):
                batch = make.articles(range(number * ARTICLES, (number + 1) * ARTICLES), crawl_id=f"c{number}")
                bare.append(timed(lambda: write_bare(batch, folder)))  # noqa: B023 (called at once)
                lake.append(timed(lambda: warehouse.land(batch)))  # noqa: B023
            again = timed(lambda: warehouse.land(batch))
            report = warehouse.maintain()
            fresh = make.articles(range(10**6, 10**6 + ARTICLES), crawl_id="after")
            after = timed(lambda: warehouse.land(fresh))
    finally:
        shutil.rmtree(folder)
    quarter = max(1, batches // 4)
    p50 = statistics.median
    for column, what in enumerate(("clock", "CPU")):
        theirs, ours = [taken[column] for taken in bare], [taken[column] for taken in lake]
        print(f"{what:5} p50: bare {p50(theirs):.1f} ms, lake {p50(ours):.1f} ms: {p50(ours) / p50(theirs):.2f} times")
        print(f"      fastest {min(ours) / min(theirs):.2f}, mean with merges {sum(ours) / sum(theirs):.2f} times")
        print(f"      first quarter {p50(ours[:quarter]):.1f} ms, last {p50(ours[-quarter:]):.1f} ms")
        print(f"      the same batch again {again[column]:.1f} ms, after compaction {after[column]:.1f} ms")
    print(f"{report.merged_files_count} files compacted")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
