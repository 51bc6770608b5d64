"""The live view of `difang status --watch`: what the stream of this home does, and what has landed last."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pipeline.settings import Settings
from pipeline.streaming_upkeep import STATE_SECONDS, read_state
from pipeline.tables import shown
from records import UsageError
from warehouse.following import Follower

PAUSE_SECONDS = 2.0
LATEST = """
SELECT a.fetched_at, a.publisher_id, a.published_at, a.title FROM core_articles AS a
ORDER BY a.fetched_at DESC NULLS LAST LIMIT 12"""
BATCHES = """
SELECT landed_at, articles_count, rejections_count, fetches_count FROM core_batches ORDER BY landed_at DESC LIMIT 5"""


def watch(settings: Settings, console: Console, is_over: Callable[[], bool]) -> None:
    """Show the view until `is_over`. Raises UsageError where no terminal would show it."""
    if not console.is_terminal:
        raise UsageError("--watch needs a terminal; without one, ask difang status --json, or the stream's /health")
    with Follower(settings.warehouse_location) as follower, Live(console=console, auto_refresh=False) as live:
        while not is_over():
            live.update(view(read_state(settings.home), follower.round()), refresh=True)
            until = time.monotonic() + PAUSE_SECONDS
            while time.monotonic() < until and not is_over():
                time.sleep(0.1)


def view(state: dict[str, Any] | None, connection: duckdb.DuckDBPyConnection) -> Group:
    """One picture: the stream in a few lines, the last batches, the last articles."""
    latest = _table("latest articles", ("fetched", "publisher", "published", "title"), connection.execute(LATEST))
    batches = _table("batches", ("landed", "versions", "rejected", "requests"), connection.execute(BATCHES))
    return Group(Text(describe_stream(state, datetime.now(UTC))), batches, latest)


def describe_stream(state: dict[str, Any] | None, now: datetime) -> str:
    """What a stream wrote of itself, in two lines; a state that is no longer written is called so."""
    if state is None:
        return "no stream has run in this home: difang stream starts one"
    silent = (now - datetime.fromisoformat(state["written_at"])).total_seconds()
    status = state["status"]
    if status != "stopped" and silent > 6 * STATE_SECONDS:
        status = f"gone: it has written nothing for {silent:.0f} s"
    elif state["reason"]:
        status = f"{status}: {state['reason']}"
    queryable = state["queryable_seconds"]
    quantiles = "–" if queryable["p50"] is None else f"{queryable['p50']:g} s (p95 {queryable['p95']:g} s)"
    return (
        f"stream {state['pid']}: {status}; up {state['uptime_seconds'] / 3600:.1f} h, "
        f"{state['publishers']} publishers, "
        f"snapshot {state['snapshot_id']}\n"
        f"{state['requests']} requests ({state['not_modified']} not modified, {state['failed']} failed), "
        f"{state['versions']} versions, {sum(state['rejected'].values())} rejected, {state['under_way']} under way of "
        f"{state['window']}; queryable within {quantiles}, {state['late']} late"
    )


def _table(title: str, columns: tuple[str, ...], found: duckdb.DuckDBPyConnection) -> Table:
    table = Table(*columns, title=title, title_justify="left", expand=False)
    for row in found.fetchall():
        table.add_row(*(Text(shown(value), overflow="ellipsis", no_wrap=True) for value in row))
    return table
