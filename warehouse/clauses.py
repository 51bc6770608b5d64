"""A text as clauses, and what two texts have in common: enough to tell a reprint from a form that was filled in again.

A clause is what stands between two marks of punctuation, its letters and digits alone, full-width forms folded, so that
neither typesetting nor paragraphs matter. Two texts are laid side by side by their equal clauses; where both say
something between the same neighbours, it is *edited* when the words are nearly the same and no number contradicts,
else *replaced*. A reprint cuts, adds and edits; a form (weather, 拟任公示, 停电公告) replaces. Pure: no clock, no
database.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b

MIN_LETTERS = 6
"""Shorter clauses (会议指出) stand in every other article."""

SIMILAR = 0.6
"""Share of the shorter block's neighbouring letters that the longer one holds, from which on it counts as edited."""

# 1,234 and 10:30 and 12.5 are one number: a mark between two digits parts nothing
_MARKS = re.compile(r"[。！？!?；;…\n|]+|(?<!\d)[,:、.]+|[,:、.]+(?!\d)")
_NO_LETTER = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its hash (64 bits, signed), its letters, and the numbers in it."""

    hash: int
    letters: str
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What two texts have in common, in letters."""

    shared: int
    """In clauses that both hold."""
    edited: int
    """In clauses that are nearly the same."""
    replaced: int
    """In clauses that stand at the same place and say something else; new first words alone are none."""
    number_conflicts: int
    """Places at which both print numbers, and neither has all of the other's."""
    shorter: int
    longer: int

    @property
    def is_reprint(self) -> bool:
        """Whether one is the other, cut, extended or edited.

        Measured on tests/warehouse/reprint_cases.txt: forms share up to 0.8 of their letters, but replace 0.2 and more.
        """
        common = self.shared + self.edited
        return (
            self.shared >= max(60, 0.5 * self.shorter)
            and common >= 0.6 * self.shorter
            and common >= 0.25 * self.longer
            and self.replaced <= 0.12 * self.shorter
            and self.number_conflicts <= 1
        )


def clauses_of(text: str) -> tuple[Clause, ...]:
    """The clauses of a text in their order, each once; those of fewer than six letters are left out."""
    found: dict[str, Clause] = {}
    for part in _MARKS.split(unicodedata.normalize("NFKC", text)):
        letters = _NO_LETTER.sub("", part).lower()
        if len(letters) >= MIN_LETTERS and letters not in found:
            found[letters] = Clause(_hash(letters), letters, frozenset(_NUMBER.findall(part)))
    return tuple(found.values())


def letters_count(clauses: Sequence[Clause]) -> int:
    """Letters of the clauses."""
    return sum(len(clause.letters) for clause in clauses)


def likeness(one: Sequence[Clause], other: Sequence[Clause], formulas: Collection[int] = ()) -> Likeness:
    """What two texts have in common, without the clauses that are `formulas` (by hash): those prove nothing."""
    one = [clause for clause in one if clause.hash not in formulas]
    other = [clause for clause in other if clause.hash not in formulas]
    sizes = sorted((letters_count(one), letters_count(other)))
    in_one, in_other = ({clause.hash for clause in clauses} for clauses in (one, other))
    edited = replaced = conflicts = 0
    matcher = SequenceMatcher(None, [c.hash for c in one], [c.hash for c in other], autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind != "replace":
            continue
        # what stands elsewhere in the other text was moved, not replaced
        here = [clause for clause in one[start:end] if clause.hash not in in_other]
        there = [clause for clause in other[other_start:other_end] if clause.hash not in in_one]
        weight = min(letters_count(here), letters_count(there))
        conflicting = _numbers_conflict(here, there)
        conflicts += conflicting
        if not conflicting and _overlap(here, there) >= SIMILAR:
            edited += weight
        elif conflicting or start > 0:  # the first words may be written anew: a dateline, a lede of one's own
            replaced += weight
    return Likeness(
        shared=letters_count([clause for clause in one if clause.hash in in_other]),
        edited=edited,
        replaced=replaced,
        number_conflicts=conflicts,
        shorter=sizes[0],
        longer=sizes[1],
    )


def _numbers_conflict(here: Sequence[Clause], there: Sequence[Clause]) -> bool:
    ours = frozenset[str]().union(*(c.numbers for c in here))
    theirs = frozenset[str]().union(*(c.numbers for c in there))
    return not (ours <= theirs or theirs <= ours)


def _overlap(here: Sequence[Clause], there: Sequence[Clause]) -> float:
    """Share of the smaller one's pairs of neighbouring letters that the other has."""
    ours, theirs = (_pairs("".join(c.letters for c in block)) for block in (here, there))
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def _pairs(letters: str) -> set[str]:
    return {letters[at : at + 2] for at in range(len(letters) - 1)}


def _hash(text: str) -> int:
    """64 bits that are the same on every machine, as a signed integer (BIGINT)."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)
