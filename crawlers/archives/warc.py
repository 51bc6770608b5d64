"""Pages of a WARC archive (1.0, 1.1; plain, gzip or zstd), one at a time: memory does not grow with the archive.

Responses and resources become pages or rejections; everything else is counted. A payload is believed more than its
headers: archives keep ``Transfer-Encoding`` and ``Content-Encoding`` of bodies that they have long undone.
"""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from fastwarc.stream_io import ChunkedReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from w3lib.encoding import http_content_type_encoding

from crawlers.archives.hosts import Hosts
from crawlers.archives.outcome import DamagedArchive, Skipped
from crawlers.faults import Fault, fault_of_status
from crawlers.middlewares.decompression import TooLargeError, TruncatedError, decompress
from records import Discovery, FetchedPage, Publisher, Reason, Rejected, Step, canonicalize

KEPT_HEADERS = ("content-type", "etag", "last-modified", "date", "server", "content-language")
HTML_TYPES = ("text/html", "application/xhtml+xml")
UNSPECIFIC_TYPES = ("", "text/plain", "application/octet-stream", "application/xml", "text/xml", "application/http")
MAX_BODY_BYTES = 16 * 1024 * 1024
SIGNS = {b"gzip": b"\x1f\x8b", b"x-gzip": b"\x1f\x8b", b"zstd": b"\x28\xb5\x2f\xfd"}
"""What compressed bytes open with; a body that does not is taken as it stands."""

Entry = FetchedPage | Rejected | Skipped


def read_warc(
    path: Path, hosts: Hosts, *, only: frozenset[str] = frozenset(), any_host: bool = False, crawl_id: str = ""
) -> Iterator[Entry]:
    """Every entry of an archive in its order: a page, a rejection, or what was skipped and why.

    `only` names the publishers wanted (empty: all declared ones); with `any_host` pages of other hosts come too,
    without a publisher. Raises DamagedArchive where the archive is no WARC, breaks off or is corrupt on the way.
    """
    try:
        with path.open("rb") as stream:
            if stream.peek(1):
                yield from _entries(path, ArchiveIterator(stream, parse_http=False), hosts, only, any_host, crawl_id)
    except OSError as error:
        raise DamagedArchive(
            f"{path} cannot be read further as WARC ({error}); what came before it is kept. Get the file again"
        ) from error


def _entries(
    path: Path, records: ArchiveIterator, hosts: Hosts, only: frozenset[str], any_host: bool, crawl_id: str
) -> Iterator[Entry]:
    is_cut = False
    for record in records:
        is_cut = False
        where = f"{path.name}:{record.stream_pos}"
        chosen = _choose(record, hosts, only, any_host)
        if isinstance(chosen, str):
            yield Skipped(reason=chosen, where=where)
            continue
        url, publisher = chosen
        entry, is_cut = _read(record, url, publisher, hosts, path.name, crawl_id)
        yield entry
    if is_cut:
        raise DamagedArchive(f"{path} breaks off within its last record; what came before it is kept")


def _choose(
    record: WarcRecord, hosts: Hosts, only: frozenset[str], any_host: bool
) -> tuple[str, Publisher | None] | str:
    """The URL and publisher of a record that is wanted, or the reason to skip it."""
    if record.record_type == WarcRecordType.revisit:
        return "revisit"
    if not record.record_type & (WarcRecordType.response | WarcRecordType.resource):
        return "no_response"
    url = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>")  # some writers of 1.0 add the brackets
    try:
        canonicalize(url)
    except ValueError:
        return "unusable_url"
    if urlsplit(url).path == "/robots.txt":
        return "not_an_article_url"
    publisher = hosts.publisher_of(url)
    if publisher is None and not any_host:
        return "unknown_host"
    if only and (publisher is None or publisher.id not in only):
        return "other_publisher"
    return (url, publisher) if hosts.may_be_article(url, publisher) else "not_an_article_url"


