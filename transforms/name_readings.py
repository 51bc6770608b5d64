"""The possible names at a place of one sentence, each with a score: LAC's word, what follows, what stands before.

Scores add up evidence of about one point each; the weights were set on a tagged corpus and on our own cases, and each
rule was measured alone.
"""

import re

from transforms.name_ends import CLAUSE_END, VISIT, NameEnds
from transforms.name_evidence import NameEvidence
from transforms.name_lexicon import HONORIFIC, NEVER_IN_NAMES, PUNCTUATION, load_names
from transforms.official_tokens import Token
from transforms.position_spans import head_pattern

_BODY = re.compile(
    "[委府会院局厅部处司校所省市县区州盟旗镇乡村团队][\u4e00-\u9fff]{2,3}$|(?:书记|主任|[省市县区州镇乡局厅校院]长|常委)$"
)
"""The end of a title that names its body, or of a usual office; bare titles also stand before common words."""
_CLOSING = frozenset({"v", "vd", "p", "d", "c", "r", "TIME", "t", "f"})
"""Tags of a word that may follow a name where the lexicon of following words lacks it."""
_WHEN = frozenset({"TIME", "t", "f", "s"})
_LINKING = frozenset({"c", "p", "d", "v", "u", "r", "f"})
_TRAILING = frozenset({"p", "u", "c", "d", "f", "r"})
_GUESTS = re.compile("(?:领导|一行|代表|[团组])来$")
_VERBS = frozenset("任向和从于")
"""Surnames that are foremost verbs and prepositions."""
_ELECTING = re.compile("(?:任命|选举|补选|推选|聘任|提名|推荐|、)$")
_BEFORE_ITEM = frozenset("、：:")
EXPECTED_SCORE = 1.0
"""What a reading must reach where a title or a list calls for a name."""
MARGINS = ((-2.0, 0.9, True), (-5.0, 0.6, True), (-8.5, 0.5, False))
"""Margin of LAC's scores, what it adds, and whether also where no punctuation closes the name."""


