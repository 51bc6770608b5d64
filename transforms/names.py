"""Names of persons in a text: where each begins and ends, decided by the whole document.

LAC's words are the base. A name's end is what it gets wrong: 边祥为主持 is read 边祥 + 为. Every reading of a place
where a name may begin (LAC's own, and a surname with one or two characters where the grammar expects a name) is
scored by what follows it, and the same reading elsewhere in the document counts as well.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from records import seed_path
from transforms.official_tokens import Token
from transforms.position_spans import head_pattern

HAN = "\u4e00-\u9fff\u3400-\u4dbf"
NEVER_IN_NAMES = frozenset("的了是与及等对把被到个们这那很都也就还又该各每我你他她它者以没着给跟")
_PART = f"(?:(?![的了是和与及在对被说把、])[{HAN}])"
FOREIGN = re.compile(rf"{_PART}{{1,7}}(?:[·•・‧∙](?:{_PART}{{1,8}}|[A-Z]))+")
DASHED = re.compile(rf"[{HAN}]{{2,6}}[—－-][{HAN}]{{2,6}}(?![—－-])")
EXPECTED_SCORE = 1.0
"""What a reading must reach where a title or a list calls for a name."""
OTHER_SCORE = 1.2
"""What it must reach elsewhere: LAC's word with nothing against it reaches 2."""
_HONORIFIC = re.compile("(?:先生|女士|夫人|夫妇|同志|小姐|阁下|教授|父子|母子|一家|遗孀|老师|博士)$")
_BODY = re.compile(
    "[委府会院局厅部处司校所省市县区州盟旗镇乡村团队][\u4e00-\u9fff]{2,3}$|(?:书记|主任|[省市县区州镇乡局厅校院]长|常委)$"
)
_CLOSING = frozenset({"v", "vd", "p", "d", "c", "r", "TIME", "t", "f"})
"""Tags of a word that may follow a name where the lexicon of following words lacks it."""
_NEEDING = frozenset("和与及为在对从向到率赴同将被由把使")
_CLAUSE_END = frozenset({"", *"、，。；：！？,;:!?）)\n"})
_ELECTING = re.compile("(?:任命|选举|补选|推选|聘任|提名|推荐|、)$")
_LINKING = frozenset({"c", "p", "d", "v", "u", "r", "f"})
_PLACE = re.compile("[省市县区州盟旗镇乡村国洲府院部局会]$")
PUNCTUATION = frozenset("、，。；：！？,.;:!?()（）“”\"'《》〈〉【】[]—-…\n\t /|")


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


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A person's name in a sentence, by its offsets, and how sure the reading is (0 to 1)."""

    name: str
    start: int
    end: int
    confidence: float


def _lines(name: str) -> list[str]:
    return [s for line in seed_path(name).read_text("utf-8").splitlines() if (s := line.strip()) and s[0] != "#"]


def _after_body(text: str, start: int) -> bool:
    """Whether the title before names its body (县检察院检察长): bare titles also stand before common words."""
    return _BODY.search(text, max(0, start - 5), start) is not None


def has_surname(word: str) -> bool:
    """Whether a word begins with a surname, single or compound, and goes on."""
    surnames = load_names().surnames
    return (len(word) > 1 and word[0] in surnames) or (len(word) > 2 and word[:2] in surnames)


@cache
def load_names() -> NameLexicon:
    """The lexicon under seeds/names, read once a process."""
    after = sorted(_lines("names/after.txt"), key=len, reverse=True)
    return NameLexicon(
        frozenset(_lines("names/surnames.txt")),
        frozenset(_lines("names/words.txt")),
        re.compile("|".join(map(re.escape, after))),
        frozenset(_lines("names/after_single.txt")),
        re.compile(f"[{''.join(_lines('names/transliteration.txt'))}]{{2,9}}"),
        frozenset(_lines("names/countries.txt")),
        re.compile(f"(?:{'|'.join(sorted(_lines('names/syllables.txt'), key=len, reverse=True))}){{2,3}}"),
    )


