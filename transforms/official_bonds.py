"""Which position belongs to which name in one sentence: chains, shared titles, lists, titles after the name.

Longer than the house's 200 lines: finding the names and binding the titles share the sentence's spans, and each
pattern is a line of grammar that only makes sense beside the others.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from transforms.name_lexicon import load_names
from transforms.names import NameReader, NameSpan
from transforms.official_events import find_certain_names
from transforms.official_tokens import Token
from transforms.position_spans import GENERIC, PositionSpan, find_positions

_BRACKET = r"(?:[（(\[][^（）()\[\]]{1,14}[）)\]])?"
_CHAIN = re.compile(rf"{_BRACKET}[ \u3000]*(?:[、，,;；/]|兼任?|及|和|暨|、?并)?[ \u3000]*(?:兼任?|、)?")
_TO_NAME = re.compile(rf"{_BRACKET}[ \u3000\u00a0]*[:：]?[ \u3000\u00a0]*[“\"]?")
_LIST = re.compile(
    rf"(?:同志|先生|女士|小姐|阁下)?{_BRACKET}(?:同志)?[ \u3000]*"
    r"(?:[、，,/]|和|与|及|以及|暨|[、，,](?:以及|和))[ \u3000]*|[ \u3000]*"
)
_GROUP_LEFT = re.compile(
    rf"(?:同志|先生|女士)?{_BRACKET}(?:同志)?等(?:[一二三四五六七八九十0-9]+[位名个])?(?:参加\w\w的)?"
)
_GROUP_RIGHT = re.compile(r"(?:还)?(?:有|包括|是|分别是|为)?[ \u3000]*[:：]?[ \u3000]*")
_AFTER = re.compile(rf"{_BRACKET}[ \u3000]?")
_LEFT_ITEM = re.compile(r"(?:^|[、，。：:；（(有是\n])([\u4e00-\u9fff]{2,4})、$")
_MILITARY = frozenset({"元帅", "大将", "上将", "中将", "少将", "大校", "上校", "中校", "将军"})
_SERVING = frozenset({"顾问", "法律顾问", "特使", "发言人", "秘书", "参谋", "大使", "代表", "特别代表", "专使"})
"""Titles that begin with the one whom they serve: 总统科技顾问, 总理特使."""
_BEFORE_NAME = re.compile(
    "(?:任命|免去|选举|补选|推选|聘任|提名|推荐|罢免)(?=[\u4e00-\u9fff]{2,4}(?:同志)?(?:为|的|、|担任))"
)
_AFTER_NAME = re.compile(
    r"(?:^|[，。；：、\s])([\u4e00-\u9fff]{2,4})(?=同志|当选(?!的)|不再担任|辞去|被任命|任(?:中共|[\u4e00-\u9fff]{2,12}(?:书记|长|主任|主席)))"
)
_APPOSITION = re.compile(
    r"、[\u4e00-\u9fff]{0,8}(?:画家|作家|书法家|艺术家|科学家|教育家|音乐家|企业家|院士|教授|博士|英模|模范|劳模|标兵|学者|诗人|导演|演员|传承人|获得者|[离退]休干部|老红军|老战士|老党员)"
)
"""An honour or a calling between the office and the name: 原副所长、二级英模邱建军."""
_PREPOSITIONS = frozenset("向和于从由同与对")
"""Surnames that are foremost other words: 向江主席 is said to 江主席."""
_SHORT_GAP = re.compile(r"、[^、，。；：,;:的（(]{1,8}")
_UNIQUE = re.compile(
    r"(?<!副)(?<!第一)(?:书记|省长|市长|县长|区长|州长|盟长|旗长|镇长|乡长|主席|总理|总统|首相|主任|局长|厅长|部长|院长|检察长|秘书长|董事长|总经理|总裁|校长)$"
)


@dataclass(slots=True)
class Bond:
    """A name where it stands, and the positions printed for it there."""

    name: NameSpan
    positions: list[PositionSpan] = field(default_factory=list)
    rule: str = ""
    group_list: int = -1
    """Which list of the sentence it stands in: those of one list share what the sentence says of them."""


def _is_shareable(chain: list[PositionSpan]) -> bool:
    """Whether several people can hold the chain's titles: 副市长 can be shared, 市长 cannot."""
    return bool(chain) and not any(_UNIQUE.search(p.text) and not re.search("副|常务", p.text) for p in chain)


