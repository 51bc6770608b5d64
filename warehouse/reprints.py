"""Each landed version put into the cluster of the text that it reprints, or at the head of a cluster of its own.

The first version of a text that lands is its cluster's representative: its clauses go into `index_reprint_clauses`, and
whatever lands later is compared with representatives alone, so that a text of two hundred reprints is held once and a
batch costs the same whatever the history. Candidates share clauses; the texts themselves decide (`clauses.likeness`).
A clause of more than `FORMULA` clusters is a formula: it proves nothing, and is not written again (docs/adr/0024).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from warehouse import model
from warehouse.arrow import Row
from warehouse.clauses import Clause, Likeness, clauses_of, letters_count, likeness
from warehouse.landing import append, append_arrow

FORMULA = 10
"""Clusters that may hold a clause before it counts as a formula."""

MIN_LETTERS = 60
"""A text with fewer letters in clauses is in no cluster."""

CANDIDATES = 5
"""Clusters that a text is compared with: those that share most of its letters."""


# joined by the instant as well, so that only files and row groups of these times are opened
_TEXTS = """
WITH wanted AS (
    SELECT article_id, content_sha256, published_at, cluster_id FROM index_reprints
    WHERE is_representative AND cluster_id IN (SELECT unnest($clusters::BIGINT[]))
)
SELECT w.cluster_id, a.text
FROM core_articles AS a
JOIN wanted AS w
  ON w.published_at = a.published_at AND w.article_id = a.article_id AND w.content_sha256 = a.content_sha256
UNION ALL
SELECT w.cluster_id, a.text
FROM core_articles AS a
JOIN (FROM wanted WHERE published_at IS NULL) AS w USING (article_id, content_sha256)
WHERE a.published_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class LandedText:
    """A version as it landed."""

    article_id: str
    content_sha256: str
    text: str
    published_at: datetime | None
    batch_id: str


@dataclass(slots=True)
class _Index:
    """Which clusters hold which clause: of the lake as far as the piece asks, and of the piece itself."""

    clusters_by_clause: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    formulas: set[int] = field(default_factory=set)
    clauses_by_cluster: dict[int, tuple[Clause, ...]] = field(default_factory=dict)

    def candidates(self, clauses: Sequence[Clause]) -> list[int]:
        """The clusters that share sixty of the text's letters, those that share most first."""
        common: Counter[int] = Counter()
        for clause in clauses:
            if clause.hash not in self.formulas:
                for cluster in self.clusters_by_clause.get(clause.hash, ()):
                    common[cluster] += len(clause.letters)
        return [cluster for cluster, letters in common.most_common(CANDIDATES) if letters >= MIN_LETTERS]

    def add(self, cluster: int, clauses: tuple[Clause, ...]) -> list[int]:
        """The hashes to be written for a new representative: formulas are not written again."""
        self.clauses_by_cluster[cluster] = clauses
        written = [clause.hash for clause in clauses if clause.hash not in self.formulas]
        for hashed in written:
            held = self.clusters_by_clause[hashed]
            held.append(cluster)
            if len(held) > FORMULA:
                self.formulas.add(hashed)
        return written


def cluster_texts(connection: duckdb.DuckDBPyConnection, texts: Sequence[LandedText], next_cluster: int) -> int:
    """The next free cluster number after the texts were put into clusters, within the caller's transaction.

    `texts` are in the order in which they count as first: by time of publication.
    """
    prints = [(text, clauses) for text in texts if letters_count(clauses := clauses_of(text.text)) >= MIN_LETTERS]
    index = _read_index(connection, [clauses for _, clauses in prints])
    _read_candidates(connection, index, [clauses for _, clauses in prints])
    rows: list[Row] = []
    hashes: list[int] = []
    clusters: list[int] = []
    for text, clauses in prints:
        found = _best(index, clauses)
        cluster, alike = found or (next_cluster, None)
        if alike is None:
            next_cluster += 1
            written = index.add(cluster, clauses)
            hashes += written
            clusters += [cluster] * len(written)
        rows.append(_row(text, clauses, cluster, alike))
    append(connection, model.INDEX_REPRINTS, rows)
    if hashes:
        pieces = pa.table({"clause_hash": pa.array(hashes, pa.int64()), "cluster_id": pa.array(clusters, pa.int64())})
        append_arrow(connection, model.INDEX_REPRINT_CLAUSES, pieces)
    return next_cluster


def _best(index: _Index, clauses: Sequence[Clause]) -> tuple[int, Likeness] | None:
    """The cluster whose representative has most in common with a text that reprints it."""
    alike = [
        (cluster, likeness(index.clauses_by_cluster[cluster], clauses, index.formulas))
        for cluster in index.candidates(clauses)
        if cluster in index.clauses_by_cluster
    ]
    reprints = [(cluster, found) for cluster, found in alike if found.is_reprint]
    return max(reprints, key=lambda pair: (pair[1].shared, -pair[0]), default=None)


def _row(text: LandedText, clauses: Sequence[Clause], cluster: int, alike: Likeness | None) -> Row:
    return {
        "article_id": text.article_id,
        "content_sha256": text.content_sha256,
        "cluster_id": cluster,
        "is_representative": alike is None,
        "letters_count": letters_count(clauses),
        "shared_letters_count": letters_count(clauses) if alike is None else alike.shared,
        "published_at": text.published_at,
        "batch_id": text.batch_id,
    }


def _read_index(connection: duckdb.DuckDBPyConnection, prints: Sequence[Sequence[Clause]]) -> _Index:
    """What the lake holds of the clauses that are asked for."""
    index = _Index()
    asked = sorted({clause.hash for clauses in prints for clause in clauses})
    connection.register("asked", pa.table({"clause_hash": pa.array(asked, pa.int64())}))
    found = connection.execute(
        "SELECT clause_hash, count(*), list(cluster_id ORDER BY cluster_id) FROM index_reprint_clauses "
        "JOIN asked USING (clause_hash) GROUP BY clause_hash"
    ).fetchall()
    connection.unregister("asked")
    for hashed, count, clusters in found:
        index.clusters_by_clause[hashed] = clusters
        if count > FORMULA:
            index.formulas.add(hashed)
    return index


def _read_candidates(connection: duckdb.DuckDBPyConnection, index: _Index, prints: Sequence[Sequence[Clause]]) -> None:
    """The texts of the representatives that anything may be a reprint of."""
    wanted = sorted({cluster for clauses in prints for cluster in index.candidates(clauses)})
    if not wanted:
        return
    found = connection.execute(_TEXTS, {"clusters": wanted}).fetchall()
    index.clauses_by_cluster.update((cluster, clauses_of(text)) for cluster, text in found)


def forget_texts(connection: duckdb.DuckDBPyConnection, article_ids: Sequence[str]) -> int:
    """How many versions left the clusters and the terms, with the clauses that they had added.

    Within the caller's transaction. A cluster whose representative goes keeps its other members; what lands later
    begins a new one.
    """
    asked = {"ids": list(article_ids)}
    chosen = "SELECT unnest($ids::VARCHAR[])"
    connection.execute(
        f"DELETE FROM index_reprint_clauses WHERE cluster_id IN (SELECT cluster_id FROM index_reprints "  # noqa: S608
        f"WHERE is_representative AND article_id IN ({chosen}))",
        asked,
    )
    row = connection.execute(f"DELETE FROM index_reprints WHERE article_id IN ({chosen})", asked).fetchone()  # noqa: S608
    connection.execute(f"DELETE FROM index_terms WHERE article_id IN ({chosen})", asked)  # noqa: S608
    return int(row[0]) if row else 0
