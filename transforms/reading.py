"""A fetched page read: decoded, parsed once, its container found and cleaned, its fields taken from around it.

The order is the argument: the container is chosen before anything is cleaned, the headline before the
container, and what is cut off the container is where time, credits and related links are read. Pages that are
not Chinese go to trafilatura, which reads them best; pages whose HTML is empty are read from their scripts.
"""

import gc
from dataclasses import replace
from functools import partial

from records import FetchedPage, Publisher, Reason, Rejected, Step
from transforms.assembly import Draft, Origin, Reading, assemble
from transforms.bodies import find_body, settle_body, size_of, take_opening, take_subtitle
from transforms.conversations import is_conversation
from transforms.decoding import Decoded, Undecodable, decode_page
from transforms.document import Document, parse_document
from transforms.embedded import EmbeddedArticle, find_embedded
from transforms.foreign import read_foreign
from transforms.headline import find_headline
from transforms.headline_parts import Headline
from transforms.joining import join_pages
from transforms.language import language_of
from transforms.layouts import Laid, apply_layout
from transforms.moments import read_moment
from transforms.paragraphs import Body, absolute_images
from transforms.plaintext import is_plain_text, read_text
from transforms.publication_time import PublicationTime, find_publication_time
from transforms.refusals import Refusal, is_index, refuse_binary, refuse_listing, refuse_page
from transforms.related_links import find_related_links
from transforms.segments import collapse
from transforms.teasers import is_teaser
from transforms.zones import footer_lines, header_lines, meta_source, source_links

__all__ = ["Reading", "read_page"]

_LITTLE_TEXT, _NO_TEXT = 80, 30
"""Characters of prose under which the scripts are searched for an article: without, and with a printed headline."""


def read_page(page: FetchedPage, publisher: Publisher | None) -> Reading | Rejected:
    """The article of a fetched page with its links, or why there is none.

    A page's thousands of small objects all live until it is read and form no cycles: the cyclic garbage collector
    would go through them several times and find nothing, so it waits.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read(page, publisher)
    finally:
        if collecting:
            gc.enable()


def _read(page: FetchedPage, publisher: Publisher | None) -> Reading | Rejected:
    origin = Origin(
        url=page.url,
        canonical_url=page.canonical_url,
        publisher=publisher,
        section=page.section,
        fetched_at=page.fetched_at,
        body_sha256=page.body_sha256,
    )
    if not page.body.strip():
        return _rejected(origin, page, Step.DECODE, Refusal(Reason.EMPTY_PAGE, "the response had no content"))
    binary = refuse_binary(page.body)
    if binary is not None:
        return _rejected(origin, page, Step.DECODE, binary)
    decoded = decode_page(page.body, page.declared_encoding)
    if isinstance(decoded, Undecodable):
        return _rejected(origin, page, Step.DECODE, Refusal(Reason.ENCODING, decoded.detail))
    origin = replace(origin, encoding=decoded.encoding, encoding_evidence=decoded.evidence)
    if is_plain_text(decoded.text, dict(page.headers).get("content-type", "")):
        result: Reading | Rejected | Refusal = read_text(decoded.text, page.url, publisher, origin=origin)
    else:
        result = _read_markup(decoded, origin, page)
    if isinstance(result, Refusal):
        return _rejected(origin, page, Step.CLEAN, result)
    return result


def _read_markup(decoded: Decoded, origin: Origin, page: FetchedPage) -> Reading | Rejected | Refusal:
    document = parse_document(decoded.text, origin.url)
    if document is None:
        return Refusal(Reason.EMPTY_PAGE, "the page holds no element")
    laid = apply_layout(document, origin.publisher, origin.fetched_at)
    headline = laid.headline or find_headline(document)
    headline, body, container = settle_body(document.line, headline, laid.container)
    prose = size_of(body)
    if (
        prose < (_LITTLE_TEXT if headline.index is None else _NO_TEXT)
        and (embedded := find_embedded(document)) is not None
    ):
        return _read_embedded(embedded, document, headline, origin)
    found = headline.index is not None
    refusal = refuse_page(document.title, document.line, prose, document.scripts, found)
    if refusal is not None:
        return refusal
    headline = take_subtitle(headline, body)
    draft = _draft(document, headline, body, container, origin, laid)
    if draft.time.moment is None and laid.layout_id is None and take_opening(document.line, headline, body):
        draft = _draft(document, headline, body, container, origin, laid)
    chinese = language_of("\n".join(body.paragraphs)) == "zh" or language_of(_visible_text(document)) == "zh"
    # Without a headline of its own and without any date a page is no news, and where many people write it is none.
    no_news = (not found and draft.time.moment is None) or (
        laid.layout_id is None and is_conversation(document, page.url)
    )
    index = not found and is_index(document.line, body.indices, prose)
    if not index and (not chinese or no_news):
        foreign = read_foreign(document, decoded.text, origin)
        if foreign is not None:
            return foreign
    dated = draft.time.evidence.startswith(("info_line", "meta", "json-ld"))
    refusal = refuse_listing(document.line, body.indices, prose, dated, found)
    if refusal is not None and not body.pictures:
        return refusal
    join_pages(draft, page.next_pages)
    if not page.next_pages and is_teaser(document.line, body):
        draft.flags.append("teaser")
    if decoded.conflict:
        draft.flags.append("encoding_conflict")
    if decoded.damaged:
        draft.flags.append("encoding_damaged")
    return assemble(draft, origin)


def _visible_text(document: Document) -> str:
    """The page's printed text, long pieces first: menus in English around a Chinese article do not count."""
    texts = [segment.text for segment in document.line.segments]
    return "\n".join(text for text in texts if len(text) >= 20) or "\n".join(texts)


