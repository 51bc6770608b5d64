"""Records as plain data for JSON: field names as in the records, instants as ISO 8601 with the offset +08:00."""

import dataclasses
import json
import math
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from records import Rejected, TaggedArticle

LOCAL = ZoneInfo("Asia/Shanghai")
"""The zone in which publishers print and people read."""


def as_plain(value: Any) -> Any:
    """The value with dataclasses as dicts, tuples as lists, enums as their values, instants and days as ISO text.

    What JSON cannot say is null: NaN and the infinities. Integers and decimals keep every digit.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        # An instant without a zone (SQL's TIMESTAMP) has no offset that could be printed.
        return (value.astimezone(LOCAL) if value.tzinfo else value).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dict):
        return {str(k): as_plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_plain(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    return value


def _number(value: Decimal) -> int | float | str | None:
    """A decimal as a number where a reader of JSON gets the same one back, else as its digits."""
    if not value.is_finite():
        return None
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def extraction_as_plain(result: TaggedArticle | Rejected) -> dict[str, Any]:
    """The object that `difang extract --json` prints; docs/python.md describes it."""
    if isinstance(result, Rejected):
        rejected = {"step": result.step.value, "reason": result.reason.value, "detail": result.detail}
        nothing: dict[str, Any] = {"regions": [], "officials": [], "office_changes": [], "related_links": []}
        return {"article": None, **nothing, "rejected": rejected}
    return {
        "article": as_plain(result.article),
        "regions": as_plain(result.regions),
        "officials": as_plain(result.officials),
        "office_changes": as_plain(result.office_changes),
        "related_links": as_plain(result.related_links),
        "rejected": None,
    }


def as_json(value: Any, *, indent: int | None = None) -> str:
    """One JSON document; Chinese stays readable."""
    return json.dumps(as_plain(value), ensure_ascii=False, indent=indent, default=str, allow_nan=False)