def _read(
    record: WarcRecord, url: str, publisher: Publisher | None, hosts: Hosts, archive: str, crawl_id: str
) -> tuple[Entry, bool]:
    """The page or rejection of a record, and whether its bytes broke off before their announced end."""
    canonical_url = canonicalize(url)
    section = hosts.section_of(url, publisher)
    headers, status, declared_type = _head(record)
    announced = record.content_length
    payload = record.reader.read(MAX_BODY_BYTES + 1)
    is_cut = len(payload) < min(announced, MAX_BODY_BYTES + 1)
    if status in {301, 302, 303, 304, 307, 308}:
        return Skipped(reason="redirect", where=url), is_cut
    cut_why = record.headers.get("WARC-Truncated") or ("the archive breaks off" if is_cut else None)
    body = _body(payload, headers, cut_why)
    fault = fault_of_status(status) or (body if isinstance(body, Fault) else _not_html(declared_type, body))
    if fault is not None and fault.reason is Reason.NOT_HTML and (publisher is None or not publisher.article_pattern):
        return Skipped(reason="not_html", where=url), is_cut
    if fault is not None or isinstance(body, Fault):
        assert fault is not None
        rejected = Rejected(
            url=url,
            canonical_url=canonical_url,
            publisher_id=publisher.id if publisher else None,
            section=section,
            step=Step.FETCH,
            reason=fault.reason,
            detail=f"{archive}: {fault.detail}",
            fetched_at=record.record_date,
        )
        return rejected, is_cut
    page = FetchedPage(
        url=url,
        canonical_url=canonical_url,
        publisher_id=publisher.id if publisher else None,
        section=section,
        fetched_at=record.record_date,
        status=status,
        headers=tuple((name, headers[name]) for name in KEPT_HEADERS if name in headers),
        declared_encoding=http_content_type_encoding(headers.get("content-type")),
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        discovered_via=Discovery.WARC,
        referrer_url=f"warc:{archive}",
        crawl_id=crawl_id,
    )
    return page, is_cut


def _head(record: WarcRecord) -> tuple[dict[str, str], int, str]:
    """The HTTP headers by lower-case name, the status, and the media type; a resource has only its own type."""
    headers: dict[str, str] = {}
    status = 200
    if record.record_type == WarcRecordType.response and record.is_http:
        record.parse_http()
        headers = {name.lower(): value.strip() for name, value in record.http_headers or ()}
        status = (record.http_headers.status_code if record.http_headers else None) or 0
    else:
        headers["content-type"] = record.headers.get("Content-Type") or ""
    return headers, status, headers.get("content-type", "").partition(";")[0].strip().lower()


def _body(payload: bytes, headers: dict[str, str], cut_why: str | None) -> bytes | Fault:
    """The payload without transfer and content encoding, where it really has them."""
    if len(payload) > MAX_BODY_BYTES:
        return Fault(reason=Reason.TOO_LARGE, detail=f"over {MAX_BODY_BYTES} bytes")
    if cut_why is not None:
        return Fault(reason=Reason.TRUNCATED, detail=f"the record is not whole: {cut_why}")
    if "chunked" in headers.get("transfer-encoding", "").lower():
        payload = _dechunked(payload)
    named = headers.get("content-encoding", "").encode("latin-1", "replace").lower().replace(b" ", b"").split(b",")
    layers = [layer for layer in named if layer not in {b"", b"identity"}]
    if not layers or not payload or not payload.startswith(SIGNS.get(layers[-1], b"")):
        return payload
    try:
        return decompress(payload, layers, MAX_BODY_BYTES)
    except TooLargeError:
        return Fault(reason=Reason.TOO_LARGE, detail=f"over {MAX_BODY_BYTES} bytes when decompressed")
    except TruncatedError as error:
        if layers[-1] not in SIGNS and payload.lstrip()[:1] == b"<":
            return payload  # br and deflate have no sign of their own: markup is what was undone before
        return Fault(reason=Reason.TRUNCATED, detail=str(error))


def _dechunked(payload: bytes) -> bytes:
    try:
        return bytes(ChunkedReader(BytesIO(payload)).read())
    except OSError:
        return payload  # the archive has undone the chunks and kept the header


def _not_html(media_type: str, body: bytes) -> Fault | None:
    if media_type in HTML_TYPES:
        return None
    head = body[:4096].lower()
    if media_type in UNSPECIFIC_TYPES and any(tag in head for tag in (b"<html", b"<!doctype html", b"<body", b"<meta")):
        return None
    return Fault(reason=Reason.NOT_HTML, detail=f"the server sent {media_type or 'no content type'}")
