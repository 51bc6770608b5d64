"""Changes of office written out: each post of a change as a record, with its jurisdiction, body, rank and words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from records import ChangeKind, OfficeChange, TextField
from transforms.gazetteer import Gazetteer
from transforms.names import NameSpan
from transforms.office_decisions import Decision
from transforms.office_walk import Change
from transforms.official_findings import Finding
from transforms.official_offices import OfficeReader, organisation_of
from transforms.official_persons import Person
from transforms.official_place_codes import Place
from transforms.official_sentences import Sentence
from transforms.position_spans import PositionSpan
from transforms.positions import jurisdiction_level, load_lexicon, unit_of

_CANDIDATE = re.compile("(?:候选人|人选)$")
_ONLY_KIND = re.compile("[正副]职$|领导职务$|领导班子成员$")
_AHEAD = frozenset({ChangeKind.PROPOSED, ChangeKind.CANDIDATE})
_OF_TOWNSHIP = re.compile("街道|镇|乡|村|社区")
_SURE = {
    "verb_name_post": 0.95,
    "name_verb_post": 0.9,
    "listed": 0.95,
    "carried": 0.85,
    "held_then_post": 0.9,
    "post_before_name": 0.8,
    "pronoun": 0.7,
}
"""How sure a change is at most, by its rule."""


class ChangeWriter:
    """Writes the changes of one article."""

    def __init__(self, title: str, text: str, offices: OfficeReader, gazetteer: Gazetteer) -> None:
        self._fields = {TextField.TITLE: title, TextField.TEXT: text}
        self._offices, self._gazetteer = offices, gazetteer
        self._lexicon = load_lexicon()

    def write(
        self, part: Sentence, change: Change, decision: Decision, person: Person | None
    ) -> Iterator[OfficeChange]:
        """The records of one change, a post each; none of somebody whom the article does not name as an official."""
        if person is None:
            return
        before = [p for p in change.held if not p.group]
        held = self._offices.read(Finding(part, _no_name(before), before)) if before else None
        office = self._offices.read(Finding(part, _no_name(change.posts), list(change.posts)))
        if change.kind in _AHEAD and all(_OF_TOWNSHIP.match(p.text) for p in change.posts):
            office = replace(office, place=None)  # 拟任街道党工委书记: of which one a notice seldom says
        for post, normalised in zip(change.posts, office.normalised, strict=True):
            position = _CANDIDATE.sub("", self._original(part, post.start, post.end))
            name = position if _ONLY_KIND.search(position) else _CANDIDATE.sub("", normalised)
            if not name or not position:
                continue
            start, end = part.span(min(change.start, post.start), post.end)
            yield OfficeChange(
                kind=change.kind,
                name=person.name,
                position=position,
                position_name=name,
                organisation=organisation_of([name], office.place),
                jurisdiction=(office.place.shown or office.place.name) if office.place else "",
                region_code=office.place.code if office.place else None,
                rank_level=self._rank(name, office.place),
                from_position="、".join(self._original(part, p.start, p.end) for p in before),
                from_positions_normalised=held.normalised if held else (),
                from_region_code=held.place.code if held and held.place else None,
                decided_by=decision.body,
                decided_by_region_code=decision.region_code,
                decided_meeting=decision.meeting,
                decided_date=decision.day,
                decided_evidence=decision.evidence,
                field=part.field,
                surface=self._fields[part.field][start:end],
                start=start,
                end=end,
                confidence=round(min(change.name.confidence if change.name else 0.7, _SURE[change.rule]), 2),
                rule=change.rule,
                person_key=person.key,
            )

    def _rank(self, name: str, place: Place | None) -> str:
        position = self._lexicon.find(name)
        if position is None:
            return ""
        fits = place is not None and (not position.unit or unit_of(place.name) == position.unit)
        return self._lexicon.rank(name, jurisdiction_level(place.code, self._gazetteer) if fits and place else "")

    def _original(self, part: Sentence, start: int, end: int) -> str:
        a, b = part.span(start, end)
        return "".join(self._fields[part.field][a:b].split())


def _no_name(posts: Sequence[PositionSpan]) -> NameSpan:
    return NameSpan("", posts[-1].start, posts[-1].end, 1.0)
