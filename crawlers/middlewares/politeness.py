"""Each host's delay and concurrency, from the publisher's declaration and from robots.txt's Crawl-delay."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from records import Politeness


class PolitenessMiddleware:
    """Puts each request into its host's slot of the downloader; a host keeps its pace across redirects."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = crawler.spider.run  # type: ignore[union-attr]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PolitenessMiddleware":
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Name the request's slot, making its settings known before the downloader makes it."""
        host = urlsplit(request.url).netloc.lower()
        request.meta["download_slot"] = host
        politeness: Politeness = self._run.politeness_of(host)
        request.meta["autothrottle_dont_adjust_delay"] = not politeness.autothrottle
        request.meta["http2"] = politeness.http2
        slots = self._crawler.engine.downloader.per_slot_settings
        if host not in slots:
            # No jitter: the declared delay is a promise, not a mean.
            slots[host] = {
                "concurrency": politeness.concurrency,
                "delay": max(politeness.delay_seconds, self._run.crawl_delays.get(host, 0.0)),
                "jitter": 0.0,
            }


def slow_down(crawler: Crawler, host: str, delay: float) -> None:
    """Hold a host's requests at least `delay` seconds apart, one at a time, from now on."""
    crawler.spider.run.crawl_delays[host] = delay  # type: ignore[union-attr]
    downloader = crawler.engine.downloader
    settings = downloader.per_slot_settings.setdefault(host, {"jitter": 0.0})
    settings.update(concurrency=1, delay=max(delay, settings.get("delay", 0.0)))
    slot = downloader.slots.get(host)
    if slot is not None:
        slot.delay, slot.concurrency = settings["delay"], 1
