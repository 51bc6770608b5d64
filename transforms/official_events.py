"""Appointments, dismissals and careers in one sentence: who takes, leaves, holds or is proposed for which position.

县人大常委会决定：任命甲为副县长；免去乙的局长职务 gives two: 甲 appointed 副县长, 乙 dismissed from 局长.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from records import ChangeKind
from transforms.names import NameSpan
from transforms.office_verbs import GATE, LOSES
from transforms.office_walk import read_changes
from transforms.position_spans import PositionSpan

_BRACKET = r"(?:[（(][^（）()]{1,14}[）)])?"
_OF = rf"(?:同志|先生|女士)?{_BRACKET}(?:同志)?"
_CHAIN = re.compile(r"(?:职务)?[、，,；兼及和并任]{1,2}(?:兼任?)?")
_RULES: tuple[tuple[str, re.Pattern[str], re.Pattern[str], str], ...] = (
    (
        "dismissed",
        re.compile(r"免去|免除|撤销|罢免|接受"),
        re.compile(rf"{_OF}(?:的|辞去的?|辞去其?(?:担任)?的?)?"),
        "免职",
    ),
    ("candidate", re.compile(r"推荐|提名|推选|确定"), re.compile(rf"{_OF}(?:为|作为)"), "拟任"),
    (
        "appointed",
        re.compile(r"任命|选举|补选|推选|聘任|聘请|选出|增补|决定|选"),
        re.compile(rf"{_OF}(?:为|担任|任|出任|代理)"),
        "任命",
    ),
    (
        "appointed",
        re.compile(""),
        re.compile(rf"{_OF}[，,]?(?:全票|正式|再次)?(?:当选为?|被任命为|被选举?为|被推选为|出任|就任|接任|继任|获任)"),
        "任命",
    ),
    ("appointed", re.compile(""), re.compile(rf"{_OF}(?:拟|将|已)?(?:任(?!命)|担任|转任|调任|升任|兼任)"), "任命"),
    ("dismissed", re.compile(""), re.compile(rf"{_OF}(?:不再|不)(?:担任|兼任|任)"), "免职"),
    ("dismissed", re.compile(""), re.compile(rf"{_OF}(?:已|请求|申请)?(?:辞去|卸任)(?:了|其)?"), "免职"),
    ("in_office", re.compile(""), re.compile(rf"{_OF}[，,](?:[^。；]{{0,80}}?[，,。])?(?:现任|现为|系)"), ""),
    (
        "former",
        re.compile(""),
        re.compile(rf"{_OF}(?:[，,](?:[^。；]{{0,60}}?[，,])?)?(?:曾任|历任|曾先后任|原任|先后任|此前任|此前担任)"),
        "",
    ),
)
_ORG = re.compile("(?:中共)?[\u4e00-\u9fff、]{0,16}")
_OF_THE = re.compile(r"(?:职务)?的")
_TAKEN = re.compile(r"(?:曾任|原任|现任|时任|担任|任|身为|历任)$")
_CARRIED = re.compile(
    r"(?:职务)?[，,、；;](?:并|同时|也)?(不再担任|不再兼任|不再任|免去(?:其)?|兼任|现任|曾任|历任|任|"
    r"拟任|提名为|推荐为)"
)
_PROPOSED = re.compile(r"拟(?:任|提名|提拔|推荐|进一步使用|晋升)|作为.{0,20}人选|候选人")


_STATUSES = {
    ChangeKind.ACTING: "acting",
    ChangeKind.PROPOSED: "proposed",
    ChangeKind.CANDIDATE: "candidate",
}
"""The status that a change gives, where it is neither appointed nor dismissed."""


@dataclass(frozen=True, slots=True)
class OfficeEvent:
    """A name and the positions that a sentence says it takes, leaves or holds."""

    name: NameSpan
    positions: tuple[PositionSpan, ...]
    status: str
    role: str


def read_events(
    text: str, names: Sequence[NameSpan], positions: Sequence[PositionSpan], context: str = ""
) -> list[OfficeEvent]:
    """The sentence's changes of office in text order; `context` is the heading of the list that it stands in."""
    found: list[OfficeEvent] = []
    used: set[int] = set()
    for position in sorted(positions, key=lambda p: p.start):
        if position.start in used:
            continue
        chain = _chain(text, position, positions)
        event = (
            _event(text, chain, names, positions, context)
            or _of_the(text, chain, names)
            or _carried(text, chain, found)
        )
        if event:
            found += event
            used.update(p.start for p in chain)
    return [*found, *_of_changes(text, names, positions, context, {e.name.start for e in found})]


