"""Findings about publishers, each with the command that shows its rows: quiet, fields degraded, rejects up, stale.

The flags are those of `v_publisher_health`, which measures each publisher against its own history; whether one of them
fails a run or only warns is the caller's choice. `stale` is added here, since it needs a clock and the declarations:
an active publisher that has answered nothing for some hours.
"""

import shlex
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from records import UsageError

LOCAL = ZoneInfo("Asia/Shanghai")

LACKING = {
    "source_degraded": "source_name IS NULL",
    "author_degraded": "len(reporters) + len(correspondents) = 0",
    "date_degraded": "published_date IS NULL",
    "title_degraded": "title = ''",
    "region_degraded": "region_code IS NULL",
    "layout_missed": "list_contains(quality_flags, 'layout_miss')",
}
RULES = {
    "quiet": "新文章不到历史的四分之一 · fewer than a quarter of the articles that its history has",
    "source_degraded": "有来源的文章减半 · half as many articles have a source",
    "author_degraded": "有作者的文章减半 · half as many articles have an author",
    "date_degraded": "有日期的文章减半 · half as many articles have a day of publication",
    "title_degraded": "有标题的文章减半 · half as many articles have a headline",
    "region_degraded": "有地区的文章减半 · half as many articles have a primary region",
    "rejects_up": "剔除多于历史 · more pages were rejected than its history has",
    "layout_changed": "栏目页上认不出文章链接 · a listing page shows no article link any more",
    "layout_missed": "声明的版式大多落空 · the layout declared in the publisher's file fits few pages any more",
    "stale": "久未应答 · nothing has been answered for too long",
}
FAILING = ("layout_changed", "date_degraded", "stale")
"""What fails by default: what a person must mend before the next crawl is worth its requests. The rest warns."""

FLAGGED = """
SELECT publisher_id, fetched_date, unnest(flags) AS rule, articles_count, expected_count, rejected_count
FROM v_publisher_health
WHERE fetched_date > $day::DATE - $days::INTEGER AND len(flags) > 0 ORDER BY publisher_id, fetched_date, rule"""
ANSWERED = """
SELECT publisher_id, max(fetched_at) FROM raw_fetches WHERE outcome <> 'failed' AND kind <> 'robots' GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one publisher breaks, and the command that shows the rows."""

    rule: str
    publisher_id: str
    day: date
    fails: bool
    says: str
    command: str

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return asdict(self)


def find_faults(
    connection: duckdb.DuckDBPyConnection,
    active: Iterable[str],
    *,
    now: datetime,
    fail_on: Collection[str] = FAILING,
    ignore: Collection[str] = (),
    days: int = 2,
    stale_hours: float = 36,
) -> tuple[Finding, ...]:
    """The findings of the last `days` local days up to `now`, those that fail first; each rule once a publisher.

    A day that is not over can be called anything but quiet. Raises UsageError for a rule that does not exist.
    """
    check_rules(fail_on)
    check_rules(ignore)
    today = now.astimezone(LOCAL).date()
    found: dict[tuple[str, str], Finding] = {}
    for publisher, day, rule, articles, expected, rejected in connection.execute(
        FLAGGED, {"day": today, "days": days + 1}
    ).fetchall():
        # Quiet is judged of whole days, so it looks one day further back than the rest.
        if (rule == "quiet" and day == today) or (rule != "quiet" and day <= today - timedelta(days=days)):
            continue
        counts = f"{articles} articles ({expected or 0:g} expected), {rejected} rejected"
        said = f"{RULES[rule]}: {counts}, {day}"
        found[publisher, rule] = Finding(rule, publisher, day, rule in fail_on, said, command_for(rule, publisher))
    answered = {row[0]: row[1] for row in connection.execute(ANSWERED).fetchall()}
    for publisher in active:
        last = answered.get(publisher)
        if last is not None and last >= now - timedelta(hours=stale_hours):
            continue
        since = f"since {last.astimezone(LOCAL):%Y-%m-%d %H:%M}" if last else "ever"
        said = f"{RULES['stale']}: no answer {since}"
        command = command_for("stale", publisher)
        found[publisher, "stale"] = Finding("stale", publisher, today, "stale" in fail_on, said, command)
    kept = (finding for finding in found.values() if finding.rule not in ignore)
    return tuple(sorted(kept, key=lambda f: (not f.fails, f.publisher_id, f.rule)))


def check_rules(names: Iterable[str]) -> None:
    """Refuse a rule that does not exist."""
    if unknown := sorted(set(names) - RULES.keys()):
        raise UsageError(f"there is no rule {', '.join(map(repr, unknown))}; the rules are: {', '.join(RULES)}")


def command_for(rule: str, publisher_id: str) -> str:
    """The command that shows the rows behind a finding."""
    return f"difang sql {shlex.quote(query_for(rule, publisher_id))}"


def query_for(rule: str, publisher_id: str) -> str:
    """The query behind `command_for`."""
    whose = "publisher_id = '" + publisher_id.replace("'", "''") + "'"
    if rule in LACKING:
        lacking = f"{whose} AND {LACKING[rule]}"
        return f"SELECT canonical_url, title FROM v_articles WHERE {lacking} ORDER BY last_fetched_at DESC LIMIT 20"  # noqa: S608
    if rule == "rejects_up":
        return f"SELECT reason, canonical_url, detail FROM v_rejections WHERE {whose} ORDER BY fetched_at DESC LIMIT 20"  # noqa: S608
    if rule == "layout_changed":
        columns = "fetched_at, canonical_url, detail"
        empty = f"{whose} AND reason = 'empty_listing'"
        return f"SELECT {columns} FROM raw_fetches WHERE {empty} ORDER BY fetched_at DESC LIMIT 20"  # noqa: S608
    if rule == "stale":
        columns = "fetched_at, outcome, reason, canonical_url"
        return f"SELECT {columns} FROM raw_fetches WHERE {whose} ORDER BY fetched_at DESC LIMIT 20"  # noqa: S608
    columns = "fetched_date, articles_count, expected_count, rejected_count"
    return f"SELECT {columns} FROM v_publisher_health WHERE {whose} ORDER BY fetched_date DESC LIMIT 30"  # noqa: S608


def now_utc() -> datetime:
    """This moment; the only clock of the verb."""
    return datetime.now(UTC)
