"""The role of each person of one sentence: those of one list share the predicate that follows it."""

import re
from collections.abc import Sequence

from transforms.official_bonds import Bond
from transforms.official_roles import MENTIONED, read_role

_WITH_GUESTS = re.compile("(?:在[^，。；]{1,6})?[与同和](?:前来|来访|来[^，。；]{1,6})的[^，。；]{0,12}")
"""在芒市与来访的 …: what the two do together follows the guest's name."""


def read_roles(text: str, bonds: Sequence[Bond]) -> list[str]:
    """The role of each bond: those of one list share the predicate that follows it."""
    lists = sorted({b.group_list for b in bonds})
    roles = {}
    for number in lists:
        members = [b for b in bonds if b.group_list == number]
        starts = [p.start for b in members for p in b.positions] + [members[0].name.start]
        end = max([members[-1].name.end, *(p.end for p in members[-1].positions)])
        following = [b for b in bonds if b.group_list > number]
        stop = min(
            [p.start for b in following[:1] for p in b.positions] + [b.name.start for b in following[:1]] + [len(text)]
        )
        after = re.sub(r"^(?:同志)?(?:[（(][^（）()]{1,14}[）)])?等?", "", text[end : max(stop, end)])
        goes_on = bool(following) and (not after.strip("、，和 ") or after[0] == "、" or _WITH_GUESTS.fullmatch(after))
        roles[number] = "" if goes_on else read_role(text[: min(starts)], after)
        if roles[number] == MENTIONED and following and not following[0].positions:
            roles[number] = read_role(text[: min(starts)], text[end : _next_office(following, text)])
    for number in reversed(lists[:-1]):
        roles[number] = roles[number] or roles[number + 1 if number + 1 in roles else number] or "提及"
    accompanied = re.search("陪同下[，,]?", text)
    if accompanied and bonds and bonds[0].name.end < accompanied.start():
        first = bonds[0].group_list
        if roles[first] == "提及" and len(lists) > 1:
            roles[first] = read_role("", text[accompanied.end() :])
    return [roles[b.group_list] for b in bonds]


def _next_office(following: Sequence[Bond], text: str) -> int:
    """Where the next person with a position begins: a bare name before that is an object (甲赶赴刘春家险工段督导)."""
    starts = [p.start for b in following for p in b.positions]
    return min(starts, default=len(text))
