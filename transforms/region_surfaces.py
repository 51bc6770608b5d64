"""The surfaces of a text that name a region, in text order and without overlaps: step one of tagging.

Every candidate of the name index is weighed against ordinary words (扩大|连片 is no 大连) and against what stands
around it: a road, a school, a company, a dish, a person's name or a place abroad is no region.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from records import TextField
from transforms.region_contexts import (
    SURNAMES,
    Contexts,
    factor_of,
    follows_role,
    is_apart,
    is_called,
    is_part_of_another,
    is_person,
    may_be_given_name,
    next_character,
)
from transforms.region_names import FORMER, FULL, SHORT, TOWNSHIP, ZONE, NameIndex, Sense
from transforms.region_words import TOTAL, Span, Words

WINDOW = 5
LISTED_WITHIN = 7
LIST_BREAK = re.compile(r"[，。；：！？在与和]")
ABBREVIATED = 0.3
"""The weight of a province that stands among others: 苏鲁豫皖交界处的沛县 is about 沛县."""
ZONE_TAIL = re.compile(
    r"[\u4e00-\u9fff]{0,8}?(?:经济技术开发区|经济开发区|高新技术产业开发区|高新技术开发区|高新区|经开区|起步区|"
    r"综合保税区|综保区|保税区|保税港区|自贸区|自贸片区|开发区|新区|先行区|示范区|工业园区|产业园区|度假区)"
)
NOT_IN_ZONE = re.compile(r"[的和与及在、]|[省市县区镇乡]$")


@dataclass(slots=True)
class Surface:
    """One place that may name a region, on its way through the steps; `code` stays empty where it is not settled."""

    where: TextField
    start: int
    end: int
    text: str
    senses: tuple[Sense, ...]
    weak: bool = False
    """The words alone are no reason to think of a region (朝阳, 富裕)."""
    word: str = ""
    """Which kind of word it is where the words around it are no reason either: ordinary (安宁) or verb (公安)."""
    code: str = ""
    score: float = 0.0
    rule: str = ""
    parent: "Surface | None" = None
    """The surface right before it that names one of its ancestors: 济南市 before 章丘区."""
    heads: bool = False
    """Whether it is such an ancestor before another surface."""
    apart: bool = True
    """Whether it begins where a name can begin: at the start, behind punctuation or a word like 在."""
    factor: float = 1.0
    """What its weight is multiplied with: more for who acts with others, less for where one comes from or goes to."""
    enumerated: bool = False
    """Whether a 、 stands beside it."""
    media: bool = False
    """Part of a medium's name (乐山新闻网): evidence for others, no mention itself."""

    @property
    def forms(self) -> set[str]:
        """The forms of its senses."""
        return {sense.form for sense in self.senses}

    @property
    def is_bare(self) -> bool:
        """Whether it lacks the ending that makes a name a region's; a two-character county (成县) counts as bare."""
        return self.forms.isdisjoint({FULL, ZONE, TOWNSHIP}) or len(self.text) == 2


def find_surfaces(text: str, where: TextField, names: NameIndex, words: Words) -> list[Surface]:
    """The surfaces of one field, in text order."""
    contexts = Contexts.load(names.gazetteer.folder)
    spans = read_spans(text, names, words)
    surfaces = []
    for index, (start, end) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        surface = make_surface(text, (start, end), following, where, names)
        if surface is None:
            continue
        if surface.is_bare:
            surface.media = bool(contexts.media.match(text, surface.end))
            named_on = surface.end == following or surface.media
            if not named_on and is_part_of_another(text, surface.start, surface.end, contexts):
                continue
            if is_person(text, surface.start, surface.end):
                continue
            chained = index > 0 and spans[index - 1][1] == start
            is_province = any(sense.code.endswith("0000") for sense in surface.senses)
            surface.weak |= not chained and not is_province and may_be_given_name(text, surface.start, surface.end)
        surfaces.append(surface)
    mark_enumerations(text, surfaces)
    abbreviated = find_abbreviations(text, where, names)
    return sorted(surfaces + abbreviated, key=lambda surface: surface.start) if abbreviated else surfaces


def mark_enumerations(text: str, surfaces: list[Surface]) -> None:
    """Mark the first of several that are listed with what they are known for: 阳信鸭梨、曹县芍药."""
    for left, right in pairwise(surfaces):
        between = text[left.end : right.start]
        if between.endswith("、") and len(between) <= LISTED_WITHIN and not LIST_BREAK.search(between):
            left.enumerated = True


def without_persons(surfaces: list[Surface], sources: Mapping[TextField, str]) -> list[Surface]:
    """The surfaces without the bare names that the article gives to a person (他叫齐河), wherever they stand."""
    called = {s.text for s in surfaces if s.is_bare and is_called(sources[s.where], s.start, s.end)}
    called |= names_of_persons(surfaces, sources)
    return [s for s in surfaces if s.text not in called]


