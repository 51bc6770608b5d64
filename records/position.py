"""A position 职务 as the lexicon under seeds/positions defines it: a row of the warehouse's `dim_positions`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One normalised position, without the name of its jurisdiction: 区委副书记, 区长, 镇党委书记."""

    position_name: str
    """The normalised name, the key: what `OfficialMention.positions_normalised` holds."""
    organisation_kind: str
    """The kind of body: 党委, 人大, 政府, 政协, 纪委监委, 法院, 检察院, 人武部, 群团, 开发区, 街道, 乡镇, 村社 …"""
    category: str
    """What the holder is within that body: 正职, 副职, 成员, 部门正职, 部门副职, 职级 or 统称."""
    unit: str = ""
    """The kind of jurisdiction that the name itself says: 省, 市, 县, 区, 镇 …; empty where it says none."""
    rank_by_level: tuple[tuple[str, str], ...] = ()
    """Rank by the level of the jurisdiction, as named in seeds/positions/levels.tsv: (("county", "县处级正职"), …)."""
    aliases: tuple[str, ...] = ()
    """Other ways to write it that are normalised to this name."""
