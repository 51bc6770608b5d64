"""Ten questions of analysts, in the lake and over hand-laid Parquet: the same answers, and what each costs.

Run: ``python -m benchmarks.analysts FOLDER`` on a lake of `benchmarks.million`, or the part queries of
`benchmarks.warehouse`. Four sides are asked in turn, round after round, by the same number of threads; what counts is
the fastest round of each, by the clock and in seconds of CPU:

- lake: as `warehouse.connect` opens it, each statement on the newest snapshot
- held: the same inside one transaction, which is one snapshot
- by hand: each table as one sorted Parquet file with the lake's own row groups and compression, which is the best that
  somebody without a lake could do
- DuckDB: the same tables in one read-only DuckDB file, the kind of file that `difang publish` writes
"""

import math
import statistics
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse import connect, model
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


def lay_in_one_file(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    """The tables, sorted, in a DuckDB file opened read-only; a file that is there stays."""
    if not path.exists():
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with closing(duckdb.connect(str(draft))) as database:
            for table in TABLES:
                rows = connection.execute(f"FROM {table.name} ORDER BY {', '.join(table.sorted_by)}").to_arrow_reader()
                database.register("incoming", rows)
                database.execute(f"CREATE TABLE {table.name} AS FROM incoming")
                database.unregister("incoming")
        draft.rename(path)
    database = duckdb.connect(str(path), read_only=True)
    database.execute("LOAD icu")
    database.execute("SET TimeZone = 'Asia/Shanghai'")
    return database


def cost(connection: duckdb.DuckDBPyConnection, sql: str) -> Cost:
    """What one run costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    connection.execute(sql).fetchall()
    return Cost((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


def open_sides(folder: Path) -> dict[str, duckdb.DuckDBPyConnection]:
    """The four sides of the lake in the folder; what is laid beside it is laid once."""
    held = connect(folder)
    held.execute("BEGIN TRANSACTION")
    return {
        "lake": connect(folder),
        "held": held,
        "by hand": lay_by_hand(held, folder / "by-hand"),
        "DuckDB": lay_in_one_file(held, folder / "by-hand" / "tables.duckdb"),
    }


def show_queries(folder: Path, rounds: int = 7) -> None:
    """What each question costs on each side, and its ratio to hand-laid files; SystemExit where answers differ."""
    sides = open_sides(folder)
    ratios: dict[str, list[Cost]] = {side: [] for side in sides}
    print(f"{'milliseconds of CPU, ratio':27}" + "".join(f"{side:>16}" for side in sides) + "   by the clock")
    for name, sql in QUERIES.items():
        answers = [sorted(connection.execute(sql).fetchall()) for connection in sides.values()]
        if any(answer != answers[0] for answer in answers):
            raise SystemExit(f"{name}: the lake, the hand-laid files and the DuckDB file answer differently")
        runs = [{side: cost(connection, sql) for side, connection in sides.items()} for _ in range(rounds)]
        best = {side: Cost(min(r[side].wall for r in runs), min(r[side].cpu for r in runs)) for side in sides}
        hand = best["by hand"]
        for side, its in best.items():
            ratios[side].append(Cost(its.wall / hand.wall, its.cpu / max(hand.cpu, 0.1)))
        cpu = "".join(f"{its.cpu:9.1f}  {ratios[side][-1].cpu:5.2f}" for side, its in best.items())
        wall = "".join(f"{its.wall:8.0f}" for its in best.values())
        print(f"{name:27}{cpu} {wall}", flush=True)
    for what, of in (("CPU", lambda c: c.cpu), ("clock", lambda c: c.wall)):
        means = {side: math.exp(statistics.fmean(math.log(of(c)) for c in costs)) for side, costs in ratios.items()}
        print(f"geometric mean by {what}: " + ", ".join(f"{side} {mean:.2f}" for side, mean in means.items()))
    for connection in sides.values():
        connection.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    show_queries(Path(sys.argv[1]))
