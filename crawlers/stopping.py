"""How a crawl is ended before its work is: by a signal, by its time, and at last without what is in flight."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from crawlers.run import CrawlRun

log = logging.getLogger(__name__)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def stop_in_time(run: CrawlRun) -> None:
    """Have the crawl stop by itself when its `max_seconds` are over; what is in flight may still come in."""
    if run.options.max_seconds is not None:
        _reactor().callLater(run.options.max_seconds, _stop, run, "time", run.options.download_timeout)


@contextmanager
def stopping_on_signals(run: CrawlRun) -> Iterator[None]:
    """Stop the crawl on the first signal, the process on the second; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reactor = _reactor()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if run.is_interrupted:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        run.is_interrupted = True
        reactor.callFromThread(_stop, run, "interrupted", run.options.stop_grace_seconds)

    before = {number: signal.signal(number, on_signal) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(run: CrawlRun, reason: str, grace_seconds: float) -> None:
    if reason == "interrupted":
        log.warning("stopping: what is in flight comes in; a second signal ends at once")
    else:
        log.info("the crawl's %g seconds are over: what is in flight comes in", run.options.max_seconds)
    run.stop(reason)
    _reactor().callLater(grace_seconds, _abandon, run)


def _abandon(run: CrawlRun) -> None:
    reactor = _reactor()
    if reactor.running:
        log.warning("stopped with %d requests still in flight; their URLs stay pending", run.under_way)
        reactor.stop()


def _reactor() -> Any:
    # Importing it installs a reactor, which Scrapy has done by the time that this is called.
    from twisted.internet import reactor  # noqa: PLC0415

    return reactor
