"""A forward proxy on loopback that a browser must use: it connects to nothing in a private network.

A browser resolves names and follows redirects by itself, out of sight of our middlewares; this is the one place
that all its connections pass. One request a connection for http, a tunnel for https.
"""

import asyncio
import contextlib
import logging
import socket
from urllib.parse import urlsplit

from crawlers.resolving import GuardedResolver, Refusals, literal_address

log = logging.getLogger(__name__)
MAX_HEAD = 64 * 1024
CONNECT_SECONDS = 10.0
CHUNK = 64 * 1024


class GuardedProxy:
    """The proxy; its port is known from the start, it answers after `start`."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def start(self) -> None:
        """Answer from now on."""
        self._resolver = GuardedResolver()
        self._server = await asyncio.start_server(self._serve, sock=self._socket, limit=MAX_HEAD)

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()
        else:
            self._socket.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.split(b" ", 2)
            upstream = await self._connect(method, target.decode("latin-1"))
            if upstream is None:
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            if method == b"CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream[1].write(origin_head(head))
            await asyncio.gather(_pipe(reader, upstream[1]), _pipe(upstream[0], writer))
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            log.debug("a browser's connection ended: %s", error)
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    async def _connect(self, method: bytes, target: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        parts = urlsplit(f"//{target}" if method == b"CONNECT" else target)
        host, port = (parts.hostname or "").lower(), parts.port or (443 if method == b"CONNECT" else 80)
        try:
            address = literal_address(host)
            if address is not None:
                Refusals.check(host, address)
            else:
                address = (await self._resolver.resolve(host, port))[0]["host"]
            return await asyncio.wait_for(asyncio.open_connection(address, port), CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            log.info("a browser was not let through to %s: %s", host[:200], error)
            return None


def origin_head(head: bytes) -> bytes:
    """The head of a request to a proxy as a server wants it: the path alone, closed after one answer."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    method, target, version = first.split(b" ", 2)
    parts = urlsplit(target.decode("latin-1"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in lines if not line.lower().startswith((b"proxy-", b"connection:"))]
    return b"\r\n".join([b" ".join([method, path.encode("latin-1"), version]), *kept, b"Connection: close", b"", b""])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    finally:
        with contextlib.suppress(OSError):
            writer.close()
