"""The warehouse at size: load rate, bytes an article, commits, analysts' queries, search, compaction, many writers.

Run: ``python -m benchmarks.warehouse FOLDER [ARTICLES] [--only PART,PART] [--batches N]`` (default 50,000 articles with
eight mentions each; 1,000,000 is the measure). Parts, in this order: index, texts, compaction, queries (see
`benchmarks.analysts`), search (`benchmarks.search`), landing, growth, files, maintenance and writers
(`benchmarks.writers`). All is compared within one run, with seconds of CPU beside the clock, because a machine with
other work on it bends the clock alone. The folder is kept, and a second run with the same number starts from it; the
parts from landing on add articles to it.
"""

import argparse
import resource
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.analysts import show_queries
from benchmarks.landing import ARTICLES, Maker, write_bare
from benchmarks.million import make_lake
from benchmarks.search import show_search
from benchmarks.writers import show_maintenance, show_writers
from records import Batch
from warehouse import Warehouse, WarehouseLocation
from warehouse.text_index import refresh_texts

PARTS = ("index", "texts", "compaction", "queries", "search", "landing", "growth", "files", "maintenance", "writers")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds by the clock, and of CPU."""

    wall: float
    cpu: float


def timed(action: Callable[[], object]) -> Taken:
    """What the action takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Taken(time.perf_counter() - wall, time.process_time() - cpu)


