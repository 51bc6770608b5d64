"""Extraction side by side: difang against trafilatura, readability-lxml, newspaper4k, gne and resiliparse.

    python benchmarks/extraction.py                     the bundled newspapers with their goldens
    python benchmarks/extraction.py FOLDER              pages with a truth.jsonl
    python benchmarks/extraction.py FOLDER --tools difang,trafilatura --worst 10 --json
    python benchmarks/extraction.py FOLDER --soak 20000        difang alone over and over, and its memory

truth.jsonl has a line a page: ``id``, ``file`` (below FOLDER), ``url`` and any of ``title``,
``date`` (YYYY-MM-DD), ``time`` (ISO 8601 with a zone), ``origin`` (来源), ``author``, ``body``; where it has ``kind``
(news, forum, listing…), each kind of page has a row of its own. A page that takes a tool longer than ``--seconds`` is
cut off with the child process that reads it, and counts as not read, so that every run ends. Quality and speed
come from one run on one core over the same pages; the peers, which misread GBK, are given text decoded by difang,
and their clock does not count it. Body scores count character 4-grams without blanks: f1 is of the means of
precision and recall, clean the share of pages with 0.98 or more, lost of those under 0.5.
``difang-printed`` is difang with the dateline and the byline, which it keeps apart, put back where they were printed.
A tool that is not installed is named and left out. The peers' requirements stay out of ours; into an environment of
its own, where difang is installed too: ``pip install readability-lxml 'newspaper4k[zh]' gne resiliparse htmldate``.
"""

import argparse
import contextlib
import dataclasses
import datetime as dt
import hashlib
import importlib.metadata
import json
import multiprocessing
import re
import resource
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html

from benchmarks.extractors import ONLY, TOOLS, Found, difang
from records import seed_path
from transforms.decoding import Decoded, decode_page
from transforms.moments import SHANGHAI

FIELDS = ("p", "r", "f1", "clean", "lost", "title", "day", "wrong_day", "minute", "author", "origin")
GOLDENS = Path(__file__).parents[1] / "tests" / "goldens"
UNKNOWN_URL = "http://unknown.invalid/page"


@dataclasses.dataclass(frozen=True)
class Case:
    """A page with its truth."""

    id: str
    url: str
    body: bytes
    text: str
    truth: dict[str, str]


def cases_of_folder(folder: Path) -> Iterator[Case]:
    for raw in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(raw)
        body = (folder / row["file"]).read_bytes()
        yield Case(row["id"], row.get("url") or UNKNOWN_URL, body, text_of(body), row)


def cases_of_goldens() -> Iterator[Case]:
    for file in sorted(GOLDENS.glob("*/*.json")):
        golden = json.loads(file.read_text(encoding="utf-8"))
        parts = urlsplit(golden["url"])
        page = seed_path("newspapers") / parts.netloc / parts.path.lstrip("/")
        if golden.get("rejected") or not page.is_file() or page.with_name(f"{page.stem}_1{page.suffix}").is_file():
            continue
        truth = {
            "title": golden["title"],
            "date": golden["published_at"][:10],
            "time": golden["published_at"],
            "author": " ".join(golden["reporters"]),
            "origin": golden["source_name"],
            "body": "\n".join(golden["paragraphs"]),
        }
        body = page.read_bytes()
        yield Case(
            file.stem, golden["url"], body, text_of(body), {name: value for name, value in truth.items() if value}
        )


def text_of(body: bytes) -> str:
    decoded = decode_page(body)
    return decoded.text if isinstance(decoded, Decoded) else body.decode("utf-8", "replace")


