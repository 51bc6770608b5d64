"""The officials whom an article names: each mention with position, jurisdiction, rank, status and role.

A mention asserts that these characters name a person in public office (or a leading post of a body), and that the
article itself says so, there or elsewhere: a name without a position anywhere in the article is no official
(docs/adr/0006-public-office-only.md). Later bare mentions (马保岭强调) and surnames with a title (周书记) belong to the
person introduced in full. Bylines are not officials. What the text does not settle stays empty.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from records import OfficialMention, RegionTag, TextField
from transforms.gazetteer import Gazetteer
from transforms.names import load_names
from transforms.official_findings import Finding, is_familiar, read_findings
from transforms.official_places import Jurisdictions, Order, Place, order_of, split_place, split_unit
from transforms.official_roles import read_role
from transforms.official_sentences import Sentence, split_sentences
from transforms.position_spans import PositionSpan
from transforms.positions import PositionLexicon, is_bare, jurisdiction_level, load_lexicon, unit_of
from transforms.regions import tag_regions

_STATUS = (
    (
        "former",
        re.compile(
            "^(?:中共)?(?:原|前任?|曾任)(?![一-鿿]{1,3}[县市区镇乡]委)|(?<=[委府会协院局厅部联团司组处办])[原前](?=[一-鿿])|老领导"
        ),
    ),
    ("acting", re.compile("代(?:理)?(?=[省市县区州盟旗镇乡局厅部院主检]|书记)")),
    ("seconded", re.compile("挂职")),
    ("candidate", re.compile("候选人$")),
    ("proposed", re.compile("^(?:拟任|候任)")),
)
_SECONDED = re.compile("[（(](?:女，)?挂职[）)]")
_RANK_NOTE = re.compile(
    r"[（(](?:[^（）()]{0,6}?)(正|副)(国|部|省部|省|厅|厅局|局|地厅|司局|处|县处|县|科|乡科)级[）)]"
)
_RANK_NAMES = {
    "国": "国家级",
    "部": "省部级",
    "省部": "省部级",
    "省": "省部级",
    "厅": "厅局级",
    "厅局": "厅局级",
    "局": "厅局级",
    "地厅": "厅局级",
    "司局": "厅局级",
    "处": "县处级",
    "县处": "县处级",
    "县": "县处级",
    "科": "乡科级",
    "乡科": "乡科级",
}
_SHORT_TITLE = (
    "书记|省长|市长|区长|县长|州长|旗长|镇长|乡长|村长|局长|厅长|部长|处长|科长|所长|站长|院长|校长|检察长|秘书长|"
    "主任|主席|常委|政委|董事长|总经理"
)


@dataclass(slots=True)
class Person:
    """One official of the article: his findings, and what they say together."""

    key: str
    name: str
    findings: list[Finding] = field(default_factory=list)
    normalised: list[str] = field(default_factory=list)
    place: Place | None = None
    rank: str = ""
    status: str = ""
    organisation: str = ""


def tag_officials(
    text: str,
    title: str = "",
    published_on: date | None = None,
    publisher_region: str | None = None,
    regions: tuple[RegionTag, ...] | None = None,
) -> tuple[OfficialMention, ...]:
    """The mentions of officials in title and text, in reading order; empty where none is certain.

    `regions` are the article's region tags, made here where they are not given; `publisher_region` is the adcode of
    the area that the publisher reports on.
    """
    sentences = split_sentences(title, text)
    if regions is None:
        regions = tag_regions(title, text, published_on, publisher_region)
    findings, words = read_findings(sentences)
    gazetteer = Gazetteer.load()
    places = Jurisdictions(regions, gazetteer, publisher_region)
    for index, tokens in words.items():
        for token in tokens:
            if token.tag in {"LOC", "ORG"}:
                start, _ = sentences[index].span(token.start, token.end)
                places.add_name(order_of(sentences[index].field, start), token.word)
    return _Assembly(title, text, sentences, places, gazetteer).mentions(findings)


class _Assembly:
    """Joins an article's findings to persons, and writes their mentions."""

    def __init__(
        self, title: str, text: str, sentences: Sequence[Sentence], places: Jurisdictions, gazetteer: Gazetteer
    ) -> None:
        self._fields = {TextField.TITLE: title, TextField.TEXT: text}
        self._sentences = sentences
        self._places = places
        self._gazetteer = gazetteer
        self._lexicon: PositionLexicon = load_lexicon()
        self._found: dict[int, tuple[Place | None, list[str], str]] = {}

    def mentions(self, findings: Sequence[Finding]) -> tuple[OfficialMention, ...]:
        """All mentions, sorted by where they stand."""
        persons = self._persons(findings)
        tagged = [self._mention(person, finding) for person in persons for finding in person.findings]
        taken = [(m.field, m.start, m.end) for m in tagged]
        tagged += self._bare(persons, findings, taken)
        tagged += self._surnames(persons, taken)
        return tuple(sorted(tagged, key=lambda m: order_of(m.field, m.start)))

    def _persons(self, findings: Sequence[Finding]) -> list[Person]:
        for finding in findings:
            self._settle(finding)
        persons: dict[str, list[Person]] = {}
        for finding in findings:
            name = self._original(finding.sentence, finding.name.start, finding.name.end)
            if is_familiar(name):
                continue
            same = persons.setdefault(name, [])
            person = next((p for p in same if self._is_compatible(p, finding)), None)
            if person is None:
                person = Person(name if not same else f"{name}#{len(same) + 1}", name)
                same.append(person)
            person.findings.append(finding)
            self._learn(person, finding)
        everyone = [p for same in persons.values() for p in same]
        return [p for p in everyone if p.normalised or any(f.is_comrade for f in p.findings)]

    def _settle(self, finding: Finding) -> None:
        """Find the place and the normalised positions of one finding."""
        place: Place | None = None
        principal: Place | None = None
        normalised: list[str] = []
        body = earlier = ""
        for position in finding.positions:
            own = split_place(position.text)
            order = self._order(finding.sentence, position.start)
            if own:
                at = position.text.index(own) + position.start
                shown = self._original(finding.sentence, at, at + len(own))
                place = self._places.add_official_place(order, own, shown)
            elif unit := split_unit(position.text):
                if place is None or unit_of(place.name) != unit:
                    place = self._places.find(unit, order) or place
            elif place is None and self._is_local(position):
                place = self._places.find("", order)
            normalised.append(self._lexicon.normalise_after(position.text, body, own or earlier))
            body = body if is_bare(position.text) else position.text
            earlier = own or earlier
            known = self._lexicon.find(normalised[-1])
            if own and principal is None and known is not None and known.category == "正职":
                principal = place
        place = principal or place
        self._found[id(finding)] = (place, normalised, self._rank(finding, place, normalised))

    def _is_local(self, position: PositionSpan) -> bool:
        known = self._lexicon.find(self._lexicon.normalise(position.text))
        outside = {"企业", "外国与国际", "军队", "中央", "高校", "学校", "事业单位", "职级"}
        return known is not None and known.organisation_kind not in outside

    def _rank(self, finding: Finding, place: Place | None, normalised: Sequence[str]) -> str:
        sentence = finding.sentence.text
        if note := _RANK_NOTE.match(sentence, finding.name.end):
            return _RANK_NAMES[note.group(2)] + ("正职" if note.group(1) == "正" else "副职")
        ranks = []
        for name in normalised:
            position = self._lexicon.find(name)
            if position is None:
                continue
            fits = place is not None and (not position.unit or unit_of(place.name) == position.unit)
            level = jurisdiction_level(place.code, self._gazetteer) if fits and place else ""
            ranks.append(self._lexicon.rank(name, level))
        order = [rank for rank in _rank_order() if rank in ranks]
        return order[0] if order else ""

    def _is_compatible(self, person: Person, finding: Finding) -> bool:
        place, normalised, _ = self._found[id(finding)]
        if place is None or person.place is None or not set(normalised) & set(person.normalised):
            return True
        return unit_of(place.name) != unit_of(person.place.name) or _same_place(place, person.place)

    def _learn(self, person: Person, finding: Finding) -> None:
        place, normalised, rank = self._found[id(finding)]
        new = [n for n in normalised if n not in person.normalised]
        if any("领导" in n for n in new) and person.normalised:
            new = [n for n in new if "领导" not in n]
        elif new and person.normalised and all("领导" in n for n in person.normalised):
            person.normalised.clear()
            person.place, person.rank = place or person.place, ""
        person.normalised += new
        if place is not None and (person.place is None or (person.place.code is None and place.code)):
            person.place = place
        person.rank = next((r for r in _rank_order() if r in {person.rank, rank}), "")
        person.status = person.status or self._status(finding)
        person.organisation = self._organisation(person.normalised, person.place)

    def _status(self, finding: Finding) -> str:
        if finding.role == "被查":
            return "investigated"
        if finding.role == "逝世":
            return "deceased"
        if finding.is_proposed:
            return "candidate" if any(p.text.endswith("候选人") for p in finding.positions) else "proposed"
        if finding.status and finding.status != "in_office":
            return finding.status
        ends = [*(p.end for p in finding.positions), finding.name.end]
        if any(_SECONDED.match(finding.sentence.text, end) for end in ends):
            return "seconded"
        for status, pattern in _STATUS:
            if finding.positions and any(pattern.search(p.text) for p in finding.positions):
                return status
        return "in_office" if finding.positions else ""

    def _organisation(self, normalised: Sequence[str], place: Place | None) -> str:
        name = place.name if place else ""
        unit = unit_of(name)
        for position in normalised:
            organ = re.sub(
                r"(?:常务|第一|专职)?副?(?:书记|主任|主席|局长|厅长|部长|院长|检察长|秘书长|常委|委员|会长|理事长|成员|政委|领导)$",
                "",
                position,
            )
            if unit and position.endswith(f"{unit}长"):
                return f"{name}人民政府"
            if organ != position and organ:
                return name + organ.removeprefix(unit) if unit else organ
        return ""

    def _mention(self, person: Person, finding: Finding) -> OfficialMention:
        place, _, rank = self._found[id(finding)]
        start, end = finding.sentence.span(finding.name.start, finding.name.end)
        written = [self._original(finding.sentence, p.start, p.end) for p in finding.positions]
        return self._tag(
            person,
            finding.sentence.field,
            (start, end),
            position="、".join(dict.fromkeys(written)),
            place=place or person.place,
            rank=rank or person.rank,
            status=self._status(finding) or person.status or "in_office",
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
        for person in longest:
            if person.key != person.name:
                continue
            for where, whole in self._fields.items():
                for match in re.finditer(re.escape(person.name), whole):
                    span = (where, match.start(), match.end())
                    if any(_overlaps(span, other) for other in (*taken, *others)):
                        continue
                    if not _ends_name(whole, match.end(), len(person.name)):
                        continue
                    taken.append(span)
                    found.append(self._plain(person, span, "bare_name"))
        return found

    def _surnames(self, persons: Sequence[Person], taken: list[tuple[TextField, int, int]]) -> list[OfficialMention]:
        found = []
        surnames = {p.name[:2] if p.name[:2] in load_names().surnames else p.name[:1] for p in persons}
        if not surnames:
            return []
        pattern = re.compile(rf"({'|'.join(map(re.escape, sorted(surnames, key=len, reverse=True)))})({_SHORT_TITLE})")
        for where, whole in self._fields.items():
            for match in pattern.finditer(whole):
                span = (where, match.start(), match.end())
                holders = [p for p in persons if p.name.startswith(match.group(1)) and _holds(p, match.group(2))]
                if len(holders) == 1 and not any(_overlaps(span, other) for other in taken):
                    taken.append(span)
                    found.append(self._plain(holders[0], span, "surname_title", match.group(2)))
        return found

    def _plain(
        self, person: Person, span: tuple[TextField, int, int], rule: str, position: str = ""
    ) -> OfficialMention:
        where, start, end = span
        whole = self._fields[where]
        stop = min((i for i in (whole.find(c, end) for c in "。；！？\n") if i >= 0), default=len(whole))
        begin = max(whole.rfind(c, 0, start) for c in "。；！？\n") + 1
        return self._tag(
            person,
            where,
            (start, end),
            position=position,
            place=person.place,
            rank=person.rank,
            status=person.status or "in_office",
            role=read_role(whole[begin:start], whole[end:stop]),
            confidence=0.9 if rule == "bare_name" else 0.7,
            rule=rule,
        )

    def _original(self, sentence: Sentence, start: int, end: int) -> str:
        a, b = sentence.span(start, end)
        return "".join(self._fields[sentence.field][a:b].split())

    def _order(self, sentence: Sentence, start: int) -> Order:
        return order_of(sentence.field, sentence.span(start, start + 1)[0])


def _same_place(one: Place, other: Place) -> bool:
    return (
        one.code == other.code
        if one.code and other.code
        else one.name.endswith(other.name) or other.name.endswith(one.name)
    )


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


def _rank_order() -> tuple[str, ...]:
    return tuple(
        level + step for level in ("国家级", "省部级", "厅局级", "县处级", "乡科级") for step in ("正职", "副职")
    )
