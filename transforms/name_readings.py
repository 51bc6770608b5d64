"""The possible names at a place of one sentence, each with a score: LAC's word, what follows, what stands before.

Scores add up evidence of about one point each; the weights were set on a tagged corpus and on our own cases, and each
rule was measured alone.
"""

import re

from transforms.name_evidence import NameEvidence
from transforms.name_lexicon import DASHED, DOTTED, HONORIFIC, NEVER_IN_NAMES, PUNCTUATION, load_names
from transforms.official_tokens import Token
from transforms.position_spans import head_pattern

_BODY = re.compile(
    "[委府会院局厅部处司校所省市县区州盟旗镇乡村团队][\u4e00-\u9fff]{2,3}$|(?:书记|主任|[省市县区州镇乡局厅校院]长|常委)$"
)
"""The end of a title that names its body, or of a usual office; bare titles also stand before common words."""
_CLOSING = frozenset({"v", "vd", "p", "d", "c", "r", "TIME", "t", "f"})
"""Tags of a word that may follow a name where the lexicon of following words lacks it."""
_LINKING = frozenset({"c", "p", "d", "v", "u", "r", "f"})
_TRAILING = frozenset({"p", "u", "c", "d", "f", "r"})
_VERBS = frozenset("任向和从于")
"""Surnames that are foremost verbs and prepositions."""
_NEEDING = frozenset("和与及为在对从向到率赴同将被由把使")
_CLAUSE_END = frozenset({"", *"、，。；：！？,;:!?）)\n"})
_JOINED = re.compile("[^，。；、]{0,12}[的人者员]")
"""What makes the verb after a conjunction part of a noun: 张三和出席会议的代表."""
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
        self._evidence = evidence
        self._starts = {t.start: t for t in tokens}
        self._ends = {t.end: t for t in tokens}

    @property
    def persons(self) -> set[int]:
        """Where LAC reads a person."""
        return {t.start for t in self._tokens if t.tag == "PER"}

    def at(self, start: int, *, expected: bool) -> list[tuple[str, float]]:
        """The names that may begin there, with their scores. `expected`: the words before it call for a name."""
        text, lexicon = self._text, self._lexicon
        if DOTTED.match(text, start):
            return [(self._dotted(start), 3.0)]
        if syllables := lexicon.syllables.match(text, start):
            return [(syllables.group(), 2.0 + self.follows(syllables.end()))]
        if dashed := DASHED.match(text, start):
            tail = lexicon.foreign.match(dashed.group(2))
            if lexicon.foreign.fullmatch(dashed.group(1)) and tail:
                return [(text[start : dashed.start(2)] + tail.group(), 3.0)]
        surname = lexicon.surname_length(text, start)
        spans = [(end, text[start:end]) for end in sorted(self._candidates(start, surname, expected=expected))]
        return [
            (name, self._score(start, end, surname))
            for end, name in spans
            if len(name) == end - start and self._may_be_name(name, surname)
        ]

    def _candidates(self, start: int, surname: int, *, expected: bool) -> set[int]:
        """The places where a name that begins there may end."""
        foreign = self._lexicon.foreign
        here = self._starts.get(start)
        person = here if here is not None and here.tag == "PER" else None
        ends = self._ends_by_person(person, surname) if person is not None else set()
        if surname and (expected or person is not None):
            ends.update(range(start + surname + 1, start + surname + 3))
        if not expected:
            return ends
        if here is not None and here.tag in {"LOC", "nz", "ORG"} and foreign.fullmatch(here.word):
            ends.add(here.end)
        run = foreign.match(self._text, start) if person is None or len(person.word) > 2 else None
        if run is not None and len(run.group()) > 2:
            ends.update(end for end in range(start + 3, run.end() + 1) if end in self._ends)
        covering = next((t for t in self._tokens if t.start < start < t.end and t.tag in {"PER", "nz", "n"}), None)
        if covering is not None and 2 <= covering.end - start <= 5:
            ends.add(covering.end)
        return ends

    def _ends_by_person(self, person: Token, surname: int) -> set[int]:
        ends: set[int] = set()
        if len(person.word) < 2:
            after = self._starts.get(person.end)
            return {after.end} if after is not None and after.tag == "PER" and self._is_cut(person, after) else ends
        if not surname or len(person.word) - surname < 4 or self._lexicon.foreign.fullmatch(person.word):
            ends.add(person.end)
        if honorific := HONORIFIC.search(person.word):
            ends.add(person.start + honorific.start())
        if self._swallows(person.start, person.end):
            ends.add(person.end - 1)
        after = self._starts.get(person.end)
        if after is not None and after.tag == "PER" and self._is_cut(person, after):
            ends.add(after.end)
        if after is not None and len(after.word) == 1 and (not surname or len(person.word) <= surname + 1):
            ends.add(after.end)
        return ends

    def _is_cut(self, person: Token, after: Token) -> bool:
        """Whether LAC cut one foreign name into two persons: 西 | 哈努克, 康斯坦 | 丁内斯库."""
        foreign = self._lexicon.foreign
        if len(person.word) == 1:
            return len(after.word) > 1 and foreign.fullmatch(after.word) is not None
        return len(person.word) > 2 and foreign.fullmatch(person.word + after.word) is not None

    def _swallows(self, start: int, end: int) -> bool:
        """Whether LAC's person ends with a word of the sentence: 科恩时 | 说, 坎代联 | 名, 翁霍和 | 第二首相."""
        text, last = self._text, self._text[end - 1]
        if end - start < 3:
            return False
        if last in "和与及":
            goes_on = text[end : end + 1] in self._lexicon.surnames or head_pattern().search(text, end, end + 8)
            return bool(goes_on) and self.follows(end) < 0
        if last in "时曾将则也说":
            return self.follows(end) >= 1.0
        return self.follows(end) < 0 and self._lexicon.after.match(text, end - 1) is not None

    def _dotted(self, start: int) -> str:
        whole = DOTTED.match(self._text, start)
        assert whole is not None
        last = start + max(whole.group().rfind(dot) for dot in "·•・‧∙") + 1
        ends = [end for end in range(last + 1, whole.end() + 1) if end in self._ends] or [whole.end()]
        best = next((end for end in ends if self.follows(end) > 0), ends[0])
        run = self._lexicon.foreign.match(self._text, last)
        if run is not None:  # 达瓦买提 | 出席 where LAC reads 提出席: as far as the run goes on before a verb
            told = [end for end in range(best + 1, run.end() + 1) if self._lexicon.after.match(self._text, end)]
            best = told[-1] if told and self.follows(best) <= 1.0 else best
        if run is not None and run.end() in self._ends and run.end() - last <= 6 and self.follows(best) < 1.0:
            best = max(best, run.end())
        honorific = HONORIFIC.search(self._text[start:best])
        return self._text[start : start + honorific.start() if honorific else best]

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
        if text[end : end + 1] == "为" and _ELECTING.search(text, max(0, start - 2), start):
            score += 1.0  # 选举李述为市长
        if name[-1] in "说称" and text[end : end + 1] in PUNCTUATION:
            score -= 1.5
        return score

    def _score_margin(self, start: int, end: int) -> float:
        """What LAC's second thoughts add: 镇长温馨 is nearly a person to it, 县长要求 is far from one."""
        if self._evidence is None:
            return 0.0
        margin = self._evidence.margin(self._tokens, start, end)
        closed = self._text[end : end + 1] in _CLAUSE_END
        return next((gain for floor, gain, loose in MARGINS if margin >= floor and (loose or closed)), 0.0)

    def _score_follower(self, end: int, name: str, *, is_person: bool) -> float:
        score, after = self.follows(end), self._starts.get(end)
        if score < 0 and after is not None and after.tag in _CLOSING:
            if len(after.word) > 1 or not is_person:
                return 0.3
            return -0.8 if len(name) == 2 else -0.4
        return score

    def _score_person(self, person: Token, end: int) -> float:
        alone = len(person.word) == 1 and end in self._ends  # 庄 | 守义: LAC saw the surname
        after = self._starts.get(person.end)
        whole = person.end
        if after is not None and after.tag == "PER" and after.end == end and self._is_cut(person, after):
            whole = end
        score = 2.0 if whole == end else 1.0 if alone else 0.6 if person.end > end else 0.4
        if end == person.end + 1 and self.follows(person.end) < 0:
            score += 0.4  # 周光 | 召 | 指出: what follows LAC's word does not follow names
        if end >= person.end - 1 and self._swallows(person.start, person.end):
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
        if foreign:
            score += 0.2 + 0.1 * len(name)
        elif here.end == end and here.tag in {"nz", "LOC"}:
            score += 0.4
        if len(here.word) == 1 and not foreign and here.tag in _LINKING and before not in {"、", "，"}:
            score -= 0.6 if here.tag in {"p", "f"} else 1.2
        return score

    def follows(self, end: int) -> float:
        """How well what stands there follows a name: 1 for punctuation and telling words, below 0 for a misfit."""
        text, lexicon = self._text, self._lexicon
        if end >= len(text) or text[end] in PUNCTUATION:
            return 1.0
        if text[end].isdigit():
            return 0.6
        if text[end] in "说称道" and text[end + 1 : end + 2] in PUNCTUATION:
            return 1.0
        if text[end] in _NEEDING and text[end + 1 : end + 2] in _CLAUSE_END:
            return -0.8  # 晏清和，: a conjunction does not end a clause
        verb = lexicon.after.match(text, end + 1) if text[end] in "和与及" else None
        if verb is not None and not _JOINED.match(text, verb.end()):
            return -0.8  # 苗春和主持会议: a conjunction before a verb of the event joins nothing to a name
        if lexicon.after.match(text, end):
            return 1.0
        if text[end] == "为" and lexicon.after.match(text, end + 1):
            return -0.8  # 为 wants a noun: 边景为 | 主持, not 边景 | 为主持
        if head_pattern().match(text, end + (text[end] == "副")):
            return 1.0
        return 0.3 if text[end] in lexicon.particles else -0.8
