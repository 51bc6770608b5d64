"""Through which proxy a URL is asked: the one that the crawl names for all, else those of the environment.

The environment's are the customary `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in either case, read
as Python's own `urllib.request` reads them.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from records import UsageError

SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies of one crawl."""

    for_all: str | None = None
    by_scheme: dict[str, str] = field(default_factory=dict)
    """By the scheme of the URL that is asked for; `all` for any, `no` the hosts that are asked directly."""

    @classmethod
    def of_crawl(cls, proxy_url: str | None) -> "Proxies":
        """`proxy_url` for every request, else the environment's. Raises UsageError for one that is no HTTP proxy."""
        found = {} if proxy_url else getproxies_environment()
        kept = {name: found[name] for name in (*SCHEMES, "all", "no") if found.get(name)}
        for name, url in (("DIFANG_PROXY_URL", proxy_url), *((f"{n}_proxy", u) for n, u in kept.items() if n != "no")):
            if url:
                _check(name, url)
        return cls(proxy_url or None, kept)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the proxies themselves: they may lie in a private network."""
        urls = [self.for_all, *(url for name, url in self.by_scheme.items() if name != "no")]
        return frozenset(host for url in urls if url and (host := urlsplit(url).hostname))

    def of(self, url: str) -> str | None:
        """The proxy through which a URL is asked; None: directly."""
        if self.for_all is not None:
            return self.for_all
        parts = urlsplit(url)
        proxy = self.by_scheme.get(parts.scheme) or self.by_scheme.get("all")
        if proxy is None or proxy_bypass_environment(parts.netloc.rpartition("@")[2], self.by_scheme):
            return None
        return proxy


def _check(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        # Not the value itself: it may hold a password.
        raise UsageError(
            f"{name} names no proxy that can be used: write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; "
            "SOCKS proxies are not spoken to, put an HTTP proxy before one"
        )