def size_of(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Bytes of the lake's files in force, by table."""
    rows = connection.execute(
        "SELECT table_name, file_size_bytes FROM ducklake_table_info(current_database())"
    ).fetchall()
    return {str(name): int(size or 0) for name, size in rows}


def files_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Files in force."""
    row = connection.execute("SELECT sum(file_count) FROM ducklake_table_info(current_database())").fetchone()
    return int(row[0]) if row else 0


def resident_megabytes() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


class Measure:
    """The parts, each a method; `warehouse` holds `articles` articles and what earlier parts added."""

    def __init__(self, warehouse: Warehouse, folder: Path, articles: int, batches: int) -> None:
        self.warehouse = warehouse
        self.connection = warehouse.connection
        self.folder = folder
        self.articles = articles
        self.batches = batches
        self._make = Maker()
        row = self.connection.execute("SELECT count(*) FROM core_batches").fetchone()
        self._next = 10**7 + (int(row[0]) if row else 0) * 10 * ARTICLES

    def fresh(self) -> Batch:
        """A batch of 200 articles that nobody has landed."""
        start, self._next = self._next, self._next + ARTICLES
        return self._make.articles(range(start, start + ARTICLES), crawl_id=f"top{start}")

    def index(self) -> None:
        """Search index, and bytes an article."""
        report = self.warehouse.refresh_index()
        if report.documents_count:
            print(f"indexed {report.documents_count:,} articles in {report.seconds:.0f} s")
        sizes = size_of(self.connection)
        index = sum(size for name, size in sizes.items() if name in ("index_postings", "index_documents"))
        core = sum(size for name, size in sizes.items() if name.startswith("core_"))
        print(f"bytes an article: {core / self.articles:,.0f}, its search index {index / self.articles:,.0f}")

    def texts(self) -> None:
        """Clusters of reprints and terms of all that has landed."""
        report = refresh_texts(self.connection)
        print(f"took up {report.versions_count:,} texts in {report.seconds:.0f} s")

    def compaction(self) -> None:
        """What merging the files of the load takes, and what a second call takes."""
        before = files_of(self.connection)
        took = timed(self.warehouse.maintain)
        again = timed(self.warehouse.maintain)
        print(
            f"compaction: {before} files into {files_of(self.connection)}, {took.wall:.1f} s ({took.cpu:.1f} CPU s); "
        )
        print(f"again, with nothing left to do: {again.wall:.1f} s ({again.cpu:.1f} CPU s)")

    def queries(self) -> None:
        """Ten questions."""
        show_queries(self.folder)

    def search(self) -> None:
        """Search against LIKE."""
        show_search(self.folder)

    def landing(self) -> None:
        """Batches of 200 on top of the history, each beside the same rows as bare Parquet files."""
        scratch = self.folder / "bare"
        scratch.mkdir(exist_ok=True)
        held = resident_megabytes()
        first = timed(lambda: self.warehouse.land(self.fresh()))
        grown = resident_megabytes() - held
        print(
            f"a writer's first landing reads the keys: {first.wall:.2f} s, {first.cpu:.2f} CPU s, {grown:.0f} MB more"
        )
        bare, lake = [], []
        for _ in range(self.batches):
            batch = self.fresh()
            bare.append(timed(lambda: write_bare(batch, scratch)))  # noqa: B023 (called at once)
            lake.append(timed(lambda: self.warehouse.land(batch)))  # noqa: B023
        shutil.rmtree(scratch)
        quarter = max(1, len(lake) // 4)
        for what, of in (("clock", lambda t: t.wall * 1000), ("CPU", lambda t: t.cpu * 1000)):
            ours, theirs = list(map(of, lake)), list(map(of, bare))
            p50 = statistics.median
            print(f"{what:5} p50: bare {p50(theirs):6.1f} ms, lake {p50(ours):6.1f} ms, ", end="")
            print(f"{p50(ours) / p50(theirs):.2f} times; fastest {min(ours) / min(theirs):.2f} times; ", end="")
            print(f"first quarter {p50(ours[:quarter]) / p50(theirs[:quarter]):.2f} times, ", end="")
            print(f"last {p50(ours[-quarter:]) / p50(theirs[-quarter:]):.2f}")

    def growth(self) -> None:
        """CPU seconds a thousand articles of what follows a landing, beside what was there before."""
        pending = "SELECT count(*) FROM core_batches ANTI JOIN index_text_batches USING (batch_id)"
        row = self.connection.execute(pending).fetchone()
        self.warehouse.refresh_index()
        batches = [self.fresh() for _ in range(5)]
        steps: dict[str, Callable[[], object]] = {
            "landing": lambda: [self.warehouse.land(batch) for batch in batches],
            "search index": self.warehouse.refresh_index,
        }
        if row == (0,):  # else the part texts was left out, and this would take up all of them
            steps["clusters and terms"] = lambda: refresh_texts(self.connection)
        for what, step in steps.items():
            print(f"{what:20}{timed(step).cpu:6.2f} CPU s a thousand articles")

    def files(self) -> None:
        """Hundreds of small files: a query beside them, merging them, and the query afterwards."""
        sql = "SELECT name, count(*) AS n FROM core_official_mentions GROUP BY name ORDER BY n DESC, name LIMIT 20"

        def fastest() -> Taken:
            runs = [timed(lambda: self.connection.execute(sql).fetchall()) for _ in range(5)]
            return Taken(min(r.wall for r in runs), min(r.cpu for r in runs))

        self.warehouse.maintain()
        before = fastest()
        for _ in range(self.batches):
            self.warehouse.land(self.fresh())
        files, beside = files_of(self.connection), fastest()
        took = timed(self.warehouse.maintain)
        after = fastest()
        print(f"{files} files after {self.batches} batches; merged into {files_of(self.connection)} in ", end="")
        print(f"{took.wall:.1f} s ({took.cpu:.1f} CPU s)")
        for when, run in (("before", before), ("beside the small files", beside), ("merged", after)):
            print(f"a query {when:24}{run.wall * 1000:6.0f} ms ({run.cpu * 1000:.0f} of CPU)")

    def maintenance(self) -> None:
        """How long a landing waits while maintenance goes on."""
        show_maintenance(self.warehouse, self.fresh, self.batches)

    def writers(self) -> None:
        """Several processes at once."""
        show_writers(WarehouseLocation.at(self.folder))


def main() -> None:
    """Measure one after the other, and print each as it comes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("articles", type=int, nargs="?", default=50_000)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, by comma")
    parser.add_argument("--batches", type=int, default=40, help="landings of the parts landing and files")
    given = parser.parse_args()
    wanted = given.only.split(",")
    if unknown := [name for name in wanted if name not in PARTS]:
        parser.error(f"no part {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    is_there = (given.folder / "catalog.sqlite").exists()
    took = timed(lambda: make_lake(given.folder, given.articles))
    if not is_there:
        print(f"{given.articles:,} articles, {given.articles / took.wall:,.0f} a second made and loaded")
    with Warehouse.open(given.folder, must_exist=True) as warehouse:
        measure = Measure(warehouse, given.folder, given.articles, given.batches)
        for part in (part for part in PARTS if part in wanted):
            getattr(measure, part)()


if __name__ == "__main__":
    main()
