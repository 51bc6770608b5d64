"""A Scrapy download handler on aiohttp: an answer as bytes, at a third of the cost of Scrapy's default one.

Built on the documented interface of handlers; the one that Scrapy bundles (experimental, as of 2.19) guesses the
body's encoding, knows no guarded resolver and cannot be told of old servers. `CrawlOptions.http_client` chooses
between this and Scrapy's default; the misbehaving site is crawled through both.
"""

import asyncio
import ssl
import time
from typing import ClassVar

import aiohttp
import yarl
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response

from crawlers.resolving import GuardedResolver

MAX_CONNECTIONS = 1024
"""Open at once to all hosts; a request that must wait for one does so before its time begins to count."""
MAX_HEADER = 64 * 1024
"""Bytes of one header line: some servers set a dozen cookies in one."""
PROTOCOLS = {aiohttp.HttpVersion11: "http/1.1", aiohttp.HttpVersion10: "http/1.0", None: None}
"""What the fetch log calls them: as ALPN does."""
SENT_BY_US = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class HttpHandler:
    """Answers a request with its status, headers and body, compressed as it came."""

    lazy: ClassVar[bool] = True

    def __init__(self, crawler: Crawler) -> None:
        self._max_body: int = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout: float = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._free = asyncio.Semaphore(MAX_CONNECTIONS)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, ttl_dns_cache=300, resolver=GuardedResolver(), ssl=lenient_tls(), keepalive_timeout=30
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=SENT_BY_US,
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            timeout=aiohttp.ClientTimeout(total=self._timeout),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "HttpHandler":
        """Made by Scrapy."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """The answer. Raises Scrapy's own exceptions where none came, or only a part."""
        async with self._free:
            started = time.monotonic()
            try:
                async with self._session.request(
                    request.method,
                    yarl.URL(request.url, encoded=True),
                    headers=[
                        (n.decode("latin-1"), v.decode("latin-1")) for n, vs in request.headers.items() for v in vs
                    ],
                    data=request.body or None,
                    allow_redirects=False,
                    proxy=request.meta.get("proxy"),
                ) as answer:
                    request.meta["download_latency"] = time.monotonic() - started
                    return await self._read(request, answer)
            except TimeoutError as error:
                raise DownloadTimeoutError(f"no whole answer in {self._timeout:g} seconds") from error
            except aiohttp.InvalidURL as error:
                raise UnsupportedURLSchemeError(str(error)) from error
            except aiohttp.ClientPayloadError as error:
                raise ResponseDataLossError(str(error)) from error
            except aiohttp.ClientConnectorDNSError as error:
                raise CannotResolveHostError(str(error)) from error
            except aiohttp.ClientConnectorError as error:
                raise DownloadConnectionRefusedError(str(error)) from error
            except aiohttp.ClientError as error:
                raise DownloadFailedError(f"{type(error).__name__}: {error}") from error

    async def _read(self, request: Request, answer: aiohttp.ClientResponse) -> Response:
        promised = answer.content_length
        if promised is not None and promised > self._max_body:
            raise DownloadCancelledError(f"{promised} bytes are promised, over the limit of {self._max_body}")
        body = await answer.content.read(self._max_body + 1) if promised != 0 else b""
        parts = [body]
        size = len(body)
        while body and size <= self._max_body and not answer.content.at_eof():
            body = await answer.content.read(self._max_body + 1 - size)
            parts.append(body)
            size += len(body)
        if size > self._max_body:
            raise DownloadCancelledError(f"over {self._max_body} bytes")
        return Response(
            url=request.url,
            status=answer.status,
            headers=Headers(answer.raw_headers),
            body=b"".join(parts) if len(parts) > 1 else parts[0],
            request=request,
            protocol=PROTOCOLS.get(answer.version),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


def lenient_tls() -> ssl.SSLContext:
    """TLS as a reader of old county servers needs it: like Scrapy's default, it does not verify certificates.

    Nothing secret is sent, and half of the certificates of such servers have expired or name another host.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