def _of_changes(
    text: str, names: Sequence[NameSpan], positions: Sequence[PositionSpan], context: str, known: set[int]
) -> list[OfficeEvent]:
    """What the changes of office say of those of whom the rules here say nothing: 撤销其市委常委职务."""
    if not positions or all(n.start in known for n in names) or not GATE.search(text):
        return []
    found: list[OfficeEvent] = []
    for change in read_changes(text, names, positions, context):
        if change.name is None or change.name.start in known:
            continue
        if change.held and change.kind in {ChangeKind.PROPOSED, ChangeKind.CANDIDATE}:
            found.append(OfficeEvent(change.name, change.held, "proposed", "拟任"))
            known.add(change.name.start)
        else:
            status = "dismissed" if change.kind in LOSES else _STATUSES.get(change.kind, "appointed")
            role = "免职" if status == "dismissed" else "任命" if status in {"appointed", "acting"} else "拟任"
            found.append(OfficeEvent(change.name, change.posts, status, role))
    return found


def is_proposal(text: str) -> bool:
    """Whether the sentence announces somebody for a post that he does not hold yet."""
    return _PROPOSED.search(text) is not None


def _chain(text: str, first: PositionSpan, positions: Sequence[PositionSpan]) -> tuple[PositionSpan, ...]:
    chain = [first]
    for position in sorted(positions, key=lambda p: p.start):
        if position.start >= chain[-1].end and _CHAIN.fullmatch(text, chain[-1].end, position.start):
            chain.append(position)
    return tuple(chain)


def _event(
    text: str,
    chain: tuple[PositionSpan, ...],
    names: Sequence[NameSpan],
    positions: Sequence[PositionSpan],
    context: str,
) -> list[OfficeEvent]:
    start = chain[0].start
    before = [n for n in names if n.end <= start]
    if not before or any(before[-1].end <= p.start < start for p in positions):
        return []
    run = [before[-1]]
    for name in reversed(before[:-1]):
        if not re.fullmatch(rf"{_OF}(?:[、，]|和|及)", text[name.end : run[0].start]):
            break
        run.insert(0, name)
    gap = re.sub("中共$", "", text[run[-1].end : start])
    lead = context + text[max(0, run[0].start - 60) : run[0].start]
    for status, verb, between, role in _RULES:
        body = between.match(gap)
        if body and body.group() and _ORG.fullmatch(gap, body.end()) and _leads(verb, lead, status):
            first = replace(chain[0], start=run[-1].end + body.end())
            first = replace(first, text=text[first.start : first.end])
            told = ("proposed", "拟任") if "拟" in body.group() else (status, role)
            return [OfficeEvent(name, (first, *chain[1:]), *told) for name in run]
    return []


def _leads(verb: re.Pattern[str], lead: str, status: str) -> bool:
    """Whether the verb governs the names: the nearest verb of office before them is of that sort."""
    if not verb.pattern:
        return True
    last = max((m.end() for m in verb.finditer(lead)), default=-1)
    others = re.compile("任命|选举|补选|聘任" if status == "dismissed" else "免去|免除|撤销|罢免")
    return last >= 0 and last >= max((m.end() for m in others.finditer(lead)), default=-1) and "。" not in lead[last:]


def _of_the(text: str, chain: tuple[PositionSpan, ...], names: Sequence[NameSpan]) -> list[OfficeEvent]:
    following = next((n for n in names if n.start >= chain[-1].end), None)
    if following is None or not _OF_THE.fullmatch(text, chain[-1].end, following.start):
        return []
    verb = _TAKEN.search(text[: chain[0].start])
    if verb is None:
        return []
    status = "former" if verb.group() in {"曾任", "原任", "历任", "时任"} else "in_office"
    return [OfficeEvent(following, chain, status, "")]


def _carried(text: str, chain: tuple[PositionSpan, ...], found: list[OfficeEvent]) -> list[OfficeEvent]:
    if not found:
        return []
    gap = re.sub("中共$", "", text[found[-1].positions[-1].end : chain[0].start])
    match = _CARRIED.fullmatch(gap)
    if match is None or match.group(1) == "拟任":
        return []  # a notice names the post that somebody holds; the one intended is often only a kind of post
    if match.group(1) in {"提名为", "推荐为"}:
        return [OfficeEvent(found[-1].name, chain, "proposed", "拟任")]
    left = match.group(1).startswith(("不再", "免去"))
    status = "dismissed" if left else "former" if match.group(1) in {"曾任", "历任"} else found[-1].status
    return [OfficeEvent(found[-1].name, chain, status, "免职" if left else found[-1].role)]
