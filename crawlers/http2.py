"""HTTP/2 for the publishers that say so: `HttpHandler`, with httpcore2 before it for their https hosts.

The server chooses by ALPN. Where it speaks HTTP/1.1 alone, where its HTTP/2 breaks and behind a proxy the page comes by
`HttpHandler`, as every other page; `Response.protocol` says which it was, and the fetch log keeps it. Needs the extra
`http2`. What guards the other client holds here: resolver, time, size, whole bodies, TLS as old servers need it.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import aclosing
from urllib.parse import urlsplit

import httpcore2
from h2.exceptions import ProtocolError as H2ProtocolError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response

from crawlers.download import MAX_CONNECTIONS, HttpHandler, lenient_tls
from crawlers.resolving import GuardedResolver

PROTOCOLS = {b"HTTP/2": "h2", b"HTTP/1.1": "http/1.1", b"HTTP/1.0": "http/1.0"}
KEEP_SECONDS = 30.0
BROKEN = (httpcore2.ProtocolError, httpcore2.NetworkError, H2ProtocolError)
"""httpcore2 lets some of h2's own errors through: a length that lies is one."""


class NoHttp2Error(Exception):
    """The server does not answer by HTTP/2 as it should."""


class Http2Handler(HttpHandler):
    """Answers by HTTP/2 a request whose ``meta["http2"]`` asks for it, where the server speaks it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._without: set[str] = set()
        """Hosts that do not speak HTTP/2, or break it: known for the length of the crawl."""
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=lenient_tls(),
            http2=True,
            max_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEP_SECONDS,
            network_backend=GuardedBackend(),
        )

    async def download_request(self, request: Request) -> Response:
        """The answer. Raises Scrapy's own exceptions where none came, or only a part."""
        parts = urlsplit(request.url)
        wanted = request.meta.get("http2") and parts.scheme == "https" and not request.meta.get("proxy")
        if not wanted or parts.netloc in self._without:
            return await super().download_request(request)
        try:
            response = await self._ask(request)
        except NoHttp2Error:
            self._without.add(parts.netloc)
            return await super().download_request(request)
        if response.protocol != "h2":
            self._without.add(parts.netloc)  # the connection that has told it is not used again
            await self._drop(request)
        return response

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
        await super().close()

    async def _ask(self, request: Request) -> Response:
        async with self._free:
            try:
                async with asyncio.timeout(self._timeout):
                    try:
                        return await self._exchange(request)
                    except NoHttp2Error:  # a connection that the server has closed meanwhile looks like that, too
                        await self._drop(request)
                        return await self._exchange(request)
            except (TimeoutError, httpcore2.TimeoutException) as error:
                await self._drop(request)
                raise DownloadTimeoutError(f"no whole answer in {self._timeout:g} seconds") from error

    async def _exchange(self, request: Request) -> Response:
        """One request and its answer. Raises NoHttp2Error where the connection breaks before the answer begins."""
        started = time.monotonic()
        answered = False
        try:
            async with self._pool.stream(
                request.method,
                request.url,
                headers=[(n, v) for n, vs in request.headers.items() for v in vs],
                content=request.body or None,
            ) as answer:
                answered = True
                request.meta["download_latency"] = time.monotonic() - started
                return Response(
                    url=request.url,
                    status=answer.status,
                    headers=Headers(answer.headers),
                    body=await self._body(answer, request),
                    request=request,
                    protocol=PROTOCOLS.get(answer.extensions["http_version"], "http/1.1"),
                )
        except httpcore2.ConnectError as error:
            cause = error.__cause__
            if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError):
                raise DownloadConnectionRefusedError(str(error)) from error
            raise NoHttp2Error(str(error)) from error  # TLS was refused, or broken off
        except BROKEN as error:
            if not answered:
                raise NoHttp2Error(str(error)) from error
            await self._drop(request)
            raise ResponseDataLossError(f"{type(error).__name__}: {error}"[:300]) from error
        except (DownloadCancelledError, ResponseDataLossError):
            # What still comes of this answer would fill the window that its connection shares with the next ones.
            await self._drop(request)
            raise

    async def _body(self, answer: httpcore2.Response, request: Request) -> bytes:
        promised = next((int(v) for n, v in answer.headers if n.lower() == b"content-length" and v.isdigit()), None)
        if request.method == "HEAD" or answer.status in {204, 304}:
            return b""
        if promised is not None and promised > self._max_body:
            raise DownloadCancelledError(f"{promised} bytes are promised, over the limit of {self._max_body}")
        parts: list[bytes] = []
        size = 0
        async with aclosing(answer.aiter_stream()) as stream:
            async for part in stream:
                size += len(part)
                if size > self._max_body:
                    raise DownloadCancelledError(f"over {self._max_body} bytes")
                parts.append(part)
        if promised is not None and size != promised:
            raise ResponseDataLossError(f"{size} bytes came where {promised} were promised")
        return b"".join(parts)

    async def _drop(self, request: Request) -> None:
        """Close the connections to a request's host; what else is under way on them is asked for again."""
        origin = httpcore2.URL(request.url).origin
        for connection in self._pool.connections:
            if connection.can_handle_request(origin):
                await connection.aclose()


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to nothing in a private network: names are resolved by `GuardedResolver`, and the address asked."""

    def __init__(self) -> None:
        self._resolver = GuardedResolver()
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first address of a name that takes one."""
        try:
            found = await self._resolver.resolve(host, port, socket.AF_UNSPEC)
        except OSError as error:
            raise CannotResolveHostError(str(error)) from error
        for place, address in enumerate(found, 1):
            try:
                return await self._backend.connect_tcp(address["host"], port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if place == len(found):
                    raise
        raise CannotResolveHostError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Never."""
        raise CannotResolveHostError(f"{path} is no host")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
