"""How many pages may be under way at once, so that each of them lands in time.

A page waits for those before it: with more pages under way than the workers read in a few seconds, an article is
queryable late however fast each step is. A run that ends only bounds its memory; the stream also narrows the window
while pages land late and widens it slowly while they land early.
"""

import threading
from collections import deque
from collections.abc import Sequence

REMEMBERED = 2000
"""Pages whose time from fetched to queryable is kept for `quantile`."""
FLOOR = 8
"""Pages under way that are always allowed: fewer would leave workers without work."""


class Pace:
    """The window of one run, and how long its latest pages took from fetched to queryable."""

    def __init__(self, most: int, target_seconds: float | None = None) -> None:
        self._most = most
        self._target = target_seconds
        self._lock = threading.Lock()
        self._ages: deque[float] = deque(maxlen=REMEMBERED)
        self.window = most if target_seconds is None else min(most, 8 * FLOOR)
        self.late_count = 0
        """Pages that landed later than the target."""
        self.landed_count = 0

    def note(self, ages: Sequence[float]) -> None:
        """Pages have just landed, so many seconds after each was fetched."""
        if not ages:
            return
        with self._lock:
            self._ages.extend(ages)
            self.landed_count += len(ages)
            if self._target is None:
                return
            self.late_count += sum(age > self._target for age in ages)
            oldest = max(ages)
            if oldest > 0.6 * self._target:
                self.window = max(min(FLOOR, self._most), self.window * 3 // 4)
            elif oldest < 0.45 * self._target and len(ages) >= self.window // 4:
                self.window = min(self._most, self.window + FLOOR)

    def quantile(self, share: float) -> float | None:
        """The seconds within which that share (0 to 1) of the latest pages became queryable; None before any."""
        with self._lock:
            ages = sorted(self._ages)
        return ages[min(len(ages) - 1, int(share * len(ages)))] if ages else None
