"""A long crawl in slices: how long the next one is, what they have done together, whether there is another. Pure.

A publisher is cut by time, not by section (docs/adr/0035): all its sections stand behind one host's politeness, and the
frontier knows of each URL and of each listing's pages how far a crawl has come, so that the next slice goes on there.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dags.selection import sum_counts

OUT_OF_TIME = "time"
"""The finish reason of a crawl that was ended by its time."""
LEAST_MINUTES = 0.05
"""A slice shorter than this is not begun."""
MOST_MINUTES = 165
"""The longest slice: within the task's timeout, with time left to land what is in flight."""


@dataclass(frozen=True, slots=True)
class Slices:
    """The slices of one try of one publisher's crawl so far."""

    attempt: int = 1
    count: int = 0
    minutes: float = 0.0
    counts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, kept: Any, attempt: int) -> "Slices":
        """What `as_json` kept; none where nothing was kept, or another try kept it: each try has its own time."""
        if not isinstance(kept, Mapping) or kept.get("attempt") != attempt:
            return cls(attempt=attempt)
        return cls(attempt=attempt, count=kept["count"], minutes=kept["minutes"], counts=kept["counts"])

    def as_json(self) -> dict[str, Any]:
        """What is kept between two slices."""
        return {"attempt": self.attempt, "count": self.count, "minutes": self.minutes, "counts": dict(self.counts)}

    def name(self, crawl_id: str) -> str:
        """The crawl id of the next slice."""
        return f"{crawl_id}.{self.count + 1}" if self.count else crawl_id

    def bound(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The params of the next slice: its minutes, and what of the limit is left."""
        left = params["max_minutes"] - self.minutes
        limit = params.get("limit")
        return dict(params) | {
            "max_minutes": round(max(min(slice_of(params), left), LEAST_MINUTES), 3),
            "limit": None if limit is None else max(limit - self.counts.get("pages", 0), 1),
        }

    def add(self, report: Mapping[str, Any]) -> "Slices":
        """These and one more; what is pending is what the last one left."""
        minutes = round(self.minutes + float(report.get("seconds") or 0) / 60, 3)
        counts: dict[str, Any] = sum_counts([self.counts, report])
        del counts["publishers_reported"]
        rejected = Counter(self.counts.get("rejected") or {}) + Counter(report.get("rejected") or {})
        counts |= {"seconds": round(60 * minutes, 1), "rejected": dict(rejected)}
        counts |= {"pending": report["pending"]} if "pending" in report else {}
        return Slices(attempt=self.attempt, count=self.count + 1, minutes=minutes, counts=counts)

    def goes_on(self, params: Mapping[str, Any], finish_reason: str) -> bool:
        """Whether another slice follows the one that ended for this reason."""
        limit = params.get("limit")
        if limit is not None and self.counts.get("pages", 0) >= limit:
            return False
        is_cut = finish_reason == OUT_OF_TIME and params.get("revisit") != "all"
        return is_cut and params["max_minutes"] - self.minutes > LEAST_MINUTES


def slice_of(params: Mapping[str, Any]) -> float:
    """The minutes of a slice. Asking for all landed articles again has no place to go on from: it is one slice."""
    return float(MOST_MINUTES if params.get("revisit") == "all" else params["slice_minutes"])
