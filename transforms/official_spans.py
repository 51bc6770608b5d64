"""Where the names and the positions of one sentence stand: each widened, cut and parted by the other.

Which position belongs to which name is official_bonds.py's part.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from transforms.name_lexicon import load_names
from transforms.names import NameReader, NameSpan, places_of
from transforms.official_certain_names import find_certain_names
from transforms.official_tokens import Token
from transforms.official_widening import widen_positions
from transforms.position_spans import GENERIC, PositionSpan, find_positions

BRACKET = r"(?:[（(\[][^（）()\[\]]{1,14}[）)\]])?"
NOMINEE = "提名人选"
"""What stands behind an office for which somebody is put forward: 副区长提名人选甲."""
TO_NAME = re.compile(rf"{BRACKET}(?:{NOMINEE})?[ \u3000\u00a0]*[:：]?[ \u3000\u00a0]*[“\"]?")
GROUP_RIGHT = re.compile(r"(?:还)?(?:有|包括|是|分别是|为)?[ \u3000]*[:：]?[ \u3000]*")
_LEFT_ITEM = re.compile(r"(?:^|[、，。：:；（(有是\n])([\u4e00-\u9fff]{2,4})、$")
_BEFORE_NAME = re.compile(
    "(?:任命|免去|选举|补选|推选|聘任|提名|推荐|罢免)(?=[\u4e00-\u9fff]{2,4}(?:同志|为|的|、|担任))"
)
_AFTER_NAME = re.compile(
    r"(?:^|[，。；：、\s])([\u4e00-\u9fff]{2,4})(?=同志|当选(?!的)|不再担任|辞去|被任命|任(?:中共|[\u4e00-\u9fff]{2,12}(?:书记|长|主任|主席)))"
)
APPOSITION = re.compile(
    r"、[\u4e00-\u9fff]{0,8}(?:画家|作家|书法家|艺术家|科学家|教育家|音乐家|企业家|院士|教授|博士|英模|模范|劳模|标兵|学者|诗人|导演|演员|传承人|获得者|[离退]休干部|老红军|老战士|老党员)"
)
"""An honour or a calling between the office and the name: 原副所长、二级英模邱建军."""
_PREPOSITIONS = frozenset("向和于从由同与对")
"""Surnames that are foremost other words: 向江主席 is said to 江主席."""


class SentenceSpans:
    """The names and positions of one sentence."""

    def __init__(
        self, key: int, text: str, tokens: tuple[Token, ...], names: NameReader, *, in_appointments: bool = False
    ) -> None:
        self._key, self._text, self._tokens, self._names = key, text, tokens, names
        self._positions = find_positions(text, tokens)
        self._persons = sorted({self._begin(t) for t in tokens if t.tag == "PER"})
        self._certain = find_certain_names(text, in_appointments=in_appointments)
        self._cut_names()
        self._expected = self._find_expected()
        self._positions = widen_positions(text, self._positions, self._persons)
        self._split_names()

    @property
    def positions(self) -> list[PositionSpan]:
        """The positions found in the sentence."""
        return self._positions

    def expect(self, names: Iterable[str]) -> None:
        """Take each of these names for certain where it stands outside a position."""
        for name in names:
            for start in places_of(name, self._text):
                end = start + len(name)
                if not any(p.start < end and start < p.end for p in self._positions):
                    self._certain.setdefault(start, end)

    def starts(self) -> list[int]:
        """Where a name may begin: after each position, and where LAC reads a person."""
        after = [self._after(p) for p in self._positions]
        return [*after, *self._persons, *self._expected]

    def _find_expected(self) -> list[int]:
        """Where the grammar of offices calls for a name: 任命…, 免去…, …同志, …当选, …不再担任."""
        before = [m.end() for m in _BEFORE_NAME.finditer(self._text)]
        return [*before, *(m.start(1) for m in _AFTER_NAME.finditer(self._text))]

    def _begin(self, token: Token) -> int:
        """Where the name that holds LAC's person begins: foreign names are cut in the middle (莫诺夫 of 拉赫莫诺夫)."""
        start, text, foreign = token.start, self._text, load_names().foreign
        dotted = text[token.end : token.end + 1] in set("·•・") or any(dot in token.word for dot in "·•・")
        if dotted or text[start - 1 : start] in set("·•・"):
            head = re.compile(r"[、（，]([\u4e00-\u9fff]{1,2})$").search(text, 0, start)
            return head.start(1) if head and dotted else start
        if len(token.word) > 1 and foreign.fullmatch(token.word):
            while start > 0 and token.end - start < 8 and foreign.fullmatch(text, start - 1, token.end):
                start -= 1
            return start if token.end - start > 3 else token.start
        return start

    def _split_names(self) -> None:
        """Take a foreign name off the front of a title that follows it: 切尔诺梅尔金 | 总理."""
        self._foreign: set[int] = set()
        for i, position in enumerate(self._positions):
            front = position.text[: len(position.text) - len(position.head)].removesuffix("副")
            if len(front) > 2 and load_names().foreign.fullmatch(front) and not self._is_place(position.start, front):
                self._foreign.add(position.start)
                start = position.start + len(front)
                self._positions[i] = replace(position, start=start, text=position.text[len(front) :])

    def _is_place(self, start: int, front: str) -> bool:
        return any(t.tag == "LOC" and t.start < start + len(front) and start < t.end for t in self._tokens)

    def _cut_names(self) -> None:
        """Take a name that the grammar of appointments makes certain off the front of a position: 甲为 | 副市长."""
        for i, position in enumerate(self._positions):
            for start, end in self._certain.items():
                if position.start <= start and end < position.end:
                    cut = end + (1 if self._text[end : end + 1] in {"为", "的", "任"} else 0)
                    self._positions[i] = replace(position, start=cut, text=self._text[cut : position.end])

    def find_names(self) -> dict[int, NameSpan]:
        """The names by where they begin."""
        found = {start: NameSpan(self._text[start:end], start, end, 0.95) for start, end in self._certain.items()}
        for position in self._positions:
            start, held = self._after(position), self._holder(position)
            if held == 1 and start == position.end:
                continue  # 毛主席汉白玉塑像: the title is the surname's
            general = position.text in GENERIC and not self._has_mark(position)
            self._add(found, start, expected=not general and not (held and start == position.end))
            if apposition := APPOSITION.match(self._text, position.end):
                self._add(found, apposition.end(), expected=True)
        for start in self._persons:
            self._add(found, start, expected=False)
        for start in self._expected:
            self._add(found, start, expected=True)
        for start in self._foreign:
            self._add(found, start, expected=True)
        frontier = sorted(found)
        while frontier:
            at = frontier.pop()
            name = found[at]
            gap = re.compile(r"(?:同志)?[ \u3000]*(?:[、，]|和|与|及)[ \u3000]*|[ \u3000]+").match(self._text, name.end)
            if not gap and name.end in self._persons:
                frontier.extend([name.end] if self._add(found, name.end, expected=False) else [])
            if gap and self._add(found, gap.end(), expected="、" in gap.group() or gap.group().isspace()):
                frontier.append(gap.end())
        for name in list(found.values()):
            self._look_left(found, name)
        return found

    def _holder(self, position: PositionSpan) -> int:
        """How many characters LAC's person has that the title follows: 3 of 克林顿总统, 1 of 毛主席, 0 of none."""
        before = [t for t in self._tokens if t.tag == "PER" and t.start < position.start <= t.end]
        return position.start - before[0].start if before else 0

    def _look_left(self, found: dict[int, NameSpan], name: NameSpan) -> None:
        """Read the items of the list that stand before a name: 马保岭、 边祥为."""
        at = name.start
        while match := _LEFT_ITEM.search(self._text, 0, at):
            start = match.start(1)
            if start in found or not self._add(found, start, expected=True):
                return
            if found[start].end != match.end(1):
                del found[start]
                return
            at = start

    def _add(self, found: dict[int, NameSpan], start: int, *, expected: bool) -> bool:
        if start in found or any(n.start <= start < n.end for n in found.values()):
            return False
        if any(p.start <= start < p.end and p.start != start for p in self._positions):
            return False
        name = self._names.read(self._key, start, expected=expected)
        if name is None or any(
            p.start < name.end and name.start < p.end and p.start <= name.start for p in self._positions
        ):
            return False
        if self._is_addressed(name):
            return False
        for other in [n for n in found.values() if n.start < name.end and name.start < n.end]:
            if other.start <= name.start:
                return False
            del found[other.start]
        found[start] = name
        return True

    def _is_addressed(self, name: NameSpan) -> bool:
        """Whether the name is a preposition with a surname before a title: 向江主席汇报."""
        surnames = load_names().surnames
        titled = any(p.start == name.end and len(p.text) < 5 for p in self._positions)
        return titled and len(name.name) == 2 and name.name[0] in _PREPOSITIONS and name.name[1] in surnames

    def _has_mark(self, position: PositionSpan) -> bool:
        """Whether a colon or a verb of naming parts a general title (有关领导) from the names."""
        return self._after(position) > position.end

    def _after(self, position: PositionSpan) -> int:
        match = (GROUP_RIGHT if position.group else TO_NAME).match(self._text, position.end)
        return match.end() if match else position.end
