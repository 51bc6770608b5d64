"""The present instant in the units that the frontier keeps."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def now_seconds() -> int:
    """Seconds since 1970."""
    return int(time.time())


def now() -> datetime:
    """The present, UTC-aware."""
    return datetime.now(UTC)
