"""The place in a position's own words: 章丘区 of 章丘区委书记; and the kind of place of one that names none."""

import re

from transforms.positions import UNITS

_ORGAN = (
    "(?<=县)县委|(?<=市)市委|(?<=区)区委|(?<=旗)旗委|(?<=州)州委|(?<=镇)镇|(?<=乡)乡|(?<=村)村|委|长|人大|政协|人民|政府|纪|监|党|法院|检察|公安|武|总工会|妇联|团|领导|四大班子|主席|副|代|原|前|第一|常务|财政|教育|发改|科协|文联|"
    "残联|工商|行署|应急|交通|民政|水|农|住建|自然资源|卫|税务|派出所|司法所|综治|审计|统计|市场|文|商务|信访|办|政法|宣传|组织|统战|扶贫|乡村|红十字|县长|市长|区长|"
    "镇长|乡长|村长|省长|州长|旗长|盟长|书记|主任|支书|驻|两委|管委"
)
_UNIT_PATTERN = "|".join(UNITS)
_UNITS_BUT_VILLAGES = "|".join(unit for unit in UNITS if unit != "村")
"""农村 and 乡村 are no villages: 县农业农村局局长."""
_ZONE_WORDS = "经济技术开发区|经济开发区|开发区|高新区|经开区|新区|园区|示范区|保税区|度假区"
_ZONE = re.compile(f"(?:{_ZONE_WORDS}|[业区易]园区?|(?:合作|实验|试验|管理|贸易)区)$")
_ABOVE = "共青团|国家(?:税务总局|统计局)"
"""A body of the state before the place of its branch: 国家税务总局 | 桐庐县 | 税务局局长."""
_PLACE = re.compile(
    rf"^(?:中共|原|前|时任|现任|{_ABOVE}|团(?![风城]))*((?:(?!师市|团[省市县区州旗]委|全[省市县区]|[驻联包和与同]村|[他她]|[该我本各原前代])(?:(?![副省市县区])[\u4e00-\u9fff]){{1,9}}?"
    rf"(?:(?<![农乡])村|{_UNITS_BUT_VILLAGES}|开发区|高新区|新区|园区))+)(?=(?:{_ORGAN}))"
)
_ONLY_UNIT = re.compile(
    rf"^(?:中共|原|前|代|时任|现任|挂职|常务|副|[该我本]|第一|团|师(?=市))*({_ZONE_WORDS}|{_UNIT_PATTERN})"
)
_OURS = re.compile("(?:中共)?[我本][省市县区州旗镇乡]")


def split_place(position: str) -> str:
    """The name of the place that a position begins with: 章丘区 of 章丘区委书记, empty of 区委书记."""
    match = _PLACE.match(position)
    if match is None:
        return ""
    place = match.group(1)
    bare = not place.strip("省市县区州盟旗镇乡村") or place in UNITS or place in _ZONE_WORDS.split("|")
    return "" if bare or re.search("人民|政府|委员|常委|书记|政协|挂职", place) else place


def split_unit(position: str) -> str:
    """The kind of jurisdiction that a position without a place names: 区 of 区委书记 and of 副区长."""
    match = _ONLY_UNIT.match(position)
    return match.group(1) if match else ""


def is_zone(place: str) -> bool:
    """Whether a place is a functional zone by its name: 上虞经济技术开发区 is no 区 that has a 区委."""
    return _ZONE.search(place) is not None


def is_of_zone(position: str) -> bool:
    """Whether a position is of a body that zones have and districts have not: 区党工委副书记."""
    return re.search("党工委|管委|管理委员会", position) is not None


def is_ours(position: str) -> bool:
    """Whether a position is of the publisher's own region: 我县领导."""
    return _OURS.match(position) is not None
