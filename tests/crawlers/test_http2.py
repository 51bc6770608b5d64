"""HTTP/2 where a publisher asks for it: against a real server of it, one of HTTP/1.1 alone, and behind a proxy."""

import asyncio
import socket
import ssl
import threading
from collections import Counter
from dataclasses import replace
from http.server import ThreadingHTTPServer

import pytest
import trustme
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.utils.test import get_crawler
from serving import QuietHandler, serving
from tls_site import tls_site

from crawlers import settings
from crawlers.guarded_proxy import GuardedProxy
from crawlers.http2 import Http2Handler
from crawlers.options import CrawlOptions
from crawlers.resolving import Refusals
from records import Politeness, Source, SourceKind, UsageError


@pytest.fixture(autouse=True)
def loopback_is_allowed(monkeypatch):
    monkeypatch.setattr(Refusals, "refused", {})
    monkeypatch.setattr(Refusals, "private_hosts", frozenset({"127.0.0.1"}))


@pytest.fixture(scope="module")
def modern(tmp_path_factory):
    with tls_site(tmp_path_factory.mktemp("modern"), "h2", "http/1.1") as site:
        yield site


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with tls_site(tmp_path_factory.mktemp("plain"), "http/1.1") as site:
        yield site


@pytest.fixture
def proxy_url():
    loop, proxy = asyncio.new_event_loop(), GuardedProxy()
    loop.run_until_complete(proxy.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield proxy.url
    asyncio.run_coroutine_threadsafe(proxy.close(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def fetch(*requests: Request, **settings_: object) -> list:
    """The answers, or the exceptions, one after another over one handler."""

    async def run() -> list:
        handler = Http2Handler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": 1024 * 1024, **settings_}))
        found = []
        for request in requests:
            try:
                found.append(await handler.download_request(request))
            except Exception as error:
                found.append(error)
        await handler.close()
        return found

    return asyncio.run(run())


def at(site, path: str, *, name: str = "127.0.0.1", **meta: object) -> Request:
    return Request(f"https://{name}:{site.port}{path}", meta={"http2": True, **meta})


def test_pages_come_by_http2_as_they_were_sent(modern):
    first, again, gone = fetch(
        at(modern, "/a/content_1.html"),
        at(modern, "/a/content_1.html").replace(headers={"If-None-Match": '"1"'}),
        at(modern, "/gone"),
    )
    assert [r.protocol for r in (first, again, gone)] == ["h2"] * 3
    assert [r.status for r in (first, again, gone)] == [200, 304, 404]
    assert first.headers["Content-Encoding"] == b"gzip"
    assert first.body[:2] == b"\x1f\x8b"
    assert again.body == b""


def test_a_publisher_that_does_not_ask_for_it_gets_http1(modern):
    (answer,) = fetch(at(modern, "/a/content_1.html", http2=False))
    assert answer.protocol == "http/1.1"


def test_a_body_that_is_not_whole_or_too_large_leaves_the_next_request_unharmed(modern):
    found = fetch(
        *(at(modern, path) for path in ("/lying", "/gone", "/large", "/gone", "/promised", "/gone")),
    )
    lying, after_lying, large, after_large, promised, after_promised = found
    assert isinstance(lying, ResponseDataLossError)
    assert isinstance(large, DownloadCancelledError)
    assert isinstance(promised, DownloadCancelledError)
    assert [r.protocol for r in (after_lying, after_large, after_promised)] == ["h2"] * 3


def test_no_answer_in_time_and_no_server(modern):
    modern.state["slow_seconds"] = 3
    late, after, nobody = fetch(
        at(modern, "/slow"),
        at(modern, "/gone"),
        Request("https://127.0.0.1:9/", meta={"http2": True}),
        DOWNLOAD_TIMEOUT=1.0,
    )
    assert isinstance(late, DownloadTimeoutError)
    assert after.protocol == "h2"
    assert isinstance(nobody, DownloadConnectionRefusedError)


def test_a_server_without_http2_is_asked_by_http1(plain):
    plain.asked.clear()
    answers = fetch(*(at(plain, "/a/content_1.html") for _ in range(3)), at(plain, "/lying"), at(plain, "/large"))
    assert [r.protocol for r in answers[:3]] == ["http/1.1"] * 3
    assert isinstance(answers[3], ResponseDataLossError)
    assert isinstance(answers[4], DownloadCancelledError)
    assert len(plain.asked) == 5, "each page was asked for once"


class Ok(QuietHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


class HangsUp(ThreadingHTTPServer):
    """A TLS server that breaks off where a client offers HTTP/2, as some boxes before old servers do."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Ok)
        self.context = context
        self.hung_up = 0

    def get_request(self):
        connection, address = super().get_request()
        if b"\x02h2" in connection.recv(4096, socket.MSG_PEEK):
            self.hung_up += 1
            connection.close()
            raise OSError("hung up")
        return self.context.wrap_socket(connection, server_side=True), address


def test_a_server_whose_http2_is_broken_is_asked_by_http1():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])  # it says h2 in its handshake, and then speaks HTTP/1.1
    trustme.CA().issue_cert("county.example").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ok)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.port = server.server_address[1]
    with serving(server):
        answers = fetch(at(server, "/1"), at(server, "/2"))
    assert [(r.protocol, r.body) for r in answers] == [("http/1.1", b"ok")] * 2


def test_a_server_that_hangs_up_on_http2_is_asked_by_http1():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("county.example").configure_cert(context)
    server = HangsUp(context)
    server.port = server.server_address[1]
    with serving(server):
        answers = fetch(at(server, "/1"), at(server, "/2"))
    assert [(r.protocol, r.body) for r in answers] == [("http/1.1", b"ok")] * 2
    assert server.hung_up == 2, "asked by HTTP/2 twice, then never again"


def test_behind_a_proxy_pages_come_by_http1(modern, proxy_url):
    (answer,) = fetch(at(modern, "/a/content_1.html", proxy=proxy_url))
    assert (answer.status, answer.protocol) == (200, "http/1.1")


def test_names_that_point_into_a_private_network_are_refused(modern):
    (refused,) = fetch(at(modern, "/a/content_1.html", name="localhost"))
    assert isinstance(refused, CannotResolveHostError)
    assert Refusals.refused.keys() == {"localhost"}


def test_a_whole_crawl_asks_by_http2_what_speaks_it_and_counts_it(crawls, modern, plain, publisher_of):
    def publisher(publisher_id: str, site, *, http2: bool):
        made = publisher_of(publisher_id, host=site.host, politeness=Politeness(delay_seconds=0.0, http2=http2))
        source = Source(kind=SourceKind.LISTING, url=f"https://{site.host}/index.htm", section="s")
        return replace(made, home_url=f"https://{site.host}/", sources=(source,))

    for site in (modern, plain):
        site.asked.clear()
        site.headers.clear()
    options = {"proxy_url": None, "allowed_private_hosts": ("127.0.0.1",)}
    both = [publisher("modern", modern, http2=True), publisher("plain", plain, http2=True)]
    result = crawls.run(both, **options)
    told = result.report["publishers"]
    assert told["modern"]["protocols"] == {"h2": 8}, "robots.txt, the list and six articles"
    assert told["plain"]["protocols"] == {"http/1.1": 8}
    assert Counter(page.publisher_id for page in result.pages) == {"modern": 6, "plain": 6}
    assert all("章丘大葱种植".encode() in page.body for page in result.pages)
    assert Counter(str(r.reason) for r in result.rejected) == {"unsafe_url": 2, "robots": 2}
    assert {version for version, _ in modern.asked} == {"2"}
    assert {version for version, _ in plain.asked} == {"1.1"}
    assert "/private/content_900002.html" not in {path for _, path in modern.asked}
    assert not [sent for sent in modern.headers if "cookie" in sent or not sent["user-agent"].startswith("difang")]

    again = crawls.run([publisher("modern", modern, http2=True)], revisit="all", **options)
    assert again.report["fetches"]["article/not_modified"] == 6
    assert not again.pages
    by_default = crawls.run([publisher("modern", modern, http2=False)], revisit="all", **options)
    assert set(by_default.report["publishers"]["modern"]["protocols"]) == {"http/1.1"}


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(settings.importlib.util, "find_spec", lambda name: None if name == "h2" else object())
    with pytest.raises(UsageError, match=r"difang\[http2\]"):
        settings.handlers(CrawlOptions(crawl_id="c"), http2=True)
