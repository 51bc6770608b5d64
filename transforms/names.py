"""Names of persons in a text: where each begins and ends, decided by the whole document.

LAC's words are the base. A name's end is what it gets wrong: 边祥为主持 is read 边祥 + 为. Every reading of a place
where a name may begin (LAC's own, and a surname with one or two characters where the grammar expects a name) is
scored by what stands around it, and the same reading elsewhere in the document counts as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from transforms.name_evidence import NameEvidence
from transforms.name_readings import EXPECTED_SCORE, Readings
from transforms.official_tokens import Words, load_lexer

OTHER_SCORE = 1.2
"""What it must reach elsewhere: LAC's word with nothing against it reaches 2."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A person's name in a sentence, by its offsets, and how sure the reading is (0 to 1)."""

    name: str
    start: int
    end: int
    confidence: float


class NameReader:
    """Decides names over one document: give it every sentence's words, then ask for spans."""

    def __init__(self, sentences: Mapping[int, str], words: Mapping[int, Words], text: str = "") -> None:
        labels = load_lexer().labels
        self._readings = {
            key: Readings(sentences[key], w.tokens, NameEvidence(labels, w.emissions, w.path))
            for key, w in words.items()
        }
        self._text = text or "\n".join(sentences.values())
        self._grown: dict[str, bool] = {}
        self._support: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
        for key, readings in self._readings.items():
            for start in readings.persons:
                self._count(key, start, expected=False)

    def expect(self, key: int, starts: Iterable[int]) -> None:
        """Count the readings at places where the grammar expects a name, so that other places profit."""
        for start in starts:
            self._count(key, start, expected=True)

    def read(self, key: int, start: int, *, expected: bool) -> NameSpan | None:
        """The name that begins there, or None. `expected`: the words before it call for a name."""
        readings = self._readings[key].at(start, expected=expected)
        if not readings:
            return None
        score, name = max((score + self._elsewhere(name, (key, start)), name) for name, score in readings)
        if score < (EXPECTED_SCORE if expected else OTHER_SCORE):
            return None
        return NameSpan(name, start, start + len(name), min(1.0, 0.5 + score / 8))

    def _count(self, key: int, start: int, *, expected: bool) -> None:
        for name, score in self._readings[key].at(start, expected=expected):
            self._support[name][key, start] = score

    def _elsewhere(self, name: str, here: tuple[int, int]) -> float:
        """What the rest of the document adds to a reading."""
        others = [score for place, score in self._support.get(name, {}).items() if place != here]
        return (1.5 if self._is_grown(name) else 0.0) + 0.6 * max([0.0, *others])

    def _is_grown(self, name: str) -> bool:
        """Whether the name without its last character never stands alone: 边祥 is always 边祥为."""
        if name not in self._grown:
            short, last = name[:-1], name[-1]
            ends = [start + len(short) for start in places_of(short, self._text)]
            after = [self._text[end : end + 2] for end in ends]
            whole = {two[1:] for two in after if two[:1] == last}
            self._grown[name] = len(short) > 1 and len(whole) > 1 and all(two[:1] == last for two in after)
        return self._grown[name]


def places_of(name: str, text: str) -> Iterator[int]:
    """Where a name stands in a text, in order; names are too many for a compiled pattern each."""
    start = text.find(name)
    while start >= 0:
        yield start
        start = text.find(name, start + len(name))


def find_names(text: str) -> tuple[NameSpan, ...]:
    """Every person's name in a text, private persons' too, with offsets into it; in text order.

    The layer below `tag_officials`, for measuring and for linking bylines; nothing stores what it returns.
    """
    from transforms.official_findings import read_names  # noqa: PLC0415  it reads sentences by this module's NameReader

    return read_names(text)
