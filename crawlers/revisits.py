"""When a URL is asked for again: revisits of young articles, retries of failures, polls of listings.

All pure: instants and intervals in seconds.
"""

from records import Reason

HOUR, DAY = 3600, 86400
REVISIT_AGES = (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY)
"""Ages, counted from the first landing, at which an article is asked for again to catch edits and deletions."""

RETRY_SECONDS = (300, 1800, 2 * HOUR, 8 * HOUR, DAY, 3 * DAY)
"""Pauses after the first, second… failed crawl of a URL; after the last it is rejected for good."""

TRANSIENT = frozenset(
    {
        Reason.UNREACHABLE,
        Reason.TIMEOUT,
        Reason.HTTP_ERROR,
        Reason.TRUNCATED,
        Reason.ANTI_BOT,
        Reason.EMPTY_PAGE,
    }
)
"""Reasons that may pass with time; any other rejects the URL for good."""

MIN_POLL, MAX_POLL, FIRST_POLL = 300, DAY, HOUR


def next_revisit(landed_at: int, now: int) -> int | None:
    """The instant of the next revisit of an article first landed at `landed_at`; None when it is old enough."""
    return next((landed_at + age for age in REVISIT_AGES if landed_at + age > now), None)


def next_try(attempts: int, now: int) -> int | None:
    """The instant of the next try after that many failed crawls of a URL; None: never again."""
    return now + RETRY_SECONDS[attempts - 1] if attempts <= len(RETRY_SECONDS) else None


def next_interval(interval: int, *, changed: bool) -> int:
    """The next pause between polls of a source: shorter where it had something new, longer where not.

    Halving against growing by a quarter settles at a poll rate of about three polls per change,
    which keeps the median age of a new link at half the pause.
    """
    return max(MIN_POLL, min(MAX_POLL, interval // 2 if changed else interval * 5 // 4))
