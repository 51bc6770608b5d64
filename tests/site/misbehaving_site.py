"""A local HTTP site that misbehaves, one small resource per misbehaviour.

Import it with this folder on `sys.path`, and `misbehaving_resources` with it. It listens on 127.0.0.1 and is
asked directly or as a forward proxy for ``*.example`` hosts, so that canonical URLs need hold no port. A
resource is a function from a Visit to a Reply, in `RESOURCES` by its path or in `PATTERNS` by a pattern of it;
add one by a decorated function whose name or docstring says what is wrong with it.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Visit:
    """One request: host and path as asked for, headers in lower case, and how often this was asked before."""

    host: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    count: int
    site: "MisbehavingSite"


@dataclass
class Reply:
    """One answer. `sent` bytes of the body go out although its whole length is promised; None: all."""

    body: bytes = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None
    chunked: bool = False


Resource = Callable[[Visit], Reply]
RESOURCES: dict[str, Resource] = {}
PATTERNS: list[tuple[re.Pattern[str], Resource]] = []


def resource(path: str) -> Callable[[Resource], Resource]:
    def register(function: Resource) -> Resource:
        RESOURCES[path] = function
        return function

    return register


def pattern(path: str) -> Callable[[Resource], Resource]:
    def register(function: Resource) -> Resource:
        PATTERNS.append((re.compile(path), function))
        return function

    return register


@dataclass(frozen=True)
class Asked:
    """A line of the site's own log."""

    at: float
    host: str
    path: str
    headers: dict[str, str]
    status: int


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024  # a crawl of many hosts connects to all of them at once

    def handle_error(self, *_: object) -> None:
        """A crawler that is killed resets its connections: no fault of the site."""


class MisbehavingSite:
    """The site on a port of its own choice; use as a context manager."""

    def __init__(self) -> None:
        self.log: list[Asked] = []
        self.state: dict[str, object] = {}
        """What a test tells the resources, such as which article has been taken down."""
        self.busiest = 0
        """Requests that were answered at once at most."""
        self._active = 0
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self, host: str | None = None) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.log if host in (None, asked.host)]

    def forget(self) -> None:
        with self._lock:
            self.log.clear()
            self.busiest = 0
            self._counts.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, target: str, headers: dict[str, str]) -> Reply:
        parts = urlsplit(target)
        host = (parts.netloc or headers.get("host", "")).lower()
        path = parts.path or "/"
        asked = path + (f"?{parts.query}" if parts.query else "")
        with self._lock:
            count = self._counts[host, asked]
            self._counts[host, asked] += 1
            self._active += 1
            self.busiest = max(self.busiest, self._active)
        visit = Visit(host, path, parse_qs(parts.query), headers, count, self)
        found = RESOURCES.get(f"{host}{path}") or RESOURCES.get(path)
        if found is None:
            found = next((function for compiled, function in PATTERNS if compiled.fullmatch(path)), not_found)
        try:
            reply = found(visit)
        finally:
            with self._lock:
                self._active -= 1
        with self._lock:
            self.log.append(Asked(time.monotonic(), host, asked, headers, reply.status))
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                reply = site.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
                try:
                    self._send(reply)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                if reply.content_type is not None:
                    self.send_header("Content-Type", reply.content_type)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                body = reply.body if reply.sent is None else reply.body[: reply.sent]
                if reply.chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                    body = f"{len(body):x}\r\n".encode() + body + (b"\r\n0\r\n\r\n" if reply.sent is None else b"")
                elif reply.status != 304 and "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(b"" if reply.status == 304 else body)
                self.close_connection = self.close_connection or reply.sent is not None

            def log_message(self, *_: object) -> None:
                return

        return Handler


def not_found(_visit: Visit) -> Reply:
    return Reply(b"<html><body><h1>404</h1></body></html>", status=404)


def page(title: str, text: str = "", head: str = "") -> bytes:
    """An ordinary article in UTF-8."""
    body = text or "圣井街道的供暖改造工程完工，三百户居民用上了集中供暖。" * 20
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f'<body><h1>{title}</h1><div class="content"><p>{body}</p></div></body></html>'
    ).encode()


def listing(links: list[tuple[str, str]], tail: str = "") -> bytes:
    """An ordinary listing page: (URL, headline) pairs."""
    items = "".join(f'<li><a href="{url}">{text}</a></li>' for url, text in links)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><ul>{items}</ul>{tail}</body></html>'.encode()
    )