def _draft(
    document: Document, headline: Headline, body: Body, container: int | None, origin: Origin, laid: Laid
) -> Draft:
    """Everything that the page says, still in parts."""
    head = laid.info_lines or header_lines(document.line, headline, body)
    foot = footer_lines(document.line, body, container)
    base = document.base_url
    related = find_related_links(document.line, body, base, origin.canonical_url, laid.related)
    # Without an address a relative link leads nowhere: its headline is kept, its target cannot be.
    unplaced = not base and any(link.to_url is None for link in related)
    return Draft(
        title=headline.text,
        kicker=headline.kicker,
        subtitle=headline.subtitle,
        paragraphs=list(body.paragraphs),
        images=list(absolute_images(body, base)),
        header_lines=head,
        inside_lines=body.cut_inside,
        footer_lines=foot,
        time=find_publication_time(document, origin.url, head, foot, origin.fetched_at),
        meta_source=partial(meta_source, document),
        source_links=source_links(document.line, headline, body, base, origin.url),
        related_links=related,
        layout_id=laid.layout_id,
        flags=[*laid.flags, *(["relative_links"] if unplaced else [])],
    )


def _read_embedded(
    embedded: EmbeddedArticle, document: Document, headline: Headline, origin: Origin
) -> Reading | Refusal:
    """The article of the page's scripts, cleaned like a container of the page."""
    inner = parse_document(f"<div>{embedded.body}</div>", origin.url)
    if inner is None:
        return Refusal(Reason.EMPTY_PAGE, "the page's script holds an empty article")
    title = _embedded_title(embedded, headline)
    body, container = find_body(inner.line, Headline(title))
    time = find_publication_time(document, origin.url, [], [], origin.fetched_at)
    if (moment := read_moment(embedded.published)) is not None:
        time = PublicationTime(moment, "script", time.updated_at)
    draft = _draft(inner, Headline(title), body, container, origin, Laid())
    draft.time = time
    draft.header_lines = [
        f"{label}：{names}"
        for label, names in (("作者", embedded.author), ("编辑", embedded.editor))
        if 2 <= len(names) <= 40 and names != embedded.source
    ]
    named = 2 <= len(embedded.source) <= 20
    draft.meta_source = partial(str, embedded.source) if named else partial(meta_source, document)
    draft.flags.append("from_script")
    if not draft.paragraphs:
        return Refusal(Reason.EMPTY_PAGE, "the page's script holds no sentence")
    return assemble(draft, origin)


def _embedded_title(embedded: EmbeddedArticle, headline: Headline) -> str:
    """The headline printed on the page, else the script's own, else what ``<title>`` says."""
    if headline.index is not None or not 4 <= len(embedded.title) <= 160:
        return headline.text or embedded.title
    return collapse(embedded.title)


def _rejected(origin: Origin, page: FetchedPage, step: Step, refusal: Refusal) -> Rejected:
    return Rejected(
        url=origin.url,
        canonical_url=origin.canonical_url,
        publisher_id=page.publisher_id or origin.publisher_id,
        section=origin.section,
        body_sha256=page.body_sha256,
        step=step,
        reason=refusal.reason,
        detail=refusal.detail,
        fetched_at=page.fetched_at,
    )
