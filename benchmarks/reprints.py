"""Which measure tells a reprint from a form: SimHash, MinHash, or clauses side by side, on pairs of our own writing.

Run: ``python -m benchmarks.reprints``. The pairs are tests/warehouse/reprint_cases.txt; the result is in
docs/adr/0024-reprints-by-clauses.md. MinHash has 256 permutations over character trigrams, which is far more than an
index would afford: its error here is the measure's own.
"""

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import numpy as np

from transforms.fingerprint import bit_distance, fingerprint
from warehouse.clauses import clauses_of, likeness

CASES = Path(__file__).parents[1] / "tests" / "warehouse" / "reprint_cases.txt"
PERMUTATIONS = 256
_PRIME = np.uint64((1 << 61) - 1)

Measure = Callable[[str, str], bool]


def read_cases() -> list[tuple[bool, str, str]]:
    """Expected, the earlier text, the later."""
    cases = []
    for part in CASES.read_text(encoding="utf-8").split("\n=== ")[1:]:
        head, _, pair = part.partition("\n")
        early, _, late = pair.partition("\n---\n")
        cases.append((head.startswith("yes"), early.strip(), late.strip()))
    return cases


def minhash(text: str) -> np.ndarray:
    """The smallest hash of the text's trigrams under each permutation."""
    letters = re.sub(r"[\W_]+", "", text)
    grams = {letters[at : at + 3] for at in range(len(letters) - 2)}
    hashes = np.array([int.from_bytes(blake2b(g.encode(), digest_size=4).digest(), "big") for g in grams], np.uint64)
    random = np.random.default_rng(7)
    a, b = random.integers(1, 1 << 31, size=(2, PERMUTATIONS, 1), dtype=np.uint64)
    smallest: np.ndarray = ((hashes * a + b) % _PRIME).min(axis=1)
    return smallest


def minhash_from(jaccard: float) -> Measure:
    """Whether the share of equal minima reaches the bound."""
    return lambda one, other: float((minhash(one) == minhash(other)).mean()) >= jaccard


MEASURES: dict[str, Measure] = {
    "SimHash, at most 3 bits": lambda one, other: bit_distance(fingerprint(one), fingerprint(other)) <= 3,
    "SimHash, at most 10 bits": lambda one, other: bit_distance(fingerprint(one), fingerprint(other)) <= 10,
    "MinHash of trigrams, from 0.4": minhash_from(0.4),
    "MinHash of trigrams, from 0.5": minhash_from(0.5),
    "MinHash of trigrams, from 0.7": minhash_from(0.7),
    "clauses, side by side": lambda one, other: likeness(clauses_of(one), clauses_of(other)).is_reprint,
}


def main() -> None:
    """Print precision and recall of each measure."""
    cases = read_cases()
    wanted = sum(expected for expected, *_ in cases)
    print(f"{len(cases)} pairs, {wanted} of them reprints")
    for name, measure in MEASURES.items():
        found = [(expected, measure(early, late)) for expected, early, late in cases]
        right = sum(expected and said for expected, said in found)
        said = sum(said for _, said in found)
        print(f"{name:32} precision {right / max(1, said):.2f}  recall {right / wanted:.2f}")


if __name__ == "__main__":
    main()
