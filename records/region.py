"""A region: one administrative code of the gazetteer, in force or abolished, with its way up to the province."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from records.tags import RegionLevel


class RegionKind(StrEnum):
    """What a region is, beyond its level."""

    PROVINCE = "province"  # 省
    AUTONOMOUS_REGION = "autonomous_region"  # 自治区
    MUNICIPALITY = "municipality"  # 直辖市
    SPECIAL_REGION = "special_region"  # 特别行政区
    CITY = "city"  # 地级市
    PREFECTURE = "prefecture"  # 地区, 自治州, 盟
    DISTRICT = "district"  # 市辖区
    COUNTY_CITY = "county_city"  # 县级市
    COUNTY = "county"  # 县, 自治县, 旗
    STREET = "street"  # 街道
    TOWN = "town"  # 镇
    TOWNSHIP = "township"  # 乡, 民族乡, 苏木
    ZONE = "zone"  # 开发区, 园区, 农场: a statistical code without an administrative region of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One code of the gazetteer; `region_code` is unique, abolished codes stay and name their successor."""

    region_code: str
    """Adcode: 6 digits (GB/T 2260), 9 for a township or a zone below a county."""
    name: str
    """The official name: 章丘区."""
    full_name: str
    """With its ancestors: 山东省济南市章丘区."""
    short_name: str
    """Without the generic ending where the rest is a name people use: 章丘. Else the name."""
    level: RegionLevel
    parent_code: str | None = None
    path: tuple[str, ...]
    """Codes from the province down to this region itself, so that any ancestor is found without string matching."""
    province_code: str
    city_code: str | None = None
    county_code: str | None = None
    kind: RegionKind
    valid_from: date | None = None
    """The first day the code is known to be in force; None: since before the records begin (1980)."""
    valid_until: date | None = None
    """The last day in force; None: still in force."""
    successor_code: str | None = None
    """The code in force that took over an abolished one, where that is known."""
    longitude: float | None = None
    latitude: float | None = None
    """Centre in degrees (CGCS2000, as good as WGS 84), from county up; None where no source has one."""
