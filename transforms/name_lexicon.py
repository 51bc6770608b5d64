"""The lexicon of names under seeds/names, and the characters that names cannot hold."""

import re
from dataclasses import dataclass
from functools import cache

from records import seed_path

HAN = "\u4e00-\u9fff\u3400-\u4dbf"
NEVER_IN_NAMES = frozenset("的了是与及等对把被到个们这那很都也就还又该各每我你他她它者以没着给跟副")
PUNCTUATION = frozenset("、，。；：！？,.;:!?()（）“”\"'《》〈〉【】[]—-…\n\t /|")
HONORIFIC = re.compile("(?:先生|女士|夫人|夫妇|同志|小姐|阁下|教授|父子|母子|一家|遗孀|老师|博士)$")
_PART = f"(?:(?![的了是和与及在对被说把、])[{HAN}])"
DOTTED = re.compile(rf"{_PART}{{1,7}}(?:[·•・‧∙](?:{_PART}{{1,8}}|[A-Z]))+")
"""A name written with dots: 阿不都·买买提, 贝·布托; its last part may reach too far."""
DASHED = re.compile(rf"([{HAN}]{{2,6}})[—－-]([{HAN}]{{2,6}})(?![—－-])")


@dataclass(frozen=True, slots=True)
class NameLexicon:
    """Surnames, the words that look like names, and the words that follow names."""

    surnames: frozenset[str]
    words: frozenset[str]
    after: re.Pattern[str]
    particles: frozenset[str]
    foreign: re.Pattern[str]
    """A run of characters with which foreign names are written."""
    countries: frozenset[str]
    syllables: re.Pattern[str]
    """Two or more parts of names that are written without a surname."""

    def surname_length(self, text: str, start: int) -> int:
        """2 where a compound surname stands there, 1 where a single one does, else 0."""
        if text[start : start + 2] in self.surnames:
            return 2
        return 1 if text[start : start + 1] in self.surnames else 0


@cache
def load_names() -> NameLexicon:
    """The lexicon under seeds/names, read once a process."""
    syllables = "|".join(sorted(_lines("syllables"), key=len, reverse=True))
    return NameLexicon(
        surnames=frozenset(_lines("surnames")),
        words=frozenset(_lines("words")),
        after=re.compile("|".join(map(re.escape, sorted({*_lines("after"), *_predicates()}, key=len, reverse=True)))),
        particles=frozenset(_lines("after_single")),
        foreign=re.compile(f"[{''.join(_lines('transliteration'))}]{{2,9}}"),
        countries=frozenset(_lines("countries")),
        syllables=re.compile(f"(?:{syllables})(?:(?:{syllables}){{1,2}}|[措草太吉](?=[、，。；]|出|参|主|在|说))"),
    )


def has_surname(word: str) -> bool:
    """Whether a word begins with a surname, single or compound, and goes on."""
    length = load_names().surname_length(word, 0)
    return len(word) > length > 0 or (len(word) > 1 and word[0] in load_names().surnames)


def _predicates() -> list[str]:
    """What officials do (seeds/positions/roles.tsv) follows names as well."""
    lines = seed_path("positions/roles.tsv").read_text("utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")][1:]


def _lines(name: str) -> list[str]:
    lines = seed_path(f"names/{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
