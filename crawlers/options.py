"""What one crawl is asked to do, and the limits it keeps."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

USER_AGENT = "difang/0.1 (regional news archive; obeys robots.txt)"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """One crawl's task and limits; sizes in bytes after decompression, times in seconds."""

    crawl_id: str
    since: date | None = None
    """Only articles published on this local day or later; an article whose day is not known beforehand is fetched."""
    until: date | None = None
    limit: int | None = None
    """Article pages to request per publisher at most."""
    max_seconds: float | None = None
    """How long the crawl may go on; then it asks for nothing more, and what is left stays pending for the next."""
    revisit: Literal["due", "all", "none"] = "due"
    """Which landed articles are asked for again, conditionally: those whose revisit is due, all, or none."""
    poll: Literal["all", "due"] = "all"
    """Which listings, feeds and sitemaps are polled: all, or those whose adaptive interval has passed."""
    max_poll_seconds: float | None = None
    """With `poll` due: no source that answers waits longer than this for its next poll, whatever its interval."""
    proxy_url: str | None = None
    """An HTTP proxy for every request; host names are then left for the proxy to resolve. None: as `http_proxy`,
    `https_proxy`, `all_proxy` and `no_proxy` of the environment say."""
    allowed_private_hosts: tuple[str, ...] = ()
    """Host names or addresses that may lie in private networks, such as a test server's ``127.0.0.1``."""
    user_agent: str = USER_AGENT
    """How the crawl names itself; add a way to reach you. What stands before the slash is looked up in robots.txt."""
    download_timeout: float = 30.0
    stop_grace_seconds: float = 4.0
    """How long the requests in flight may go on after the first SIGINT or SIGTERM."""
    max_body_bytes: int = 16 * 1024 * 1024
    max_article_pages: int = 30
    max_redirects: int = 5
    retries: int = 2
    retry_seconds: float = 1.0
    """Pause before the first retry of a failed request; it doubles with each."""
    max_retry_after: float = 30.0
    """The longest Retry-After that is waited for; a longer one leaves the URL to a later crawl."""
    max_crawl_delay: float = 60.0
    breaker_failures: int = 5
    """Requests in a row without an answer after which a publisher is given up for this crawl."""
    max_under_way: int = 2048
    """Requests scheduled or downloading at most, whatever room the sink has."""
    http_client: Literal["aiohttp", "twisted"] = "aiohttp"
    """What speaks HTTP: our handler on aiohttp, or Scrapy's default one, which costs three times as much a page."""
