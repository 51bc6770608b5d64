"""Redirects followed within bounds: a few hops, no loop; where they lead is judged by `SafetyMiddleware`."""

from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from w3lib.url import safe_url_string

from crawlers.faults import Fault, RequestRefused
from records import Reason

STATUSES = frozenset({301, 302, 303, 307, 308})


class RedirectMiddleware:
    """Turns a redirect into the request of its target."""

    def __init__(self, crawler: Crawler) -> None:
        self._limit: int = crawler.spider.run.options.max_redirects  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RedirectMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response, or the request it redirects to. Raises RequestRefused for a loop or another scheme."""
        location = response.headers.get("Location")
        if response.status not in STATUSES or not location:
            return response
        target = urljoin(request.url, safe_url_string(location)).partition("#")[0]
        if not target.startswith(("http://", "https://")):
            detail = f"redirected to {target[:200]}, which is neither http nor https"
            raise RequestRefused(Fault(reason=Reason.UNSAFE_URL, detail=detail, status=response.status))
        passed: tuple[str, ...] = (*request.meta.get("redirects", ()), request.url)
        if target in passed or len(passed) > self._limit:
            detail = f"redirected {len(passed)} times, at last to {target[:200]}"
            raise RequestRefused(Fault(reason=Reason.HTTP_ERROR, detail=detail, status=response.status))
        if (task := request.meta.get("task")) is not None:
            task.at_url = target
        return request.replace(url=target, meta={**request.meta, "redirects": passed})