class SentenceReader:
    """Reads the bonds of one sentence from left to right."""

    def __init__(
        self, key: int, text: str, tokens: tuple[Token, ...], names: NameReader, *, in_appointments: bool = False
    ) -> None:
        self._key, self._text, self._tokens, self._names = key, text, tokens, names
        self._positions = find_positions(text, tokens)
        self._persons = sorted({self._begin(t) for t in tokens if t.tag == "PER"})
        self._certain = find_certain_names(text, in_appointments=in_appointments)
        self._cut_names()
        self._expected = self._find_expected()
        self._widen()
        self._split_names()

    @property
    def positions(self) -> list[PositionSpan]:
        """The positions found in the sentence."""
        return self._positions

    def starts(self) -> list[int]:
        """Where a name may begin: after each position, and where LAC reads a person."""
        after = [self._after(p) for p in self._positions]
        return [*after, *self._persons, *self._expected]

    def _find_expected(self) -> list[int]:
        """Where the grammar of offices calls for a name: 任命…, 免去…, …同志, …当选, …不再担任."""
        before = [m.end() for m in _BEFORE_NAME.finditer(self._text)]
        return [*before, *(m.start(1) for m in _AFTER_NAME.finditer(self._text))]

    def read(self) -> list[Bond]:
        """The sentence's names with their positions, in text order."""
        names = self._find_names()
        items: list[tuple[int, int, PositionSpan | NameSpan]] = [(n.start, n.end, n) for n in names.values()]
        items += [(p.start, p.end, p) for p in self._positions if not self._is_inside(p, names)]
        items.sort(key=lambda item: item[:2])
        return self._bind([item[2] for item in items])

    def _is_inside(self, position: PositionSpan, names: dict[int, NameSpan]) -> bool:
        return any(
            n.start < position.end and position.start < n.end and n.end > position.end - 1 for n in names.values()
        )

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

    def _widen(self) -> None:
        """Let a position reach back to the 、 that parts it from the one before: 、市对外友协专职副会长."""
        for i, (left, right) in enumerate(pairwise(self._positions), start=1):
            between = self._text[left.end : right.start]
            if _SHORT_GAP.fullmatch(between) and not any(left.end <= p < right.start for p in self._persons):
                start = left.end + 1
                self._positions[i] = replace(right, start=start, text=self._text[start : right.end])

    def _find_names(self) -> dict[int, NameSpan]:
        found = {start: NameSpan(self._text[start:end], start, end, 0.95) for start, end in self._certain.items()}
        for position in self._positions:
            start, held = self._after(position), self._holder(position)
            if held == 1 and start == position.end:
                continue  # 毛主席汉白玉塑像: the title is the surname's
            general = position.text in GENERIC and not self._has_mark(position)
            self._add(found, start, expected=not general and not (held and start == position.end))
            if apposition := _APPOSITION.match(self._text, position.end):
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
        match = (_GROUP_RIGHT if position.group else _TO_NAME).match(self._text, position.end)
        return match.end() if match else position.end

    def _gap(self, left: int, right: int, pattern: re.Pattern[str]) -> bool:
        return left <= right and pattern.fullmatch(self._text, left, right) is not None

    def _bind(self, items: list[PositionSpan | NameSpan]) -> list[Bond]:
        chain: list[PositionSpan] = []
        shared: list[PositionSpan] = []
        run: list[Bond] = []
        bonds: list[Bond] = []
        lists, end = 0, -1
        for i, item in enumerate(items):
            following = items[i + 1] if i + 1 < len(items) else None
            if isinstance(item, PositionSpan):
                if run and item.group and self._gap(end, item.start, _GROUP_LEFT):
                    self._give([] if item.text in GENERIC else run, item)
                    chain, shared = [], []
                elif run and self._is_after(run[-1], item, following):
                    run[-1].positions = [*run[-1].positions, item]
                    run[-1].rule = run[-1].rule or "title_after"
                    end = item.end
                    continue
                elif chain and item.head in _SERVING and chain[-1].end == item.start:
                    whole = replace(item, start=chain[-1].start, text=self._text[chain[-1].start : item.end])
                    chain[-1] = whole
                elif chain and self._gap(chain[-1].end, item.start, _CHAIN):
                    chain.append(item)
                else:
                    chain = [item]
                if run and not self._gap(run[-1].name.end, item.start, _LIST):
                    run, lists, shared = [], lists + 1, []
                end = item.end
                continue
            if chain and self._is_on_behalf(chain[-1], item, following):
                chain = []
            own = bool(chain) and (
                self._gap(chain[-1].end, item.start, _GROUP_RIGHT if chain[-1].group else _TO_NAME)
                or self._gap(chain[-1].end, item.start, _APPOSITION)
            )
            if not own and not (run and self._gap(end, item.start, _LIST)):
                run, shared, lists = [], [], lists + 1
            bond = Bond(item, group_list=lists)
            if own:
                bond.positions, bond.rule = list(chain), "title_before"
                shared = list(chain) if _is_shareable(chain) else []
            elif run and shared:
                bond.positions, bond.rule = list(shared), "shared_title"
            chain = []
            run.append(bond)
            bonds.append(bond)
            end = item.end
        return bonds

    def _is_on_behalf(self, position: PositionSpan, name: NameSpan, following: PositionSpan | NameSpan | None) -> bool:
        """Whether 代表 is the verb before somebody with a title of his own: 在会谈中代表克林顿总统."""
        titled = isinstance(following, PositionSpan) and following.start == name.end
        return titled and position.head == "代表" and position.end == name.start

    def _give(self, run: list[Bond], group: PositionSpan) -> None:
        for bond in run:
            if not bond.positions:
                bond.positions, bond.rule = [group], "group_after"

    def _is_after(self, bond: Bond, item: PositionSpan, following: PositionSpan | NameSpan | None) -> bool:
        if (
            item.group
            or not self._gap(bond.name.end, item.start, _AFTER)
            or len(item.text) > 8
            or item.text[0] in "两各双"
        ):
            return False
        if isinstance(following, NameSpan) and self._gap(item.end, following.start, _TO_NAME):
            return False
        return (
            bond.rule in {"", "shared_title"} or item.head in _MILITARY or item.text in {p.head for p in bond.positions}
        )
