"""Pages a second of our crawl against Scrapy's defaults and a lean Scrapy spider, on one loopback site, in one run.

    python benchmarks/crawl.py [--pages 1500] [--kilobytes 60] [--rounds 2]

The site serves 鲁网-like pages (gzip, ETag) from memory in a process of its own. Politeness is off for all;
ours keeps its frontier, robots.txt, safety checks and conditional state on. Each contender runs in a fresh
process; what counts is the time from its first to its last page. Afterwards every page is asked for once
more conditionally (304). Also measured: a frontier of a million URLs.
"""

import argparse
import asyncio
import gzip
import hashlib
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CONCURRENCY = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--frontier-urls", type=int, default=1_000_000, help="0: leave the frontier out")
    parser.add_argument("--contender", choices=sorted(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        print(json.dumps(CONTENDERS[arguments.contender](arguments.port, arguments.pages, Path(arguments.folder))))
        return
    best: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        server, port = start_site(arguments.pages, arguments.kilobytes)
        for round_number in range(arguments.rounds):
            for name in CONTENDERS:
                home = Path(folder) / f"{name.partition('-')[0]}{round_number}"
                home.mkdir(exist_ok=True)
                found = run_contender(name, port, arguments.pages, home)
                if name not in best or found["pages_per_second"] > best[name]["pages_per_second"]:
                    best[name] = found
        server.terminate()
        show(best)
        if arguments.frontier_urls:
            measure_frontier(Path(folder), arguments.frontier_urls)


def show(best: dict[str, dict[str, float]]) -> None:
    for name, base in (("ours", "scrapy"), ("lean", "scrapy"), ("ours-304", "scrapy-304")):
        for contender in (base, name):
            found = best[contender]
            print(
                f"{contender:12} {found['pages_per_second']:8.0f} pages/s  {found['cpu_ms']:6.2f} ms CPU a page"
                f"  {found['megabytes']:5.0f} MB"
            )
        print(ratio(best, name, base), end="\n\n")
    print(ratio(best, "ours", "lean"))


def ratio(best: dict[str, dict[str, float]], name: str, base: str) -> str:
    """How many times as fast, by the clock and by CPU: on a machine that is shared the second says more."""
    by_clock = best[name]["pages_per_second"] / best[base]["pages_per_second"]
    return (
        f"{name} / {base}: {by_clock:.2f} times the pages/s, {best[base]['cpu_ms'] / best[name]['cpu_ms']:.2f} by CPU"
    )


def run_contender(name: str, port: int, pages: int, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--contender", name, "--port", str(port), "--pages", str(pages)]
    done = subprocess.run([*command, "--folder", str(folder)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


# The site


def article(number: int, kilobytes: int) -> bytes:
    """A page whose text is a small part of its navigation and scripts, as news pages are."""
    chooser = random.Random(number)
    text = "".join(chooser.choices("章丘区供暖工程改造完工集中用热群众代表会议圣井街道双山", k=1200))
    links = "".join(
        f'<li><a href="/zq/xw/202201/t20220117_{chooser.randrange(10**7)}.htm">{text[i : i + 18]}</a></li>'
        for i in range(0, 900, 9)
    )
    script = "<script>var v=" + json.dumps(chooser.choices(range(10**6), k=kilobytes * 64)) + ";</script>"
    page = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{text[:20]}_鲁网</title>{script}</head><body>'
        f'<h1>{text[:20]}</h1><div class="TRS_Editor"><p>{text}</p></div><ul>{links}</ul></body></html>'
    )
    return page.encode()[: kilobytes * 1024]


def start_site(pages: int, kilobytes: int) -> tuple[multiprocessing.Process, int]:
    receive, send = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(pages, kilobytes, send), daemon=True)
    server.start()
    return server, receive.recv()


def serve(pages: int, kilobytes: int, port: Any) -> None:
    bodies = [article(n, kilobytes) for n in range(20)]
    packed = [gzip.compress(body, 6) for body in bodies]
    answers = {
        f"/zq/xw/202201/t20220117_{n}.htm": (packed[n % 20], f'"{hashlib.md5(str(n).encode()).hexdigest()}"')
        for n in range(pages)
    }
    items = "".join(f'<li><a href="{path}">章丘区供暖工程改造完工</a></li>' for path in answers)
    listing = gzip.compress(f'<html><head><meta charset="utf-8"></head><body><ul>{items}</ul></body></html>'.encode())

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                if path == "/robots.txt":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                body, etag = answers.get(path, (listing, '"listing"'))
                if path in answers and f"if-none-match: {etag}".encode() in head.lower():
                    writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
                    continue
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nETag: {etag}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=512)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


# The contenders: each returns its figures


Moment = tuple[float, float]
"""Seconds of the clock and of this process's CPU."""


def moment() -> Moment:
    return time.perf_counter(), time.process_time()


def figures(at: list[Moment], pages: int) -> dict[str, float]:
    """Rates between the first page and the last: starting an interpreter is no part of a crawl's speed."""
    assert len(at) == pages, f"{len(at)} pages of {pages}"
    return {
        "pages_per_second": (pages - 1) / (at[-1][0] - at[0][0]),
        "cpu_ms": 1000 * (at[-1][1] - at[0][1]) / (pages - 1),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def ours(port: int, pages: int, folder: Path, revisit: str = "due") -> dict[str, float]:
    """Our crawl into a sink that keeps nothing, its frontier settled in batches as the pipeline does."""
    from settling_sink import SettlingSink

    from crawlers import CrawlOptions, Frontier, crawl
    from records import Fetch, FetchedPage, Politeness, Publisher, Source, SourceKind

    host = f"127.0.0.1:{port}"
    at: list[Moment] = []

    class Sink(SettlingSink):
        """Notes when each answer came."""

        def put_page(self, page: FetchedPage) -> None:
            at.append(moment())
            super().put_page(page)

        def put_fetch(self, fetch: Fetch) -> None:
            if fetch.outcome == "not_modified":
                at.append(moment())
            super().put_fetch(fetch)

    publisher = Publisher(
        id="bench",
        name="测试报",
        home_url=f"http://{host}/",
        article_pattern=r"t\d+_\d+\.htm",
        allowed_hosts=(host,),
        sources=(Source(kind=SourceKind.LISTING, url=f"http://{host}/index.htm"),),
        politeness=Politeness(delay_seconds=0.0, concurrency=CONCURRENCY),
    )
    frontier = Frontier.open(f"sqlite:///{folder}/frontier.sqlite")
    sink = Sink(frontier, 256)
    options = CrawlOptions(crawl_id="benchmark", allowed_private_hosts=("127.0.0.1",), revisit=revisit)
    crawl([publisher], frontier=frontier, sink=sink, options=options)
    sink.commit()
    return figures(at, pages)


def ours_304(port: int, pages: int, folder: Path) -> dict[str, float]:
    """All articles of the frontier that `ours` has filled, asked for again."""
    return ours(port, pages, folder, revisit="all")


def spider_figures(port: int, pages: int, settings: dict[str, Any], *, conditional: bool = False) -> dict[str, float]:
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    at: list[Moment] = []

    class Plain(scrapy.Spider):
        """The spider of a beginner's page: follow the links, yield a dict."""

        name = "plain"
        start_urls = (f"http://127.0.0.1:{port}/index.htm",)
        handle_httpstatus_list = (304,)

        def parse(self, response: Any) -> Any:
            for number, href in enumerate(response.css("a::attr(href)").getall()):
                etag = f'"{hashlib.md5(str(number).encode()).hexdigest()}"'
                headers = {"If-None-Match": etag} if conditional else {}
                yield response.follow(href, self.parse_article, headers=headers)

        def parse_article(self, response: Any) -> Any:
            at.append(moment())
            yield {"url": response.url, "body": response.body}

    process = AsyncCrawlerProcess(settings)
    process.crawl(Plain)
    process.start()
    return figures(at, pages)


def scrapy_defaults(port: int, pages: int, _folder: Path) -> dict[str, float]:
    """Scrapy as it comes, with as many requests at once as ours and its log in a file."""
    return spider_figures(port, pages, default_settings())


def scrapy_defaults_304(port: int, pages: int, _folder: Path) -> dict[str, float]:
    return spider_figures(port, pages, default_settings(), conditional=True)


def default_settings() -> dict[str, Any]:
    return {"CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY, "LOG_FILE": os.devnull}


def scrapy_lean(port: int, pages: int, _folder: Path) -> dict[str, float]:
    """The leanest Scrapy: its experimental aiohttp client, no middleware but decompression, no log, no filter."""
    from scrapy.settings.default_settings import (
        DOWNLOADER_MIDDLEWARES_BASE,
        EXTENSIONS_BASE,
        SPIDER_MIDDLEWARES_BASE,
    )

    aiohttp_handler = "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"
    compression = "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware"
    settings = {
        **default_settings(),
        "CONCURRENT_ITEMS": 1,
        "DOWNLOAD_HANDLERS": {"http": aiohttp_handler, "https": aiohttp_handler},
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_LEVEL": "ERROR",
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        # The listing must be read: decompression alone stays.
        "DOWNLOADER_MIDDLEWARES": {n: None for n in DOWNLOADER_MIDDLEWARES_BASE if n != compression},
        "SPIDER_MIDDLEWARES": dict.fromkeys(SPIDER_MIDDLEWARES_BASE),
        "EXTENSIONS": dict.fromkeys(EXTENSIONS_BASE),
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
    }
    import logging

    logging.getLogger("charset_normalizer").setLevel(logging.WARNING)
    return spider_figures(port, pages, settings)


CONTENDERS = {
    "scrapy": scrapy_defaults,
    "lean": scrapy_lean,
    "ours": ours,
    "scrapy-304": scrapy_defaults_304,
    "ours-304": ours_304,
}


# The frontier


def measure_frontier(folder: Path, count: int) -> None:
    """Size and look-up times of a frontier with that many landed URLs."""
    from datetime import date, timedelta

    from sqlalchemy import update

    from crawlers import Frontier
    from crawlers.frontier_rows import FoundLink
    from crawlers.frontier_schema import urls
    from records import canonicalize

    path = folder / "million.sqlite"
    frontier = Frontier.open(f"sqlite:///{path}")
    first_day = date(2015, 1, 1)
    started = time.perf_counter()
    for start in range(0, count, 20_000):
        links = [
            FoundLink(url=url, canonical_url=url, published_on=first_day + timedelta(days=n % 4000))
            for n in range(start, min(start + 20_000, count))
            for url in [f"http://www.lufengwang.example/zq/xw/{202001 + n % 12}/t2020{n % 12 + 1:02d}17_{n}.htm"]
        ]
        frontier.add_links("bench", links, section="zq")
    added = time.perf_counter() - started
    with frontier._write() as connection:
        landed = update(urls).where(urls.c.key % 1000 != 0)
        values = {"state": 1, "landed_at": 1_700_000_000_000, "fetched_at": 1_700_000_000_000}
        connection.execute(landed.values(**values, etag='"5f3a-64e2b1c0d2a40"', last_modified=1_700_000_000))
    with frontier._write() as connection:
        connection.exec_driver_sql("ANALYZE")
    with frontier._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    crawl = frontier.begin_crawl("benchmark")
    probe = [f"http://www.lufengwang.example/zq/xw/202001/t20200117_{n * 12}.htm" for n in range(2000)]
    started = time.perf_counter()
    for url in probe:
        frontier.state_of(canonicalize(url))
    looked_up = (time.perf_counter() - started) / len(probe)
    started = time.perf_counter()
    leased = frontier.lease_pending(crawl, "bench", 64)
    lease = time.perf_counter() - started
    assert len(leased) == 64
    size = path.stat().st_size
    print(
        f"\nfrontier of {count:,} URLs: {size / 1e6:.0f} MB ({size / count:.0f} bytes each),"
        f" {count / added:,.0f} added/s, look-up {1e6 * looked_up:.0f} µs, lease of 64 {1000 * lease:.1f} ms,"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory"
    )


if __name__ == "__main__":
    main()
