"""One crawl in a process of its own: the reactor runs once a process, and a test may kill it.

    python crawl_child.py TASK.pickle

The task is a dict: publishers, options, frontier (URL), out (a file of pickled records), settle_every,
follow (whether the crawl goes on until it is stopped).
What a page becomes is not the crawl's affair: each lands as an article without text. "Committing" is a
line in the ledger; the frontier is settled after it, as the pipeline does.
"""

import json
import pickle
import sys
from dataclasses import asdict
from pathlib import Path

from crawlers import CrawlOptions, Frontier, crawl, follow
from records import Article, Batch, Landed, Provenance, Publisher, TaggedArticle, article_id


class LedgerSink:
    """A sink that commits every few records and has room for a few dozen pages."""

    def __init__(self, frontier: Frontier, out: Path, crawl_id: str, settle_every: int, capacity: int) -> None:
        self.frontier, self.out, self.crawl_id, self.settle_every = frontier, out, crawl_id, settle_every
        self.capacity, self.largest = capacity, 0
        self.items, self.fetches, self.removals, self.records = [], [], [], []

    def room(self) -> int:
        return self.capacity - len(self.items)

    def put_page(self, page) -> None:
        article = Article(
            article_id=article_id(page.canonical_url),
            canonical_url=page.canonical_url,
            url=page.url,
            title="",
            text="",
            content_sha256=page.body_sha256,
        )
        self.items.append(Landed(page=page, result=TaggedArticle(article=article)))
        self.largest = max(self.largest, len(self.items))
        self._took(page)

    def put_rejected(self, rejected) -> None:
        self.items.append(Landed(page=None, result=rejected))
        self._took(rejected)

    def put_removal(self, removal) -> None:
        self.removals.append(removal)
        self._took(removal)

    def put_fetch(self, fetch) -> None:
        self.fetches.append(fetch)
        self._took(fetch)

    def _took(self, record) -> None:
        self.records.append(record)
        if len(self.records) >= self.settle_every:
            self.commit()

    def commit(self) -> None:
        batch = Batch(
            provenance=Provenance(crawl_id=self.crawl_id, code_version="", lexicon_version="", model_version=""),
            items=tuple(self.items),
            fetches=tuple(self.fetches),
            removals=tuple(self.removals),
        )
        with self.out.open("ab") as ledger:
            pickle.dump(self.records, ledger)
        self.frontier.settle(batch)
        self.items, self.fetches, self.removals, self.records = [], [], [], []


def main() -> None:
    task = pickle.loads(Path(sys.argv[1]).read_bytes())
    publishers: list[Publisher] = task["publishers"]
    options: CrawlOptions = task["options"]
    frontier = Frontier.open(task["frontier"])
    sink = LedgerSink(frontier, Path(task["out"]), options.crawl_id, task["settle_every"], task["capacity"])
    run = follow if task["follow"] else crawl
    report = run(publishers, frontier=frontier, sink=sink, options=options)
    sink.commit()
    print(json.dumps({**asdict(report), "largest": sink.largest}, default=str))


if __name__ == "__main__":
    main()
