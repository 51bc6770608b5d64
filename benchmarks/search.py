"""Search against LIKE on a large warehouse: the same articles, and how long each takes.

Run: ``python -m benchmarks.search FOLDER`` (a folder of ``benchmarks.million``, which gets its index here). Prints, by
query, the best of three in milliseconds; times of one run compare with each other only.
"""

import sys
import time
from pathlib import Path

import duckdb

from warehouse import Warehouse

QUERIES = ("供暖", "管道 大学", "高质量", "中国", "社会 经济", "实际上德国", "水")


def best(connection: duckdb.DuckDBPyConnection, sql: str, given: list[str]) -> tuple[float, int]:
    """Milliseconds of the fastest of three runs, and the first number that it returns."""
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        found = connection.execute(sql, given).fetchall()
        taken.append((time.perf_counter() - started) * 1000)
    return min(taken), int(found[0][0]) if found else 0


def main(folder: Path) -> None:
    """Index, then ask. Raises SystemExit where search finds other articles than LIKE."""
    with Warehouse.open(folder, must_exist=True) as warehouse:
        report = warehouse.refresh_index()
        made = f"{report.documents_count:,} articles, {report.characters_count:,} characters"
        print(f"indexed {made}, {report.seconds:.0f} s")
        for query in QUERIES:
            words = query.split()
            every = " AND ".join("contains(lower(title || chr(10) || text), ?)" for _ in words)
            found = "SELECT count(*) OVER () FROM (FROM search(?, top := 20))"
            search_ms, _ = best(warehouse.connection, found, [query])
            like_ms, liked = best(warehouse.connection, f"SELECT count(*) FROM v_articles WHERE {every}", words)
            _, count = best(warehouse.connection, "SELECT count(*) FROM search(?, top := 10000000)", [query])
            print(f"{query:10} {count:9,} articles  search {search_ms:7.0f} ms  LIKE {like_ms:7.0f} ms")
            if count != liked:
                raise SystemExit(f"search finds {count} articles for {query}, LIKE {liked}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
