"""The words that a version is about: of its headline and lede, cut by jieba, each once.

Headline and lede name the news; what follows repeats it and quotes. Kept are nouns, verbs and names of at least two
letters that are no stopword and no bare number; which of them are new in a region is asked in SQL (`trending`). The
words of one's trade (会议, 工作, 记者) are in every article of every week, so their own history takes them out.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache

from records import seed_path

# jieba's tags: nouns, verbs that are nouns, adjectives that are nouns, verbs, idioms, abbreviations, letters
_KEPT = re.compile(r"^(n|vn|an|v$|l$|i$|j$|eng$|nz)")
_LETTERS = re.compile(r"[㐀-鿿A-Za-z]")


def terms_of(title: str, lede: str) -> list[str]:
    """The words of headline and lede that may be terms, in the order in which they come up, each once."""
    words: Iterable[tuple[str, str]] = _tagger()(f"{title}\n{lede}")
    kept = (word.lower() for word, tag in words if len(word) >= 2 and _KEPT.match(tag) and _LETTERS.search(word))
    return list(dict.fromkeys(word for word in kept if word not in _stopwords()))


@cache
def _tagger() -> Callable[[str], list[tuple[str, str]]]:
    import rjieba  # noqa: PLC0415 - its dictionary is read at the import: 0.2 s that only a refresh needs

    tag: Callable[[str], list[tuple[str, str]]] = rjieba.tag
    return tag


@cache
def _stopwords() -> frozenset[str]:
    lines = seed_path("terms/stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
