"""An `Article` out of what was read from a page or a plain text: dateline, byline and times settled, fields filled.

Here the parts meet that depend on one another: the dateline's year needs the page's time, the time may need the
dateline, the event's day needs both.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from records import Article, Credit, CreditRole, Dateline, Image, Precision, Publisher, RelatedLink, article_id
from transforms.byline import take_bylines
from transforms.credit_line import CreditText, names_of, read_credits
from transforms.dateline import Opening, find_event_date, split_dateline
from transforms.fingerprint import content_sha256, fingerprint
from transforms.language import language_of
from transforms.moments import SHANGHAI, Moment
from transforms.outlets import unlabelled_source
from transforms.publication_time import UPDATE_ONLY, PublicationTime
from transforms.year_inference import infer_year, nearest_year

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\xad\x7f-\x9f]")
_SHORT_TEXT = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says: the article, and the links that lead on from it."""

    article: Article
    related_links: tuple[RelatedLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page came from: what the article takes over unchanged."""

    url: str
    canonical_url: str
    publisher: Publisher | None = None
    section: str | None = None
    fetched_at: dt.datetime | None = None
    body_sha256: str | None = None
    encoding: str = "utf-8"
    encoding_evidence: str = ""

    @property
    def publisher_id(self) -> str | None:
        """The publisher's id, where one is known."""
        return self.publisher.id if self.publisher else None


@dataclass(slots=True)
class Draft:
    """An article in parts, before its opening and its end are read."""

    title: str
    kicker: str = ""
    subtitle: str = ""
    paragraphs: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    header_lines: list[str] = field(default_factory=list)
    inside_lines: list[str] = field(default_factory=list)
    footer_lines: list[str] = field(default_factory=list)
    time: PublicationTime = field(default_factory=PublicationTime)
    meta_source: Callable[[], str] = str
    """The source that the metadata name: asked only where nothing is printed."""
    source_links: dict[str, str] = field(default_factory=dict)
    """Anchor texts of the lines under the headline with their absolute URLs."""
    related_links: tuple[RelatedLink, ...] = ()
    page_count: int = 1
    layout_id: str | None = None
    flags: list[str] = field(default_factory=list)


def assemble(draft: Draft, origin: Origin) -> Reading:
    """The finished article."""
    bylined = take_bylines(draft.paragraphs)
    opening = split_dateline(bylined.paragraphs[0]) if bylined.paragraphs else Opening("")
    paragraphs = tuple(p for p in map(_visible, (opening.text, *bylined.paragraphs[1:])) if p)
    text = "\n".join(paragraphs)
    credits_ = read_credits(_pieces(draft, opening, bylined.bylines))
    time, dateline = _settle_time(draft, opening, text)
    source = _source(draft, credits_)
    moment = time.moment
    day = moment.day if moment else None
    article = Article(
        article_id=article_id(origin.canonical_url),
        canonical_url=origin.canonical_url,
        url=origin.url,
        publisher_id=origin.publisher_id,
        section=origin.section,
        title=draft.title,
        kicker=draft.kicker,
        subtitle=draft.subtitle,
        lede=paragraphs[0] if paragraphs else "",
        text=text,
        paragraphs=paragraphs,
        images=tuple(draft.images),
        dateline=dateline,
        published_at=moment.instant if moment else None,
        published_date=day,
        published_precision=moment.precision if moment else None,
        published_evidence=time.evidence,
        updated_at=time.updated_at,
        event_date=find_event_date(paragraphs[0] if paragraphs else "", day),
        source_name=source or None,
        source_url=draft.source_links.get(source) or None,
        reporters=names_of(credits_, CreditRole.REPORTER),
        correspondents=names_of(credits_, CreditRole.CORRESPONDENT),
        photographers=names_of(credits_, CreditRole.PHOTOGRAPHER),
        editors=names_of(credits_, CreditRole.EDITOR),
        reviewers=names_of(credits_, CreditRole.REVIEWER),
        credit_line=" ".join(bylined.bylines),
        credits=credits_,
        page_count=draft.page_count,
        content_sha256=content_sha256(draft.title, text),
        fingerprint=fingerprint(text),
        language=language_of(f"{draft.title}\n{text}"),
        encoding=origin.encoding,
        encoding_evidence=origin.encoding_evidence,
        layout_id=draft.layout_id,
        quality_flags=_flags(draft, time, source, text),
        fetched_at=origin.fetched_at,
    )
    return Reading(article, draft.related_links)


def _visible(text: str) -> str:
    """`text` without the zero-width characters that a page wrote as entities."""
    return text if text.isprintable() else _INVISIBLE.sub("", text).strip()


def _pieces(draft: Draft, opening: Opening, bylines: tuple[str, ...]) -> list[CreditText]:
    """All printed pieces that may hold credits, in page order."""
    pieces = [CreditText(line, "header") for line in draft.header_lines if len(line) <= 200]
    if opening.who:
        pieces.append(CreditText(opening.who, "body"))
    pieces += [CreditText(line, "body") for line in (*bylines, *draft.inside_lines)]
    pieces += [CreditText(image.caption, "body") for image in draft.images if image.caption]
    return pieces + [CreditText(line, "footer") for line in draft.footer_lines if len(line) <= 200]


def _settle_time(draft: Draft, opening: Opening, text: str) -> tuple[PublicationTime, Dateline | None]:
    """Time and dateline, each completed by the other; a year is inferred from the text only where nothing prints one."""  # noqa: E501
    time, dateline = draft.time, opening.dateline
    if dateline is None:
        return time, None
    if opening.month_day is not None:
        month, number = opening.month_day
        if time.moment is not None:
            return time, _dated(dateline, nearest_year(month, number, time.moment.day))
        inferred = infer_year(month, number, f"{draft.title}\n{text}")
        if inferred is None:
            draft.flags.append("year_unknown")
            return time, dateline
        dateline = _dated(dateline, dt.date(inferred[0], month, number))
        evidence = f"dateline+year:{inferred[1]}"
    else:
        evidence = "dateline"
    if time.moment is None and dateline.date is not None:
        instant = dt.datetime.combine(dateline.date, dt.time(), tzinfo=SHANGHAI).astimezone(dt.UTC)
        time = PublicationTime(Moment(instant, Precision.DAY), evidence, time.updated_at)
    return time, dateline


def _dated(dateline: Dateline, day: dt.date | None) -> Dateline:
    return Dateline(raw=dateline.raw, agency=dateline.agency, place=dateline.place, date=day)


def _source(draft: Draft, given: tuple[Credit, ...]) -> str:
    """The source by rank: labelled under the headline, beside the time there, labelled elsewhere, in the metadata."""
    labelled = [credit for credit in given if credit.role is CreditRole.SOURCE and credit.name]
    head = next((credit.name for credit in labelled if credit.part == "header"), "")
    # 来源: <a>鲁网</a> 山东: where the name is a link, what follows the link is another column.
    head = next((text for text in draft.source_links if len(text) >= 2 and head.startswith(text)), head)
    rest = next((credit.name for credit in labelled), "")
    return head or unlabelled_source(draft.header_lines, draft.title) or rest or draft.meta_source()


def _flags(draft: Draft, time: PublicationTime, source: str, text: str) -> tuple[str, ...]:
    flags = list(draft.flags)
    for flag, raised in (
        ("no_title", not draft.title),
        ("no_date", time.moment is None),
        ("date_of_update", time.evidence.endswith(UPDATE_ONLY)),
        ("no_source", not source),
        ("short_text", len(text) < _SHORT_TEXT),
        ("date_conflict", time.conflict),
    ):
        if raised and flag not in flags:
            flags.append(flag)
    return tuple(flags)
