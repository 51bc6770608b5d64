"""The table of cases, region_cases.tsv: a line a case, fit to be checked by a Chinese editor."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from transforms.gazetteer import Gazetteer, read_rows
from transforms.regions import tag_regions

CASES = Path(__file__).parent / "region_cases.tsv"
FLOORS = {"primary": 0.97, "precision": 0.97, "recall": 0.97}
"""The shares of the table that are right today, rounded down; they only rise."""


@dataclass(frozen=True)
class Case:
    title: str
    text: str
    primary: str
    mentioned: frozenset[str]
    never: frozenset[str]
    why: str


def codes(cell: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+", cell))


def load_cases() -> list[Case]:
    cases = []
    for row in read_rows(CASES):
        primary = next(iter(codes(row["primary"])), "")
        case = Case(row["title"], row["text"], primary, codes(row["mentioned"]), codes(row["never"]), row["why"])
        cases.append(case)
    return cases


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load_cases()


def tags_of(case: Case) -> tuple[str, frozenset[str]]:
    tags = tag_regions(case.title, case.text)
    primary = [tag.region_code for tag in tags if tag.is_primary]
    return (primary[0] if len(primary) == 1 else "+".join(primary)), frozenset(t.region_code for t in tags)


def test_the_table_is_as_long_as_it_claims_and_names_what_exists(cases: list[Case]) -> None:
    gazetteer = Gazetteer.load()
    assert len(cases) >= 330
    assert len({(case.title, case.text) for case in cases}) == len(cases)
    for row in read_rows(CASES):
        for code, name in re.findall(r"(\d+)(\D+?)(?: |$)", " ".join((row["primary"], row["mentioned"], row["never"]))):
            assert gazetteer.name(code) == name, row


def test_floors_of_the_table(cases: list[Case]) -> None:
    gazetteer = Gazetteer.load()
    right = true = false = missed = 0
    misses = []
    for case in cases:
        primary, tagged = tags_of(case)
        above = {code for wanted in case.mentioned | {case.primary} - {""} for code in gazetteer.path(wanted)}
        right += primary == case.primary
        true += len(case.mentioned & tagged)
        false += len(tagged - case.mentioned - above)
        missed += len(case.mentioned - tagged)
        if primary != case.primary or case.mentioned - tagged or tagged - case.mentioned - above:
            misses.append((case.title, case.text, case.primary, primary, sorted(case.mentioned), sorted(tagged)))
    report = "\n".join(map(str, misses))
    assert right / len(cases) >= FLOORS["primary"], report
    assert true / (true + false) >= FLOORS["precision"], report
    assert true / (true + missed) >= FLOORS["recall"], report


def test_no_case_yields_a_region_it_must_never_yield(cases: list[Case]) -> None:
    wrong = [(case.text, sorted(tags_of(case)[1] & case.never)) for case in cases if tags_of(case)[1] & case.never]
    assert wrong == []
