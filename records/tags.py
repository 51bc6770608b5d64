"""Tags: what the transforms say about an article, each with the words that it rests on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RegionLevel(StrEnum):
    """The level of a region."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class RegionRole(StrEnum):
    """Why a region is named."""

    DATELINE = "dateline"
    SUBJECT = "subject"
    MENTION = "mention"
    PUBLISHER = "publisher"


class TextField(StrEnum):
    """The field of the article that a surface's offsets count in."""

    TEXT = "text"
    TITLE = "title"
    DATELINE = "dateline"
    PUBLISHER = "publisher"
    """Nothing was printed: the publisher's or section's own region (surface empty, offsets 0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTag:
    """A region that the article names. `field[start:end] == surface`."""

    region_code: str
    """Adcode: 6 digits (GB/T 2260), 9 for a township (GB/T 10114)."""
    region_name: str
    """The full name with its ancestors: 山东省济南市章丘区."""
    level: RegionLevel
    is_primary: bool = False
    role: RegionRole = RegionRole.MENTION
    field: TextField = TextField.TEXT
    surface: str
    start: int
    end: int
    score: float
    """0 to 1: how sure the resolution is."""
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialMention:
    """One place in an article that names an official. `field[start:end] == surface`."""

    name: str
    """The full name, also where the surface is only a surname with a title (周书记)."""
    position: str = ""
    """As written beside this mention: 区委副书记、区长; empty at a bare later mention."""
    positions_normalised: tuple[str, ...] = ()
    """The person's positions in this article, one by one, normalised by seeds/positions: (区委副书记, 区长)."""
    organisation: str = ""
    jurisdiction: str = ""
    """The jurisdiction as the text names it (章丘区), also where the gazetteer lacks it; empty: not said."""
    region_code: str | None = None
    """The jurisdiction's adcode."""
    rank_level: str = ""
    """国家级正职 … 乡科级副职, or empty where the position does not tell."""
    status: str = "in_office"
    """in_office, former, acting, proposed, appointed, dismissed, candidate, seconded, investigated, deceased."""
    role: str = ""
    """What the person does in the event, in the field's words: 主持, 讲话, 参加, 调研 …"""
    field: TextField = TextField.TEXT
    surface: str
    start: int
    end: int
    confidence: float
    rule: str
    person_key: str
    """The same for all mentions of one person within the article."""


class LinkKind(StrEnum):
    """What a link of an article leads to."""

    RELATED = "related"
    INLINE = "inline"
    PREVIOUS = "previous"
    NEXT = "next"
    TOPIC = "topic"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLink:
    """One link from an article, or one printed headline of a related list without a link."""

    position: int
    """1-based, in page order, over all links of the article."""
    anchor_text: str
    to_url: str | None = None
    """Canonical and absolute; None where the list is plain text."""
    published_date: date | None = None
    """The day printed beside the headline."""
    kind: LinkKind = LinkKind.RELATED
