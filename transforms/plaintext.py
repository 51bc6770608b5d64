"""A plain text read as an article: headline in the first line, dateline, body, byline, and a related list at its end."""  # noqa: E501

import re

from lxml import etree

from records import Publisher, Reason, Rejected, Step, canonicalize
from transforms.assembly import Draft, Origin, Reading, assemble
from transforms.cleaning import clean_container
from transforms.dateline import split_dateline
from transforms.document import Document
from transforms.headline_parts import Headline
from transforms.mojibake import Verdict, judge
from transforms.publication_time import find_publication_time
from transforms.refusals import Refusal
from transforms.related_links import number, read_plain_list
from transforms.segments import Block, Line, Segment, collapse
from transforms.zones import footer_lines, header_lines

_TAG = re.compile(
    r"<(?:!doctype|html|head|body|div|p|br|span|a|table|script|meta|title|h[1-6]|article|section|ul|li|img)\b[^>]{0,2000}>",
    re.I,
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_TITLE_MAX = 80
_UNKNOWN_URL = "http://text.invalid/"
_PROSE = re.compile(r"[。！？；]")


def is_plain_text(text: str, content_type: str = "") -> bool:
    """Whether a page is no markup: its header says text/plain, or it holds no tag."""
    if content_type.lower().startswith("text/plain"):
        return True
    return _TAG.search(text[:200_000]) is None


def read_text(
    text: str, url: str = "", publisher: Publisher | None = None, *, origin: Origin | None = None
) -> Reading | Rejected:
    """The article of a plain text, or why it is none."""
    origin = origin or text_origin(url, publisher)
    lines = [line for raw in text.splitlines() if (line := collapse(_INVISIBLE.sub("", raw)))]
    refusal = _refuse(lines)
    if refusal is not None:
        return _rejected(origin, refusal)
    links, count = read_plain_list(lines[1:])
    lines = lines[: len(lines) - count]
    title = lines[0] if _is_title(lines) else ""
    laid = _line_of(lines)
    headline = Headline(title, 0 if title else None, 0 if title else None)
    body = clean_container(laid, 0, headline.index, title)
    if not body.paragraphs:
        return _rejected(origin, Refusal(Reason.NOT_ARTICLE, "the text holds no sentence"))
    head, foot = header_lines(laid, headline, body), footer_lines(laid, body, 0)
    document = Document(etree.Element("html"), laid, title)
    draft = Draft(
        title=title,
        paragraphs=body.paragraphs,
        header_lines=head if title else [],
        inside_lines=body.cut_inside,
        footer_lines=foot,
        time=find_publication_time(document, origin.url if url else "", head, foot, origin.fetched_at),
        related_links=number(links),
    )
    return assemble(draft, origin)


def text_origin(url: str, publisher: Publisher | None) -> Origin:
    """The origin of a text that nothing fetched; without a URL it has a placeholder that resolves nowhere."""
    try:
        canonical = canonicalize(url) if url else _UNKNOWN_URL
    except ValueError:
        canonical = _UNKNOWN_URL
    return Origin(url=url, canonical_url=canonical, publisher=publisher, encoding_evidence="text")


def _is_title(lines: list[str]) -> bool:
    first = lines[0]
    return (
        len(lines) > 1
        and len(first) <= _TITLE_MAX
        and not first.endswith(("。", "；", "，"))
        and split_dateline(first).dateline is None
    )


def _line_of(lines: list[str]) -> Line:
    root = etree.Element("div")
    return Line([Segment(text, 0) for text in lines], [Block(root, "div", -1, -1, 0, len(lines))], [])


def _refuse(lines: list[str]) -> Refusal | None:
    joined = "\n".join(lines)
    if not re.search(r"\w", joined):
        return Refusal(Reason.EMPTY_PAGE, "the text is empty")
    if judge(joined) is Verdict.NONSENSE:
        return Refusal(Reason.ENCODING, "the text reads like mojibake")
    return None


def _rejected(origin: Origin, refusal: Refusal) -> Rejected:
    step = Step.DECODE if refusal.reason is Reason.ENCODING else Step.CLEAN
    return Rejected(
        url=origin.url,
        canonical_url=origin.canonical_url,
        publisher_id=origin.publisher_id,
        section=origin.section,
        body_sha256=origin.body_sha256,
        step=step,
        reason=refusal.reason,
        detail=refusal.detail,
        fetched_at=origin.fetched_at,
    )
