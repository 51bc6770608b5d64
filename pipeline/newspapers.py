"""The two bundled newspapers on a local server, so that the whole way can be walked offline.

The pages are static files under seeds/newspapers/<host>/. The server listens on loopback alone and acts as an
HTTP forward proxy for the newspapers' hosts (so that canonical URLs never hold a port); it also answers requests
whose Host header names them, and, for a person with a browser, paths such as ``/www.lufengwang.example/``.

There are two editions. ``morning`` is the tree; ``evening`` lays seeds/newspapers/editions/evening/<host>/ over it,
and the URLs of its removed.txt answer 404: an article corrected, one taken down, two new ones.

What a file alone cannot say (a Content-Type, also a lying one) stands in seeds/newspapers/headers.toml.
The module is over 200 lines because a server, its files and its entry are read together by whoever debugs a crawl.
"""

import gzip
import hashlib
import re
import threading
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import ClassVar, Literal, Self
from urllib.parse import unquote, urlsplit

import click

from records import UsageError, seed_path

Edition = Literal["morning", "evening"]

HOSTS = ("www.lufengwang.example", "www.yihewanbao.example")
MODIFIED: dict[str, datetime] = {
    # Fixed, not the files' own times: a fresh clone must answer as every other one does.
    "morning": datetime(2024, 6, 19, 22, 0, tzinfo=UTC),
    "evening": datetime(2024, 6, 20, 10, 0, tzinfo=UTC),
}
INDEX_FILES = ("index.htm", "index.html")
MISSING = "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What one URL answers in an edition."""

    body: bytes
    content_type: str
    modified_at: datetime

    @property
    def etag(self) -> str:
        """The strong entity tag, made from the content."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class NewspaperArchive:
    """The files of the newspapers as one edition shows them."""

    def __init__(self, edition: Edition, folder: Path | None = None) -> None:
        if edition not in MODIFIED:
            raise UsageError(f"there is no edition {edition!r}; choose one of: {', '.join(MODIFIED)}")
        self.folder = folder or seed_path("newspapers")
        self.layers = [(self.folder, MODIFIED["morning"])]
        if edition == "evening":
            self.layers.insert(0, (self.folder / "editions" / "evening", MODIFIED["evening"]))
        settings = tomllib.loads((self.folder / "headers.toml").read_text("utf-8"))
        self.default_types: dict[str, dict[str, str]] = settings["default_types"]
        self.content_types: dict[str, str] = settings["content_types"]

    @cached_property
    def removed(self) -> frozenset[str]:
        """The URLs that this edition has taken down."""
        lists = [root / "removed.txt" for root, _ in self.layers]
        lines = [line.strip() for path in lists if path.exists() for line in path.read_text("utf-8").splitlines()]
        return frozenset(line for line in lines if line and not line.startswith("#"))

    def find(self, host: str, path: str) -> Resource | None:
        """The resource behind a host's path, or None where this edition has none."""
        parts = PurePosixPath(path.lstrip("/")).parts
        if host not in HOSTS or ".." in parts or f"http://{host}{path}" in self.removed:
            return None
        names = INDEX_FILES if path.endswith("/") else ("",)
        for root, modified_at in self.layers:
            for name in names:
                file = root.joinpath(host, *parts, name) if name else root.joinpath(host, *parts)
                if file.is_file():
                    url = f"http://{host}{path}"
                    kind = self.content_types.get(url) or self.default_types[host].get(file.suffix)
                    kind = kind or "application/octet-stream"
                    return Resource(body=file.read_bytes(), content_type=kind, modified_at=modified_at)
        return None


