"""The warehouse at size: load rate, bytes an article, commits, analysts' queries, search, compaction, many writers.

Run: ``python -m benchmarks.warehouse FOLDER [ARTICLES]`` (default 50,000, with eight mentions each; 1,000,000 is the
measure). Everything is compared within one run: landings with bare Parquet files of the same rows, ten queries with
hand-laid Parquet (each table one file, sorted, of the same row groups), search with LIKE. The folder is kept, and a
second run with the same number starts from it.
"""

import math
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.landing import ARTICLES, write_bare
from benchmarks.million import make_lake
from benchmarks.search import QUERIES as SEARCHES
from benchmarks.search import best

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "warehouse"))
from conftest import Maker

from warehouse import Warehouse, model
from warehouse.model import Table

TABLES = (
    model.CORE_ARTICLES,
    model.CORE_CAPTURES,
    model.CORE_ARTICLE_REGIONS,
    model.CORE_OFFICIAL_MENTIONS,
    model.CORE_RELATED_LINKS,
)
QUERIES = {
    "articles a month": "SELECT date_trunc('month', published_date) AS m, count(*) FROM core_articles GROUP BY m",
    "a county's month": "SELECT count(*) FROM core_article_regions WHERE region_code = '370114' "
    "AND published_date BETWEEN DATE '2022-01-01' AND DATE '2022-01-31'",
    "busiest counties": "SELECT region_code, count(*) AS n FROM core_article_regions WHERE is_primary "
    "GROUP BY region_code ORDER BY n DESC LIMIT 20",
    "one person's year": "SELECT count(*), count(DISTINCT article_id) FROM core_official_mentions WHERE name = "
    "(SELECT min(name) FROM core_official_mentions WHERE starts_with(name, '李')) "
    "AND published_date BETWEEN DATE '2022-01-01' AND DATE '2022-12-31'",
    "most named": "SELECT name, count(*) AS n FROM core_official_mentions GROUP BY name ORDER BY n DESC LIMIT 20",
    "positions by county": "SELECT region_code, position, count(*) AS n FROM core_official_mentions "
    "GROUP BY region_code, position ORDER BY n DESC LIMIT 20",
    "who appears together": "WITH top AS (SELECT article_id, name FROM core_official_mentions "
    "WHERE published_date BETWEEN DATE '2022-03-01' AND DATE '2022-03-14') "
    "SELECT a.name, b.name, count(*) AS n FROM top AS a JOIN top AS b USING (article_id) WHERE a.name < b.name "
    "GROUP BY ALL ORDER BY n DESC LIMIT 20",
    "most linked": "SELECT to_article_id, count(*) AS n FROM core_related_links GROUP BY to_article_id "
    "ORDER BY n DESC LIMIT 20",
    "revised articles": "SELECT count(*) FROM (SELECT article_id FROM core_captures GROUP BY article_id "
    "HAVING count(DISTINCT content_sha256) > 1)",
    "articles with their county": "SELECT r.region_code, avg(a.character_count) FROM core_articles AS a "
    "JOIN core_article_regions AS r USING (article_id, content_sha256) WHERE r.is_primary "
    "AND a.published_date BETWEEN DATE '2022-06-01' AND DATE '2022-08-31' GROUP BY ALL",
}
WRITER = """
import sys
from benchmarks.landing import Maker
from warehouse import Warehouse
make, first = Maker(), int(sys.argv[2])
with Warehouse.open(sys.argv[1]) as warehouse:
    batches = [make.articles(range(first + n * 200, first + n * 200 + 200), crawl_id=f"w{first}") for n in range(5)]
    warehouse.land(make.articles(range(first + 5000, first + 5001), crawl_id=f"w{first}"))
    print("ready", flush=True)
    sys.stdin.readline()
    print(sum(warehouse.land(batch).retries for batch in batches))
"""


