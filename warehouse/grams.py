"""Every place of every pair of neighbouring characters: what the search index holds. Pure: no clock, no database.

The characters of a document lie in slots of 2,048 places, one document after another; a place is
``slot * 2048 + offset``, and a long document takes several slots in a row, so that a phrase may cross from one into
the next. One row a character: the pair that begins there. A phrase of any length is then found exactly, by the
places where its pairs stand at the right distance, and no text has to be read (docs/adr/0010).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SLOT_PLACES = 2048
"""Places of a slot: sql/macros/search.sql divides by it too."""

SECOND_BITS = 21
"""Bits of the second code point of a gram: Unicode needs 21."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of some documents, sorted by gram and place; and the first slot and the slots of each document."""

    gram: Integers
    place: Integers
    first_slot: Integers
    slots_count: Integers

    @property
    def character(self) -> npt.NDArray[np.int32]:
        """The first code point of each gram, by which words of one character are found."""
        return (self.gram >> SECOND_BITS).astype(np.int32)


def grams_of(documents: Sequence[str], next_slot: int) -> Grams:
    """The grams of the documents, laid from slot `next_slot` on. A document ends in a newline that is its own."""
    lengths = np.array([len(document) + 1 for document in documents], dtype=np.int64)
    slots = -(-lengths // SLOT_PLACES)
    first_slot = next_slot + np.cumsum(slots) - slots
    if not documents:
        return Grams(np.empty(0, np.int64), np.empty(0, np.int64), first_slot, slots)
    codes = np.frombuffer(("\n".join(documents) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    order, ranks = _ranked(codes)
    following = np.append(ranks[1:], ranks[-1])
    # one integer a place, sorted as a whole: five times faster than sorting the places by their grams
    bits = len(codes).bit_length()
    width = max(1, int(len(order) - 1).bit_length())
    packed = np.sort((((ranks << width) | following) << bits) | np.arange(len(codes), dtype=np.int64))
    at = packed & ((1 << bits) - 1)
    pair = packed >> bits
    first, second = order[pair >> width], order[pair & ((1 << width) - 1)]
    shift = np.repeat(first_slot * SLOT_PLACES - (np.cumsum(lengths) - lengths), lengths)
    return Grams((first << SECOND_BITS) | second, at + shift[at], first_slot, slots)


def _ranked(codes: npt.NDArray[np.uint32]) -> tuple[Integers, Integers]:
    """The code points that occur, ascending, and each character as its rank among them: few bits, the same order."""
    present = np.zeros(int(codes.max()) + 1, dtype=bool)
    present[codes] = True
    order = np.flatnonzero(present).astype(np.int64)
    rank_of = np.cumsum(present, dtype=np.int64) - 1
    return order, rank_of[codes]
