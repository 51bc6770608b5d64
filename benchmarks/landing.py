"""What landing costs: a 200-article batch in the lake against the same rows as bare Parquet files, as history grows.

Run: ``python benchmarks/landing.py [BATCHES]`` (default 40). Prints medians in milliseconds and their ratio; times
of one run compare with each other only.
"""

import shutil
import statistics
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "warehouse"))
from conftest import Maker

from records import Batch
from warehouse import Warehouse, model, rows
from warehouse.arrow import arrow_table

ARTICLES = 200


def write_bare(batch: Batch, folder: Path) -> float:
    """Seconds to write the batch's rows as one Parquet file a table, without transaction, ledger or look-up."""
    started = time.perf_counter()
    tagged = [(result, page) for result, page in rows.tagged_articles(batch)]
    filled = {
        model.RAW_PAGES: rows.page_rows(batch),
        model.RAW_FETCHES: rows.fetch_rows(batch),
        model.CORE_ARTICLES: (rows.article_row(t.article, page, batch.batch_id) for t, page in tagged),
        model.CORE_ARTICLE_REGIONS: (row for t, _ in tagged for row in rows.region_rows(t, batch.batch_id)),
        model.CORE_OFFICIAL_MENTIONS: (row for t, _ in tagged for row in rows.mention_rows(t, batch.batch_id)),
        model.CORE_RELATED_LINKS: (row for t, _ in tagged for row in rows.link_rows(t, batch.batch_id)),
    }
    for table, given in filled.items():
        pq.write_table(arrow_table(table, given), folder / f"{table.name}-{batch.batch_id}.parquet", compression="zstd")
    return time.perf_counter() - started


def main(batches: int) -> None:
    folder = Path(mkdtemp(prefix="difang-landing-"))
    make = Maker()
    bare: list[float] = []
    lake: list[float] = []
    try:
        with Warehouse.open(folder / "warehouse") as warehouse:
            for number in range(batches):
                batch = make.articles(range(number * ARTICLES, (number + 1) * ARTICLES), crawl_id=f"c{number}")
                bare.append(write_bare(batch, folder))
                lake.append(warehouse.land(batch).seconds)
            again = warehouse.land(batch).seconds
            report = warehouse.maintain()
            fresh = make.articles(range(10**6, 10**6 + ARTICLES), crawl_id="after")
            after = warehouse.land(fresh).seconds
    finally:
        shutil.rmtree(folder)
    quarter = max(1, batches // 4)
    print(f"bare Parquet         p50 {statistics.median(bare) * 1000:7.1f} ms")
    print(f"lake                 p50 {statistics.median(lake) * 1000:7.1f} ms")
    print(f"ratio                    {statistics.median(lake) / statistics.median(bare):7.1f}")
    print(f"first quarter        p50 {statistics.median(lake[:quarter]) * 1000:7.1f} ms")
    print(f"last quarter         p50 {statistics.median(lake[-quarter:]) * 1000:7.1f} ms")
    print(f"the same batch again     {again * 1000:7.1f} ms")
    print(f"after compaction         {after * 1000:7.1f} ms ({report.merged_files_count} files merged)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
