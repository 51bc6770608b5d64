"""Names resolved, save those that point into private networks: a name cannot change between check and use."""

import ipaddress
import socket
from typing import Any, ClassVar

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred


class Refusals:
    """What the resolvers of this process may not reach, and what they have refused."""

    private_hosts: ClassVar[frozenset[str]] = frozenset()
    """Names that may point into private networks."""
    refused: ClassVar[dict[str, str]] = {}
    """The private address by the name that points at it."""

    @classmethod
    def check(cls, name: str, address: str) -> None:
        """Raise OSError for an address that must not be reached by that name."""
        if name not in cls.private_hosts and is_private(address):
            cls.refused[name] = address
            raise OSError(f"{name} points at the private address {address}")


class GuardedResolver(AbstractResolver):
    """aiohttp's resolver, guarded."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError where one of them is private."""
        found = await self._resolver.resolve(host, port, family)
        for address in found:
            Refusals.check(host.lower(), address["host"])
        return found

    async def close(self) -> None:
        """Nothing is held."""


class GuardedTwistedResolver(CachingThreadedResolver):
    """Scrapy's resolver, guarded."""

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's interface
        """The address of a name."""
        return super().getHostByName(name, timeout).addCallback(self._check, name.lower())

    @staticmethod
    def _check(address: str, name: str) -> str:
        Refusals.check(name, address)
        return address


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
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or (mapped or found).is_multicast
