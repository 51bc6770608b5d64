"""One sentence walked through: which name takes or leaves which posts, by the words between them.

Names come in runs (甲、乙), posts in chains (区委副书记、区长). What stands between two of these tells how they belong
together; a verb goes on for the posts that follow (任甲为副县长，乙为局长), and a name for later posts (不再担任…).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from records import ChangeKind
from transforms import office_verbs as verbs
from transforms.names import NameSpan
from transforms.office_items import group_items
from transforms.position_spans import PositionSpan

_BODY_WORDS = re.compile("(?:中共)?[一-鿿、·]{0,16}")
_NO_OFFICE = re.compile(
    "课代表$|学习委员$|班委$|主编$|总顾问$|(?<!总)经理$|教练$|裁判长$|总监$|领导小组|专班|工作组|指挥部|组委会|评委|^副?组长$|^成员$|"
    "指挥长?$|[河林链田路湾街片]长$"
)
"""Posts that are no office, or only for a task: 由副市长任组长."""
_INSTEAD = re.compile("(?:接替|接任|代替)$")


@dataclass(slots=True)
class Change:
    """A name and the posts that one verb gives or takes; `held` are the posts before, `start` where its words begin."""

    name: NameSpan | None
    """None: the person of the sentence before (撤销其…)."""
    kind: ChangeKind
    posts: tuple[PositionSpan, ...]
    start: int
    rule: str
    held: tuple[PositionSpan, ...] = ()


@dataclass(slots=True)
class _Walk:
    text: str
    context: str
    published_on: date | None
    masked: str
    """The text with its names blanked: 若 of 兰若溪 is no condition."""
    found: list[Change] = field(default_factory=list)
    names: tuple[NameSpan, ...] = ()
    """The run of names last met."""
    names_start: int = 0
    names_end: int = 0
    held: tuple[PositionSpan, ...] = ()
    """The posts that the person last met held before."""
    chain: tuple[PositionSpan, ...] = ()
    """The chain of posts last met."""


def read_changes(
    text: str,
    names: Sequence[NameSpan],
    positions: Sequence[PositionSpan],
    context: str = "",
    published_on: date | None = None,
) -> list[Change]:
    """The sentence's changes of office in text order; `context` is the verb of the list that it stands in."""
    masked = text
    for name in names:
        masked = masked[: name.start] + "〇" * (name.end - name.start) + masked[name.end :]
    walk = _Walk(text, context, published_on, masked)
    for item in group_items(text, names, positions):
        if isinstance(item[0], NameSpan):
            _meet_names(walk, tuple(n for n in item if isinstance(n, NameSpan)))
        else:
            _meet_posts(walk, tuple(p for p in item if isinstance(p, PositionSpan)))
    return walk.found


def _meet_names(walk: _Walk, run: tuple[NameSpan, ...]) -> None:
    text, start = walk.text, run[0].start
    if walk.names and _INSTEAD.search(text[walk.names_end : start]) and walk.names_end <= start:
        walk.names_end = run[-1].end  # 甲接替乙出任: 甲 takes the post
        return
    before = walk.chain if walk.chain and text[walk.chain[-1].end : start] in {"", "的", "同志"} else ()
    taken = {p.start for c in walk.found for p in c.posts}
    walk.held = tuple(p for p in before if not p.group and p.start not in taken)
    walk.names, walk.names_start, walk.names_end = run, start, run[-1].end
    lost = verbs.LOST.match(text, run[-1].end)
    if lost and walk.held:
        kind = (
            ChangeKind.REMOVED if lost.group("how")[0] in "撤罢" or "撤" in lost.group("how") else ChangeKind.DISMISSED
        )
        _add(walk, kind, walk.held, walk.held[0].start, "post_before_name", lost.end())


