"""The article: what a reader of the page would call the news, and nothing else."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from records.tags import OfficeChange, OfficialMention, RegionTag, RelatedLink


class Precision(StrEnum):
    """How exactly an instant is known."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    """Only where a page prints ``3小时前``: the instant of fetching less that many hours."""
    DAY = "day"


class CreditRole(StrEnum):
    """What a credited person or body did for the article."""

    SOURCE = "source"  # 来源
    REPORTER = "reporter"  # 记者
    CORRESPONDENT = "correspondent"  # 通讯员
    PHOTOGRAPHER = "photographer"  # 摄影
    EDITOR = "editor"  # 责任编辑, 编辑
    REVIEWER = "reviewer"  # 审核, 终审, 监制
    COORDINATOR = "coordinator"  # 统筹, 策划: in `Article.credits` alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One credited name and the printed words that say so; `name` is empty where only a role is printed (本网记者)."""

    role: CreditRole
    name: str
    surface: str
    part: str
    """Where it was printed: header, body or footer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """The dateline 电头 that opens a body (``鲁网1月17日讯``, ``新华社济南7月5日电``); it is kept out of the text."""

    raw: str
    agency: str | None = None
    place: str | None = None
    date: dt.date | None = None
    """The day it prints; the year, where it prints none, is inferred: see `Article.published_evidence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of the article: absolute URL and its caption 图说, empty where none is printed."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One version of an article.

    `text` is the paragraphs joined by a newline, without title, dateline, byline, captions, editors'
    credits or related list; every offset of a tag with field ``text`` counts characters in it.
    """

    article_id: str
    """`records.urls.article_id` of the canonical URL: the same for all versions."""
    canonical_url: str
    url: str
    publisher_id: str | None = None
    section: str | None = None
    title: str
    kicker: str = ""
    """引题, the line above the headline."""
    subtitle: str = ""
    """副题, the line below it."""
    lede: str = ""
    """导语: the first paragraph of the text."""
    text: str
    paragraphs: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    dateline: Dateline | None = None
    published_at: dt.datetime | None = None
    """UTC-aware; at day precision, midnight of the local day in Asia/Shanghai."""
    published_date: dt.date | None = None
    """The local day (Asia/Shanghai) of `published_at`."""
    published_precision: Precision | None = None
    published_evidence: str = ""
    """Where the time was read, e.g. ``info_line``, ``meta:PubDate``, ``url``, ``dateline+year:text(总结2021年)``."""
    updated_at: dt.datetime | None = None
    event_date: dt.date | None = None
    """The day on which what is reported happened, where the lede says so."""
    source_name: str | None = None
    source_url: str | None = None
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()
    photographers: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    credit_line: str = ""
    """The byline as printed, e.g. ``(本网记者)``."""
    credits: tuple[Credit, ...] = ()
    page_count: int = 1
    content_sha256: str
    """SHA-256 of title and text: the key of a version."""
    fingerprint: str = ""
    """64-bit SimHash of the text as 16 hexadecimal digits; near-duplicates differ in few bits."""
    language: str = "zh"
    encoding: str = "utf-8"
    """The real encoding of the page."""
    encoding_evidence: str = ""
    layout_id: str | None = None
    quality_flags: tuple[str, ...] = ()
    fetched_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedArticle:
    """An article with its tags: what one page becomes."""

    article: Article
    regions: tuple[RegionTag, ...] = ()
    officials: tuple[OfficialMention, ...] = ()
    office_changes: tuple[OfficeChange, ...] = ()
    related_links: tuple[RelatedLink, ...] = ()
