"""The jurisdiction of a position: the place in its own words, else the one that the text has set.

市委书记 without a place is that of the last place whose officials were named in the same sentence, then of the home of
the report (the publisher's region, or the host of 来章丘区考察), then of the last officials named before, then of the
article's primary region (its city), then of a place named near it. Nothing fits: no jurisdiction. A functional zone
(上虞经济技术开发区) is no 区 that has a 区委 or a court.
"""

import re
from collections.abc import Iterable

from records import RegionRole, RegionTag, TextField
from transforms.gazetteer import Gazetteer
from transforms.official_place_codes import Place, PlaceCodes
from transforms.official_place_names import is_of_zone, is_ours, is_zone
from transforms.positions import UNITS, unit_of

_NAMED = re.compile(rf"[\u4e00-\u9fff]{{1,9}}?(?:{'|'.join(UNITS)})(?![市区县])")
"""A place within a name: 州 of 原州区 and of 沧州市 ends none."""
_VISITOR = re.compile("(?:会见|接待)了?(?:(?:来访|到访|前来[\u4e00-\u9fff]{0,6})的)?(?:中共)?$")
"""What stands before the title of a guest: 会见了来访的 | 德阳市旌阳区委书记."""
_OPENING = re.compile(
    "(?:\\d+月\\d+日|[今昨]天|[今昨]日|近日|日前|[上下]午|[，,\\s])*([\u4e00-\u9fff]{2,6}(?:乡|镇|街道))(?=召开|举行|举办|组织|开展|启动|部署|传达|党委|政府|人大)"
)
_HOST = re.compile("(?<![到起下上出过原未以近从历将年本由向])来$|莅临?$|抵达?$")
"""What stands before the region that guests come to: 一行来 | 章丘区 | 考察."""
_BELOW_COUNTY = frozenset({"镇", "乡", "街道", "村", "社区"})
_COUNTY_BODY = re.compile("局|管委|管理委员会|[检法]院|[支大]队|总工会|指挥部")
"""Bodies that townships have not."""
COMPANY = re.compile("公司|集团|银行|大学|学院|医院|协会|学会|商会|中学|小学|学校")
_PREFECTURES = ("地委", "行署", "州委", "盟委")
_BEFORE_PLACE = re.compile("(?:中共|原|前|时任|现任|政协|共青团)*")
_POINTING = frozenset("我本该全")
"""How surfaces begin that name no place: 我县."""
Order = tuple[int, int]
"""Where something stands in reading order: title 0, dateline and text 1; then the offset."""


def order_of(where: TextField, start: int) -> Order:
    """The place of an offset in reading order."""
    return (0, start) if where is TextField.TITLE else (1, -1) if where is TextField.DATELINE else (1, start)


