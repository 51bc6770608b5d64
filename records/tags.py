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


class ChangeKind(StrEnum):
    """What happens to somebody's post."""

    APPOINTED = "appointed"
    """任命、决定任命、任: somebody takes the post."""
    ELECTED = "elected"
    """当选、选举为: elected into it."""
    ACTING = "acting"
    """代理、任代市长: takes it until an election."""
    TRANSFERRED = "transferred"
    """调任、转任: moved into it from the post before."""
    PROPOSED = "proposed"
    """拟任: announced for it before the decision."""
    CANDIDATE = "candidate"
    """提名为候选人: nominated for an election."""
    DISMISSED = "dismissed"
    """免去、不再担任、卸任: leaves it without a word of fault."""
    RESIGNED = "resigned"
    """辞去、接受辞职: leaves it on request."""
    REMOVED = "removed"
    """撤销、罢免、撤职: loses it for a fault."""


class DateEvidence(StrEnum):
    """What the day of a decision was read from."""

    SENTENCE = "sentence"
    """The day is printed in the sentence of the change."""
    MEETING = "meeting"
    """It is the day of the meeting, printed in an earlier sentence."""
    RELATIVE = "relative"
    """今天, 昨日: counted from the day of publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChange:
    """One post that somebody takes, leaves or is proposed for, as announced. `field[start:end] == surface`.

    Several posts of one person, and several persons under one verb, are a change each.
    """

    kind: ChangeKind
    name: str
    position: str
    """The post as written: 章丘区副区长."""
    position_name: str
    """The post normalised by seeds/positions: 副区长."""
    organisation: str = ""
    """The body of the post: 章丘区人民政府."""
    jurisdiction: str = ""
    """The jurisdiction as the text names it; empty: not said."""
    region_code: str | None = None
    """The jurisdiction's adcode."""
    rank_level: str = ""
    from_position: str = ""
    """The post before, as the same sentence writes it (现任…，拟任…; 由…调任…); several are parted by 、."""
    from_positions_normalised: tuple[str, ...] = ()
    from_region_code: str | None = None
    decided_by: str = ""
    """The body that decides, as written: 章丘区人大常委会, 省委组织部; empty: not said."""
    decided_by_region_code: str | None = None
    decided_meeting: str = ""
    """Its meeting as written: 第三十二次会议."""
    decided_date: date | None = None
    """The day of the decision, in local time; of a notice the day that it bears."""
    decided_evidence: DateEvidence | None = None
    field: TextField = TextField.TEXT
    surface: str
    """The words from the name or its verb to the post: 任命王小明为副区长."""
    start: int
    end: int
    confidence: float
    rule: str
    person_key: str
    """That of the person's mentions in the article."""


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
