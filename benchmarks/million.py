"""A large warehouse made from our own vocabulary, for the benchmarks that need history.

Run: ``python -m benchmarks.million FOLDER [ARTICLES]`` (default 1,000,000). A folder that holds one of that size is
left alone; one of another size is refused. From Python: ``make_lake(folder, articles)``.

N articles with 8 N mentions of officials, 3 N region tags and 4 N links, of 300 publishers over five years. Words come
from the bundled dictionary by their frequency, names from the surnames and regions of seeds/, so that common words are
common, rare ones rare, and an index meets the lengths and repetitions that it would meet in earnest. One article in
twenty is a reprint of an earlier one with some words changed; one in fifty has a second version. Whole days of the
history are appended as batches of 20,000 through Arrow, in the tables' own order; the raw pages stay empty.
The same numbers give the same warehouse.
"""

import datetime as dt
import gzip
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from transforms.fingerprint import fingerprint
from transforms.gazetteer import Gazetteer
from transforms.positions import load_positions
from warehouse import Warehouse, model
from warehouse.arrow import arrow_schema
from warehouse.model import Table

SEEDS = Path(__file__).parents[1] / "seeds"
BATCH = 20_000
MENTIONS, REGIONS, LINKS = 8, 3, 4
PUBLISHERS = 300
FIRST_DAY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
DAYS = 5 * 365
MARKS = ("，", "，", "，", "。", "。", "、")
Columns = dict[str, object]


class Vocabulary:
    """What articles are made of: words with their frequencies, counties, people in office."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)
        with gzip.open(SEEDS / "gazetteer" / "words.tsv.gz", "rt", encoding="utf-8") as lines:
            rows = [line.split("\t") for line in lines.read().splitlines()[1:] if not line.startswith("#")]
        self.words = np.array([word for word, _ in rows] + list(MARKS), dtype=object)
        frequency = np.array([float(count) for _, count in rows])
        weights = np.concatenate([frequency, np.full(len(MARKS), frequency.sum() * 0.02)])
        self.cumulative = np.cumsum(weights / weights.sum())
        self.gazetteer = tuple(Gazetteer.load().rows())
        self.regions = [r for r in self.gazetteer if r.level == "county" and r.valid_until is None]
        self.positions = load_positions()
        self.people = self._people(30_000)

    def _people(self, count: int) -> list[tuple[str, str, int]]:
        """People: name, normalised position, index of the county."""
        lines = (SEEDS / "names" / "surnames.txt").read_text(encoding="utf-8").splitlines()
        surnames = [line for line in lines if line and not line.startswith("#")][:200]
        given = [w for w in self.words if len(w) == 1 and "一" <= w <= "鿿"][:1500]
        pick = self.random.integers
        return [
            (
                surnames[pick(len(surnames))] + "".join(given[i] for i in pick(len(given), size=pick(1, 3))),
                self.positions[pick(len(self.positions))].position_name,
                int(pick(len(self.regions))),
            )
            for _ in range(count)
        ]

    def text(self, length: int) -> str:
        """About `length` words."""
        picked = np.searchsorted(self.cumulative, self.random.random(length))
        return "".join(self.words[np.minimum(picked, len(self.words) - 1)]).strip("，。、") + "。"

    def reworded(self, text: str) -> str:
        """The text with its first sentence changed and, half the time, its end cut off."""
        first, _, rest = text.partition("。")
        kept = rest if self.random.random() < 0.5 else rest[: max(120, len(rest) * 2 // 3)]
        return f"{first[: len(first) // 2]}{self.text(4)}{kept}"


def sha256(text: str) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def filled(table: Table, columns: Columns, count: int) -> pa.Table:
    """An Arrow table of the model's schema: the given columns, and what is absent as null, empty or zero."""
    arrays = []
    for field in arrow_schema(table):
        if field.name in columns:
            given = columns[field.name]
            arrays.append(
                pa.array(given, field.type)
                if isinstance(given, list)
                else pa.repeat(pa.scalar(given, field.type), count)
            )
        elif field.nullable:
            arrays.append(pa.nulls(count, field.type))
        elif pa.types.is_list(field.type):
            arrays.append(pa.array([[]] * count, field.type))
        else:
            arrays.append(pa.repeat(pa.scalar("" if pa.types.is_string(field.type) else 0).cast(field.type), count))
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))


