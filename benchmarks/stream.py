"""Seconds from publication, and from fetching, to a queryable row, while a backlog keeps the stream busy.

    python -m benchmarks.stream [--seconds 90] [--backlog 2000] [--publish-seconds 0.5] [--poll-seconds 2]

A site publishes an article every so often beside a backlog that the stream finds when it starts. `difang stream` runs
as a user starts it; a reader follows the change feed (`warehouse.changes`) and notes when it first sees each article.
The memory of the stream's processes is sampled throughout.
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.paper_site import FIRST_NUMBER, HOST, start_site
from records import WarehouseError
from warehouse import connect
from warehouse.changes import followed_tables, newest_snapshot, read_changes

PUBLISHER = f"""
id = "bench"
name = "鲁风网"
home_url = "http://{HOST}/"
region_code = "370000"
article_pattern = '/zq/t\\d+_\\d+\\.htm'
allowed_hosts = ["{HOST}"]
active = true

[[sources]]
kind = "listing"
url = "http://{HOST}/zq/index.htm"

[politeness]
delay_seconds = 0.0
concurrency = 8
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--backlog", type=int, default=2000)
    parser.add_argument("--publish-seconds", type=float, default=0.5)
    parser.add_argument("--poll-seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments, Path(folder))


def measure(arguments: argparse.Namespace, folder: Path) -> None:
    (folder / "publishers").mkdir()
    (folder / "publishers" / "bench.toml").write_text(PUBLISHER, encoding="utf-8")
    server, port = start_site(arguments.backlog, arguments.publish_seconds)
    begun = time.time()
    environment = os.environ | {
        "DIFANG_HOME": str(folder / "home"),
        "DIFANG_PUBLISHERS": str(folder / "publishers"),
        "DIFANG_PROXY_URL": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "pipeline", "stream", "bench", "--poll-seconds", str(arguments.poll_seconds)]
    with (folder / "log").open("w") as log:
        stream = subprocess.Popen([*command, "--health-port", "0"], env=environment, stdout=log, stderr=log)
    seen, memory = follow(stream, folder, arguments.seconds)
    if stream.poll() is not None:
        sys.exit((folder / "log").read_text()[-2000:])
    health = ask_health(folder / "log")
    stream.send_signal(signal.SIGTERM)
    stream.wait(120)
    server.terminate()
    if stream.returncode not in {0, 130}:
        sys.exit((folder / "log").read_text()[-2000:])
    published = {}
    for number, (_, at) in seen.items():
        if number >= arguments.backlog:
            published[number] = at - (begun + (number - arguments.backlog + 1) * arguments.publish_seconds)
    # What appeared before the stream had landed anything waited for its start; told apart, for a stream starts seldom.
    started = min(at for _, at in seen.values()) - begun
    settled = {n: s for n, s in published.items() if (n - arguments.backlog + 1) * arguments.publish_seconds > started}
    fetched = [at - fetched_at for fetched_at, at in seen.values()]
    print(f"{len(seen)} articles in {arguments.seconds:g} s, {len(published)} of them published meanwhile")
    tell("from published to read by the reader", list(published.values()))
    tell(f"the same, without those published in the {started:.0f} s of its start", list(settled.values()))
    tell("from fetched to read by the reader", fetched)
    print(f"the stream's own figures: {health['queryable_seconds']}, {health['late']} late, window {health['window']}")
    third = max(1, len(memory) // 3)
    middle, last = max(memory[third : 2 * third]), max(memory[-third:])
    print(f"memory of all processes: {middle:.0f} MB in the middle, {last:.0f} MB at the end")


def follow(
    stream: "subprocess.Popen[bytes]", folder: Path, seconds: float
) -> tuple[dict[int, tuple[float, float]], list[float]]:
    """When each article was fetched and first read, by its number; and megabytes over time."""
    seen: dict[int, tuple[float, float]] = {}
    memory: list[float] = []
    tables, until = followed_tables(["articles"]), time.monotonic() + seconds
    connection, at = None, 0
    while time.monotonic() < until and stream.poll() is None:
        time.sleep(0.2)
        memory.append(megabytes(stream.pid))
        try:
            if connection is None:
                connection = connect(folder / "home" / "warehouse")
                at = newest_snapshot(connection)
        except WarehouseError:
            continue
        newest = newest_snapshot(connection)
        for change in read_changes(connection, tables, at, newest):
            number = int(re.findall(r"_(\d+)\.htm", change.row["canonical_url"])[0]) - FIRST_NUMBER
            seen.setdefault(number, (change.row["fetched_at"].timestamp(), time.time()))
        at = newest
    return seen, memory


def megabytes(pid: int) -> float:
    """Proportional memory of a process and those below it; a page that several share counts once."""
    below, total = {pid}, 0
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda found: int(found.name)):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if int(path.name) == pid or parent in below:
                below.add(int(path.name))
                found = re.search(r"Pss:\s+(\d+) kB", (path / "smaps_rollup").read_text())
                total += int(found[1]) if found else 0
        except OSError:
            continue
    return total / 1024


def ask_health(log: Path) -> dict[str, object]:
    port = re.findall(r"http://127\.0\.0\.1:(\d+)/health", log.read_text())[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
        return dict(json.load(answer))


def tell(what: str, seconds: list[float]) -> None:
    if len(seconds) < 2:
        print(f"{what}: too few")
        return
    cuts = statistics.quantiles(seconds, n=20)
    print(f"{what}: p50 {cuts[9]:.1f} s, p95 {cuts[18]:.1f} s, at most {max(seconds):.1f} s")


if __name__ == "__main__":
    main()
