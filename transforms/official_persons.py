"""The persons of an article: findings joined by name, kept apart where one name holds one office in two places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from transforms.official_findings import Finding, is_familiar
from transforms.official_offices import RANKS, Office, organisation_of, status_of
from transforms.official_place_codes import Place
from transforms.positions import unit_of


@dataclass(slots=True)
class Person:
    """One official of the article: his findings, and what they say together."""

    key: str
    name: str
    findings: list[tuple[Finding, Office]] = field(default_factory=list)
    normalised: list[str] = field(default_factory=list)
    place: Place | None = None
    rank: str = ""
    status: str = ""
    organisation: str = ""


def join_persons(findings: Sequence[tuple[Finding, Office]], name_of: Callable[[Finding], str]) -> list[Person]:
    """The officials among the persons found: those with a position somewhere in the article, or called 同志."""
    persons: dict[str, list[Person]] = {}
    for finding, office in findings:
        name = name_of(finding)
        if is_familiar(name):
            continue
        same = persons.setdefault(name, [])
        person = next((p for p in same if _is_compatible(p, office)), None)
        if person is None:
            person = Person(name if not same else f"{name}#{len(same) + 1}", name)
            same.append(person)
        person.findings.append((finding, office))
        _learn(person, finding, office)
    everyone = [p for same in persons.values() for p in same]
    return [p for p in everyone if p.normalised or any(f.is_comrade for f, _ in p.findings)]


def _is_compatible(person: Person, office: Office) -> bool:
    place = office.place
    if place is None or person.place is None or not set(office.normalised) & set(person.normalised):
        return True
    return unit_of(place.name) != unit_of(person.place.name) or _same_place(place, person.place)


def _learn(person: Person, finding: Finding, office: Office) -> None:
    place = office.place
    new = [n for n in office.normalised if not any(_says(known, n) for known in person.normalised)]
    if any("领导" in n for n in new) and person.normalised:
        new = [n for n in new if "领导" not in n]
    elif new and person.normalised and all("领导" in n for n in person.normalised):
        person.normalised.clear()  # 区领导 was what a list said of him; now his office is told
        person.place, person.rank = place or person.place, ""
    person.normalised += new
    if place is not None and (person.place is None or (person.place.code is None and place.code)):
        person.place = place
    person.rank = next((r for r in RANKS if r in {person.rank, office.rank}), "")
    person.status = person.status or status_of(finding)
    person.organisation = organisation_of(person.normalised, person.place)


def _says(known: str, name: str) -> bool:
    """Whether a known position says what a bare later title says: 镇党委书记 says 书记, 副区长 does not say 区长."""
    return known == name or (len(name) < 4 and known.endswith(name) and not known.endswith(f"副{name}"))


def _same_place(one: Place, other: Place) -> bool:
    return (
        one.code == other.code
        if one.code and other.code
        else one.name.endswith(other.name) or other.name.endswith(one.name)
    )
