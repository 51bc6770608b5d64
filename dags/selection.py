"""Which publishers and days a run asks for, from its params and its partition; and what it did, in sum.

Pure functions; what is wrong is said as a `UsageError`, whose text is what the task's log ends with.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from records import UnknownPublisher, UsageError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_day(partition_key: str | None, run_after: dt.datetime) -> dt.date:
    """The local day that a run stands for: its partition's key; for a run without one, the day it was asked for."""
    if partition_key is None:
        return run_after.astimezone(SHANGHAI).date()
    try:
        return dt.datetime.strptime(partition_key, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(
            f"the partition key {partition_key!r} is no day; give a local day of Asia/Shanghai such as 2022-01-17"
        ) from None


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a param that does not exist: Airflow lets it pass, and a misspelt one would crawl every publisher."""
    if unknown := [name for name in given if name not in (known := list(known))]:
        raise UsageError(f"there is no param {', '.join(map(repr, unknown))}; the params are: {', '.join(known)}")


def read_rules(said: str, variable: str, schema: Mapping[str, Any]) -> list[str]:
    """The rules that a setting lists, comma-separated. Raises UsageError naming the variable and what it takes."""
    known = schema["items"]["enum"]
    rules = list(dict.fromkeys(word.strip() for word in said.split(",") if word.strip()))
    if unknown := [rule for rule in rules if rule not in known]:
        raise UsageError(f"{variable}: there is no rule {', '.join(unknown)}; it takes {', '.join(known)}")
    return rules


def choose_publishers(listed: Iterable[Mapping[str, Any]], wanted: Iterable[str]) -> list[str]:
    """The ids to crawl, in the declarations' order: those wanted, an inactive one too; none wanted: all active ones."""
    active = {row["id"]: bool(row["active"]) for row in listed}
    wanted = list(wanted)
    if unknown := [name for name in wanted if name not in active]:
        raise UnknownPublisher(
            f"no publisher has the id {', '.join(map(repr, unknown))}; param 'publishers' takes: {', '.join(active)}"
        )
    if wanted:
        return [name for name in active if name in wanted]
    if not any(active.values()):
        raise UsageError(
            "no publisher is active: set `active = true` in a publisher's TOML, or name some in param 'publishers': "
            + ", ".join(active)
        )
    return [name for name, is_active in active.items() if is_active]


def choose_days(params: Mapping[str, Any], day: dt.date, *, is_backfill: bool) -> tuple[dt.date | None, dt.date | None]:
    """The first and last publication day to fetch; None: no bound.

    A backfill run stands for the past, so it restricts itself to its own day; so does any run with the param
    `only_day`. Otherwise `since` and `until` hold, and without them a run fetches whatever is unseen or due.
    """
    since, until = (dt.date.fromisoformat(params[name]) if params.get(name) else None for name in ("since", "until"))
    if since and until and since > until:
        raise UsageError(f"param 'since' ({since}) is later than 'until' ({until}); swap them")
    if params.get("only_day") and (since or until):
        raise UsageError("param 'only_day' takes the day from the partition key; leave 'since' and 'until' empty")
    if params.get("only_day") or (is_backfill and not (since or until)):
        return day, day
    return since, until


def group_publishers(
    chosen: Iterable[str], listed: Iterable[Mapping[str, Any]], group_of: Callable[[str], int]
) -> dict[str, list[str]]:
    """The chosen ids by host group, keyed by the group's number as text (JSON has no other keys); no group is empty."""
    homes = {row["id"]: row["home_url"] for row in listed}
    grouped: dict[str, list[str]] = {}
    for name in chosen:
        grouped.setdefault(str(group_of(homes[name])), []).append(name)
    return dict(sorted(grouped.items(), key=lambda item: int(item[0])))


def ingest_arguments(publisher: str, params: Mapping[str, Any], day: dt.date, *, is_backfill: bool) -> list[str]:
    """The command line of one publisher's crawl, from the verb on."""
    since, until = choose_days(params, day, is_backfill=is_backfill)
    arguments = ["ingest", publisher, "--revisit", params.get("revisit") or "due"]
    for option, value in (
        ("--since", since),
        ("--until", until),
        ("--limit", params.get("limit")),
        ("--max-minutes", params.get("max_minutes")),
    ):
        if value is not None:
            arguments += [option, str(value)]
    return arguments


def sum_counts(reports: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The counts of several crawls together, how many reported, and the newest snapshot; a failed one has no report."""
    totals = {"publishers_reported": 0}
    for report in reports:
        totals["publishers_reported"] += 1
        for name, value in report.items():
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            if name == "snapshot_id":
                totals[name] = max(totals.get(name, value), value)
            else:
                totals[name] = totals.get(name, 0) + value
    return totals
