"""One crawl in this process: Scrapy's reactor run to its end, or to the first signal."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.frontier import Frontier
from crawlers.options import CrawlOptions
from crawlers.report import CrawlReport
from crawlers.resolving import Refusals
from crawlers.run import CrawlRun
from crawlers.settings import scrapy_settings
from crawlers.spider import NewsSpider
from crawlers.stopping import stop_in_time, stopping_on_signals
from records import PageSink, Publisher

QUIET = {
    "charset_normalizer": logging.WARNING,
    "scrapy": logging.WARNING,
    "scrapy-playwright": logging.ERROR,  # a page that fails is a line of the fetch log
    # It prints a traceback for each host without robots.txt; we log the host, in a line.
    "scrapy.downloadermiddlewares.robotstxt": logging.CRITICAL,
    "twisted": logging.ERROR,
}


def crawl(publishers: Sequence[Publisher], *, frontier: Frontier, sink: PageSink, options: CrawlOptions) -> CrawlReport:
    """Poll the publishers' sources and fetch what is due; returns when nothing is left or a signal came.

    Runs Twisted's reactor, so it can be called once in a process. The first SIGINT or SIGTERM lets what is
    in flight come in, for `stop_grace_seconds` at most; the second ends the process. So does the end of
    `max_seconds`, for `download_timeout`. Raises what the sink's `room` raised.
    """
    run = CrawlRun(publishers, frontier, sink, options)
    run_spider(run, NewsSpider)
    return run.report()


def run_spider(run: CrawlRun, spider: type[Spider], **arguments: Any) -> None:
    """Run a spider that gets `run` and the arguments to its end, or to the first signal.

    Once a process. Raises what stopped the run.
    """
    options = run.options
    Refusals.refused.clear()
    Refusals.private_hosts = frozenset(options.allowed_private_hosts) | run.proxies.hosts
    concurrency = max((lane.publisher.politeness.concurrency for lane in run.lanes), default=1)
    renders = any(lane.publisher.render for lane in run.lanes)
    throttles = any(lane.publisher.politeness.autothrottle for lane in run.lanes)
    http2 = any(lane.publisher.politeness.http2 for lane in run.lanes)
    try:
        with _without_banner():
            settings = scrapy_settings(options, concurrency, renders=renders, throttles=throttles, http2=http2)
            process = AsyncCrawlerProcess(settings)
        for name, level in QUIET.items():
            logging.getLogger(name).setLevel(level)
        process.crawl(spider, run=run, **arguments)
        stop_in_time(run)
        with stopping_on_signals(run):
            process.start(install_signal_handlers=False)
    finally:
        for lane in run.lanes:
            lane.release()
    if run.error is not None:
        raise run.error


@contextmanager
def _without_banner() -> Iterator[None]:
    """Without the versions that Scrapy logs as it starts; it resets the levels of its loggers, not their filters."""
    loggers = [logging.getLogger(name) for name in ("scrapy.utils.log", "scrapy.crawler")]
    for logger in loggers:
        logger.addFilter(_is_warning)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_is_warning)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
