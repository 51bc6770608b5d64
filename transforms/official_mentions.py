"""The mentions of an article's officials: those of the findings, later bare names, and surnames with a title."""

import re
from collections.abc import Sequence

from records import OfficialMention, TextField
from transforms.name_lexicon import load_names
from transforms.names import places_of
from transforms.official_findings import Finding
from transforms.official_offices import Office, status_of
from transforms.official_persons import Person
from transforms.official_place_codes import Place
from transforms.official_places import order_of
from transforms.official_roles import read_role
from transforms.official_sentences import Sentence

_SHORT_TITLE = re.compile(
    "书记|省长|市长|区长|县长|州长|旗长|镇长|乡长|村长|局长|厅长|部长|处长|科长|所长|站长|院长|校长|检察长|秘书长|"
    "主任|主席|常委|政委|董事长|总经理"
)
_ENDS = {"被查": "investigated", "逝世": "deceased"}
"""The status that a role tells."""


class MentionWriter:
    """Writes the mentions of an article's officials."""

    def __init__(self, title: str, text: str) -> None:
        self._fields = {TextField.TITLE: title, TextField.TEXT: text}

    def write(self, persons: Sequence[Person], findings: Sequence[Finding]) -> tuple[OfficialMention, ...]:
        """All mentions, sorted by where they stand."""
        for person in persons:
            if person.status in {"", "in_office", "former"}:
                person.status = self._told_bare(person)
        tagged = [self._mention(person, *told) for person in persons for told in person.findings]
        taken = [(m.field, m.start, m.end) for m in tagged]
        tagged += self._bare(persons, findings, taken)
        tagged += self._surnames(persons, taken)
        return tuple(sorted(tagged, key=lambda m: order_of(m.field, m.start)))

    def _status(self, person: Person, told: str) -> str:
        """The status of one mention: who is under investigation or dead is so wherever the article names his post."""
        ended = person.status in _ENDS.values() and told in {"", "in_office", "former"}
        return (person.status if ended else told) or person.status or "in_office"

    def _told_bare(self, person: Person) -> str:
        """The status that a later bare mention tells: 农志刚受到党内警告处分."""
        for whole in self._fields.values():
            for start in places_of(person.name, whole):
                role = self._role(whole, start, start + len(person.name))
                if role in _ENDS:
                    return _ENDS[role]
        return person.status

    def _role(self, whole: str, start: int, end: int) -> str:
        stop = min((i for i in (whole.find(c, end) for c in "。；！？\n") if i >= 0), default=len(whole))
        begin = max(whole.rfind(c, 0, start) for c in "。；！？\n") + 1
        return read_role(whole[begin:start], whole[end:stop])

    def _mention(self, person: Person, finding: Finding, office: Office) -> OfficialMention:
        start, end = finding.sentence.span(finding.name.start, finding.name.end)
        written = [self.original(finding.sentence, p.start, p.end) for p in finding.positions]
        return self._tag(
            person,
            finding.sentence.field,
            (start, end),
            position="、".join(dict.fromkeys(written)),
            place=office.place or person.place,
            rank=office.rank or person.rank,
            status=self._status(person, status_of(finding)),
            role=finding.role or "提及",
            confidence=finding.name.confidence,
            rule=finding.rule or "bare_name",
        )

    def _tag(
        self,
        person: Person,
        where: TextField,
        span: tuple[int, int],
        *,
        position: str,
        place: Place | None,
        rank: str,
        status: str,
        role: str,
        confidence: float,
        rule: str,
    ) -> OfficialMention:
        return OfficialMention(
            name=person.name,
            position=position,
            positions_normalised=tuple(person.normalised),
            organisation=person.organisation,
            jurisdiction=(place.shown or place.name) if place else "",
            region_code=place.code if place else None,
            rank_level=rank,
            status=status,
            role=role,
            field=where,
            surface=self._fields[where][span[0] : span[1]],
            start=span[0],
            end=span[1],
            confidence=round(confidence, 2),
            rule=rule,
            person_key=person.key,
        )

    def _bare(
        self, persons: Sequence[Person], findings: Sequence[Finding], taken: list[tuple[TextField, int, int]]
    ) -> list[OfficialMention]:
        found = []
        others = [(f.sentence.field, *f.sentence.span(f.name.start, f.name.end)) for f in findings]
        longest = sorted(persons, key=lambda p: -len(p.name))
        doubled = {p.name for p in persons if p.key != p.name}
        for person in longest:
            if person.name in doubled:
                continue  # which of the homonyms a bare name means is not said
            for where, whole in self._fields.items():
                for start in places_of(person.name, whole):
                    end = start + len(person.name)
                    span = (where, start, end)
                    if any(_overlaps(span, other) for other in (*taken, *others)):
                        continue
                    if not _ends_name(whole, end, len(person.name)):
                        continue
                    taken.append(span)
                    found.append(self._plain(person, span, "bare_name"))
        return found

    def _surnames(self, persons: Sequence[Person], taken: list[tuple[TextField, int, int]]) -> list[OfficialMention]:
        found = []
        surnames = {p.name[:2] if p.name[:2] in load_names().surnames else p.name[:1] for p in persons}
        for where, whole in self._fields.items():
            at = 0
            places = sorted((start, -len(s), s) for s in surnames for start in places_of(s, whole))
            for start, _, surname in places:
                title = _SHORT_TITLE.match(whole, start + len(surname))
                if title is None or start < at:
                    continue
                at = title.end()
                span = (where, start, at)
                holders = [p for p in persons if p.name.startswith(surname) and _holds(p, title.group())]
                if len(holders) == 1 and not any(_overlaps(span, other) for other in taken):
                    taken.append(span)
                    found.append(self._plain(holders[0], span, "surname_title", title.group()))
        return found

    def _plain(
        self, person: Person, span: tuple[TextField, int, int], rule: str, position: str = ""
    ) -> OfficialMention:
        where, start, end = span
        whole = self._fields[where]
        return self._tag(
            person,
            where,
            (start, end),
            position=position,
            place=person.place,
            rank=person.rank,
            status=person.status or "in_office",
            role=self._role(whole, start, end),
            confidence=0.9 if rule == "bare_name" else 0.7,
            rule=rule,
        )

    def original(self, sentence: Sentence, start: int, end: int) -> str:
        """The article's own characters of a stretch of a sentence, without blanks."""
        a, b = sentence.span(start, end)
        return "".join(self._fields[sentence.field][a:b].split())


def _overlaps(one: tuple[TextField, int, int], other: tuple[TextField, int, int]) -> bool:
    return one[0] is other[0] and one[1] < other[2] and other[1] < one[2]


def _ends_name(whole: str, end: int, length: int) -> bool:
    """Whether a name found as bare characters ends there: a name of two characters needs a word that follows names."""
    if length > 2 or end >= len(whole) or not "\u4e00" <= whole[end] <= "\u9fff":
        return True
    names = load_names()
    return names.after.match(whole, end) is not None or whole[end] in names.particles


def _holds(person: Person, title: str) -> bool:
    return any(name.endswith(title) for name in person.normalised)
