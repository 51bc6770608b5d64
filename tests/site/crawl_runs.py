"""Crawls of the misbehaving site in child processes, and what they handed over."""

import json
import os
import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from misbehaving_site import MisbehavingSite

from crawlers import CrawlOptions, Frontier
from records import Fetch, FetchedPage, Politeness, Publisher, Rejected, Removal, Section, Source, SourceKind

CHILD = Path(__file__).parent / "crawl_child.py"


@dataclass
class CrawlResult:
    """What a crawl handed over, and its report."""

    report: dict[str, Any]
    pages: list[FetchedPage] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    stderr: str = ""

    def reasons(self) -> dict[str, str]:
        """Reason by path of the rejected URL."""
        return {r.url.partition("://")[2].partition("/")[2]: str(r.reason) for r in self.rejected}


@dataclass
class Crawls:
    """Runs crawls against one frontier."""

    site: MisbehavingSite
    folder: Path
    number: int = 0

    @property
    def frontier_url(self) -> str:
        return f"sqlite:///{self.folder}/frontier.sqlite"

    def frontier(self) -> Frontier:
        return Frontier.open(self.frontier_url)

    def start(
        self,
        publishers: list[Publisher],
        settle_every: int = 50,
        capacity: int = 60,
        *,
        follow: bool = False,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> tuple[subprocess.Popen[str], Path]:
        """A crawl under way in a child process, and its ledger."""
        self.number += 1
        options.setdefault("proxy_url", self.site.url)
        options.setdefault("retry_seconds", 0.05)
        ledger = self.folder / f"ledger_{self.number}"
        task = {
            "publishers": publishers,
            "options": CrawlOptions(crawl_id=f"crawl-{self.number}", **options),
            "frontier": self.frontier_url,
            "out": str(ledger),
            "settle_every": settle_every,
            "capacity": capacity,
            "follow": follow,
        }
        path = self.folder / f"task_{self.number}.pickle"
        path.write_bytes(pickle.dumps(task))
        command = [sys.executable, str(CHILD), str(path)]
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=kept | (environment or {}), text=True, **pipes), ledger

    def run(self, publishers: list[Publisher], **options: Any) -> CrawlResult:
        """A crawl from start to end."""
        child, ledger = self.start(publishers, **options)
        out, err = child.communicate(timeout=280)
        assert child.returncode == 0, err
        return read_ledger(ledger, json.loads(out.splitlines()[-1]), err)


def read_ledger(path: Path, report: dict[str, Any], stderr: str = "") -> CrawlResult:
    """What was committed, up to where the ledger is whole."""
    result = CrawlResult(report, stderr=stderr)
    lists = {FetchedPage: result.pages, Rejected: result.rejected, Fetch: result.fetches, Removal: result.removals}
    with path.open("rb") as ledger:
        while True:
            try:
                records = pickle.load(ledger)
            except (EOFError, pickle.UnpicklingError):
                return result
            for record in records:
                lists[type(record)].append(record)


def make_publisher(publisher_id: str, *sources: str, host: str | None = None, **fields: Any) -> Publisher:
    """A publisher on ``<id>.example`` with sources such as ``listing:/good/index.htm``."""
    host = host or f"{publisher_id}.example"
    made = []
    for source in sources:
        kind, _, path = source.partition(":")
        made.append(Source(kind=SourceKind(kind), url=f"http://{host}{path}", section="s", max_pages=5))
    return Publisher(
        **{
            "id": publisher_id,
            "name": publisher_id,
            "home_url": f"http://{host}/",
            "article_pattern": r"content_\d+\.html",
            "allowed_hosts": (host,),
            "sections": (Section(id="s", name="章丘"),),
            "sources": tuple(made),
            "politeness": Politeness(delay_seconds=0.0, concurrency=8),
            **fields,
        }
    )
