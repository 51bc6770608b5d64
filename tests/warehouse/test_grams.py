import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from warehouse.grams import SECOND_BITS, SLOT_PLACES, grams_of

texts = st.lists(st.text(st.sampled_from("章丘供暖a \n𠮷"), max_size=30), max_size=6)


def pairs(documents, next_slot=0):
    made = grams_of(documents, next_slot)
    rows = {
        place: chr(gram >> SECOND_BITS) + chr(gram & (2**SECOND_BITS - 1))
        for gram, place in zip(made.gram.tolist(), made.place.tolist(), strict=True)
    }
    return made, rows


@given(texts)
def test_each_character_of_each_document_has_one_pair_at_its_place(documents):
    made, rows = pairs(documents, 5)
    assert len(rows) == len(made.gram) == sum(len(d) + 1 for d in documents)
    for document, slot in zip(documents, made.first_slot.tolist(), strict=True):
        for offset in range(len(document)):
            assert rows[slot * SLOT_PLACES + offset] == (document + "\n")[offset : offset + 2]


@given(texts)
def test_rows_are_sorted_by_gram_and_place(documents):
    made, _ = pairs(documents)
    rows = list(zip(made.gram.tolist(), made.place.tolist(), strict=True))
    assert rows == sorted(rows)
    assert (made.character == made.gram >> SECOND_BITS).all()


def test_a_long_document_takes_slots_in_a_row_and_the_next_one_follows():
    made = grams_of(["章" * SLOT_PLACES, "丘", "供" * (SLOT_PLACES - 1)], 7)
    assert made.first_slot.tolist() == [7, 9, 10]
    assert made.slots_count.tolist() == [2, 1, 1]
    assert np.unique(made.place).size == made.place.size
