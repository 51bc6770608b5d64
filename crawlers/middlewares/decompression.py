"""Bodies without their content encoding, bounded: a bomb is refused before it unfolds.

Scrapy's own middleware rebuilds a text response and so has its encoding guessed from the compressed bytes,
which takes most of a page's time; here a body stays bytes.
"""

import sys
import zlib

import brotli  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.faults import Fault, RequestRefused
from records import Reason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = b"gzip, deflate, br, zstd"
MAX_LAYERS = 3


class TooLargeError(ValueError):
    """The body grew beyond the limit."""


class TruncatedError(ValueError):
    """The compressed stream ended early or is broken."""


class DecompressionMiddleware:
    """Undoes Content-Encoding; notes the bytes received in ``meta["bytes_count"]``."""

    def __init__(self, crawler: Crawler) -> None:
        self._limit: int = crawler.spider.run.options.max_body_bytes  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "DecompressionMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response with a plain body. Raises RequestRefused for one that is too large or broken."""
        request.meta["bytes_count"] = len(response.body)
        layers = b",".join(response.headers.getlist("Content-Encoding")).lower().replace(b" ", b"").split(b",")
        layers = [layer for layer in layers if layer not in {b"", b"identity"}]
        if not layers or not response.body:
            return response
        try:
            body = decompress(response.body, layers, self._limit)
        except TooLargeError as error:
            detail = f"over {self._limit} bytes when decompressed, from {len(response.body)}"
            raise RequestRefused(Fault(reason=Reason.TOO_LARGE, detail=detail)) from error
        except TruncatedError as error:
            raise RequestRefused(Fault(reason=Reason.TRUNCATED, detail=str(error))) from error
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        return Response(
            url=response.url,
            status=response.status,
            headers=headers,
            body=body,
            flags=response.flags,
            request=request,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )


def decompress(body: bytes, layers: list[bytes], limit: int) -> bytes:
    """The body with its encodings undone, the last applied first. Raises TooLargeError, TruncatedError."""
    if len(layers) > MAX_LAYERS:
        raise TooLargeError(f"{len(layers)} layers of compression")
    for layer in reversed(layers):
        body = _undo(body, layer, limit)
    return body


def _undo(body: bytes, layer: bytes, limit: int) -> bytes:
    if layer in {b"gzip", b"x-gzip"}:
        return _inflate(body, 31, limit)
    if layer == b"deflate":
        # The standard means zlib's wrapper, some servers send the bare stream.
        return _inflate(body, 15 if body[:1] == b"\x78" else -15, limit)
    if layer == b"br":
        return _unbrotli(body, limit)
    if layer == b"zstd":
        return _unzstd(body, limit)
    raise TruncatedError(f"unknown content encoding {layer.decode('ascii', 'replace')}")


def _inflate(body: bytes, wbits: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(wbits=wbits)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise TruncatedError(f"broken compressed body: {error}") from error
    if len(plain) > limit:
        raise TooLargeError
    if not inflater.eof:
        raise TruncatedError("the compressed body ends early")
    return plain


def _unbrotli(body: bytes, limit: int) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        parts = [decompressor.process(body, output_buffer_limit=limit + 1)]
        size = len(parts[0])
        while size <= limit and not decompressor.is_finished():
            part = decompressor.process(b"", output_buffer_limit=limit + 1 - size)
            if not part:
                raise TruncatedError("the compressed body ends early")
            parts.append(part)
            size += len(part)
    except brotli.error as error:
        raise TruncatedError(f"broken compressed body: {error}") from error
    if size > limit:
        raise TooLargeError
    return b"".join(parts)


def _unzstd(body: bytes, limit: int) -> bytes:
    decompressor = zstd.ZstdDecompressor()
    try:
        plain = decompressor.decompress(body, limit + 1)
    except zstd.ZstdError as error:
        raise TruncatedError(f"broken compressed body: {error}") from error
    if len(plain) > limit:
        raise TooLargeError
    if not decompressor.eof:
        raise TruncatedError("the compressed body ends early")
    return plain
