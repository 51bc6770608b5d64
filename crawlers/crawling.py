"""One crawl in this process: Scrapy's reactor run to its end, or to the first signal."""

import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess

from crawlers.frontier import Frontier
from crawlers.middlewares.safety import GuardedResolver
from crawlers.options import CrawlOptions
from crawlers.report import CrawlReport
from crawlers.run import CrawlRun
from crawlers.settings import scrapy_settings
from crawlers.spider import NewsSpider
from records import PageSink, Publisher

log = logging.getLogger(__name__)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
QUIET = {
    "charset_normalizer": logging.WARNING,
    "scrapy": logging.WARNING,
    # It prints a traceback for each host without robots.txt; we log the host, in a line.
    "scrapy.downloadermiddlewares.robotstxt": logging.CRITICAL,
    "twisted": logging.ERROR,
}


def crawl(publishers: Sequence[Publisher], *, frontier: Frontier, sink: PageSink, options: CrawlOptions) -> CrawlReport:
    """Poll the publishers' sources and fetch what is due; returns when nothing is left or a signal came.

    Runs Twisted's reactor, so it can be called once in a process. The first SIGINT or SIGTERM lets what is
    in flight come in, for `stop_grace_seconds` at most; the second ends the process. Raises what the sink's
    `room` raised.
    """
    run = CrawlRun(publishers, frontier, sink, options)
    GuardedResolver.refused.clear()
    proxy_host = urlsplit(options.proxy_url).hostname if options.proxy_url else None
    GuardedResolver.private_hosts = frozenset({*options.allowed_private_hosts, *([proxy_host] if proxy_host else [])})
    concurrency = max((p.politeness.concurrency for p in publishers), default=1)
    try:
        with _without_banner():
            process = AsyncCrawlerProcess(scrapy_settings(options, concurrency))
        for name, level in QUIET.items():
            logging.getLogger(name).setLevel(level)
        process.crawl(NewsSpider, run=run)
        with _stopping_on_signals(run):
            process.start(install_signal_handlers=False)
    finally:
        for lane in run.lanes:
            lane.release()
    if run.error is not None:
        raise run.error
    return run.report()


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


@contextmanager
def _stopping_on_signals(run: CrawlRun) -> Iterator[None]:
    """Stop the crawl on the first signal, the process on the second; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs a reactor, which Scrapy has done

    twisted: Any = reactor

    def abandon() -> None:
        if twisted.running:
            log.warning("stopped with %d requests still in flight; their URLs stay pending", run.under_way)
            twisted.stop()

    def stop() -> None:
        log.warning("stopping: what is in flight comes in; a second signal ends at once")
        run.stop("interrupted")
        twisted.callLater(run.options.stop_grace_seconds, abandon)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if run.is_stopping:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        twisted.callFromThread(stop)

    before = {number: signal.signal(number, on_signal) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
