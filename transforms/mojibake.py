"""Whether a decoded text reads like text or like mojibake, and the repair of text that was garbled before it was sent.

The judgement counts, among the characters beyond ASCII, those that ordinary text has (frequent Chinese characters,
kana, hangul, punctuation, letters of other scripts inside words) and those that only wrong decodings make.
Frequent characters are two thirds of Chinese text; in UTF-8 read as GBK, or Big5 read as GBK, they are a tenth.
"""

import re
from enum import Enum
from functools import cache

from records import seed_path

_ASCII_BYTES = bytes(range(128))
_SLICES = 12
_SLICE = 4000
_SAMPLE = 2400
_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3041-\u30fe]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_PUNCTUATION = re.compile(
    r"[\u3000-\u303f\uff01-\uff5e\u2010-\u2027\u00b7\u00a0\u2030-\u203a\u2460-\u249b\u25a0-\u25ff]"
)
_BROKEN = re.compile(r"[\x80-\x84\x86-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff\uff61-\uff9f]")
# Two or more letters of the Latin supplement in a row, or one beside a symbol of that block: é is a letter of a word, Ã© is not.  # noqa: E501
_LATIN_RUN = re.compile(r"[\u00a1-\u00ff\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2,}")
_LATIN = re.compile(r"[\u00a1-\u00b6\u00b8-\u024f]")
_HAN_MIN = 8
_FREQUENT_TEXT = 0.36
_FREQUENT_NONSENSE = 0.22


class Verdict(Enum):
    """What a decoded text reads like."""

    TEXT = "text"
    UNSURE = "unsure"
    NONSENSE = "nonsense"


@cache
def frequent_characters() -> frozenset[str]:
    """The characters of seeds/lexicons/frequent_characters.txt."""
    lines = seed_path("lexicons/frequent_characters.txt").read_text(encoding="utf-8").splitlines()
    return frozenset("".join(line for line in lines if not line.startswith("#")))


@cache
def _frequent_runs() -> re.Pattern[str]:
    """A pattern of runs of frequent characters: counting by it is several times faster than character by character."""
    return re.compile(f"[{''.join(sorted(frequent_characters()))}]+")


def judge(text: str) -> Verdict:
    """Whether `text` reads like text; pure ASCII does."""
    sample = _sample(text)
    if not sample:
        return Verdict.TEXT
    size = len(sample)
    if len(_BROKEN.findall(sample)) > 0.08 * size:
        return Verdict.NONSENSE
    han = "".join(_HAN.findall(sample))
    if len(han) < 0.7 * size and (
        len(_KANA.findall(sample)) > 0.15 * size or len(_HANGUL.findall(sample)) > 0.3 * size
    ):
        return Verdict.TEXT
    if len(han) >= _HAN_MIN and len(han) > 0.2 * size:
        share = sum(map(len, _frequent_runs().findall(han))) / len(han)
        if share >= _FREQUENT_TEXT:
            return Verdict.TEXT
        return Verdict.NONSENSE if share < _FREQUENT_NONSENSE else Verdict.UNSURE
    return _judge_other_script(text, sample, len(han))


def is_han_text(text: str) -> bool:
    """Whether enough Chinese stands in `text` for its characters' frequency to prove the decoding."""
    return sum(map(len, _HAN.findall(_sample(text)))) >= _HAN_MIN and judge(text) is Verdict.TEXT


def _sample(text: str) -> str:
    """Characters beyond ASCII out of slices of the whole text, for a page's head may be all English."""
    if len(text) > _SLICES * _SLICE:
        step = len(text) // _SLICES
        text = "".join(text[start : start + _SLICE] for start in range(0, len(text), step))
    # Deleting bytes is several times faster than a regular expression over the page.
    foreign = text.encode("utf-8", "replace").translate(None, _ASCII_BYTES)
    sample = foreign.decode("utf-8", "replace")
    if len(sample) <= _SAMPLE:
        return sample
    third = _SAMPLE // 3
    middle = len(sample) // 2
    return sample[:third] + sample[middle : middle + third] + sample[-third:]


def _judge_other_script(text: str, sample: str, han_count: int) -> Verdict:
    latin = len(_LATIN.findall(sample))
    if latin > 0.3 * len(sample):
        runs = sum(len(run) for run in _LATIN_RUN.findall(text[:300_000]))
        if runs > 0.45 * latin:
            return Verdict.NONSENSE
        return Verdict.TEXT
    if han_count and han_count < _HAN_MIN:
        return Verdict.UNSURE
    return Verdict.TEXT


def repair(body: bytes) -> tuple[str, str] | None:
    """The text of UTF-8 bytes that carry text garbled earlier (UTF-8 taken for Latin-1 or for GBK), and how, or None."""  # noqa: E501
    try:
        garbled = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    for wrong, right in (("cp1252", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030"), ("gb18030", "utf-8")):
        try:
            text = garbled.encode(wrong).decode(right)
        except UnicodeError:
            continue
        if text != garbled and judge(text) is Verdict.TEXT and judge(garbled) is not Verdict.TEXT:
            return text, f"{right} read as {wrong}"
    return None
