"""Scrapy's settings for a crawl. Add a middleware by a line in MIDDLEWARES; the number is its distance from the engine.

Where Scrapy's defaults lose their time, measured on 60 kB pages: its decompression guesses the encoding of
compressed bytes; a root logger that lets TRACE records through makes charset_normalizer write a hundred a
page; CONCURRENT_ITEMS tasks are started for every response. None of the three happens here.
"""

import importlib.util
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.settings.default_settings import DOWNLOADER_MIDDLEWARES_BASE, EXTENSIONS_BASE, SPIDER_MIDDLEWARES_BASE

from crawlers.options import CrawlOptions
from records import UsageError

MIDDLEWARES = {
    "crawlers.middlewares.safety.SafetyMiddleware": 50,
    "crawlers.middlewares.robots.RobotsMiddleware": 100,
    "crawlers.middlewares.politeness.PolitenessMiddleware": 200,
    "crawlers.middlewares.identity.IdentityMiddleware": 400,
    "crawlers.middlewares.retries.RetryMiddleware": 550,
    "crawlers.middlewares.decompression.DecompressionMiddleware": 590,
    "crawlers.middlewares.redirects.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
EXTENSIONS = {**dict.fromkeys(EXTENSIONS_BASE), "crawlers.throttling.HostThrottle": 0}


def scrapy_settings(
    options: CrawlOptions,
    host_concurrency: int,
    *,
    renders: bool = False,
    throttles: bool = False,
    http2: bool = False,
) -> dict[str, Any]:
    """The settings of one crawl; `host_concurrency` is the largest that a publisher declares.

    Raises UsageError where pages are to be rendered, or asked by HTTP/2, and what that needs is missing.
    """
    return {
        **(rendering(options) if renders else {}),
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop" if importlib.util.find_spec("uvloop") else None,
        "AUTOTHROTTLE_ENABLED": throttles,
        "AUTOTHROTTLE_MAX_DELAY": options.max_crawl_delay,
        "CONCURRENT_ITEMS": 1,
        "CONCURRENT_REQUESTS": 0,  # no bound of Scrapy's: the lanes bound what is under way, host by host
        "CONCURRENT_REQUESTS_PER_DOMAIN": host_concurrency,
        "COOKIES_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {**dict.fromkeys(DOWNLOADER_MIDDLEWARES_BASE), **MIDDLEWARES},
        "DOWNLOAD_HANDLERS": handlers(options, renders=renders, http2=http2),
        "DOWNLOAD_DELAY_JITTER": 0.0,
        "DOWNLOAD_MAXSIZE": options.max_body_bytes,
        "DOWNLOAD_TIMEOUT": options.download_timeout,
        "DOWNLOAD_WARNSIZE": 0,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "EXTENSIONS": EXTENSIONS,
        # Scrapy's client needs it; aiohttp reads a password from the proxy's URL, and shows it to no publisher.
        "HTTPPROXY_ENABLED": options.http_client == "twisted",
        "LOG_FORMATTER": "crawlers.settings.QuietFormatter",
        "LOG_INSTALL_ROOT_HANDLER": False,
        "REMOTE_CONTROL_ENABLED": False,
        "ROBOTSTXT_OBEY": True,  # by default; a publisher may declare otherwise
        "SPIDER_MIDDLEWARES": dict.fromkeys(SPIDER_MIDDLEWARES_BASE),
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # the fetch log counts
        "TELNETCONSOLE_ENABLED": False,
        "TWISTED_DNS_RESOLVER": "crawlers.resolving.GuardedTwistedResolver",
        "USER_AGENT": options.user_agent,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
    }


def rendering(options: CrawlOptions) -> dict[str, Any]:
    """The settings for rendering. Raises UsageError where the extra or Chromium is missing."""
    if importlib.util.find_spec("scrapy_playwright") is None:
        raise UsageError("a publisher says render = true: install the extra, pip install 'difang[render]'")
    from crawlers.rendering import rendering_settings  # noqa: PLC0415 - an extra

    return rendering_settings(options)


def handlers(options: CrawlOptions, *, renders: bool = False, http2: bool = False) -> dict[str, str | None]:
    """The download handlers: for http and https alone. Raises UsageError where the extra for HTTP/2 is missing."""
    if http2 and not (importlib.util.find_spec("httpcore2") and importlib.util.find_spec("h2")):
        raise UsageError("a publisher says politeness.http2 = true: install the extra, pip install 'difang[http2]'")
    others: dict[str, str | None] = dict.fromkeys(("data", "file", "ftp", "s3"))
    if renders:
        return {**others, **dict.fromkeys(("http", "https"), "crawlers.rendering.RenderingHandler")}
    if options.http_client != "twisted":
        others = {**others, **dict.fromkeys(("http", "https"), "crawlers.download.HttpHandler")}
    return {**others, "https": "crawlers.http2.Http2Handler"} if http2 else others


class QuietFormatter(LogFormatter):
    """No line of text for each answer: the fetch log holds one."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> None:  # type: ignore[override]
        """Nothing."""
