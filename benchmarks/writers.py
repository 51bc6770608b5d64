"""Several processes that land into one warehouse at once: articles a second, commits repeated, and no row lost.

Run: ``python -m benchmarks.writers [FOLDER]`` (default: an empty warehouse). On a SQLite catalogue, and on PostgreSQL
where its initdb is installed; a warehouse in FOLDER is landed into, on SQLite alone. One, two and four writers land
five batches of 200 articles each; afterwards the catalogue's counts must be what the files hold.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from records import Batch
from warehouse import Warehouse, WarehouseLocation, connect

ROOT = Path(__file__).parents[1]
BATCHES, ARTICLES = 5, 200
WRITER = """
import sys, time
from benchmarks.landing import Maker
from warehouse import Warehouse, WarehouseLocation
make, first, batches, size = Maker(), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
crawl_id = f"w{first}"
with Warehouse.open(WarehouseLocation(catalog=sys.argv[1], data=sys.argv[2])) as warehouse:
    made = [
        make.articles(range(first + n * size, first + n * size + size), crawl_id=crawl_id) for n in range(batches)
    ]
    warehouse.land(make.articles(range(first + 5000, first + 5001), crawl_id=crawl_id))
    print("ready", flush=True)
    sys.stdin.readline()
    cpu = time.process_time()
    reports = [warehouse.land(batch) for batch in made]
    print(sum(report.retries for report in reports), time.process_time() - cpu)
"""


@contextmanager
def postgres() -> Iterator[WarehouseLocation]:
    """An empty warehouse whose catalogue is a PostgreSQL server of our own, started and stopped here."""
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder = Path(mkdtemp(prefix="difang-pg-"))
    folder.chmod(0o777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])

    def run(*arguments: str) -> None:
        subprocess.run(arguments, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    run(_binary("initdb"), "-D", f"{folder}/cluster", "-A", "trust", "-U", "difang")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    run(_binary("pg_ctl"), "-D", f"{folder}/cluster", "-o", options, "-l", f"{folder}/log", "-w", "start")
    try:
        run(_binary("createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "difang", "difang")
        catalog = f"postgres:dbname=difang host=127.0.0.1 port={port} user=difang"
        yield WarehouseLocation(catalog=catalog, data=str(folder / "data"))
    finally:
        run(_binary("pg_ctl"), "-D", f"{folder}/cluster", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _binary(name: str) -> str:
    """PostgreSQL's program, also where Debian keeps it out of the way."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        raise SystemExit(f"no {name}: install PostgreSQL")
    return found


def show_writers(where: WarehouseLocation) -> None:
    """Articles a second of one, two and four processes. Raises SystemExit where a row is lost or doubled."""
    Warehouse.open(where).close()
    with connect(where) as connection:
        before = _counts(connection)
    landed = 0
    for writers in (1, 2, 4):
        first = 2 * 10**7 + writers * 10**6 + int(time.time()) % 100_000 * 100
        numbers = [first + n * 10_000 for n in range(writers)]
        seconds, cpu, retries = _race(where, numbers)
        landed += writers * (BATCHES * ARTICLES + 1)
        rate = writers * BATCHES * ARTICLES / seconds
        print(
            f"{writers} writers: {rate:6.0f} articles a second, {cpu:.2f} CPU s a 1,000, {retries} retries", flush=True
        )
    with connect(where) as connection:
        after = _counts(connection)
        scanned = connection.execute("SELECT count(text), count(DISTINCT article_id) FROM core_articles").fetchone()
        mentions = connection.execute("SELECT count(name) FROM core_official_mentions").fetchone()
    assert scanned is not None
    assert mentions is not None
    if after[0] - before[0] != landed or scanned[0] != after[0] or mentions[0] != after[1]:
        raise SystemExit(f"{landed} articles landed; counted {before} before, {after} after, {scanned} in the files")
    print(f"{landed:,} articles landed once each; counts are what the files hold")


def _counts(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    row = connection.execute(
        "SELECT (SELECT count(*) FROM core_articles), (SELECT count(*) FROM core_official_mentions)"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _race(where: WarehouseLocation, numbers: list[int]) -> tuple[float, float, int]:
    """Seconds until all are done, CPU seconds a thousand articles, and commits that were repeated."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, where.catalog, where.data, str(first), str(BATCHES), str(ARTICLES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for first in numbers
    ]
    for child in children:
        assert child.stdout is not None
        while not child.stdout.readline().strip().endswith("ready"):  # a progress bar may stand before it
            if child.poll() is not None:
                raise SystemExit("a writer failed")
    started = time.perf_counter()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    said = [child.communicate()[0].split() for child in children]
    seconds = time.perf_counter() - started
    if any(child.returncode for child in children):
        raise SystemExit("a writer failed")
    cpu = sum(float(words[-1]) for words in said) / (len(numbers) * BATCHES * ARTICLES / 1000)
    return seconds, cpu, sum(int(words[-2]) for words in said)


MAINTAIN = """
import sys
from warehouse import Warehouse, WarehouseLocation
with Warehouse.open(WarehouseLocation(catalog=sys.argv[1], data=sys.argv[2])) as warehouse:
    print("begins", flush=True)
    warehouse.maintain()
"""


def show_maintenance(warehouse: Warehouse, fresh: Callable[[], Batch], alone: int) -> None:
    """Seconds that a landing takes alone, then while maintenance goes on: in a thread of its process, in another one.

    Each landing adds small files, so that maintenance has all tables to merge.
    """
    warehouse.land(fresh())
    _print_waits("alone", [_clocked(warehouse, fresh()) for _ in range(alone)])
    thread = threading.Thread(target=warehouse.maintain)
    thread.start()
    _print_waits("beside a thread that maintains", _land_while(thread.is_alive, warehouse, fresh))
    thread.join()
    for _ in range(alone):
        warehouse.land(fresh())
    where = warehouse.location
    child = subprocess.Popen(
        [sys.executable, "-c", MAINTAIN, where.catalog, where.data], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert child.stdout is not None
    child.stdout.readline()
    waits = _land_while(lambda: child.poll() is None, warehouse, fresh)
    if child.returncode:
        raise SystemExit("maintenance failed")
    _print_waits("beside a process that maintains", waits)


def _land_while(goes_on: Callable[[], bool], warehouse: Warehouse, fresh: Callable[[], Batch]) -> list[float]:
    """Seconds of each landing; a second lies between two, as in a stream."""
    waits = []
    while goes_on():
        waits.append(_clocked(warehouse, fresh()))
        time.sleep(1.0)
    return waits


def _clocked(warehouse: Warehouse, batch: Batch) -> float:
    started = time.perf_counter()
    warehouse.land(batch)
    return time.perf_counter() - started


def _print_waits(when: str, waits: list[float]) -> None:
    ordered = sorted(waits)
    p50, p95 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95))
    print(f"a landing {when:32} p50 {p50:6.2f} s, p95 {p95:6.2f}, at most {ordered[-1]:6.2f} ({len(waits)} landings)")


def main(folder: Path | None) -> None:
    """Race on SQLite, and on PostgreSQL where no folder is given."""
    if folder is not None:
        show_writers(WarehouseLocation.at(folder))
        return
    made = Path(mkdtemp(prefix="difang-writers-"))
    try:
        print("SQLite", flush=True)
        show_writers(WarehouseLocation.at(made))
    finally:
        shutil.rmtree(made)
    print("PostgreSQL", flush=True)
    with postgres() as where:
        show_writers(where)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
