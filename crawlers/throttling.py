"""Scrapy's AutoThrottle, for publishers that ask for it, and never faster than the publisher and robots.txt allow.

Scrapy's own brings a host's delay down to DOWNLOAD_DELAY, which here is nobody's: each host has its declared delay, and
perhaps a Crawl-delay. The slower a host answers, the longer its next request waits.
"""

import logging

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

log = logging.getLogger(__name__)


class HostThrottle(AutoThrottle):
    """Moves the delay of a host between what is declared and AUTOTHROTTLE_MAX_DELAY, by how long its answers take."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._told: set[str] = set()

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        host, slot = self._get_slot(request, spider)
        engine = self.crawler.engine
        if host is None or slot is None or engine is None:
            return
        declared = engine.downloader.per_slot_settings.get(host, {}).get("delay", 0.0)
        if slot.delay <= declared:
            slot.delay = declared
        elif host not in self._told:
            self._told.add(host)
            log.warning("%s answers slowly: its requests are now %.1f s apart, or more", host, slot.delay)
