"""Seconds from publication, and from fetching, to a queryable row, while a backlog keeps the stream busy.

    python -m benchmarks.stream [--seconds 90] [--backlog 2000] [--publish-seconds 0.5] [--poll-seconds 2]
    python -m benchmarks.stream --seconds 1200 --publish-seconds 0.1 --marts-minutes 1 --maintain-hours 0.05

A site publishes an article every so often beside a backlog that the stream finds when it starts. `difang stream` runs
as a user starts it; a reader follows the change feed (`warehouse.changes`) and notes when it first sees each article.
The memory of the stream's processes is sampled throughout.

The second command is a soak: days of a region's news, of refreshes and of maintenance in twenty minutes; what each
tenth of it saw says whether anything grows.
"""

import argparse
import json
import math
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the stream held at one time: megabytes by process, and files of the lake."""

    at: float
    stream: float
    workers: float
    upkeep: float
    files: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--backlog", type=int, default=2000)
    parser.add_argument("--publish-seconds", type=float, default=0.5)
    parser.add_argument("--poll-seconds", type=float, default=2.0)
    parser.add_argument("--marts-minutes", type=float, default=5.0)
    parser.add_argument("--maintain-hours", type=float, default=24.0)
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
    command = [sys.executable, "-m", "pipeline", "stream", "bench", "--health-port", "0"]
    for option in ("poll_seconds", "marts_minutes", "maintain_hours"):
        command += [f"--{option.replace('_', '-')}", str(getattr(arguments, option))]
    with (folder / "log").open("w") as log:
        stream = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    seen, samples = follow(stream, folder, arguments.seconds)
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
    upkeep = health["upkeep"]
    print(
        f"marts refreshed {upkeep['refreshes']} times, maintained {upkeep['maintenances']}, failed {upkeep['failures']}"
    )
    tell_tenths(seen, samples)


def tell_tenths(seen: dict[int, tuple[float, float]], samples: list[Sample]) -> None:
    """What each tenth of the time saw: whether memory, files or waits grow."""
    print("tenth  articles  fetched to read p50, p95     memory: stream least, most  workers  upkeep    files")
    first, length = samples[0].at, (samples[-1].at - samples[0].at) / 10
    for tenth in range(10):
        begin, end = first + tenth * length, first + (tenth + 1) * length
        waits = [at - fetched_at for fetched_at, at in seen.values() if begin <= at < end]
        held = [sample for sample in samples if begin <= sample.at <= end]
        cuts = statistics.quantiles(waits, n=20) if len(waits) > 1 else [math.nan] * 19
        most = [max(getattr(sample, part) for sample in held) for part in ("stream", "workers", "upkeep")]
        least = min(sample.stream for sample in held)
        print(f"{tenth + 1:5}  {len(waits):8}  {cuts[9]:15.1f}, {cuts[18]:3.1f} s", end="")
        print(
            f"  {least:14.0f}, {most[0]:4.0f} MB  {most[1]:4.0f} MB  {most[2]:4.0f} MB  {held[-1].files:7}", flush=True
        )


def follow(
    stream: "subprocess.Popen[bytes]", folder: Path, seconds: float
) -> tuple[dict[int, tuple[float, float]], list[Sample]]:
    """When each article was fetched and first read, by its number; and what the stream held over time."""
    seen: dict[int, tuple[float, float]] = {}
    samples: list[Sample] = []
    tables, until = followed_tables(["articles"]), time.monotonic() + seconds
    connection, at = None, 0
    while time.monotonic() < until and stream.poll() is None:
        time.sleep(0.2)
        samples.append(sample(stream.pid, folder))
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
    return seen, samples


def sample(pid: int, folder: Path) -> Sample:
    """Memory of a process and those below it, a page that several share counting once, and the lake's files."""
    below, held = {pid}, {"stream": 0.0, "workers": 0.0, "upkeep": 0.0}
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda found: int(found.name)):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if int(path.name) == pid or parent in below:
                below.add(int(path.name))
                found = re.search(r"Pss:\s+(\d+) kB", (path / "smaps_rollup").read_text())
                is_upkeep = b"\0-m\0pipeline\0" in (path / "cmdline").read_bytes()
                part = "stream" if int(path.name) == pid else "upkeep" if is_upkeep else "workers"
                held[part] += int(found[1]) / 1024 if found else 0.0
        except OSError:
            continue
    files = sum(1 for _ in (folder / "home" / "warehouse").rglob("*.parquet"))
    return Sample(at=time.time(), files=files, **held)


def ask_health(log: Path) -> dict[str, Any]:
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