class Readings:
    """The readings of one sentence."""

    def __init__(self, text: str, tokens: tuple[Token, ...], evidence: NameEvidence | None = None) -> None:
        self._text, self._tokens, self._lexicon = text, tokens, load_names()
        self._name_ends, self._evidence = NameEnds(text, tokens), evidence
        self._starts = {t.start: t for t in tokens}
        self._ends = {t.end: t for t in tokens}
        self._bounds = {0, *self._starts, *self._ends}

    @property
    def persons(self) -> set[int]:
        """Where LAC reads a person."""
        return {t.start for t in self._tokens if t.tag == "PER"}

    def at(self, start: int, *, expected: bool) -> list[tuple[str, float]]:
        """The names that may begin there, with their scores. `expected`: the words before it call for a name."""
        if fixed := self._name_ends.fixed(start):
            return [fixed]
        text, lexicon = self._text, self._lexicon
        surname = 0 if self._is_coming(start) else lexicon.surname_length(text, start)
        spans = [(end, text[start:end]) for end in sorted(self._name_ends.find(start, surname, expected=expected))]
        return [
            (name, self._score(start, end, surname))
            for end, name in spans
            if len(name) == end - start and self._may_be_name(name, surname)
        ]

    def _is_coming(self, start: int) -> bool:
        """Whether 来 is the verb of a visit and no surname: 领导来 | 朔州, 副主任来 | 文山 | 回访."""
        if not self._text.startswith("来", start):
            return False
        place = self._starts.get(start + 1)
        visited = place is not None and place.tag == "LOC" and VISIT.match(self._text, place.end)
        return _GUESTS.search(self._text, 0, start + 1) is not None or bool(visited)

    def _may_be_name(self, name: str, surname: int) -> bool:
        if len(name) < 2 or any(c in PUNCTUATION or c.isdigit() or c.isascii() for c in name):
            return False
        if name in self._lexicon.countries or (name[0] in _VERBS and name[1:] in self._lexicon.countries):
            return False  # 任贝宁军事革命政府主席
        if HONORIFIC.search(name) or head_pattern().search(name):
            return False
        return not any(c in NEVER_IN_NAMES for c in name[max(1, surname) :])

    def _score(self, start: int, end: int, surname: int) -> float:
        text, name = self._text, self._text[start:end]
        here = self._starts.get(start)
        score = 0.2 if len(name) - surname == 2 else 0.0
        if here is not None and here.tag == "PER":
            score += self._score_follower(end, name, is_person=True) + self._score_person(here, end)
        else:
            score += self._score_follower(end, name, is_person=False) + self._score_words(start, end, surname)
            score += self._score_margin(start, end) if 0.0 < score < EXPECTED_SCORE else 0.0
            score += 0.6 if 0.0 < score < EXPECTED_SCORE and self._is_clamped(start, end, surname) else 0.0
        if text[end : end + 1] == "为" and _ELECTING.search(text, max(0, start - 2), start):
            score += 1.0  # 选举李述为市长
        if name[-1] in "说称" and text[end : end + 1] in PUNCTUATION:
            score -= 1.5
        return score

    def _is_clamped(self, start: int, end: int, surname: int) -> bool:
        """Whether whole words fill the place between an office and a telling word: 主任 | 束 万年 | 一同拜访."""
        if end - start != surname + 2 or not surname:
            return False
        title, here = _BODY.search(self._text, max(0, start - 5), start), self._starts.get(start)
        if here is not None and here.tag == "c":
            return False  # 书记 | 和 行政 | 负责人
        return bool(title) and {start, end} <= self._bounds and self._name_ends.follows(end) >= 1.0

    def _score_margin(self, start: int, end: int) -> float:
        """What LAC's second thoughts add: 镇长温馨 is nearly a person to it, 县长要求 is far from one."""
        if self._evidence is None:
            return 0.0
        margin = self._evidence.margin(self._tokens, start, end)
        closed = self._text[end : end + 1] in CLAUSE_END
        return next((gain for floor, gain, loose in MARGINS if margin >= floor and (loose or closed)), 0.0)

    def _score_follower(self, end: int, name: str, *, is_person: bool) -> float:
        score, after = self._name_ends.follows(end), self._starts.get(end)
        if score < 0 and after is not None and after.tag in _CLOSING:
            if len(after.word) > 1 or not is_person:
                return 0.3
            return -0.8 if len(name) == 2 else -0.4
        return score

    def _score_person(self, person: Token, end: int) -> float:
        alone = len(person.word) == 1 and end in self._ends  # 庄 | 守义: LAC saw the surname
        after = self._starts.get(person.end)
        whole = person.end
        if after is not None and after.tag == "PER" and after.end == end and self._name_ends.is_cut(person, after):
            whole = end
        score = 2.0 if whole == end else 1.0 if alone else 0.6 if person.end > end else 0.4
        if end == person.end + 1 and self._name_ends.follows(person.end) < 0:
            score += 0.4  # 周光 | 召 | 指出: what follows LAC's word does not follow names
        if end >= person.end - 1 and self._name_ends.swallows(person.start, person.end):
            score += 1.0 if end < person.end else -1.6
        return score

    def _score_words(self, start: int, end: int, surname: int) -> float:
        """The evidence of LAC's other words for and against a name where it reads no person."""
        text, name, here = self._text, self._text[start:end], self._starts.get(start)
        before, after = text[start - 1 : start], text[end : end + 1]
        listed = before in _BEFORE_ITEM and after in {"、", "。", ""}
        foreign = len(name) > 2 and self._lexicon.foreign.fullmatch(name) is not None
        score = (0.6 if end in self._ends else 0.0) - (0.0 if surname else 0.5)
        if any(t.tag == "PER" and t.start < start and t.end == end for t in self._tokens):
            score += 1.5  # LAC's person with a title before the name: 阿总统泽鲁阿勒
        if name in self._lexicon.words:
            score -= 1.5
        elif name[:2] in self._lexicon.words:
            score -= 0.2 if listed else 1.5 if here is not None and here.end == start + 2 else 0.8
        if here is None:
            return score
        score -= 0.8 if here.end > end else 0.0
        if here.end == end and len(name) == 2 and here.tag not in {"nz", "LOC"}:
            score -= 0.5 if before in _BEFORE_ITEM or _BODY.search(text, max(0, start - 5), start) else 0.8
        last = self._ends.get(end)
        if last is not None and not listed and len(last.word) == 1 and last.tag in _TRAILING:
            score -= 0.8
        if here.tag == "p" and last is not None and last.tag in _WHEN:
            score -= 1.0  # 书记 | 于 年初
        if foreign:
            score += 0.2 + 0.1 * len(name)
        elif here.end == end and here.tag in {"nz", "LOC"}:
            score += 0.4
        if len(here.word) == 1 and not foreign and here.tag in _LINKING and before not in {"、", "，"}:
            score -= 0.6 if here.tag in {"p", "f"} else 1.2
        return score
