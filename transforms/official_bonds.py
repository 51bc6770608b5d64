"""Which position belongs to which name in one sentence: chains, shared titles, lists, titles after the name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from transforms.names import NameReader, NameSpan
from transforms.official_spans import APPOSITION, BRACKET, GROUP_RIGHT, TO_NAME, SentenceSpans
from transforms.official_tokens import Token
from transforms.position_spans import GENERIC, PositionSpan

_CHAIN = re.compile(rf"{BRACKET}[ \u3000]*(?:[、，,;；/]|兼任?|及|和|暨|、?并)?[ \u3000]*(?:兼任?|、)?")
_LIST = re.compile(
    rf"(?:同志|先生|女士|小姐|阁下)?{BRACKET}(?:同志)?[ \u3000]*"
    r"(?:[、，,/]|和|与|及|以及|暨|[、，,](?:以及|和))[ \u3000]*|[ \u3000]*"
)
_GROUP_LEFT = re.compile(
    rf"(?:同志|先生|女士)?{BRACKET}(?:同志)?等(?:[一二三四五六七八九十0-9]+[位名个])?(?:参加\w\w的)?"
)
_AFTER = re.compile(rf"{BRACKET}[ \u3000]?")
_MILITARY = frozenset({"元帅", "大将", "上将", "中将", "少将", "大校", "上校", "中校", "将军"})
_SERVING = frozenset({"顾问", "法律顾问", "特使", "发言人", "秘书", "参谋", "大使", "代表", "特别代表", "专使"})
"""Titles that begin with the one whom they serve: 总统科技顾问, 总理特使."""
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
        self._text = text
        self._spans = SentenceSpans(key, text, tokens, names, in_appointments=in_appointments)

    @property
    def positions(self) -> list[PositionSpan]:
        """The positions found in the sentence."""
        return self._spans.positions

    def starts(self) -> list[int]:
        """Where a name may begin: after each position, and where LAC reads a person."""
        return self._spans.starts()

    def expect(self, names: Iterable[str]) -> None:
        """Read these names wherever they stand: the rest of the article is certain of them."""
        self._spans.expect(names)

    def read(self) -> list[Bond]:
        """The sentence's names with their positions, in text order."""
        names = self._spans.find_names()
        items: list[tuple[int, int, PositionSpan | NameSpan]] = [(n.start, n.end, n) for n in names.values()]
        items += [(p.start, p.end, p) for p in self.positions if not self._is_inside(p, names)]
        items.sort(key=lambda item: item[:2])
        return self._bind([item[2] for item in items])

    def _is_inside(self, position: PositionSpan, names: dict[int, NameSpan]) -> bool:
        return any(
            n.start < position.end and position.start < n.end and n.end > position.end - 1 for n in names.values()
        )

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
                self._gap(chain[-1].end, item.start, GROUP_RIGHT if chain[-1].group else TO_NAME)
                or self._gap(chain[-1].end, item.start, APPOSITION)
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
        if isinstance(following, NameSpan) and self._gap(item.end, following.start, TO_NAME):
            return False
        return (
            bond.rule in {"", "shared_title"} or item.head in _MILITARY or item.text in {p.head for p in bond.positions}
        )
