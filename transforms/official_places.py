"""The jurisdiction of a position: the place in its own words, else the one that the text has set.

市委书记 without a place is that of the last place whose officials were just named, then of the article's primary
region (its city), then of a place named near it, then of the publisher's region. Nothing fits: no jurisdiction.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from records import RegionLevel, RegionTag, TextField
from transforms.gazetteer import Gazetteer
from transforms.positions import UNITS, unit_of

_HAN = "[\u4e00-\u9fff]"
_ORGAN = (
    "(?<=县)县委|(?<=市)市委|(?<=区)区委|(?<=旗)旗委|(?<=州)州委|(?<=镇)镇|(?<=乡)乡|(?<=村)村|委|长|人大|政协|人民|政府|纪|监|党|法院|检察|公安|武|总工会|妇联|团|领导|四大班子|主席|副|代|原|前|第一|常务|财政|教育|发改|科协|文联|"
    "残联|工商|行署|应急|交通|民政|水|农|住建|自然资源|卫|审计|统计|市场|文|商务|信访|办|政法|宣传|组织|统战|扶贫|乡村|红十字|县长|市长|区长|"
    "镇长|乡长|村长|省长|州长|旗长|盟长|书记|主任|支书|驻|两委|管委"
)
_UNIT_PATTERN = "|".join(UNITS)
_PLACE = re.compile(
    rf"^(?:中共|原|前|时任|现任)*((?:(?!全[省市县区]|[该我本各原前代])(?:(?![副省市县区])[\u4e00-\u9fff]){{1,9}}?"
    rf"(?:{_UNIT_PATTERN}|开发区|高新区|新区|园区))+)(?=(?:{_ORGAN}))"
)
_ONLY_UNIT = re.compile(rf"^(?:中共|原|前|代|时任|现任|挂职|常务|副|[该我本]|第一)*({_UNIT_PATTERN})")
_NAMED = re.compile(rf"(?:{_HAN}){{1,9}}?(?:{_UNIT_PATTERN})")
_OPENING = re.compile(
    "(?:\\d+月\\d+日|[今昨]天|[今昨]日|近日|日前|[上下]午|[，,\\s])*([\u4e00-\u9fff]{2,6}(?:乡|镇|街道))(?=召开|举行|举办|组织|开展|启动|部署|传达|党委|政府|人大)"
)
_LEVELS = {
    "省": RegionLevel.PROVINCE,
    "自治区": RegionLevel.PROVINCE,
    "州": RegionLevel.CITY,
    "盟": RegionLevel.CITY,
    "县": RegionLevel.COUNTY,
    "区": RegionLevel.COUNTY,
    "旗": RegionLevel.COUNTY,
    "镇": RegionLevel.TOWNSHIP,
    "乡": RegionLevel.TOWNSHIP,
    "街道": RegionLevel.TOWNSHIP,
}
Order = tuple[int, int]
"""Where something stands in reading order: title 0, dateline and text 1; then the offset."""


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction: its name as the text or the gazetteer has it, and its code where that is certain."""

    name: str
    code: str | None
    shown: str = ""
    """The name in the text's own characters, where they are others (遂水縣)."""


def split_place(position: str) -> str:
    """The name of the place that a position begins with: 章丘区 of 章丘区委书记, empty of 区委书记."""
    match = _PLACE.match(position)
    if match is None:
        return ""
    place = match.group(1)
    bare = not place.strip("省市县区州盟旗镇乡村")
    return "" if bare or place in UNITS or re.search("人民|政府|委员|常委|书记|政协|挂职", place) else place


def split_unit(position: str) -> str:
    """The kind of jurisdiction that a position without a place names: 区 of 区委书记 and of 副区长."""
    match = _ONLY_UNIT.match(position)
    return match.group(1) if match else ""


def order_of(where: TextField, start: int) -> Order:
    """The place of an offset in reading order."""
    return (0, start) if where is TextField.TITLE else (1, -1) if where is TextField.DATELINE else (1, start)


