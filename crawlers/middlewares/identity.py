"""How every request presents itself: user agent, language, encodings, proxy, time limit; no cookies."""

from scrapy import Request
from scrapy.crawler import Crawler

from crawlers.middlewares.decompression import ACCEPTED
from crawlers.proxies import Proxies

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/feed+json;q=0.9,*/*;q=0.5"


class IdentityMiddleware:
    """Sets the headers and limits that all requests share, robots.txt included."""

    def __init__(self, crawler: Crawler) -> None:
        options = crawler.spider.run.options  # type: ignore[union-attr]
        self._timeout: float = options.download_timeout
        self._proxies: Proxies = crawler.spider.run.proxies  # type: ignore[union-attr]
        self._headers = {
            b"User-Agent": options.user_agent.encode(),
            b"Accept": ACCEPT.encode(),
            b"Accept-Language": b"zh-CN,zh;q=0.9,en;q=0.5",
            b"Accept-Encoding": ACCEPTED,
        }

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "IdentityMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Complete the request."""
        for name, value in self._headers.items():
            request.headers.setdefault(name, value)
        request.meta["download_timeout"] = self._timeout
        proxy = self._proxies.of(request.url)
        if proxy is not None:
            request.meta["proxy"] = proxy
        else:
            request.meta.pop("proxy", None)  # a redirect may lead from a host behind the proxy to one that is not
