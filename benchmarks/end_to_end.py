"""Articles a second from the site to the row, ours with all tags against peers, on one loopback site, in one run.

    python -m benchmarks.end_to_end [--pages 1000] [--rounds 1] [--memory 1000,10000,50000] [--peer-python PYTHON]

The site serves the bundled newspapers' article pages from memory, each under many addresses with a number in headline
and text, padded to 60 kB as news pages are, uncompressed, in a process of its own. Contenders, each in a fresh process:

- ours: `pipeline.ingest` with frontier, robots.txt, safety, tagging of regions and officials, links, the lake
- scrapy: a Scrapy spider with trafilatura's extraction and metadata in the callback, JSON lines
- newsplease: the same spider with `NewsPlease.from_html` in the callback
- trafilatura: its command line over the same pages as local files, `--parallel` on all cores (it fetches nothing; its
  own crawler pauses five seconds between two pages of a host)
- newsplease_files: `NewsPlease.from_html` on those files in as many processes (it fetches nothing)

`--peer-python` names the interpreter of an environment that has news-please; what is not installed is left out. Rounds
interleave the contenders, and of each the round with the least CPU counts: a busy machine spoils the clock.
"""

import argparse
import collections
import json
import multiprocessing
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.paper_site import HOST, listing_pages_count, make_pages, start_site