class Maker:
    """Batches of articles, each table as one Arrow table."""

    def __init__(self, vocabulary: Vocabulary, articles: int) -> None:
        self.vocabulary = vocabulary
        self.articles = articles
        self.earlier: list[tuple[str, str]] = []

    def batches(self) -> Iterator[dict[Table, pa.Table]]:
        """Batch by batch, in the order of publication."""
        for number, start in enumerate(range(0, self.articles, BATCH)):
            yield self._batch(number, range(start, min(start + BATCH, self.articles)))

    def _batch(self, number: int, ids: range) -> dict[Table, pa.Table]:
        batch_id = f"large-{number:05d}"
        random = self.vocabulary.random
        step = DAYS * 86400 / self.articles
        instants = [FIRST_DAY + dt.timedelta(seconds=int(i * step)) for i in ids]
        publishers = [f"baozhi{p:03d}" for p in random.integers(PUBLISHERS, size=len(ids))]
        urls = [
            f"http://www.{p}.example/{t:%Y%m}/t{t:%Y%m%d}_{i}.htm"
            for p, t, i in zip(publishers, instants, ids, strict=True)
        ]
        made = [self._article() for _ in ids]
        revised = {i for i in range(len(made)) if random.random() < 0.02}
        rows = [(i, *made[i]) for i in range(len(made))]
        rows += [(i, made[i][0], made[i][1] + "更正：" + self.vocabulary.text(8)) for i in sorted(revised)]
        versions = self._versions(rows, urls, publishers, instants, batch_id)
        current = {row[0]: at for at, row in enumerate(rows)}
        chosen = [current[i] for i in range(len(made))]
        shared = {
            name: [versions[name][at] for at in chosen]
            for name in ("article_id", "content_sha256", "publisher_id", "published_at", "published_date")
        }
        tables = {
            model.CORE_ARTICLES: filled(model.CORE_ARTICLES, versions, len(rows)),
            model.CORE_CAPTURES: self._captures(versions, len(rows), len(made)),
            model.CORE_ARTICLE_REGIONS: self._regions(shared, batch_id, len(made)),
            model.CORE_OFFICIAL_MENTIONS: self._mentions(shared, batch_id, len(made)),
            model.CORE_RELATED_LINKS: self._links(shared, urls, batch_id, len(made)),
        }
        counts = {
            f"{name}_count": tables[table].num_rows
            for name, table in (
                ("captures", model.CORE_CAPTURES),
                ("articles", model.CORE_ARTICLES),
                ("regions", model.CORE_ARTICLE_REGIONS),
                ("mentions", model.CORE_OFFICIAL_MENTIONS),
                ("links", model.CORE_RELATED_LINKS),
            )
        }
        ledger = {"batch_id": batch_id, "crawl_id": "large", "landed_at": instants[-1]} | counts
        tables[model.CORE_BATCHES] = filled(model.CORE_BATCHES, ledger, 1)
        return tables

    def _article(self) -> tuple[str, str]:
        random = self.vocabulary.random
        if self.earlier and random.random() < 0.05:
            title, text = self.earlier[int(random.integers(len(self.earlier)))]
            return (title if random.random() < 0.6 else self.vocabulary.text(7)), self.vocabulary.reworded(text)
        region = self.vocabulary.regions[int(random.integers(len(self.vocabulary.regions)))]
        words = int(np.clip(random.lognormal(5.2, 0.6), 40, 1500))
        cut = [self.vocabulary.text(max(1, words // 4)) for _ in range(4)]
        article = (region.short_name + self.vocabulary.text(6)[:-1], region.name + "\n".join(cut))
        self.earlier.append(article)
        del self.earlier[:-5000]
        return article

    def _versions(self, rows: list, urls: list, publishers: list, instants: list, batch_id: str) -> Columns:
        days = [t.astimezone(dt.timezone(dt.timedelta(hours=8))).date() for t in instants]
        return {
            "article_id": [sha256(urls[i])[:16] for i, _, _ in rows],
            "content_sha256": [sha256(f"{title}\n{text}") for _, title, text in rows],
            "canonical_url": [urls[i] for i, _, _ in rows],
            "url": [urls[i] for i, _, _ in rows],
            "publisher_id": [publishers[i] for i, _, _ in rows],
            "title": [title for _, title, _ in rows],
            "lede": [text.partition("\n")[0] for *_, text in rows],
            "text": [text for *_, text in rows],
            "paragraph_count": [text.count("\n") + 1 for *_, text in rows],
            "character_count": [len(text) for *_, text in rows],
            "published_at": [instants[i] for i, *_ in rows],
            "published_date": [days[i] for i, *_ in rows],
            "published_precision": "second",
            "published_evidence": "info_line",
            "fingerprint": [fingerprint(text[:400]) for *_, text in rows],
            "language": "zh",
            "encoding": "utf-8",
            "page_count": 1,
            "fetched_at": [instants[i] for i, *_ in rows],
            "batch_id": batch_id,
        }

    def _captures(self, versions: Columns, rows: int, first: int) -> pa.Table:
        later = [dt.timedelta(hours=1 if at < first else 30) for at in range(rows)]
        fetched = [t + d for t, d in zip(versions["published_at"], later, strict=True)]  # type: ignore[call-overload]
        days = [t.astimezone(dt.timezone(dt.timedelta(hours=8))).date() for t in fetched]
        given = {
            name: versions[name]
            for name in ("article_id", "content_sha256", "canonical_url", "url", "publisher_id", "batch_id")
        }
        given |= {"fetched_at": fetched, "fetched_date": days, "landed_at": fetched, "is_tagged": True}
        return filled(model.CORE_CAPTURES, given | {"discovered_via": "listing", "crawl_id": "large"}, rows)

    def _repeated(self, shared: Columns, times: int, batch_id: str, count: int) -> Columns:
        given: Columns = {
            name: list(np.repeat(np.array(column, dtype=object), times)) for name, column in shared.items()
        }  # type: ignore[call-overload]
        return given | {"batch_id": batch_id, "ordinal": list(range(1, times + 1)) * count}

    def _regions(self, shared: Columns, batch_id: str, count: int) -> pa.Table:
        counties = self.vocabulary.regions
        # a few counties are written about far more often than others
        picked = [
            counties[i] for i in (self.vocabulary.random.beta(0.6, 3, size=count * REGIONS) * len(counties)).astype(int)
        ]
        given = self._repeated(shared, REGIONS, batch_id, count) | {
            "region_code": [r.region_code for r in picked],
            "region_name": [r.full_name for r in picked],
            "level": "county",
            "is_primary": [True, False, False] * count,
            "role": ["subject", "mention", "mention"] * count,
            "field": "text",
            "surface": [r.name for r in picked],
            "score": 0.9,
            "rule": "full_name",
        }
        return filled(model.CORE_ARTICLE_REGIONS, given, count * REGIONS)

    def _mentions(self, shared: Columns, batch_id: str, count: int) -> pa.Table:
        everyone, counties = self.vocabulary.people, self.vocabulary.regions
        people = [
            everyone[i]
            for i in (self.vocabulary.random.beta(0.5, 4, size=count * MENTIONS) * len(everyone)).astype(int)
        ]
        given = self._repeated(shared, MENTIONS, batch_id, count) | {
            "person_key": [name for name, *_ in people],
            "name": [name for name, *_ in people],
            "position": [position for _, position, _ in people],
            "positions_normalised": [[position] for _, position, _ in people],
            "jurisdiction": [counties[at].name for *_, at in people],
            "region_code": [counties[at].region_code for *_, at in people],
            "status": "in_office",
            "role": "参加",
            "field": "text",
            "surface": [name for name, *_ in people],
            "confidence": 0.9,
            "rule": "position_left",
        }
        return filled(model.CORE_OFFICIAL_MENTIONS, given, count * MENTIONS)

    def _links(self, shared: Columns, urls: Sequence[str], batch_id: str, count: int) -> pa.Table:
        targets = [urls[i] for i in self.vocabulary.random.integers(count, size=count * LINKS)]
        given = self._repeated(shared, LINKS, batch_id, count) | {
            "kind": "related",
            "anchor_text": "相关阅读",
            "to_url": targets,
            "to_article_id": [sha256(url)[:16] for url in targets],
        }
        return filled(model.CORE_RELATED_LINKS, given, count * LINKS)


def make_lake(folder: Path, articles: int) -> Path:
    """The folder of a warehouse with that many articles: made, or found there. Raises SystemExit for another size."""
    with Warehouse.open(folder) as warehouse:
        # what a benchmark has landed on top is another crawl's
        made = "SELECT count(DISTINCT article_id) FROM core_captures WHERE crawl_id = 'large'"
        found = warehouse.connection.execute(made).fetchone()
        assert found is not None
        if found[0] == articles:
            return folder
        if found[0]:
            raise SystemExit(f"{folder} holds {found[0]} articles, not {articles}: give another folder or delete it")
        vocabulary = Vocabulary()
        warehouse.sync_dimensions(regions=vocabulary.gazetteer, positions=vocabulary.positions)
        connection = warehouse.connection
        for batch in Maker(vocabulary, articles).batches():
            connection.execute("BEGIN TRANSACTION")
            for table, incoming in batch.items():
                connection.register("incoming", incoming)
                connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM incoming')
                connection.unregister("incoming")
            connection.execute("COMMIT")
    return folder


def main(folder: Path, articles: int) -> None:
    """Make the warehouse and say how long it took."""
    started = time.perf_counter()
    make_lake(folder, articles)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{articles:,} articles in {folder}, {size / 2**20:,.0f} MiB, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2].replace(",", "").replace("_", "")) if len(sys.argv) > 2 else 1_000_000)