class NewspaperServer:
    """A context manager that serves one edition of both newspapers on 127.0.0.1 from a thread of its own.

    `requests` counts the answers by status; `delay_seconds` makes every answer wait, for tests of interruption.
    """

    def __init__(
        self, edition: Edition = "morning", port: int = 0, folder: Path | None = None, delay_seconds: float = 0.0
    ) -> None:
        self.archive = NewspaperArchive(edition, folder)
        self.delay_seconds = delay_seconds
        self.requests: Counter[int] = Counter()
        self._lock = threading.Lock()
        handler = type("BoundHandler", (NewspaperHandler,), {"newspapers": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.server_port

    @property
    def proxy_url(self) -> str:
        """What a client sets as its HTTP proxy."""
        return f"http://127.0.0.1:{self.port}"

    def count(self, status: int) -> None:
        """Count one answer."""
        with self._lock:
            self.requests[status] += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class NewspaperHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the newspapers' hosts, and 404 for every other host."""

    protocol_version = "HTTP/1.1"
    server_version = "newspapers"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True  # small answers on a kept-open connection would wait 40 ms for an ACK
    wbufsize = -1  # head and body leave in one packet
    newspapers: ClassVar[NewspaperServer]

    def do_GET(self) -> None:
        """Answer with the resource, 304 where the client already has it, or 404."""
        time.sleep(self.newspapers.delay_seconds)
        host, path, is_browsed = self._target()
        if is_browsed and not host:
            resource: Resource | None = self._front_page()
        else:
            resource = self.newspapers.archive.find(host, path)
        if resource is None:
            self._answer(HTTPStatus.NOT_FOUND, MISSING.encode(), {"Content-Type": "text/html"})
            return
        headers = {
            "Content-Type": resource.content_type,
            "Last-Modified": format_datetime(resource.modified_at, usegmt=True),
            "ETag": resource.etag,
            "Vary": "Accept-Encoding",
        }
        if self._has(resource):
            self._answer(HTTPStatus.NOT_MODIFIED, b"", headers)
            return
        body = point_inward(resource.body, host) if is_browsed and host else resource.body
        if "gzip" in self.headers.get("Accept-Encoding", "") and body:
            body = gzip.compress(body, 5, mtime=0)
            headers |= {"Content-Encoding": "gzip", "ETag": "W/" + resource.etag}
        self._answer(HTTPStatus.OK, body, headers)

    do_HEAD = do_GET  # noqa: N815 - http.server's naming

    def _target(self) -> tuple[str, str, bool]:
        """The host and path that are asked for, and whether a person browses by path on the loopback address."""
        url = urlsplit(self.path)
        host = (url.hostname or urlsplit(f"//{self.headers.get('Host') or ''}").hostname or "").lower()
        path = unquote(url.path) or "/"
        if url.hostname or host not in {"127.0.0.1", "localhost"}:
            return host, path, False
        first, _, rest = path.lstrip("/").partition("/")
        return first, "/" + rest, True

    def _has(self, resource: Resource) -> bool:
        """Whether the request's conditions say that the client has this resource; the tag outranks the date."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return resource.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and parsedate_to_datetime(since) >= resource.modified_at
        except (TypeError, ValueError):  # an unreadable date, or one without a zone, is no condition
            return False

    def _front_page(self) -> Resource:
        links = "".join(f'<li><a href="/{escape(host)}/">{escape(host)}</a></li>' for host in HOSTS)
        page = f"<!DOCTYPE html><meta charset='utf-8'><title>地方 difang</title><h1>随附报纸</h1><ul>{links}</ul>"
        return Resource(body=page.encode(), content_type="text/html; charset=utf-8", modified_at=MODIFIED["morning"])

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.newspapers.count(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's parameter
        """Say nothing: the counters tell."""


def point_inward(body: bytes, host: str) -> bytes:
    """The page with links that stay on the loopback address; byte by byte, so in any encoding."""
    for name in HOSTS:
        body = body.replace(b'"http://' + name.encode(), b'"/' + name.encode())
    return re.sub(rb'((?:href|src)=")/(?!/|www\.)', rb"\1/" + host.encode() + b"/", body)


@click.command(epilog="Example: python -m pipeline.newspapers --edition evening --port 8021")
@click.option("--edition", type=click.Choice(list(MODIFIED)), default="morning", show_default=True)
@click.option("--port", type=int, default=8021, show_default=True)
def main(edition: Edition, port: int) -> None:
    """Serve the bundled newspapers on 127.0.0.1 until Ctrl-C."""
    with NewspaperServer(edition=edition, port=port) as server:
        click.echo(f"{edition} edition: open {server.proxy_url}/ in a browser, or use it as an HTTP proxy; Ctrl-C ends")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("closed")


if __name__ == "__main__":
    main()