class Jurisdictions:
    """The places of one article, and the jurisdiction that each position refers to."""

    def __init__(self, regions: Iterable[RegionTag], gazetteer: Gazetteer, publisher_region: str | None) -> None:
        self._gazetteer = gazetteer
        self._tags = [(order_of(tag.field, tag.start), tag) for tag in regions]
        self._codes = {part for _, tag in self._tags for part in gazetteer.path(tag.region_code)}
        primary = [tag.region_code for _, tag in self._tags if tag.is_primary]
        self._primary = primary[0] if len(set(primary)) == 1 else None
        self._publisher = publisher_region if publisher_region in gazetteer else None
        self._named: list[tuple[Order, Place]] = []
        self._of_officials: list[tuple[Order, Place]] = []

    def add_name(self, order: Order, name: str) -> None:
        """Note a place that the text names, known to the gazetteer or not (临川市云岭区)."""
        end = ""
        for match in _NAMED.finditer(name):
            end = match.group()
            self._named.append((order, Place(end, self._code(end))))

    def add_opening(self, order: Order, text: str) -> None:
        """Note the township that opens a sentence: 者山乡召开会议."""
        if match := _OPENING.match(text):
            self.add_name(order, match.group(1))

    def add_official_place(self, order: Order, name: str, shown: str) -> Place:
        """Note the place that a position begins with; returns it with its code."""
        last = [m.group() for m in _NAMED.finditer(name)] or [name]
        code = self._code(name) or self._code(last[-1])
        if code is None and unit_of(name) in {"村", "社区"}:  # no code of its own: the nearest one above it
            code = next((c for part in reversed(last[:-1]) if (c := self._code(part))), None)
        place = Place(name, code, shown)
        self._of_officials.append((order, place))
        return place

    def find(self, unit: str, order: Order) -> Place | None:
        """The jurisdiction of a position of that unit (any where empty) that stands there."""
        near = [place for at, place in self._of_officials if at < order and self._fits(place, unit)]
        if near:
            return near[-1]
        if self._primary and (place := self._ancestor(self._primary, unit)):
            return self._written_instead(place, unit, order) or place
        named = self._named + [(at, self._of_code(tag.region_code)) for at, tag in self._tags]
        named.sort(key=lambda item: item[0])
        before = [place for at, place in named if at <= order and self._fits(place, unit)]
        after = [place for at, place in named + self._of_officials if at > order and self._fits(place, unit)]
        if before or after:
            return (before[-1:] or after[:1])[0]
        above = [p for _, tag in self._tags if (p := self._ancestor(tag.region_code, unit))]
        if above and len({p.code for p in above}) == 1:
            return above[0]
        return self._ancestor(self._publisher, unit) if self._publisher else None

    def _written_instead(self, place: Place, unit: str, order: Order) -> Place | None:
        """The unknown place that the text writes out where it never does the known one: 云岭区, not 临川区."""
        said = any(tag.region_code == place.code and tag.surface.endswith(unit) for _, tag in self._tags)
        if not unit or said:
            return None
        written = [p for at, p in self._named if at <= order and unit_of(p.name) == unit]
        unknown = bool(written) and all(p.code is None and p.name != place.name for p in written)
        return written[0] if unknown and len({p.name for p in written}) == 1 else None

    def _fits(self, place: Place, unit: str) -> bool:
        if not unit:
            return True
        return unit_of(place.name) == unit

    def _ancestor(self, code: str, unit: str) -> Place | None:
        if not unit:
            return self._of_code(code)
        for part in reversed(self._gazetteer.path(code)):
            if unit_of(self._gazetteer.name(part)) == unit and not (unit == "区" and len(part) > 6):
                return self._of_code(part)
        return None

    def _of_code(self, code: str) -> Place:
        return Place(self._gazetteer.name(code), code)

    def _code(self, name: str) -> str | None:
        found = {
            c for c in self._codes if self._gazetteer.name(c) == name or self._gazetteer.full_name(c).endswith(name)
        }
        found |= {tag.region_code for _, tag in self._tags if tag.surface == name}
        return found.pop() if len(found) == 1 else None
