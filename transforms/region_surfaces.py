"""The surfaces of a text that name a region, in text order and without overlaps: step one of tagging.

Every candidate of the name index is weighed against ordinary words (扩大|连片 is no 大连) and against what stands
around it: a road, a school, a company, a dish, a person's name or a place abroad is no region.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from records import TextField
from transforms.gazetteer import read_rows
from transforms.region_names import BLOCKED, FORMER, FULL, SHORT, TOWNSHIP, ZONE, NameIndex, Sense
from transforms.region_words import TOTAL, Span, Words

WINDOW = 5
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
)
BYLINE = re.compile(r"(?:记者|通讯员|摄影|编辑|责编|校对|审核|实习生|文|图)(?:[\s:：/]+[\u4e00-\u9fff]{2,4})*[\s:：]+$")
BEFORE_PERSON = re.compile(r"(?:^|[、，。；：（(\s“”]|记者|通讯员|书记|主任|同志|员|长|摄影|摄|文|图)$")
APART = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[在从到赴由至向与和于对为是入进往来获前日省市区县州盟年月讯及同的了抵回返离据经驻报社电网])$"
)
AWAY = re.compile(
    r"(?:赴|飞往|前往|来自|运往|销往|发往|返回|支援|援助|逃往|逃至|逃到|逃离|转到|远销|走出|迁往|嫁到|对口|飞抵)(?:[\u4e00-\u9fff]{2,4}[、和与])*$"
)
ORIGIN = re.compile(
    r"(?:省|市|县|区)?(?:(?:[、和][\u4e00-\u9fff]{2,4})+的|的?)(?:籍|人(?![民大力才口员社居]|均|工)|警方|男子|女子|客商|游客|专家|商人|老板|姑娘|小伙|知青|口音|考生|网友|球员|[男女]?(?:棋手|选手|运动员)|队)"
)
LEADING = re.compile(r"与|和|同(?![日时步期一样比])|跟|携手|联合")
FOLLOWING = re.compile(r"(?:[与和同跟、]|携手|联合)$")
ZONE_TAIL = re.compile(
    r"[\u4e00-\u9fff]{0,8}?(?:经济技术开发区|经济开发区|高新技术产业开发区|高新技术开发区|高新区|经开区|起步区|综合保税区|综保区|保税区|保税港区|自贸区|"
    r"自贸片区|开发区|新区|先行区|示范区|工业园区|产业园区|度假区)"
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


@dataclass(frozen=True, slots=True)
class Contexts:
    """What around a surface makes it something else, compiled from seeds/gazetteer/contexts.tsv and foreign.tsv."""

    other: re.Pattern[str]
    media: re.Pattern[str]
    not_road: re.Pattern[str]
    foreign: re.Pattern[str]
    abroad: frozenset[str]

    @staticmethod
    def load(folder: Path) -> "Contexts":
        """The contexts of a seeds folder, compiled once per process."""
        return _load_contexts(folder)


@lru_cache(maxsize=4)
def _load_contexts(folder: Path) -> Contexts:
    rows = read_rows(folder / "contexts.tsv")

    def pattern(side: str, *kinds: str) -> str:
        words = [r["word"] for r in rows if r["side"] == side and (not kinds or r["kind"] in kinds)]
        return "|".join(sorted(map(re.escape, words), key=len, reverse=True))

    abroad = frozenset(row["word"] for row in read_rows(folder / "foreign.tsv"))
    middle = "[东西南北中]?"
    longer = r"(?:[\u4e00-\u9fff]{1,7}?(?:大学|学院|师范)|[\u4e00-\u9fff]{2,9}?(?:有限公司|有限责任公司|股份公司|集团))"
    return Contexts(
        other=re.compile(
            middle
            + "(?:"
            + pattern("after", "school", "company", "force", "food", "house", "road", "nature")
            + ")|"
            + longer
        ),
        media=re.compile("(?:" + pattern("after", "media") + ")"),
        not_road=re.compile(pattern("except_after")),
        foreign=re.compile("(?:" + "|".join(sorted(abroad, key=len, reverse=True)) + ")$"),
        abroad=abroad,
    )


def find_surfaces(text: str, where: TextField, names: NameIndex, words: Words) -> list[Surface]:
    """The surfaces of one field, in text order."""
    contexts = Contexts.load(names.gazetteer.folder)
    spans = read_spans(text, names, words)
    surfaces = []
    for index, (start, end) in enumerate(spans):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        surface = make_surface(text, (start, end), following, where, names)
        chained = index > 0 and spans[index - 1][1] == start
        if surface is not None and not chained and is_given_name(text, start, end):
            surface.weak = surface.weak or surface.forms.isdisjoint({FULL})
        if surface is not None and not is_something_else(text, surface, following, contexts):
            surfaces.append(surface)
    return surfaces


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
        count = 3000.0 if sense.code.endswith("0000") else 600.0
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
    weak = FULL not in {s.form for s in senses} and surface in names.common
    enumerated = "、" in text[max(0, start - 1) : start] + text[end : end + 1]
    apart = bool(APART.search(text[max(0, start - 2) : start]))
    return Surface(
        where, start, end, surface, senses, weak, apart=apart, factor=factor_of(text, start, end), enumerated=enumerated
    )


def is_given_name(text: str, start: int, end: int) -> bool:
    """Whether a two-character name may be the given name of a person in the middle of a sentence (案高玉林等)."""
    return end - start == 2 and start > 0 and text[start - 1] in SURNAMES and not APART.search(text[:start])


def factor_of(text: str, start: int, end: int) -> float:
    """Less than 1 where people only come from or go to a place, more where it acts with others."""
    if AWAY.search(text[max(0, start - 12) : start]) or ORIGIN.match(text, end):
        return 0.5
    return 1.4 if LEADING.match(text, end) and not FOLLOWING.search(text[max(0, start - 2) : start]) else 1.0


def is_something_else(text: str, surface: Surface, following: int, contexts: Contexts) -> bool:
    """Whether what stands around a bare name makes it part of another name. Marks media on the way."""
    bare = not surface.forms & {FULL, ZONE, TOWNSHIP} or len(surface.text) == 2
    behind = text[surface.end : surface.end + 14]
    if bare and contexts.media.match(behind):
        surface.media = True
        return False
    if bare and surface.end < following and contexts.other.match(behind) and not contexts.not_road.match(behind):
        return True
    before = text[max(0, surface.start - 16) : surface.start]
    if bare and (before.endswith("·") or behind.startswith("·")):
        return True
    if contexts.foreign.search(before):
        return bare
    return bare and len(surface.text) == 2 and is_person(before, behind)


def is_person(before: str, behind: str) -> bool:
    """Whether a two-character name is a person in a byline or the given name behind a surname (通讯员李吉林)."""
    return bool(BYLINE.search(before)) or (
        bool(before) and before[-1] in SURNAMES and bool(BEFORE_PERSON.search(before[:-1]))
    )


def extend_zone(text: str, surface: Surface, following: int) -> None:
    """Let a surface take in the functional zone that follows its name: 济南 -> 济南高新区."""
    match = ZONE_TAIL.match(text, surface.end)
    if match and match.end() <= max(following, surface.end) and not NOT_IN_ZONE.search(match[0][:-2]):
        surface.end = match.end()
        surface.text = text[surface.start : surface.end]
        surface.rule = ZONE


__all__ = ["BLOCKED", "Contexts", "Surface", "extend_zone", "find_surfaces"]
