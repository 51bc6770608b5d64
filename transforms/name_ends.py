"""Where a name that begins at a place of one sentence may end: LAC's word, a surname's one or two characters, a run.

What follows a name tells where it ends; which end is the likeliest, name_readings.py scores.
"""

import re

from transforms.name_lexicon import DASHED, DOTTED, HONORIFIC, PUNCTUATION, load_names
from transforms.official_tokens import Token
from transforms.position_spans import head_pattern

CLAUSE_END = frozenset({"", *"、，。；：！？,;:!?）)\n"})
_NEEDING = frozenset("和与及为在对从向到率赴同将被由把使")
VISIT = re.compile("考察|调研|回访|视察|检查|慰问|洽谈|参观|访问|指导|对接|拜访|学习|交流|开展")
"""What guests come for: 来 | 文山 | 回访."""
_JOINED = re.compile("[^，。；、]{0,12}[的人者员]")
"""What makes the verb after a conjunction part of a noun: 张三和出席会议的代表."""


class NameEnds:
    """The possible ends of names in one sentence."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self._text, self._tokens, self._lexicon = text, tokens, load_names()
        self._starts = {t.start: t for t in tokens}
        self._ends = {t.end: t for t in tokens}

    def fixed(self, start: int) -> tuple[str, float] | None:
        """The name whose own form says where it ends, with its score: dots, dashes, syllables of Tibetan names."""
        text, lexicon = self._text, self._lexicon
        if DOTTED.match(text, start):
            return self._dotted(start), 3.0
        if syllables := lexicon.syllables.match(text, start):
            return syllables.group(), 2.0 + self.follows(syllables.end())
        if dashed := DASHED.match(text, start):
            tail = lexicon.foreign.match(dashed.group(2))
            if lexicon.foreign.fullmatch(dashed.group(1)) and tail:
                return text[start : dashed.start(2)] + tail.group(), 3.0
        return None

    def find(self, start: int, surname: int, *, expected: bool) -> set[int]:
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
            return {after.end} if after is not None and after.tag == "PER" and self.is_cut(person, after) else ends
        if not surname or len(person.word) - surname < 4 or self._lexicon.foreign.fullmatch(person.word):
            ends.add(person.end)
        if honorific := HONORIFIC.search(person.word):
            ends.add(person.start + honorific.start())
        if self.swallows(person.start, person.end):
            ends.add(person.end - 1)
        after = self._starts.get(person.end)
        if after is not None and after.tag == "PER" and self.is_cut(person, after):
            ends.add(after.end)
        if after is not None and len(after.word) == 1 and (not surname or len(person.word) <= surname + 1):
            ends.add(after.end)
        return ends

    def is_cut(self, person: Token, after: Token) -> bool:
        """Whether LAC cut one foreign name into two persons: 西 | 哈努克, 康斯坦 | 丁内斯库."""
        foreign = self._lexicon.foreign
        if len(person.word) == 1:
            return len(after.word) > 1 and foreign.fullmatch(after.word) is not None
        return len(person.word) > 2 and foreign.fullmatch(person.word + after.word) is not None

    def swallows(self, start: int, end: int) -> bool:
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
        run = self._lexicon.foreign.match(self._text, last)
        ends = [end for end in range(last + 1, whole.end() + 1) if end in self._ends]
        ends = ends or [run.end() if run else whole.end()]
        best = next((end for end in ends if self.follows(end) > 0), ends[0])
        if run is not None:  # 达瓦买提 | 出席 where LAC reads 提出席: as far as the run goes on before a verb
            told = [end for end in range(best + 1, run.end() + 1) if self._lexicon.after.match(self._text, end)]
            best = told[-1] if told and self.follows(best) <= 1.0 else best
        if run is not None and run.end() in self._ends and run.end() - last <= 6 and self.follows(best) < 1.0:
            best = max(best, run.end())
        honorific = HONORIFIC.search(self._text[start:best])
        return self._text[start : start + honorific.start() if honorific else best]

    def follows(self, end: int) -> float:
        """How well what stands there follows a name: 1 for punctuation and telling words, below 0 for a misfit."""
        text, lexicon = self._text, self._lexicon
        if end >= len(text) or text[end] in PUNCTUATION:
            return 1.0
        if text[end].isdigit():
            return 0.6
        if text[end] == "来" and lexicon.after.match(text, end + 1) and not VISIT.match(text, end + 1):
            return -0.8  # 邵东来 | 主持会议: who comes does so to visit
        if text[end] in "说称道" and text[end + 1 : end + 2] in PUNCTUATION:
            return 1.0
        if text[end] in _NEEDING and text[end + 1 : end + 2] in CLAUSE_END:
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
