"""The handler on aiohttp, against the misbehaving site and a proxy that asks for a password."""

import asyncio
import base64
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils.test import get_crawler

from crawlers.download import HttpHandler


def fetch(*requests: Request, **settings: object) -> list:
    """The answers, or the exceptions, one after another over one handler."""

    async def run() -> list:
        handler = HttpHandler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 1024 * 1024, **settings}))
        try:
            found = []
            for request in requests:
                try:
                    found.append(await handler.download_request(request))
                except Exception as error:
                    found.append(error)
            return found
        finally:
            await handler.close()

    return asyncio.run(run())


def at(site, path: str, **meta: object) -> Request:
    return Request(f"http://bad.example{path}", meta={"proxy": site.url, **meta})


def test_bytes_come_as_they_were_sent(site):
    gzipped, lying = fetch(at(site, "/m/content_900004.html"), at(site, "/m/content_900005.html"))
    assert gzipped.headers["Content-Encoding"] == b"gzip"
    assert gzipped.body[:2] == b"\x1f\x8b"
    assert "朱镕基".encode("gb18030") in lying.body
    assert type(lying).__name__ == "Response", "a text response would have its encoding guessed"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/m/content_900002.html", ResponseDataLossError),
        ("/m/content_900003.html", ResponseDataLossError),
        ("/m/content_900013.html", DownloadCancelledError),
    ],
)
def test_a_body_that_is_not_whole_or_too_large(site, path, error):
    assert isinstance(fetch(at(site, path))[0], error)


def test_no_answer_in_time_and_no_server(site):
    site.state["slow_seconds"] = 2
    late, nobody = fetch(at(site, "/m/content_900001.html"), Request("http://127.0.0.1:9/"), DOWNLOAD_TIMEOUT=0.5)
    assert isinstance(late, DownloadTimeoutError)
    assert isinstance(nobody, DownloadConnectionRefusedError)


def test_gbk_escapes_in_a_url_are_sent_as_they_are(site):
    site.forget()
    fetch(at(site, "/search?q=%D5%C2%C7%F0&x=%2F"))
    assert site.paths() == ["/search?q=%D5%C2%C7%F0&x=%2F"]


@contextmanager
def proxy_with_password(seen: list):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._note()

        def do_CONNECT(self) -> None:
            self._note()

        def _note(self) -> None:
            seen.append((self.command, self.path, self.headers.get("Proxy-Authorization")))
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def test_a_proxy_s_password_goes_to_the_proxy_alone():
    seen: list = []
    with proxy_with_password(seen) as port:
        meta = {"proxy": f"http://user:secret@127.0.0.1:{port}"}
        fetch(Request("http://a.example/1", meta=meta), Request("https://a.example/2", meta=meta))
    wanted = "Basic " + base64.b64encode(b"user:secret").decode()
    assert seen == [("GET", "http://a.example/1", wanted), ("CONNECT", "a.example:443", wanted)]
