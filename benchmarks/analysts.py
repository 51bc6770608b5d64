"""Ten questions of analysts, in the lake and over hand-laid Parquet: the same answers, and what each costs.

`lay_by_hand` writes each table as one sorted file with the lake's own row groups and compression, which is the best
that somebody without a lake could do. Both sides are asked in turn, round after round, by the same number of threads;
what counts is the fastest round of each, by the clock and in seconds of CPU.
"""

import math
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse import model
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
    "GROUP BY region_code ORDER BY n DESC, region_code LIMIT 20",
    "one person's year": "SELECT count(*), count(DISTINCT article_id) FROM core_official_mentions WHERE name = "
    "(SELECT min(name) FROM core_official_mentions WHERE starts_with(name, '李')) "
    "AND published_date BETWEEN DATE '2022-01-01' AND DATE '2022-12-31'",
    "most named": "SELECT name, count(*) AS n FROM core_official_mentions GROUP BY name ORDER BY n DESC, name LIMIT 20",
    "positions by county": "SELECT region_code, position, count(*) AS n FROM core_official_mentions "
    "GROUP BY region_code, position ORDER BY n DESC, region_code, position LIMIT 20",
    "who appears together": "WITH top AS (SELECT article_id, name FROM core_official_mentions "
    "WHERE published_date BETWEEN DATE '2022-03-01' AND DATE '2022-03-14') "
    "SELECT a.name, b.name, count(*) AS n FROM top AS a JOIN top AS b USING (article_id) WHERE a.name < b.name "
    "GROUP BY ALL ORDER BY n DESC, a.name, b.name LIMIT 20",
    "most linked": "SELECT to_article_id, count(*) AS n FROM core_related_links GROUP BY to_article_id "
    "ORDER BY n DESC, to_article_id LIMIT 20",
    "revised articles": "SELECT count(*) FROM (SELECT article_id FROM core_captures GROUP BY article_id "
    "HAVING count(DISTINCT content_sha256) > 1)",
    "articles with their county": "SELECT r.region_code, round(avg(a.character_count), 6) FROM core_articles AS a "
    "JOIN core_article_regions AS r USING (article_id, content_sha256) WHERE r.is_primary "
    "AND a.published_date BETWEEN DATE '2022-06-01' AND DATE '2022-08-31' GROUP BY ALL",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a query took: milliseconds by the clock, and of CPU."""

    wall: float
    cpu: float


def lay_by_hand(connection: duckdb.DuckDBPyConnection, folder: Path) -> duckdb.DuckDBPyConnection:
    """The tables as one sorted Parquet file each, under the same names in a plain DuckDB; files that are there stay."""
    plain = duckdb.connect()
    plain.execute("LOAD icu")
    plain.execute("SET TimeZone = 'Asia/Shanghai'")
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        path = folder / f"{table.name}.parquet"
        if not path.exists():
            _copy(connection, table, path)
        plain.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{path}')")
    return plain


def _copy(connection: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    keys = ", ".join(table.sorted_by)
    rows = table.row_group_rows or 122_880
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows}"
    connection.execute(f"COPY (FROM {table.name} ORDER BY {keys}) TO '{path}' ({parquet})")


def cost(connection: duckdb.DuckDBPyConnection, sql: str) -> Cost:
    """What one run costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    connection.execute(sql).fetchall()
    return Cost((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def show_queries(lake: duckdb.DuckDBPyConnection, plain: duckdb.DuckDBPyConnection, rounds: int = 7) -> float:
    """The geometric mean of the ten ratios by the clock. Raises SystemExit where the answers differ."""
    ratios: list[Cost] = []
    for name, sql in QUERIES.items():
        if sorted(lake.execute(sql).fetchall()) != sorted(plain.execute(sql).fetchall()):
            raise SystemExit(f"{name}: the lake and the hand-laid files answer differently")
        pairs = [(cost(lake, sql), cost(plain, sql)) for _ in range(rounds)]
        ours, hand = (Cost(min(c.wall for c in side), min(c.cpu for c in side)) for side in zip(*pairs, strict=True))
        ratio = Cost(ours.wall / hand.wall, ours.cpu / max(hand.cpu, 0.1))
        ratios.append(ratio)
        print(f"{name:27}{ours.wall:7.0f} ms  by hand {hand.wall:7.0f}  {ratio.wall:5.2f}", end="")
        print(f"   CPU {ours.cpu:7.0f} ms  by hand {hand.cpu:7.0f}  {ratio.cpu:5.2f}", flush=True)
    wall, cpu = (
        math.exp(statistics.fmean(math.log(value) for value in values))
        for values in ([r.wall for r in ratios], [r.cpu for r in ratios])
    )
    print(f"geometric mean of the ten ratios {wall:.2f}, by CPU {cpu:.2f}")
    return wall