CORES = len(os.sched_getaffinity(0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--memory", default="", help="also run ours on so many pages each: 1000,10000,50000")
    parser.add_argument(
        "--peer-python", default=sys.executable, help="interpreter of an environment that has news-please"
    )
    parser.add_argument("--only", default="ours,scrapy,newsplease,trafilatura,newsplease_files")
    parser.add_argument("--contender", choices=sorted(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        found = CONTENDERS[arguments.contender](arguments.port, arguments.pages, Path(arguments.folder))
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only:
            compare(arguments, Path(folder))
        if arguments.memory:
            tell_memory(sorted(int(text) for text in arguments.memory.split(",")), Path(folder))


def compare(arguments: argparse.Namespace, folder: Path) -> None:
    server, port = start_site(arguments.pages)
    files = folder / "files"
    files.mkdir()
    for number, (_, body) in enumerate(make_pages(arguments.pages)):
        (files / f"{number}.html").write_bytes(body)
    best: dict[str, dict[str, Any]] = {}
    for round_number in range(arguments.rounds):
        for name in arguments.only.split(","):
            python = arguments.peer_python if name.startswith("newsplease") else sys.executable
            needs_site = name in {"ours", "scrapy", "newsplease"}
            home = folder / f"{name}{round_number}" if needs_site else files
            found = run_contender(python, name, port, arguments.pages, home)
            if "missing" in found:
                print(f"{name} was left out: {found['missing']}")
                continue
            rate = max(found["articles_per_second"], best.get(name, found)["articles_per_second"])
            if name not in best or found["cpu_seconds"] < best[name]["cpu_seconds"]:
                best[name] = found
            best[name]["articles_per_second"] = rate
    server.terminate()
    for name, found in best.items():
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in found.get("stages", {}).items())
        print(
            f"{name:12} {found['articles_per_second']:7.1f} articles/s  {found['cpu_seconds']:6.1f} CPU s per 1,000"
            f"{f' ({stages})' if stages else ''}  {found['megabytes']:.0f} MB",
            flush=True,
        )
    for name in best:
        if name != "ours" and "ours" in best:
            by_clock = best["ours"]["articles_per_second"] / best[name]["articles_per_second"]
            by_cpu = best[name]["cpu_seconds"] / best["ours"]["cpu_seconds"]
            print(f"ours / {name}: {by_clock:.1f} times the articles/s, {by_cpu:.1f} by CPU")


def tell_memory(marks: list[int], folder: Path) -> None:
    """One run over as many pages as the last mark says; what it had held at most when it reached each."""
    server, port = start_site(marks[-1])
    home = folder / "memory"
    home.mkdir()
    (home / "marks.json").write_text(json.dumps(marks))
    found = run_contender(sys.executable, "ours", port, marks[-1], home)
    server.terminate()
    if "missing" in found:
        print(f"ours, {marks[-1]} pages: failed: {found['missing']}")
        return
    print(f"ours, {marks[-1]} pages: {found['cpu_seconds']:.1f} CPU s per 1,000, {found['articles_per_second']:.0f}/s")
    for mark in found["marks"]:
        print(
            f"  {mark['pages']:6} pages landed: at most so far {mark['crawler']:.0f} MB in the process that crawls and "
            f"lands, {mark['workers']:.0f} MB in {CORES} workers; of late {mark['now']:.0f} MB together; "
            f"{mark['cpu_seconds']:.1f} CPU s per 1,000 since the mark before",
            flush=True,
        )


def run_contender(python: str, name: str, port: int, pages: int, folder: Path) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    command = [python, "-m", "benchmarks.end_to_end", "--contender", name, "--port", str(port), "--pages", str(pages)]
    done = subprocess.run([*command, "--folder", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"missing": (done.stderr.strip().splitlines() or ["it failed without a word"])[-1][:200]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def figures(count: int, seconds: float, cpu: float, **more: Any) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"articles_per_second": count / seconds, "cpu_seconds": 1000 * cpu / count, "megabytes": peak, **more}


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(port: int, pages: int, folder: Path) -> dict[str, Any]:
    """The whole way; workers are warm before the clock starts, as the peers' imports are done."""
    from crawlers import CrawlOptions
    from crawlers.crawling import crawl
    from pipeline.ingest import Tally, Way, ingest
    from pipeline.settings import Settings
    from records import Politeness, Publisher, Source, SourceKind

    home = f"http://{HOST}/"
    publisher = Publisher(
        id="bench",
        name="鲁风网",
        home_url=home,
        region_code="370000",
        article_pattern=r"/zq/t\d+_\d+\.htm",
        allowed_hosts=(HOST,),
        sources=(Source(kind=SourceKind.LISTING, url=home + "zq/index.htm", max_pages=listing_pages_count(pages)),),
        politeness=Politeness(delay_seconds=0.0, concurrency=16),
    )
    settings = Settings(home=folder / "home", workers=CORES)
    begun: dict[str, float] = {}
    tally = Tally()
    marks = folder / "marks.json"
    workers = Workers(tally, json.loads(marks.read_text()) if marks.exists() else [])

    def timed_crawl(*args: Any, **kwargs: Any) -> Any:
        begun.update(clock=time.perf_counter(), process=time.process_time(), thread=time.thread_time())
        workers.begin()
        report = crawl(*args, **kwargs)
        begun["fetch"] = time.thread_time() - begun["thread"]
        return report

    options = CrawlOptions(crawl_id="bench", proxy_url=f"http://127.0.0.1:{port}")
    report = ingest([publisher], settings, options, tally, way=Way(crawl=timed_crawl, is_warm=True))
    seconds = time.perf_counter() - begun["clock"]
    assert report.versions == pages, report
    main_process = time.process_time() - begun["process"]
    stages = {"fetch": begun["fetch"], "transform": workers.cpu, "land": main_process - begun["fetch"]}
    per_thousand = {stage: 1000 * used / pages for stage, used in stages.items()}
    workers.note_marks()
    return figures(pages, seconds, main_process + workers.cpu, stages=per_thousand, marks=workers.marks)


class Workers:
    """CPU of the transform processes, sampled: they are the forkserver's children, not ours to wait for.

    Where marks (articles landed) are given, also the proportional memory of this process and of those below it:
    a page of memory that several of them share counts once.
    """

    def __init__(self, tally: Any, marks: list[int]) -> None:
        self.marks: list[dict[str, float]] = []
        self._tally = tally
        self._awaited = list(marks)
        self._most = {"crawler": 0.0, "workers": 0.0}
        self._lately: collections.deque[float] = collections.deque(maxlen=20)
        self._used: dict[int, float] = {}
        self._before = 0.0
        self._marked = (0, 0.0)
        threading.Thread(target=self._watch, daemon=True).start()

    def begin(self) -> None:
        """Count from here: what loading took is no part of a page's cost."""
        self._sample()
        self._before = sum(self._used.values())
        self._marked = (0, time.process_time() + self._before)

    @property
    def cpu(self) -> float:
        """Seconds since `begin`."""
        return sum(self._used.values()) - self._before

    def _watch(self) -> None:
        rounds = 0
        while True:
            self._sample()
            rounds += 1
            if self._awaited and rounds % 10 == 0:
                self._weigh()
            time.sleep(0.1)

    def _sample(self) -> None:
        ticks, below = os.sysconf("SC_CLK_TCK"), {os.getpid()}
        for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda found: int(found.name)):
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) in below:
                below.add(int(path.name))
                self._used[int(path.name)] = (int(fields[11]) + int(fields[12])) / ticks

    def _weigh(self) -> None:
        own, others = proportional_megabytes(os.getpid()), sum(map(proportional_megabytes, self._used))
        self._most = {"crawler": max(self._most["crawler"], own), "workers": max(self._most["workers"], others)}
        self._lately.append(own + others)
        self.note_marks()

    def note_marks(self) -> None:
        """Write down what was held at most, where another mark has been reached."""
        while self._awaited and self._tally.versions >= self._awaited[0]:
            pages, used = self._awaited.pop(0), time.process_time() + sum(self._used.values())
            since = (used - self._marked[1]) * 1000 / (self._tally.versions - self._marked[0])
            self._marked = (self._tally.versions, used)
            self.marks.append({"pages": pages, **self._most, "now": max(self._lately), "cpu_seconds": since})


def proportional_megabytes(pid: int) -> float:
    """What a process holds; memory that it shares with others counts by its share. 0 where it has ended."""
    try:
        found = re.search(r"Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def scrapy_with_trafilatura(port: int, pages: int, folder: Path) -> dict[str, Any]:
    import trafilatura

    def read(url: str, text: str) -> dict[str, Any]:
        found = trafilatura.bare_extraction(text, url=url, with_metadata=True)
        return found.as_dict() if found else {}

    return run_spider(port, pages, folder, read)


def scrapy_with_newsplease(port: int, pages: int, folder: Path) -> dict[str, Any]:
    from newsplease import NewsPlease

    def read(url: str, text: str) -> dict[str, Any]:
        found = NewsPlease.from_html(text, url=url)
        return {"title": found.title, "date": str(found.date_publish), "text": found.maintext}

    return run_spider(port, pages, folder, read)


def run_spider(port: int, pages: int, folder: Path, read: Callable[[str, str], dict[str, Any]]) -> dict[str, Any]:
    """A plain Scrapy spider over the listing's pages, with the reading of an article in the callback; JSON lines."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    begun = (time.perf_counter(), time.process_time())

    class Spider(scrapy.Spider):
        name = "bench"
        proxy = f"http://127.0.0.1:{port}"

        async def start(self) -> Any:
            for page in range(listing_pages_count(pages)):
                name = f"index_{page}.htm" if page else "index.htm"
                yield scrapy.Request(f"http://{HOST}/zq/{name}", meta={"proxy": self.proxy})

        def parse(self, response: Any) -> Any:
            for link in response.css("a::attr(href)").re(r"/zq/t\d+_\d+\.htm"):
                yield scrapy.Request(response.urljoin(link), self.article, meta={"proxy": self.proxy})

        def article(self, response: Any) -> Any:
            yield {"url": response.url, **read(response.url, response.text)}

    out = folder / "articles.jsonl"
    settings = {
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "ERROR",
        "FEEDS": {str(out): {"format": "jsonlines", "fields": ["url", "title", "date", "text"]}},
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Spider)
    process.start()
    seconds, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
    count = sum(1 for _ in out.open())
    assert count == pages, f"{count} articles of {pages}"
    return figures(pages, seconds, cpu)


def trafilatura_cli(port: int, pages: int, folder: Path) -> dict[str, Any]:
    out = folder.parent / "trafilatura-out"
    begun = time.perf_counter()
    command = [sys.executable, "-m", "trafilatura.cli", "--input-dir", str(folder), "--output-dir", str(out), "--json"]
    subprocess.run([*command, "--with-metadata", "--parallel", str(CORES)], check=True, capture_output=True)
    return figures(pages, time.perf_counter() - begun, children_cpu())


def newsplease_files(port: int, pages: int, folder: Path) -> dict[str, Any]:
    paths = sorted(folder.glob("*.html"))[:pages]
    with multiprocessing.get_context("spawn").Pool(CORES) as pool:
        pool.map(read_by_newsplease, paths[: 2 * CORES], chunksize=1)
        begun = time.perf_counter()
        pool.map(read_by_newsplease, paths, chunksize=16)
        seconds = time.perf_counter() - begun
        pool.close()
        pool.join()
    return figures(len(paths), seconds, children_cpu())


def read_by_newsplease(path: Path) -> str:
    from newsplease import NewsPlease

    found = NewsPlease.from_html(path.read_bytes().decode(), url=f"http://{HOST}/zq/{path.stem}.htm")
    return found.title or ""


CONTENDERS = {
    "ours": ours,
    "scrapy": scrapy_with_trafilatura,
    "trafilatura": trafilatura_cli,
    "newsplease": scrapy_with_newsplease,
    "newsplease_files": newsplease_files,
}

if __name__ == "__main__":
    main()
