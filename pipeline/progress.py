"""What a person sees while a run goes on: a live line on a terminal, a log line every few seconds elsewhere."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipeline.ingest import Tally

log = logging.getLogger("difang.progress")
TERMINAL_SECONDS = 0.2
LOG_SECONDS = 10.0


@contextmanager
def show_progress(tally: Tally, console: Console, log_seconds: float = LOG_SECONDS) -> Iterator[None]:
    """Show the tally until the block ends, and once more at its end; where no terminal is, every `log_seconds`."""
    started = time.monotonic()
    done = threading.Event()

    def line() -> str:
        return describe(tally, time.monotonic() - started)

    def log_lines() -> None:
        while not done.wait(log_seconds):
            log.info(line())

    def live_line() -> None:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while not done.wait(TERMINAL_SECONDS):
                live.update(Text(line(), no_wrap=True, overflow="ellipsis"), refresh=True)

    shower = threading.Thread(target=live_line if console.is_terminal else log_lines, name="progress", daemon=True)
    shower.start()
    try:
        yield
    finally:
        done.set()
        shower.join()
        if console.is_terminal:
            console.print(line(), style="dim", highlight=False)
        else:
            log.info(line())


def describe(tally: Tally, seconds: float) -> str:
    """One line: what has landed, how fast, what is queued, what was rejected and why."""
    rate = (tally.versions + tally.unchanged) / seconds if seconds else 0.0
    # A plain copy first: the lander adds reasons while this thread reads them.
    rejected = sorted(dict(tally.rejected).items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{reason} {count}" for reason, count in rejected)
    return (
        f"{seconds:5.1f} s  {tally.requests} requests ({tally.not_modified} not modified)  "
        f"{tally.versions} article versions landed  {rate:.0f}/s  {tally.under_way} queued  "
        f"rejected: {reasons or 'none'}"
    )
