"""What lists have promised and no crawl has brought yet."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The links of a section, first named on one local day, that wait in one state for one reason."""

    publisher_id: str
    section: str | None
    promised_on: date
    state: str
    """``pending``: never answered; ``failed``: tried, to be tried again."""
    reason: str | None
    """Why the last try failed."""
    links_count: int
    example_urls: tuple[str, ...]
    """Some of them, the latest named first."""
    next_try_at: datetime | None = None
    """The first instant at which one of the failed is tried again."""
