"""No request leaves the publisher's hosts or reaches a private network.

Addresses in URLs are checked here, host names where they are resolved (`GuardedResolver`), so that a name
that points at 10.x is refused too and cannot change between check and use. With a proxy the proxy resolves.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred

from crawlers.discovery.links import is_allowed
from crawlers.faults import Fault, RequestRefused
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
        if isinstance(exception, CannotResolveHostError) and host in GuardedResolver.refused:
            detail = f"the name {host} points at the private address {GuardedResolver.refused[host]}"
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


def literal_address(host: str) -> str | None:
    """The address that a host spells, also as ``127.1`` or ``2130706433``; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def is_private(address: str) -> bool:
    """Whether an address is not one of the public internet."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or (mapped or found).is_multicast


class GuardedResolver(CachingThreadedResolver):
    """Resolves names as Scrapy does, but refuses those that point into private networks."""

    refused: ClassVar[dict[str, str]] = {}
    private_hosts: ClassVar[frozenset[str]] = frozenset()

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's interface
        """The address of a name."""
        return super().getHostByName(name, timeout).addCallback(self._check, name.lower())

    def _check(self, address: str, name: str) -> str:
        if name not in self.private_hosts and is_private(address):
            self.refused[name] = address
            raise OSError(f"{name} points at the private address {address}")
        return address