class Jurisdictions:
    """The places of one article, and the jurisdiction that each position refers to."""

    def __init__(
        self, regions: Iterable[RegionTag], gazetteer: Gazetteer, publisher_region: str | None, title: str, text: str
    ) -> None:
        self._tags = [(order_of(tag.field, tag.start), tag) for tag in regions]
        self._codes = PlaceCodes([tag for _, tag in self._tags], gazetteer)
        primary = [tag.region_code for _, tag in self._tags if tag.is_primary]
        self._primary = primary[0] if len(set(primary)) == 1 else None
        self._publisher = publisher_region if publisher_region in gazetteer else None
        fields = {TextField.TITLE: title, TextField.TEXT: text}
        said = [
            tag for _, tag in self._tags if tag.role is not RegionRole.PUBLISHER and tag.surface[:1] not in _POINTING
        ]
        self._said = {part for tag in said for part in gazetteer.path(tag.region_code)}
        self._starts = {order_of(tag.field, tag.start): tag for tag in said if tag.field in fields}
        self._hosts = [
            tag.region_code for tag in said if _HOST.search(fields.get(tag.field, ""), max(0, tag.start - 2), tag.start)
        ]
        self._named: list[tuple[Order, Place]] = []
        self._fields = (title, text)
        self._visitors: set[Place] = set()
        self._of_officials: list[tuple[Order, Place]] = []

    def add_name(self, order: Order, name: str) -> None:
        """Note a place that the text names, known to the gazetteer or not (临川市云岭区)."""
        for match in _NAMED.finditer(name):
            end = match.group()
            self._named.append((order, Place(end, self._codes.find(end))))

    def add_opening(self, order: Order, text: str) -> None:
        """Note the township that opens a sentence: 者山乡召开会议."""
        if match := _OPENING.match(text):
            self.add_name(order, match.group(1))

    def add_official_place(self, order: Order, name: str, shown: str) -> Place:
        """Note the place that a position begins with; returns it with its code."""
        last = [m.group() for m in _NAMED.finditer(name)] or [name]
        code = self._codes.find(name) or self._codes.find(last[-1]) or self._codes.find_ending(name)
        if code is None and unit_of(name) in {"村", "社区"}:  # no code of its own: the nearest one above it
            code = next((c for part in reversed(last[:-1]) if (c := self._codes.find(part))), None)
        place = Place(name, code, shown)
        self._of_officials.append((order, place))
        if _VISITOR.search(self._fields[order[0]], max(0, order[1] - 14), order[1]):
            self._visitors.add(place)
        return place

    def name_at(self, order: Order, position: str, read: str) -> str:
        """The place that a position begins with, as its words are `read`, or longer by the regions known there.

        会昌县 of 会昌县城市管理局局长, 青岛市崂山区 of 青岛市崂山区司法局局长 though only 青岛市 is read.
        """
        before = _BEFORE_PLACE.match(position)
        start = position.index(read) if read else before.end() if before else 0
        end = start + len(read)
        while tag := self._starts.get((order[0], order[1] + end)):
            after = end + len(tag.surface)
            is_whole = unit_of(tag.surface) or position.startswith(_PREFECTURES, after)  # 塔城 | 地委
            if not is_whole or not position.startswith(tag.surface, end) or COMPANY.search(position):
                break
            end = after
        return position[start:end]

    def find(self, unit: str, order: Order, sentence: Order, position: str) -> Place | None:
        """The jurisdiction of a position of that unit (any where empty) that stands there, in that sentence."""
        zones = [place for at, place in self._of_officials if at < order and self._codes.is_zone(place)]
        zones = zones or [Place(t.surface, t.region_code) for at, t in self._tags if at < order and is_zone(t.surface)]
        if unit == "区" and zones and is_of_zone(position):
            self._of_officials.append((order, zones[-1]))
            return zones[-1]
        near = [(at, place) for at, place in self._of_officials if at < order and self._fits(place, unit)]
        if near and near[-1][0] >= sentence and not is_ours(position):
            return near[-1][1] if unit else self._seat(near[-1][1], position)
        if unit and (home := self._home(unit)):
            return home
        near = [item for item in near if item[1] not in self._visitors] or near
        if near:
            return near[-1][1] if unit else self._seat(near[-1][1], position)
        districts = [tag for _, tag in self._tags if unit_of(tag.surface) == "区" and not is_zone(tag.surface)]
        if unit == "区" and zones and not districts:
            return zones[-1]  # the district in which the zone's streets lie is never named
        if self._primary and (place := self._codes.ancestor(self._primary, unit)):
            return self._written_instead(place, unit, order) or place
        return self._find_named(unit, order)

    def _seat(self, place: Place, position: str) -> Place:
        """The place of a body that names none, after an official of that place: no township has a 公安分局."""
        if place.code is None or unit_of(place.name) not in _BELOW_COUNTY or not _COUNTY_BODY.search(position):
            return place
        return self._codes.county_of(place.code) or place

    def _find_named(self, unit: str, order: Order) -> Place | None:
        named = self._named + [(at, self._codes.of_code(tag.region_code)) for at, tag in self._tags]
        named.sort(key=lambda item: item[0])
        before = [place for at, place in named if at <= order and self._fits(place, unit)]
        after = [place for at, place in named + self._of_officials if at > order and self._fits(place, unit)]
        if before or after:
            return (before[-1:] or after[:1])[0]
        above = [p for _, tag in self._tags if (p := self._codes.ancestor(tag.region_code, unit))]
        if above and len({p.code for p in above}) == 1:
            return above[0]
        return self._codes.ancestor(self._publisher, unit) if self._publisher else None

    def _home(self, unit: str) -> Place | None:
        """The place of that unit that the report is written in: the publisher's, where the text names it; the host."""
        place = self._codes.ancestor(self._publisher, unit) if self._publisher else None
        if place is not None and place.code in self._said:
            return place
        return next((p for code in self._hosts if (p := self._codes.ancestor(code, unit))), None)

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
        if is_zone(unit):
            return self._codes.is_zone(place)
        return unit_of(place.name) == unit and not self._codes.is_zone(place)