def norm(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def grams(text: str) -> Counter[str]:
    text = norm(text)
    size = min(4, max(1, len(text)))
    return Counter(text[i : i + size] for i in range(len(text) - size + 1))


def body_score(truth: str, found: str) -> tuple[float, float, float]:
    want, got = grams(truth), grams(found)
    both = sum((want & got).values())
    precision, recall = both / max(1, sum(got.values())), both / max(1, sum(want.values()))
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def day_of(text: str) -> str:
    match = re.search(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", text)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else ""


def minute_of(text: str) -> str:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M")


def judge(truth: dict[str, str], found: Found) -> dict[str, float]:
    marks: dict[str, float] = {}
    if "body" in truth:
        marks["p"], marks["r"], marks["f1"] = body_score(truth["body"], found.get("body", ""))
        marks["clean"], marks["lost"] = float(marks["f1"] >= 0.98), float(marks["f1"] < 0.5)
    if "title" in truth:
        marks["title"] = float(letters(truth["title"]) == letters(found.get("title", "")))
    if "date" in truth:
        day = day_of(found.get("date", ""))
        marks["day"], marks["wrong_day"] = float(day == truth["date"]), float(day not in {"", truth["date"]})
    if "time" in truth:
        marks["minute"] = float(minute_of(truth["time"]) == minute_of(found.get("time", "")))
    if "author" in truth:
        names = [letters(name) for name in re.split(r"[\s、，,;]+", truth["author"]) if name]
        marks["author"] = statistics.mean(float(name in letters(found.get("author", ""))) for name in names)
    if "origin" in truth:
        want, got = letters(truth["origin"]), letters(found.get("origin", ""))
        marks["origin"] = float(bool(got) and (want in got or got in want))
    return marks


def answer(name: str, cases: list[Case], wire: Connection) -> None:
    """A tool's life in a child process: ready, then for each page number the seconds it took and what it found."""
    try:
        package, build = TOOLS[name]
        tool, version = build(), "tree" if package == "difang" else importlib.metadata.version(package)
        tool(cases[0].body, cases[0].text, cases[0].url)  # lexicons and options load once, outside the clock
        wire.send((version, ""))
    except ImportError as error:
        wire.send(("", f"is not installed, or lacks a part: {str(error).strip().splitlines()[0]}"))
        return
    except Exception as error:
        wire.send(("", f"cannot run: {error}"))
        return
    while (number := wire.recv()) is not None:
        start = time.process_time()
        found: Found | None = None
        with contextlib.suppress(Exception):
            found = tool(cases[number].body, cases[number].text, cases[number].url)
        wire.send((time.process_time() - start, found))


class Runner:
    """One tool in a child process: a page that takes longer than its time ends the child, and a new one goes on."""

    def __init__(self, name: str, cases: list[Case], limit: float) -> None:
        self.name, self.cases, self.limit = name, cases, limit
        self.version = self.fault = ""
        self.start()

    def start(self) -> None:
        """A new child, ready to read."""
        context = multiprocessing.get_context("fork")
        self.wire, other = context.Pipe()
        self.child = context.Process(target=answer, args=(self.name, self.cases, other), daemon=True)
        self.child.start()
        other.close()
        # Loading and the first page: lexicons take seconds, a page that hangs takes for ever.
        self.version, self.fault = (
            self.wire.recv() if self.wire.poll(4 * self.limit) else ("", "hangs on its first page")
        )

    def read(self, number: int) -> tuple[float, Found | None, bool]:
        """Seconds, what was found (None: it raised), and whether it was cut off."""
        self.wire.send(number)
        with contextlib.suppress(EOFError, ConnectionError):
            if self.wire.poll(self.limit):
                seconds, found = self.wire.recv()
                return seconds, found, False
        self.stop()
        self.start()
        return self.limit, None, True

    def stop(self) -> None:
        """The end of the child, whatever it does."""
        self.child.kill()
        self.child.join()
        self.wire.close()


@dataclasses.dataclass
class Outcome:
    """What one tool made of the pages."""

    version: str = ""
    fault: str = ""
    seconds: float = 0.0
    """Of one core, for all pages; a page that was cut off counts its whole time."""
    raised: int = 0
    cut_off: int = 0
    marks: list[dict[str, float]] = dataclasses.field(default_factory=list)


def run_tool(name: str, cases: list[Case], limit: float) -> Outcome:
    """A tool's marks, page by page; a page takes `limit` seconds at most, so that a run always ends."""
    runner = Runner(name, cases, limit)
    outcome = Outcome(runner.version, runner.fault)
    if not runner.fault:
        for number, case in enumerate(cases):
            seconds, found, cut_off = runner.read(number)
            outcome.seconds += seconds
            outcome.raised += found is None and not cut_off
            outcome.cut_off += cut_off
            outcome.marks.append(judge(case.truth, found or {}))
            if runner.fault:
                outcome.fault = runner.fault
                break
    runner.stop()
    if name in ONLY:
        outcome.marks = [{field: mark[field] for field in mark if field in ONLY[name]} for mark in outcome.marks]
    return outcome


def soak(cases: list[Case], count: int) -> None:
    """Read `count` pages in a loop and print what the process keeps: memory that grows with pages read is a leak."""
    marks = {100, *(count * tenth // 10 for tenth in range(1, 11))}
    for number in range(1, count + 1):
        case = cases[number % len(cases)]
        difang(case.body, case.text, case.url)
        if number in marks and number <= count:
            print(f"{number:>8} pages  {resident_mb():7.1f} MB resident", flush=True)


def resident_mb() -> float:
    """Megabytes of this process in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def summary(marks: list[dict[str, float]]) -> dict[str, float | None]:
    means = {
        name: statistics.mean(values) if (values := [m[name] for m in marks if name in m]) else None for name in FIELDS
    }
    precision, recall = means["p"], means["r"]
    means["f1"] = 2 * precision * recall / (precision + recall) if precision and recall else means["f1"]
    return means


def report(name: str, cases: list[Case], outcome: Outcome, *, as_json: bool) -> None:
    """Print a tool's row, and one a kind where the truth names kinds of pages (``kind``: news, forum, listing…)."""
    kinds = sorted({kind for case in cases if (kind := case.truth.get("kind"))})
    for kind in ("", *kinds):
        marks = [m for m, c in zip(outcome.marks, cases, strict=True) if not kind or c.truth.get("kind") == kind]
        means = summary(marks)
        if as_json:
            row = {"tool": name, "version": outcome.version, "kind": kind or "all", "pages": len(marks), **means}
            if not kind:
                row |= {"docs_per_second": len(cases) / outcome.seconds}
                row |= {"errors": outcome.raised, "cut_off": outcome.cut_off}
            print(json.dumps(row))
            continue
        cells = "".join(f"{'-' if means[field] is None else format(means[field], '.3f'):>10}" for field in FIELDS)
        if kind:
            print(f"{'  ' + kind:24}{len(marks):8}{cells}")
            continue
        faults = [(outcome.raised, "raised"), (outcome.cut_off, "cut off")]
        said = "".join(f"  {count} {word}" for count, word in faults if count)
        print(f"{name:14}{outcome.version:>10}{len(cases) / outcome.seconds:8.1f}{cells}{said}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, help="a folder with truth.jsonl; without it the bundled newspapers"
    )
    parser.add_argument("--tools", default=",".join(TOOLS), help=f"any of {', '.join(TOOLS)}")
    parser.add_argument("--seconds", type=float, default=20.0, help="what one page may take a tool (default 20)")
    parser.add_argument("--worst", type=int, default=0, help="also name difang's N worst pages by body F1")
    parser.add_argument("--soak", type=int, default=0, help="read N pages with difang alone and print its memory")
    parser.add_argument("--json", action="store_true", help="print one JSON object a tool")
    options = parser.parse_args()
    cases = list(cases_of_folder(options.folder) if options.folder else cases_of_goldens())
    if not cases:
        parser.error(f"no pages under {options.folder or GOLDENS}")
    if options.soak:
        soak(cases, options.soak)
        return 0
    start = time.process_time()
    for case in cases:
        lxml.html.fromstring(case.body)
    bare = (time.process_time() - start) / len(cases)
    if not options.json:
        print(f"{len(cases)} pages; bare lxml parse {1 / bare:.0f} docs/s")
        print(f"{'tool':14}{'version':>10}{'docs/s':>8}" + "".join(f"{name:>10}" for name in FIELDS))
    for name in options.tools.split(","):
        if name not in TOOLS:
            parser.error(f"no tool {name!r}; known are {', '.join(TOOLS)}")
        outcome = run_tool(name, cases, options.seconds)
        if outcome.fault:
            print(f"{name:14} {outcome.fault}", file=sys.stderr)
            continue
        report(name, cases, outcome, as_json=options.json)
        if name.startswith("difang") and options.worst:
            ranked = sorted(zip(cases, outcome.marks, strict=True), key=lambda item: item[1].get("f1", 1.0))
            for case, mark in ranked[: options.worst]:
                digest = hashlib.sha256(case.body).hexdigest()[:8]
                print(f"    {case.id} ({digest}): F1 {mark.get('f1', 1.0):.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
