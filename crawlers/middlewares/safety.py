"""No request leaves the publisher's hosts or reaches a private network.

Addresses in URLs are checked here, host names where they are resolved (`crawlers/resolving.py`), so that a name
that points at 10.x is refused too. With a proxy the proxy resolves.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError

from crawlers.discovery.links import is_allowed
from crawlers.faults import Fault, RequestRefused
from crawlers.resolving import Refusals, is_private, literal_address
from records import Reason

LOCAL_NAMES = ("localhost", "local", "internal", "lan", "home.arpa")


class SafetyMiddleware:
    """Refuses unsafe URLs before anything is sent, redirects included."""

    def __init__(self, crawler: Crawler) -> None:
        self._run = crawler.spider.run  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "SafetyMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise RequestRefused for a URL that must not be asked."""
        task = request.meta.get("task")
        hosts = task.lane.hosts if task is not None else None
        fault = unsafe(request.url, hosts, self._run.options.allowed_private_hosts)
        if fault is not None:
            raise RequestRefused(fault)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Name the reason where the resolver has refused a host."""
        host = (urlsplit(request.url).hostname or "").lower()
        if isinstance(exception, CannotResolveHostError) and host in Refusals.refused:
            detail = f"the name {host} points at the private address {Refusals.refused[host]}"
            raise RequestRefused(Fault(reason=Reason.UNSAFE_URL, detail=detail)) from exception


def unsafe(url: str, hosts: frozenset[str] | None, private_hosts: Iterable[str]) -> Fault | None:
    """Why a URL must not be asked, or None; `hosts` None: any public host (robots.txt may redirect anywhere)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"http", "https"} or not host:
        return Fault(reason=Reason.UNSAFE_URL, detail=f"only http and https are asked for, not {url[:200]}")
    if hosts is not None and not is_allowed(url, hosts):
        return Fault(reason=Reason.UNSAFE_URL, detail=f"{host} is none of the publisher's allowed_hosts")
    if host in private_hosts:
        return None
    address = literal_address(host)
    if (address is not None and is_private(address)) or host.rpartition(".")[2] in LOCAL_NAMES:
        return Fault(reason=Reason.UNSAFE_URL, detail=f"{host} lies in a private network")
    return None
