"""Search against LIKE on a large warehouse: the same articles, and how long each takes.

Run: ``python -m benchmarks.search FOLDER`` (a folder of ``benchmarks.million``, which gets its index here). Prints, by
query, the fastest of six runs in milliseconds of the clock and of CPU; times of one run compare with each other only.
Asked as an analyst asks, over a reader's connection.
"""

import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from warehouse import Warehouse, connect

QUERIES = ("供暖", "管道 大学", "高质量", "中国", "社会 经济", "实际上德国", "水")


def best(
    connection: duckdb.DuckDBPyConnection, sql: str, given: list[str], runs: int
) -> tuple[float, float, list[Any]]:
    """Milliseconds of the fastest run by the clock, the least CPU, and the rows."""
    walls, cpus, rows = [], [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        rows = connection.execute(sql, given).fetchall()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return min(walls), min(cpus), rows


def show_search(folder: Path) -> None:
    """Ask the index, then LIKE. Raises SystemExit where search finds other articles than LIKE."""
    with connect(folder) as lake:
        for query in QUERIES:
            words = query.split()
            every = " AND ".join("contains(lower(title || chr(10) || text), ?)" for _ in words)
            wall, cpu, _ = best(lake, "FROM search(?, top := 20)", [query], 6)
            like, like_cpu, liked = best(lake, f"SELECT count(*) FROM v_articles WHERE {every}", words, 1)
            [(count,)] = lake.execute("SELECT count(*) FROM search(?, top := 10000000)", [query]).fetchall()
            print(f"{query:10} {count:9,} articles  search {wall:6.0f} ms ({cpu:6.0f} CPU)", end="")
            print(f"  LIKE {like:7.0f} ms ({like_cpu:7.0f} CPU)", flush=True)
            if liked != [(count,)]:
                raise SystemExit(f"search finds {count} articles for {query}, LIKE {liked[0][0]}")


def main(folder: Path) -> None:
    """Index, then ask."""
    with Warehouse.open(folder, must_exist=True) as warehouse:
        report = warehouse.refresh_index()
        made = f"{report.documents_count:,} articles, {report.characters_count:,} characters"
        print(f"indexed {made}, {report.seconds:.0f} s")
    show_search(folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