class NameReader:
    """Decides names over one document: give it every sentence's words, then ask for spans."""

    def __init__(self, sentences: Mapping[int, str], words: Mapping[int, tuple[Token, ...]]) -> None:
        self._lexicon = load_names()
        self._sentences = sentences
        self._words = words
        self._text = "\n".join(sentences.values())
        self._grown: dict[str, bool] = {}
        self._support: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
        for key in words:
            for start in {t.start for t in words[key] if t.tag == "PER"}:
                self._count(key, start, expected=False)

    def expect(self, key: int, starts: Iterable[int]) -> None:
        """Count the readings at places where the grammar expects a name, so that other places profit."""
        for start in starts:
            self._count(key, start, expected=True)

    def _count(self, key: int, start: int, *, expected: bool) -> None:
        for name, score in self._readings(key, start, expected=expected):
            self._support[name][key, start] = score

    def read(self, key: int, start: int, *, expected: bool) -> NameSpan | None:
        """The name that begins there, or None. `expected`: the words before it call for a name."""
        readings = self._readings(key, start, expected=expected)
        if not readings:
            return None
        scored = [(score + self._elsewhere(name, (key, start)), name) for name, score in readings]
        score, name = max(scored)
        if score < (EXPECTED_SCORE if expected else OTHER_SCORE):
            return None
        return NameSpan(name, start, start + len(name), min(1.0, 0.5 + score / 8))

    def _elsewhere(self, name: str, here: tuple[int, int]) -> float:
        grown = 1.5 if self._is_grown(name) else 0.0
        others = [score for place, score in self._support.get(name, {}).items() if place != here]
        return grown + 0.6 * max([0.0, *others])

    def _is_grown(self, name: str) -> bool:
        """Whether the name without its last character never stands alone: 边祥 is always 边祥为."""
        if name not in self._grown:
            short, last = name[:-1], name[-1]
            after = [self._text[m.end() : m.end() + 2] for m in re.finditer(re.escape(short), self._text)]
            whole = {two[1:] for two in after if two[:1] == last}
            self._grown[name] = len(short) > 1 and len(whole) > 1 and all(two[:1] == last for two in after)
        return self._grown[name]

    def _readings(self, key: int, start: int, *, expected: bool) -> list[tuple[str, float]]:
        text, lexicon = self._sentences[key], self._lexicon
        by_start = {t.start: t for t in self._words.get(key, ())}
        surname = (
            2
            if text[start : start + 2] in lexicon.surnames
            else 1
            if text[start : start + 1] in lexicon.surnames
            else 0
        )
        bounds = {t.end for t in self._words.get(key, ())}
        here = by_start.get(start)
        person = here if here is not None and here.tag == "PER" else None
        ends: set[int] = set()
        if person is not None and person.end - start >= 2:
            if not surname or len(person.word) - surname < 4 or lexicon.foreign.fullmatch(person.word):
                ends.add(person.end)
            if honorific := _HONORIFIC.search(person.word):
                ends.add(person.start + honorific.start())
            if len(person.word) > 2 and self._swallows(text, start, person.end):
                ends.add(person.end - 1)
            after = by_start.get(person.end)
            grows = not surname or len(person.word) <= surname + 1
            if grows and after is not None and after.end - after.start == 1:
                ends.add(after.end)
        if FOREIGN.match(text, start):
            return self._foreign(text, start, bounds)
        if syllables := lexicon.syllables.match(text, start):
            return [(syllables.group(), 2.0 + self._follows(text, syllables.end()))]
        if dashed := DASHED.match(text, start):
            first, second = re.split("[—－-]", dashed.group())
            tail = lexicon.foreign.match(second)
            if lexicon.foreign.fullmatch(first) and tail:
                return [(first + text[start + len(first)] + tail.group(), 3.0)]
        if (
            expected
            and here is not None
            and here.tag in {"LOC", "nz", "ORG"}
            and self._lexicon.foreign.fullmatch(here.word)
        ):
            ends.add(here.end)
        run = (
            self._lexicon.foreign.match(text, start) if expected and (person is None or len(person.word) > 2) else None
        )
        if run is not None and len(run.group()) > 2:
            ends.update(end for end in range(start + 3, run.end() + 1) if end in bounds)
        covering = next(
            (t for t in self._words.get(key, ()) if t.start < start < t.end and t.tag in {"PER", "nz", "n"}), None
        )
        if covering is not None and expected and 2 <= covering.end - start <= 5:
            ends.add(covering.end)
        if surname and (expected or person is not None):
            ends.update(range(start + surname + 1, start + surname + 3))
        found = []
        for end in sorted(ends):
            name = text[start:end]
            if len(name) != end - start or not self._may_be_name(name, surname):
                continue
            score = self._score(text, start, end, person, by_start, bounds, surname)
            found.append((name, score))
        return found

    def _swallows(self, text: str, start: int, end: int) -> bool:
        """Whether LAC's person ends with a word of the sentence: 科恩时 | 说, 坎代联 | 名, 翁霍和 | 第二首相."""
        last = text[end - 1]
        if end - start < 3:
            return False
        if last in "和与及":
            goes_on = text[end : end + 1] in self._lexicon.surnames or head_pattern().search(text, end, end + 8)
            return bool(goes_on) and self._follows(text, end) < 0
        if last in "时曾将则也说":
            return self._follows(text, end) >= 1.0
        return self._follows(text, end) < 0 and self._lexicon.after.match(text, end - 1) is not None

    def _foreign(self, text: str, start: int, bounds: set[int]) -> list[tuple[str, float]]:
        whole = FOREIGN.match(text, start)
        if whole is None:
            return []
        last = start + max(whole.group().rfind(dot) for dot in "·•・‧∙") + 1
        ends = [end for end in range(last + 1, whole.end() + 1) if end in bounds] or [whole.end()]
        best = next((end for end in ends if self._follows(text, end) > 0), ends[0])
        run = self._lexicon.foreign.match(text, last)
        if run is not None and run.end() in bounds and run.end() - last <= 6 and self._follows(text, best) < 1.0:
            best = max(best, run.end())
        if honorific := _HONORIFIC.search(text[start:best]):
            best = start + honorific.start()
        return [(text[start:best], 3.0)]

    def _may_be_name(self, name: str, surname: int) -> bool:
        if len(name) < 2 or any(c in PUNCTUATION or c.isdigit() or c.isascii() for c in name):
            return False
        if name in self._lexicon.countries or _HONORIFIC.search(name) or head_pattern().search(name):
            return False
        return not any(c in NEVER_IN_NAMES for c in name[max(1, surname) :])

    def _score(
        self,
        text: str,
        start: int,
        end: int,
        person: Token | None,
        by_start: Mapping[int, Token],
        bounds: set[int],
        surname: int,
    ) -> float:
        name = text[start:end]
        score = self._follows(text, end)
        if text[end : end + 1] == "为" and _ELECTING.search(text, max(0, start - 2), start):
            score += 1.0  # 选举李述为市长
        after = by_start.get(end)
        if score < 0 and after is not None and after.tag in _CLOSING:
            single = len(after.word) == 1
            score = 0.3 if not single or person is None else -0.8 if len(name) == 2 else -0.4
        if person is None and any(t.tag == "PER" and t.start < start and t.end == end for t in by_start.values()):
            score += 1.5  # LAC's person with a title before the name: 阿总统泽鲁阿勒
        if person is not None:
            alone = person.end == start + 1 and end in bounds  # 庄 | 守义: LAC saw the surname
            score += 2.0 if person.end == end else 1.0 if alone else 0.6 if person.end > end else 0.4
            if end == person.end + 1 and self._follows(text, person.end) < 0:
                score += 0.4  # 周光 | 召 | 指出: what follows LAC's word does not follow names
            if end >= person.end - 1 and self._swallows(text, start, person.end):
                score += 1.0 if end < person.end else -1.6
        elif end in bounds:
            score += 0.6
        here = by_start.get(start)
        listed = text[start - 1 : start] in set("、：:") and text[end : end + 1] in set("、。")
        if person is None and here is not None and here.end > end:
            score -= 0.8
        if person is None and here is not None:
            if here.end == end and len(name) == 2 and here.tag not in {"nz", "LOC"}:
                score -= 0.5 if text[start - 1 : start] in set("、：:") or _after_body(text, start) else 0.8
            last = next((t for t in by_start.values() if t.end == end), None)
            if last is not None and not listed and last.start == end - 1 and last.tag in {"p", "u", "c", "d", "f", "r"}:
                score -= 0.8
            foreign = len(name) > 2 and self._lexicon.foreign.fullmatch(name) is not None
            if foreign:
                score += 0.2 + 0.1 * len(name)
            elif here.end == end and here.tag in {"nz", "LOC"}:
                score += 0.4
            if (
                here.end == start + 1
                and not foreign
                and here.tag in _LINKING
                and text[start - 1 : start] not in {"、", "，"}
            ):
                score -= 0.6 if here.tag in "pf" else 1.2
        if person is None and name in self._lexicon.words:
            score -= 1.5
        elif person is None and name[:2] in self._lexicon.words:
            score -= 0.2 if listed else 1.5 if here is not None and here.end == start + 2 else 0.8
        if not surname and person is None:
            score -= 0.5
        if name[-1] in "说称" and text[end : end + 1] in PUNCTUATION:
            score -= 1.5
        if len(name) - surname == 2:
            score += 0.2
        return score

    def _follows(self, text: str, end: int) -> float:
        if end >= len(text) or text[end] in PUNCTUATION:
            return 1.0
        if text[end].isdigit():
            return 0.6
        if text[end] in "说称道" and text[end + 1 : end + 2] in PUNCTUATION:
            return 1.0
        if text[end] in _NEEDING and text[end + 1 : end + 2] in _CLAUSE_END:
            return -0.8  # 晏清和，: a conjunction does not end a clause
        if self._lexicon.after.match(text, end):
            return 1.0
        if text[end] == "为" and self._lexicon.after.match(text, end + 1):
            return -0.8  # 为 wants a noun: 边景为 | 主持, not 边景 | 为主持
        if head_pattern().match(text, end):
            return 1.0
        return 0.3 if text[end] in self._lexicon.particles else -0.8


def find_names(text: str) -> tuple[NameSpan, ...]:
    """Every person's name in a text, private persons' too, with offsets into it; in text order.

    The layer below `tag_officials`, for measuring and for linking bylines; nothing stores what it returns.
    """
    from transforms.official_findings import read_names  # noqa: PLC0415  it reads sentences by this module's NameReader

    return read_names(text)