def fastest(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Milliseconds of the fastest of five runs."""
    return min(timed(lambda: connection.execute(sql).fetchall()) for _ in range(5)) * 1000


def timed(action: Callable[[], object]) -> float:
    """Seconds that the action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def size_of(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Bytes of the lake's files in force, by table."""
    rows = connection.execute(
        "SELECT table_name, file_size_bytes FROM ducklake_table_info(current_database())"
    ).fetchall()
    return {str(name): int(size or 0) for name, size in rows}


def show_landing(warehouse: Warehouse, folder: Path, batches: int = 16) -> None:
    """Batches of 200 on top of the history, each beside the same rows as bare Parquet files."""
    make, bare, lake = Maker(), [], []
    held = warehouse.connection.execute("SELECT count(*) FROM core_batches").fetchone()
    first = 10**7 + (held[0] if held else 0) * ARTICLES
    for number in range(batches + 1):
        start = first + number * ARTICLES
        batch = make.articles(range(start, start + ARTICLES), crawl_id=f"top{start}")
        bare.append(write_bare(batch, folder))
        lake.append(warehouse.land(batch).seconds)
    print(f"first landing of a writer  {lake[0] * 1000:8.0f} ms (it reads the keys)")
    bare, lake = bare[1:], lake[1:]
    half = len(lake) // 2
    ratio = statistics.median(lake) / statistics.median(bare)
    print(f"bare Parquet p50           {statistics.median(bare) * 1000:8.0f} ms")
    print(f"lake p50                   {statistics.median(lake) * 1000:8.0f} ms  {ratio:.1f} times")
    print(f"lake, first and last half  {statistics.median(lake[:half]) * 1000:8.0f} ms, ", end="")
    print(f"{statistics.median(lake[half:]) * 1000:.0f} ms")


def lay_by_hand(warehouse: Warehouse, folder: Path) -> duckdb.DuckDBPyConnection:
    """The tables as one sorted Parquet file each, under the same names in a plain DuckDB."""
    plain = duckdb.connect()
    for table in TABLES:
        path = folder / f"{table.name}.parquet"
        _copy(warehouse.connection, table, path)
        plain.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{path}')")
    return plain


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    keys = ", ".join(table.sorted_by)
    rows = table.row_group_rows or 122_880
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows}"
    connection.execute(f"COPY (FROM {table.name} ORDER BY {keys}) TO '{path}' ({parquet})")


def show_queries(warehouse: Warehouse, plain: duckdb.DuckDBPyConnection) -> None:
    """Ten queries in the lake and over hand-laid Parquet; raises SystemExit where they differ."""
    ratios = []
    for name, sql in QUERIES.items():
        same = len(warehouse.connection.execute(sql).fetchall()) == len(plain.execute(sql).fetchall())
        if not same:
            raise SystemExit(f"{name}: the lake and the hand-laid files differ")
        lake_ms, plain_ms = fastest(warehouse.connection, sql), fastest(plain, sql)
        ratios.append(lake_ms / plain_ms)
        print(f"{name:27}{lake_ms:8.0f} ms  by hand {plain_ms:7.0f} ms  {lake_ms / plain_ms:.2f}")
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    print(f"geometric mean of the ten ratios {mean:.2f}")


def show_search(warehouse: Warehouse) -> None:
    """Search against LIKE, both warm."""
    found = "SELECT count(*) OVER () FROM (FROM search(?, top := 20))"
    for query in SEARCHES:
        words = query.split()
        every = " AND ".join("contains(lower(title || chr(10) || text), ?)" for _ in words)
        search_ms, _ = best(warehouse.connection, found, [query])
        like_ms, count = best(warehouse.connection, f"SELECT count(*) FROM v_articles WHERE {every}", words)
        print(f"{query:10}{count:9,} articles  search {search_ms:6.0f} ms  LIKE {like_ms:7.0f} ms")


def show_writers(folder: Path) -> None:
    """Articles a second of several processes at once, five batches of 200 each."""
    for writers in (1, 2, 4):
        first = 2 * 10**7 + writers * 10**6 + int(time.time()) % 100_000 * 100
        children = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(folder), str(first + n * 10_000)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(writers)
        ]
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()
        started = time.perf_counter()
        said = [child.communicate("\n")[0] for child in children]
        seconds = time.perf_counter() - started
        retries = sum(int(text.split()[-1]) for text in said)  # a progress bar may stand before it
        print(f"{writers} writers: {writers * 1000 / seconds:6.0f} articles a second, {retries} retries")


def main(folder: Path, articles: int) -> None:
    """Measure one after the other, and print each as it comes."""
    seconds = timed(lambda: make_lake(folder, articles))
    print(f"{articles:,} articles, {articles / seconds:,.0f} a second made and loaded" if seconds > 5 else "found")
    scratch = folder / "by-hand"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    with Warehouse.open(folder, must_exist=True) as warehouse:
        report = warehouse.refresh_index()
        if report.documents_count:
            print(f"indexed {report.documents_count:,} articles in {report.seconds:.0f} s")
        sizes = size_of(warehouse.connection)
        index = sum(size for name, size in sizes.items() if name.startswith("index_"))
        print(f"bytes an article: {(sum(sizes.values()) - index) / articles:,.0f}, its index {index / articles:,.0f}")
        files = warehouse.maintain()
        print(f"compaction: {files.merged_files_count} files into {files.created_files_count}", end="")
        print(f", {timed(warehouse.maintain):.1f} s when nothing is left to do")
        show_queries(warehouse, lay_by_hand(warehouse, scratch))
        show_search(warehouse)
        show_landing(warehouse, scratch)
        print(f"compaction after it: {timed(warehouse.maintain):.1f} s")
    show_writers(folder)
    shutil.rmtree(scratch)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2].replace(",", "").replace("_", "")) if len(sys.argv) > 2 else 50_000)
