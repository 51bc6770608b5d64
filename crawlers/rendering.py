"""Pages whose article appears only after JavaScript ran, through scrapy-playwright and the system's Chromium.

For publishers that say ``render = true``: their listing pages and articles. One browser a crawl; a context of its own
for each page, closed after it, so that no cookie outlives it; no pictures, fonts, media, downloads or service workers;
all connections through `GuardedProxy` (or the crawl's own proxy). What robots.txt, delays and limits say holds for the
page itself; the scripts and data that it loads are asked for as a reader's browser would.
"""

import asyncio
import os
import shutil
from itertools import count
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import Request as PageRequest
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # type: ignore[import-untyped]
from scrapy_playwright.page import PageMethod  # type: ignore[import-untyped]

from crawlers.download import HttpHandler
from crawlers.faults import RequestRefused
from crawlers.guarded_proxy import GuardedProxy
from crawlers.middlewares.safety import unsafe
from crawlers.options import CrawlOptions
from records import UsageError

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAX_CONTEXTS = 4
"""Pages rendered at once; each takes about 100 MB."""
QUIET_MS = 3000
"""How long a loaded page may take until no request of its own is open; one that polls for ever is taken as it is."""
BLOCKED = frozenset({"image", "media", "font"})
ERRORS = (
    ("ERR_NAME_NOT_RESOLVED", CannotResolveHostError),
    ("ERR_CONNECTION_REFUSED", DownloadConnectionRefusedError),
    ("ERR_TIMED_OUT", DownloadTimeoutError),
)


def find_chromium() -> str | None:
    """The path of the system's Chromium, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def rendering_settings(options: CrawlOptions) -> dict[str, Any]:
    """Scrapy's settings for rendering. Raises UsageError where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        raise UsageError(
            "a publisher says render = true, and no Chromium is on the PATH: "
            "install the system's package (Debian: apt-get install chromium)"
        )
    # Chromium's own sandbox cannot start for root, as in a container without a user of its own.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": chromium,
            "args": [
                *arguments,
                "--disable-dev-shm-usage",
                "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
            ],
        },
        "PLAYWRIGHT_MAX_CONTEXTS": MAX_CONTEXTS,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 1000 * options.download_timeout,
        "PLAYWRIGHT_ABORT_REQUEST": "crawlers.rendering.is_needless",
    }


def is_needless(request: PageRequest) -> bool:
    """Whether a page's own request is not let out: pictures, media, fonts."""
    return request.resource_type in BLOCKED


async def settle(page: Page) -> None:
    """Wait until a page is quiet, within bounds."""
    try:
        await page.wait_for_load_state("networkidle", timeout=QUIET_MS)
    except PlaywrightTimeout:
        return


class RenderingHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Renders the requests whose task asks for it, and hands the others to the client without a browser."""

    lazy: ClassVar[bool] = False  # scrapy-playwright starts its driver when the engine starts
    _made: ClassVar["WeakKeyDictionary[Crawler, RenderingHandler]"] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._run = crawler.spider.run  # type: ignore[union-attr]
        self._plain: HttpHandler | None = None
        self._numbers = count()
        self._starting = asyncio.Lock()
        # A browser has one proxy for all it asks: the one that the crawl's environment names for https, else for http.
        proxies = self._run.proxies
        own = proxies.for_all or proxies.of("https://difang.invalid/") or proxies.of("http://difang.invalid/")
        self._guard = GuardedProxy() if own is None else None
        self._is_guarding = False
        self._is_closed = False
        proxy = self._guard.url if self._guard is not None else own
        # Chromium asks loopback directly unless it is told not to.
        self.config.launch_options["proxy"] = {"server": proxy, "bypass": "<-loopback>"}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RenderingHandler":
        """Made by Scrapy, once for http and https: one browser."""
        if crawler not in cls._made:
            cls._made[crawler] = cls(crawler)
        return cls._made[crawler]

    async def download_request(self, request: Request) -> Response:
        """The answer; of a rendered page what the browser shows, encoded."""
        if not request.meta.get("render"):
            self._plain = self._plain or self._make_plain()
            return await self._plain.download_request(request)
        await self._start_guard()
        name = f"page {next(self._numbers)}"
        request.meta.update(
            playwright=True,
            playwright_context=name,
            playwright_context_kwargs={
                "accept_downloads": False,
                "ignore_https_errors": True,
                "service_workers": "block",
                "locale": "zh-CN",
                "user_agent": self._run.options.user_agent,
            },
            playwright_page_methods=[PageMethod(settle)],
        )
        seconds = self._run.options.download_timeout
        try:
            response = await asyncio.wait_for(super().download_request(request), seconds + 2 * QUIET_MS / 1000)
        except (PlaywrightTimeout, TimeoutError) as error:
            raise DownloadTimeoutError(f"the page was not rendered in {seconds:g} seconds") from error
        except PlaywrightError as error:
            kind = next((kind for mark, kind in ERRORS if mark in error.message), DownloadFailedError)
            raise kind(f"the browser says: {error.message.splitlines()[0]}") from error
        finally:
            wrapper = self.context_wrappers.get(name)
            if wrapper is not None:
                await wrapper.context.close()
        return self._checked(request, response)

    def _make_plain(self) -> HttpHandler:
        if not any(lane.publisher.politeness.http2 for lane in self._run.lanes):
            return HttpHandler(self._crawler)
        from crawlers.http2 import Http2Handler  # noqa: PLC0415 - an extra

        return Http2Handler(self._crawler)

    def _checked(self, request: Request, response: Response) -> Response:
        """The answer as plain bytes. Raises where a script led elsewhere or the page grew too large."""
        options = self._run.options
        fault = unsafe(response.url, request.meta["task"].lane.hosts, options.allowed_private_hosts)
        if fault is not None:
            raise RequestRefused(fault)
        if len(response.body) > options.max_body_bytes:
            raise DownloadCancelledError(f"over {options.max_body_bytes} bytes when rendered")
        return Response(
            response.url, status=response.status, headers=response.headers, body=response.body, request=request
        )

    async def _start_guard(self) -> None:
        async with self._starting:
            if self._guard is not None and not self._is_guarding:
                await self._guard.start()
                self._is_guarding = True

    async def close(self) -> None:
        """Close browser and connections."""
        if self._is_closed:
            return
        self._is_closed = True
        await super().close()
        if self._plain is not None:
            await self._plain.close()
        if self._guard is not None:
            await self._guard.close()