def former_units(surfaces: Sequence[Surface]) -> dict[str, str]:
    """What a region that the article calls by a former name was in those days: 章丘市 makes 370114 a 市."""
    ends = {s.code: s.text[-1] for s in surfaces if s.code and "former" in s.rule and "part of" not in s.rule}
    return {code: end for code, end in ends.items() if end in "省市县区旗"}


def names_of_persons(surfaces: list[Surface], sources: Mapping[TextField, str]) -> set[str]:
    """The bare names that are two thirds of a person's: behind 演员 once, before the same character always (郑州平)."""
    behind: dict[str, set[str]] = {}
    for s in surfaces:
        if len(s.text) == 2 and s.is_bare and s.text[0] in SURNAMES:
            behind.setdefault(s.text, set()).add(next_character(sources[s.where], s.end))
    steady = {name for name, following in behind.items() if len(following) == 1 and "" not in following}
    return {s.text for s in surfaces if s.text in steady and follows_role(sources[s.where], s.start)}


def find_abbreviations(text: str, where: TextField, names: NameIndex) -> list[Surface]:
    """The provinces of an abbreviation of several: 鲁豫两省, 苏鲁豫皖交界."""
    letters = "".join(names.abbreviations)
    pattern = rf"[{letters}]{{2,6}}(?=[两三四五六]省|[两三四]地|交界|省界|边界|边区|接合部|结合部)"
    found = []
    for match in re.finditer(pattern, text):
        for start, letter in enumerate(match[0], match.start()):
            surface = Surface(where, start, start + 1, letter, (names.abbreviations[letter],), enumerated=True)
            surface.factor = ABBREVIATED
            found.append(surface)
    return found


def read_spans(text: str, names: NameIndex, words: Words) -> list[Span]:
    """The spans of names that win against each other and against ordinary words."""
    spans = names.find(text)
    chosen: list[Span] = []
    at = 0
    while at < len(spans):
        start, end = spans[at]
        after = at + 1
        while after < len(spans) and spans[after][0] < end + WINDOW:
            end = max(end, spans[after][1])
            after += 1
        stretch = spans[at:after]
        if is_clear(stretch) and not any(words.crosses(text, *span) for span in stretch):
            chosen += stretch
        else:
            costed = [(span, _cost(text[span[0] : span[1]], names)) for span in stretch]
            chosen += sorted(words.read(text, max(0, start - WINDOW), min(len(text), end + WINDOW), costed))
        at = after
    return [span for span in chosen if text[span[0] : span[1]] not in names.blocked]


def is_clear(stretch: list[Span]) -> bool:
    """Whether no two names of a stretch overlap."""
    return all(left[1] <= right[0] for left, right in pairwise(stretch))


COUNTS = {FULL: 60.0, SHORT: 40.0, FORMER: 8.0, TOWNSHIP: 8.0, ZONE: 30.0}


def _cost(surface: str, names: NameIndex) -> float:
    """The log share of a name among words: long ones win anyway, bare short ones of small places are rare."""
    senses = names.senses.get(surface)
    if senses is None:
        return math.log(2000 / TOTAL)
    sense = senses[0]
    count = COUNTS[sense.form]
    if sense.form == SHORT and len(sense.code) == 6 and sense.code.endswith("00"):
        count = 10_000.0 if sense.code.endswith("0000") else 600.0
    return math.log(count / TOTAL)


def make_surface(text: str, span: Span, following: int, where: TextField, names: NameIndex) -> Surface | None:
    """The surface of a span, lengthened to the official name or over a functional zone where the text goes on so."""
    start, end = span
    if end < following and text[start : end + 1] in names.senses:
        end += 1
    surface = text[start:end]
    senses = names.senses.get(surface, ())
    if not senses:
        return None
    kind = "" if FULL in {s.form for s in senses} else names.common.get(surface, "")
    enumerated = "、" in text[max(0, start - 1) : start] + text[end : end + 1]
    found = Surface(where, start, end, surface, senses, bool(kind), apart=is_apart(text, start), enumerated=enumerated)
    found.word = kind if kind in {"ordinary", "verb"} else ""
    found.factor = factor_of(text, start, end)
    return found


def extend_zone(text: str, surface: Surface, following: int) -> None:
    """Let a surface take in the functional zone that follows its name: 济南 -> 济南高新区."""
    match = ZONE_TAIL.match(text, surface.end)
    if match and match.end() <= max(following, surface.end) and not NOT_IN_ZONE.search(match[0][:-2]):
        surface.end = match.end()
        surface.text = text[surface.start : surface.end]
        surface.rule = f"{surface.rule}, zone"
