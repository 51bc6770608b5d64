"""Ctrl-C and SIGTERM during a run: the first lands what is under way, the second ends the process at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether a signal has asked the run to stop."""

    def __init__(self) -> None:
        self.is_requested = False
        self._is_forwarded = False

    def forward(self) -> None:
        """Tell the crawl, which has handlers of its own by now, of a signal that came before it had them."""
        if self.is_requested and not self._is_forwarded:
            self._is_forwarded = True
            signal.raise_signal(signal.SIGINT)


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Turn the first signal into a request; a second one ends the process, whose workers end with it."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if interruption.is_requested:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        interruption.is_requested = True

    before = {number: signal.signal(number, on_signal) for number in SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
