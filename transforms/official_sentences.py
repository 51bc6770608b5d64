"""Sentences of an article, folded for reading, with the way back to the article's own characters.

Folded: simplified script, half-width letters, and the blanks inside a spaced-out name (王　强) taken out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from records import TextField
from transforms.name_lexicon import load_names
from transforms.official_tokens import load_lexer

_END = re.compile(r"(?:[^。！？!?；;\n]|。(?=现任|拟任|拟提名))*[。！？!?；;\n]*[”」』]?")
_BLANK = "[ \u3000\u00a0]+"
_HAN = "[\u4e00-\u9fff]"
_VERB = "出席|参加|主持|讲话|致辞|陪同|调研|强调|等|同志|率|到|赴|在|和"
_SPACED = re.compile(rf"(?:(?<!{_HAN})|(?<=[导记长席员任])){_HAN}(?:{_BLANK}{_HAN})+(?=[^\u4e00-\u9fff]|$|{_VERB})")
"""A run of single characters with blanks between them: one spaced name, or a list of names of two."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a field; `origins[i]` is where its i-th character stands in the field."""

    field: TextField
    text: str
    origins: tuple[int, ...] | range
    paragraph: int
    number: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the field of the sentence's characters from start to end."""
        return self.origins[start], self.origins[end - 1] + 1


def split_sentences(title: str, text: str) -> tuple[Sentence, ...]:
    """The sentences of title and text, in reading order."""
    found: list[Sentence] = []
    for field, whole in ((TextField.TITLE, title), (TextField.TEXT, text)):
        folded, origins = _fold(whole)
        for number, (start, end) in enumerate(_pieces(folded)):
            paragraph = -1 if field is TextField.TITLE else folded.count("\n", 0, start)
            found.append(Sentence(field, folded[start:end], origins[start:end], paragraph, number))
    return tuple(found)


def _pieces(folded: str) -> Iterator[tuple[int, int]]:
    for match in _END.finditer(folded):
        if match.group().strip():
            yield match.start(), match.end()


def _fold(whole: str) -> tuple[str, tuple[int, ...] | range]:
    folded = load_lexer().fold(whole)
    if " " not in folded and "\u3000" not in folded and "\u00a0" not in folded:
        return folded, range(len(folded))
    dropped: set[int] = set()
    for match in _SPACED.finditer(folded):
        at = [i for i in range(match.start(), match.end()) if not folded[i].isspace()]
        size = 2 if len(at) % 2 == 0 and all(folded[i] in load_names().surnames for i in at[::2]) else 3
        if len(at) <= 3 or size == 2:
            inside = (i for k in range(0, len(at), size) for i in range(at[k], at[min(k + size, len(at)) - 1]))
            dropped.update(i for i in inside if folded[i].isspace())
    kept = tuple(i for i in range(len(folded)) if i not in dropped)
    return "".join(folded[i] for i in kept), kept
