"""A TLS site of a few pages that speaks HTTP/2 and HTTP/1.1, or the latter alone, as ALPN says; hypercorn serves it.

Its certificate is made for the test and signed by nobody whom a client knows, as on many county servers.
"""

import asyncio
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from hypercorn.asyncio import serve
from hypercorn.config import Config

ARTICLE = "<html><head><title>章丘</title></head><body><h1>章丘大葱丰收</h1><p>{}</p></body></html>"
LISTING = "<html><body><ul>{}</ul></body></html>"


@dataclass
class TlsSite:
    """The site while it serves."""

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    """HTTP version and path of each request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def versions(self, path: str) -> list[str]:
        return [version for version, asked in self.asked if asked == path]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        self.asked.append((scope["http_version"], path))
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        status, sent, body = self.answer(path, headers)
        if path == "/slow":
            await asyncio.sleep(self.state.get("slow_seconds", 5))
        wire = [(name.encode(), value.encode()) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": status, "headers": wire})
        for start in range(0, len(body) or 1, 64 * 1024):
            part = body[start : start + 64 * 1024]
            await send({"type": "http.response.body", "body": part, "more_body": start + 64 * 1024 < len(body)})

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a path."""
        html = {"content-type": "text/html; charset=utf-8"}
        if path == "/robots.txt":
            return 200, {"content-type": "text/plain"}, b"User-agent: *\nDisallow: /private/\n"
        if path == "/index.htm":
            numbers = [*range(100001, 100001 + int(self.state.get("articles", 6))), 900001]
            links = "".join(f'<li><a href="/a/content_{n}.html">章丘大葱今年又获丰收{n}</a></li>' for n in numbers)
            private = '<li><a href="/private/content_900002.html">此页不许抓取，请勿访问</a></li>'
            return 200, html, LISTING.format(links + private).encode()
        if path == "/a/content_900001.html":
            return 302, {"location": "https://10.0.0.7/a/content_900001.html"}, b""
        if path == "/large":
            return 200, html, b"x" * 3 * 1024 * 1024
        if path == "/promised":
            return 200, {**html, "content-length": str(3 * 1024 * 1024)}, b"x" * 1000
        if path == "/lying":
            return 200, {**html, "content-length": "5000"}, b"x" * 1000
        if path == "/gone":
            return 404, html, b"<html><body>404</body></html>"
        if headers.get("if-none-match") == '"1"':
            return 304, {"etag": '"1"'}, b""
        body = gzip.compress(ARTICLE.format("今年章丘大葱种植面积扩大。" * 40).encode())
        return 200, {**html, "etag": '"1"', "content-encoding": "gzip", "content-length": str(len(body))}, body


@contextmanager
def tls_site(folder: Path, *alpn: str) -> Iterator[TlsSite]:
    """The site with a certificate of its own; `alpn` are the protocols that it offers."""
    certificate = trustme.CA().issue_cert("county.example")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for place, pem in enumerate(certificate.cert_chain_pems):
        pem.write_to_path(folder / "chain.pem", append=place > 0)
    site, config, started = TlsSite(), Config(), threading.Event()
    config.keyfile, config.certfile = str(folder / "key.pem"), str(folder / "chain.pem")
    config.alpn_protocols = list(alpn)
    config.errorlog = None
    sockets = Config()
    sockets.bind = ["127.0.0.1:0"]
    listening = sockets.create_sockets().insecure_sockets[0]
    listening.listen(100)  # who connects before hypercorn accepts waits, and is not refused
    site.port = listening.getsockname()[1]
    config.bind = [f"fd://{listening.detach()}"]
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        loop.call_soon(started.set)
        await serve(site, config, shutdown_trigger=stop.wait)

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert started.wait(20), "the site did not start"
        yield site
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
