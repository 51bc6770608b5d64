"""The office that one finding states: its positions normalised, with jurisdiction, rank, status and body."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from transforms.gazetteer import Gazetteer
from transforms.official_findings import Finding
from transforms.official_place_codes import Place
from transforms.official_place_names import is_zone, split_place, split_unit
from transforms.official_places import COMPANY, Jurisdictions, order_of
from transforms.official_sentences import Sentence
from transforms.official_spans import NOMINEE
from transforms.position_spans import PositionSpan
from transforms.positions import is_bare, jurisdiction_level, load_lexicon, unit_of

Original = Callable[[Sentence, int, int], str]
"""Gives the article's own characters for a stretch of a sentence."""
_OUTSIDE = frozenset({"企业", "外国与国际", "军队", "中央", "高校", "学校", "事业单位", "职级"})
"""Kinds of bodies whose posts say nothing of a local jurisdiction."""
_BEYOND = re.compile("^(?:中国|全国|国家|中华|国际|世界|亚洲|联合国|中央)")
"""How bodies begin whose jurisdiction is no region of the country: 中国地理学会副理事长."""
_SOCIETY = re.compile("(?:协会|学会|商会|促进会|研究会|联盟|基金会)[\u4e00-\u9fff]{0,8}$|会长$|理事长$")
"""A society that names no region may be anybody's, whatever region the article is about."""
RANKS = tuple(level + step for level in ("国家级", "省部级", "厅局级", "县处级", "乡科级") for step in ("正职", "副职"))
"""All ranks, the highest first."""
_STATUS = (
    (
        "former",
        re.compile(
            "^(?:中共)?(?:原(?!平市|州区|阳县)|前任?|曾任)(?![一-鿿]{1,3}[县市区镇乡]委)|(?<=[委府会协院局厅部联团司组处办])[原前](?=[一-鿿])|"
            "(?<=[室所站队校社行镇乡村县市区州旗])原(?!平市|州区|阳县)(?=[一-鿿])|"
            "(?<=[一-鿿])前(?=总统|总理|首相|外长|国王|主席|议长)|老领导"
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
_HEAD = re.compile(
    r"(?:常务|第一|专职)?副?(?:书记|主任|主席|局长|厅长|部长|院长|检察长|秘书长|常委|委员|会长|理事长|成员|政委|领导)$"
)


@dataclass(frozen=True, slots=True)
class Office:
    """What a finding's positions come to: where, under which names, at which rank."""

    place: Place | None
    normalised: tuple[str, ...]
    rank: str


class OfficeReader:
    """Reads the offices of an article's findings in text order: each place serves the ones after it."""

    def __init__(self, places: Jurisdictions, gazetteer: Gazetteer, original: Original) -> None:
        self._places, self._gazetteer, self._original = places, gazetteer, original
        self._lexicon = load_lexicon()
        self._before: tuple[Sentence, str, Place | None] | None = None

    def read(self, finding: Finding) -> Office:
        """The office of one finding."""
        principal: Place | None = None
        normalised: list[str] = []
        earlier = ""
        body, place = self._shared_body(finding)
        sentence = order_of(finding.sentence.field, finding.sentence.span(0, 1)[0])
        outside = False
        for position in finding.positions:
            outside = self._is_outside(position) or (outside and is_bare(position.text))
            order = order_of(finding.sentence.field, finding.sentence.span(position.start, position.end)[0])
            own = self._places.name_at(order, position.text, split_place(position.text))
            if own:
                at = position.text.index(own) + position.start
                shown = self._original(finding.sentence, at, at + len(own))
                place = self._places.add_official_place(order, own, shown)
            elif unit := split_unit(position.text):
                if place is None or unit_of(place.name) != unit:
                    place = self._places.find(unit, order, sentence, position.text) or place
            elif place is None and not outside and self._is_local(position):
                place = self._places.find("", order, sentence, position.text)
            normalised.append(self._lexicon.normalise_after(position.text, body, own or earlier))
            body = body if is_bare(position.text) else position.text
            earlier = own or earlier
            known = self._lexicon.find(normalised[-1])
            if own and principal is None and known is not None and known.category == "正职":
                principal = place
        place = principal or place
        if finding.positions:
            self._before = (finding.sentence, body, place)
        return Office(place, tuple(normalised), self._rank(finding, place, normalised))

    def _shared_body(self, finding: Finding) -> tuple[str, Place | None]:
        """The position before, whose body a bare title goes on: 县政协主席甲，副主席乙; and its jurisdiction."""
        if self._before is None or not finding.positions or self._before[0] is not finding.sentence:
            return "", None
        _, body, place = self._before
        if is_bare(finding.positions[0].text):
            return body, place
        known = self._lexicon.find(self._lexicon.normalise(finding.positions[0].text))
        graded = known is not None and known.organisation_kind == "职级"
        return ("", place) if graded else ("", None)

    def _is_outside(self, position: PositionSpan) -> bool:
        """Whether the body is none of a region's, or may be anybody's; a bare title after it is of the same body."""
        text = position.text
        return any(pattern.search(text) for pattern in (_BEYOND, _SOCIETY, COMPANY))

    def _is_local(self, position: PositionSpan) -> bool:
        known = self._lexicon.find(self._lexicon.normalise(position.text))
        return known is not None and known.organisation_kind not in _OUTSIDE

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
            fits = fits and not (place and is_zone(place.name) and place.name != self._gazetteer_name(place))
            level = jurisdiction_level(place.code, self._gazetteer) if fits and place else ""
            ranks.append(self._lexicon.rank(name, level))
        return next((rank for rank in RANKS if rank in ranks), "")

    def _gazetteer_name(self, place: Place) -> str:
        return self._gazetteer.name(place.code) if place.code else ""


def status_of(finding: Finding) -> str:
    """The status in office that a finding tells, empty where it tells none."""
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
    if any(finding.sentence.text.startswith(NOMINEE, end) for end in ends):
        return "candidate"
    for status, pattern in _STATUS:
        if finding.positions and any(pattern.search(p.text) for p in finding.positions):
            return status
    return "in_office" if finding.positions else ""


def organisation_of(normalised: Sequence[str], place: Place | None) -> str:
    """The body of the first position that names one: 章丘区委 of 区委书记, 章丘区人民政府 of 区长."""
    name = place.name if place else ""
    unit = unit_of(name)
    for position in normalised:
        organ = _HEAD.sub("", position)
        if unit and position.endswith(f"{unit}长"):
            return f"{name}人民政府"
        if organ != position and organ:
            return name + organ.removeprefix(unit) if unit else organ
    return ""