def _meet_posts(walk: _Walk, chain: tuple[PositionSpan, ...]) -> None:
    text, first = walk.text, chain[0]
    previous, walk.chain = walk.chain, chain
    of_pronoun = verbs.kind_of_pronoun(text[: first.start])
    if of_pronoun and not (walk.names and walk.names_end > of_pronoun[1]):
        _add(walk, of_pronoun[0], chain, of_pronoun[1], "pronoun", chain[-1].end)
        return
    if not walk.names or walk.names_end > first.start:
        return
    follows_posts = bool(previous) and previous[-1].end >= walk.names_end
    if not follows_posts:
        _after_names(walk, chain)
    elif walk.found and walk.found[-1].posts[-1].end == previous[-1].end:
        _after_change(walk, chain, text[previous[-1].end : first.start])
    elif walk.held and walk.held[-1].end == previous[-1].end:
        _after_held(walk, chain, text[previous[-1].end : first.start])


def _after_names(walk: _Walk, chain: tuple[PositionSpan, ...]) -> None:
    text = walk.text
    gap = text[walk.names_end : chain[0].start]
    lead = walk.context + text[max(0, walk.names_start - 60) : walk.names_start]
    if held := verbs.HELD.match(gap):
        walk.held = (_from(text, chain[0], walk.names_end + held.end()), *chain[1:])
        return
    told = verbs.kind_between(gap)
    rule, start = "name_verb_post", walk.names_start
    if told is None or (told[1][-1:] == "任" and told[2] < len(gap) - 16):
        told = verbs.kind_before(lead, gap)
        rule = "listed" if walk.context else "verb_name_post"
        if told is not None:
            at = text.rfind(told[1], 0, walk.names_start)
            start = at if 0 <= walk.names_start - at - len(told[1]) <= 4 and at >= 0 else start
    if told is None:
        if match := re.search(
            "(?:，|,)(?:近日|日前|已|拟|正式)?((?:拟)?(?:任|调任|转任|担任|出任|当选为?))(?:中共)?$", gap
        ):
            between = verbs.kind_between(match.group(1))
            if between is not None:
                _add(walk, between[0], chain, walk.names_start, "name_verb_post", chain[-1].end)
        return
    if _BODY_WORDS.fullmatch(gap, told[2]) is None:
        return
    own = _from(text, chain[0], walk.names_end + told[2])
    _add(walk, told[0], (own, *chain[1:]), start, rule, chain[-1].end)


def _from(text: str, post: PositionSpan, start: int) -> PositionSpan:
    """The post from there on, with the words of its body that were not taken for it."""
    whole = text[start : post.end].removeprefix("中共")
    return replace(post, start=post.end - len(whole), text=whole)


def _after_change(walk: _Walk, chain: tuple[PositionSpan, ...], gap: str) -> None:
    last = walk.found[-1]
    if verbs.HELD_LATER.match(gap):
        for change in walk.found:
            if change.name in walk.names:
                change.held = change.held or chain
        return
    carried = verbs.kind_carried(gap, last.kind)
    if carried and _BODY_WORDS.fullmatch(gap, carried[1]):
        _add(walk, carried[0], chain, walk.names_start, "carried", chain[-1].end)


def _after_held(walk: _Walk, chain: tuple[PositionSpan, ...], gap: str) -> None:
    carried = verbs.kind_carried(gap, ChangeKind.APPOINTED)
    if carried and gap.strip("，,、"):
        _add(walk, carried[0], chain, walk.names_start, "held_then_post", chain[-1].end)


def _add(walk: _Walk, kind: ChangeKind, chain: tuple[PositionSpan, ...], start: int, rule: str, end: int) -> None:
    text = walk.text
    # 原任局长的甲转任: what he was stands before him
    told_from = max([0, *(p.end for p in walk.held if p.end <= walk.names_start)])
    if not verbs.is_announced(walk.context + walk.masked[told_from : chain[0].start], text[end:], walk.published_on):
        return
    posts = tuple(p for p in chain if not p.group and not _NO_OFFICE.search(p.text))
    if not posts:
        return
    held = () if kind in verbs.LOSES else walk.held
    by_kind: dict[ChangeKind, list[PositionSpan]] = {}
    for post in posts:
        by_kind.setdefault(verbs.kind_of_post(kind, post.text, text[post.end :]), []).append(post)
    people = (None,) if rule == "pronoun" and not walk.names else walk.names
    for name in people:
        for own, told in by_kind.items():
            walk.found.append(Change(name, own, tuple(told), start, rule, held))
