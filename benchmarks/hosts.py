"""How many hosts one machine crawls at once, each at a polite request a second; and what that costs.

    python benchmarks/hosts.py [--hosts 200 500 1000 1500] [--seconds 20]

Names h0.example, h1.example… lie behind a local proxy that answers for all of them, in a process of its own. Each
host has a list and articles enough; politeness, robots.txt, safety checks, frontier and settling are as in any crawl,
the transforms are left out. Counted from when every host has given its first article, for so many seconds: requests
a second against what was asked for, how much later than after a second a host is asked again (by the proxy's clock),
the crawl's CPU as a share of one core, and its memory. The last column is what one core would hold by that CPU: on a
machine that is shared it says more than the clock.
"""

import argparse
import asyncio
import gzip
import json
import multiprocessing
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawl import article

DELAY = 1.0
KILOBYTES = 60
HEAD = re.compile(rb"GET http://(?:h(\d+)\.example)?[^/]*(/\S*) ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, nargs="+", default=[200, 500, 1000, 1500])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--crawl", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.crawl:
        print(json.dumps(crawl_hosts(arguments.crawl, arguments.port, arguments.seconds)))
        return
    print("| hosts | requests/s | of those asked | later than 1 s: median, p99 | least pause | CPU of a core |", end="")
    print(" ms a request | memory | hosts a core |\n|---|---|---|---|---|---|---|---|---|")
    for hosts in arguments.hosts:
        measure(hosts, arguments.seconds)


def measure(hosts: int, seconds: float) -> None:
    receive, send = multiprocessing.Pipe(duplex=False)
    proxy = multiprocessing.Process(target=serve, args=(int(seconds) * 3 + 60, send), daemon=True)
    proxy.start()
    port = receive.recv()
    command = [sys.executable, __file__, "--crawl", str(hosts), "--port", str(port), "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/log") as answer:
        log = json.load(answer)
    proxy.terminate()
    pauses = pauses_between(log, found["began"], found["ended"])
    length = found["ended"] - found["began"]
    rate, cpu = found["requests"] / length, found["cpu"] / length
    later = sorted(1000 * (pause - DELAY) for pause in pauses)
    print(
        f"| {hosts:,} | {rate:,.0f} | {rate * DELAY / hosts:.0%} | {statistics.median(later):.0f} ms, "
        f"{later[int(0.99 * len(later))]:.0f} ms | {min(pauses):.2f} s | {cpu:.0%} | "
        f"{1000 * found['cpu'] / found['requests']:.2f} | {found['megabytes']:.0f} MB | {rate * DELAY / cpu:,.0f} |",
        flush=True,
    )


def pauses_between(log: list[tuple[int, float]], began: float, ended: float) -> list[float]:
    """Seconds between two requests to one host, of those that came within the time that counts."""
    by_host: dict[int, list[float]] = defaultdict(list)
    for host, at in log:
        by_host[host].append(at)
    return [
        after - before
        for times in by_host.values()
        for before, after in pairwise(times)
        if began <= before and after <= ended
    ]


def serve(articles: int, port: Any) -> None:
    """A proxy that answers for all hosts itself, from memory, and notes when each was asked."""
    packed = [gzip.compress(article(n, KILOBYTES), 6) for n in range(20)]
    items = "".join(
        f'<li><a href="/zq/xw/202201/t20220117_{n}.htm">章丘供暖改造完工{n}</a></li>' for n in range(articles)
    )
    listing = gzip.compress(f'<html><head><meta charset="utf-8"></head><body><ul>{items}</ul></body></html>'.encode())
    log: list[tuple[int, float]] = []
    html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"

    class Answer(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.head = transport, b""

        def data_received(self, data: bytes) -> None:
            self.head += data
            if not self.head.endswith(b"\r\n\r\n"):
                return
            head, self.head = self.head, b""
            if head.startswith(b"GET /log"):
                body = json.dumps(log).encode()
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                return
            match = HEAD.match(head)
            assert match is not None, head
            log.append((int(match[1]), time.monotonic()))
            path = match[2]
            if path == b"/robots.txt":
                self.transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                return
            body = listing if path == b"/index.htm" else packed[len(log) % 20]
            self.transport.write(html % len(body) + body)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Answer, "127.0.0.1", 0, backlog=2048)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def crawl_hosts(hosts: int, port: int, seconds: float) -> dict[str, float]:
    """One crawl of that many publishers; stopped when its time has been measured."""
    from settling_sink import SettlingSink

    from crawlers import CrawlOptions, Frontier, crawl
    from records import Fetch, FetchedPage, Politeness, Publisher, Source, SourceKind

    class Sink(SettlingSink):
        """Looks at the clock when every host has given an article, and again when the time is over."""

        def __init__(self, frontier: Frontier) -> None:
            super().__init__(frontier, 2048)
            self.begun: set[str] = set()
            self.requests = 0
            self.at: list[tuple[float, float, int]] = []

        def put_page(self, page: FetchedPage) -> None:
            super().put_page(page)
            if not self.at:
                self.begun.add(page.publisher_id)

        def put_fetch(self, fetch: Fetch) -> None:
            self.requests += 1
            super().put_fetch(fetch)
            if not self.at and len(self.begun) == hosts:
                self.note()
            elif len(self.at) == 1 and time.monotonic() >= self.at[0][0] + seconds:
                self.note()
                os.kill(os.getpid(), signal.SIGTERM)

        def note(self) -> None:
            self.at.append((time.monotonic(), time.process_time(), self.requests))

    publishers = [
        Publisher(
            id=f"h{n}",
            name=f"h{n}",
            home_url=f"http://h{n}.example/",
            article_pattern=r"t\d+_\d+\.htm",
            allowed_hosts=(f"h{n}.example",),
            sources=(Source(kind=SourceKind.LISTING, url=f"http://h{n}.example/index.htm"),),
            politeness=Politeness(delay_seconds=DELAY, concurrency=1),
        )
        for n in range(hosts)
    ]
    with tempfile.TemporaryDirectory() as folder:
        frontier = Frontier.open(f"sqlite:///{Path(folder)}/frontier.sqlite")
        sink = Sink(frontier)
        options = CrawlOptions(crawl_id="benchmark", proxy_url=f"http://127.0.0.1:{port}")
        crawl(publishers, frontier=frontier, sink=sink, options=options)
        frontier.close()
    if len(sink.at) < 2:
        sys.exit(
            f"{len(sink.begun)} of {hosts} hosts gave an article before the crawl was over: ask for more --seconds"
        )
    (began, cpu, requests), (ended, cpu_after, requests_after) = sink.at
    return {
        "began": began,
        "ended": ended,
        "cpu": cpu_after - cpu,
        "requests": requests_after - requests,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
