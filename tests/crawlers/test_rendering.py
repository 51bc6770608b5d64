"""Rendering in a real headless Chromium: the article is on the page only after its scripts have run."""

import asyncio

import pytest
import scripted_resources  # noqa: F401 - registers the resources

from crawlers.guarded_proxy import GuardedProxy, origin_head

pytest.importorskip("scrapy_playwright", reason="the extra `render` is not installed")
from crawlers.rendering import find_chromium, rendering_settings

needs_chromium = pytest.mark.skipif(find_chromium() is None, reason="no Chromium on the PATH (Debian: chromium)")


@pytest.mark.slow
@needs_chromium
def test_articles_that_scripts_write_are_read_and_nothing_private_is_reached(crawls, site, publisher_of):
    host = f"127.0.0.1:{site.port}"
    app = publisher_of("app", "listing:/app/index.htm", host=host, render=True)
    result = crawls.run([app], proxy_url=None, allowed_private_hosts=("127.0.0.1",), download_timeout=15.0, retries=0)
    assert result.reasons() == {"app/content_950003.html": "timeout"}
    pages = {page.url[-11:]: page.body.decode() for page in result.pages}
    assert set(pages) == {"950001.html", "950002.html"}
    assert "圣井街道三百户居民用上了集中供暖" in pages["950001.html"]
    assert "<p>rejected rejected rejected</p>" in pages["950002.html"]
    asked = site.paths()
    assert "/app/data.json" in asked
    assert not {"/secret", "/app/picture.png"} & set(asked)
    assert asked.count("/robots.txt") == 1
    assert {line.headers["user-agent"].partition("/")[0] for line in site.log} == {"difang"}
    assert "Traceback" not in result.stderr


@needs_chromium
def test_settings_name_the_system_s_chromium(publisher_of):
    from crawlers import CrawlOptions

    found = rendering_settings(CrawlOptions(crawl_id="x", download_timeout=7.0))
    assert found["PLAYWRIGHT_LAUNCH_OPTIONS"]["executable_path"] == find_chromium()
    assert found["PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT"] == 7000


def test_the_head_of_a_proxied_request_becomes_a_server_s():
    head = b"GET http://a.example/1?q=2 HTTP/1.1\r\nHost: a.example\r\nProxy-Connection: keep-alive\r\n\r\n"
    assert origin_head(head) == b"GET /1?q=2 HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "request_line", ["GET http://localhost:{port}/secret HTTP/1.1", "CONNECT 127.1:{port} HTTP/1.1", "GET / HTTP/1.1"]
)
def test_the_guarded_proxy_lets_nothing_private_through(site, request_line):
    async def ask() -> bytes:
        proxy = GuardedProxy()
        await proxy.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
        writer.write(request_line.replace("{port}", str(site.port)).encode() + b"\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await proxy.close()
        return answer

    site.forget()
    assert asyncio.run(ask()).startswith(b"HTTP/1.1 403")
    assert not site.paths()
