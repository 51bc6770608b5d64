"""`difang changes`: what has landed since a snapshot, for whoever follows the warehouse."""

import heapq
import os
import re
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import click
import duckdb

from pipeline.cli import Session
from pipeline.interruption import interruptible
from pipeline.kafka import KafkaTopic, split_address
from pipeline.plain import as_json
from pipeline.tables import print_rows
from records import UsageError
from warehouse.changes import FOLLOWED, Change, followed_tables, newest_snapshot, read_changes
from warehouse.following import Follower
from warehouse.model import Table

PAUSE_SECONDS = 1.0
CONFIRMED_ROWS = 1000
"""Rows after which a broker's acknowledgements are waited for, at the end of a snapshot."""
WINDOW = 64
"""Snapshots that are read at once for a broker: a history of months is sent without being held."""
TOLD = (
    "article_id",
    "publisher_id",
    "published_at",
    "title",
    "region_name",
    "name",
    "position",
    "anchor_text",
    "reason",
    "canonical_url",
)
"""What a table for a person shows of a row; --json prints all of it."""


@click.command()
@click.option("--since", type=click.IntRange(min=0), help="The snapshot after which to begin; without it, the newest.")
@click.option("--table", "tables", multiple=True, help="A core_ table (articles by default); may be given again.")
@click.option("--all", "every", is_flag=True, help="All core_ tables.")
@click.option("--follow", is_flag=True, help="Go on with what lands from now on, until stopped.")
@click.option(
    "--cursor",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file that keeps the snapshot to go on from: read first, written after each round of rows.",
)
@click.option("--json", "json_", is_flag=True, help="One JSON object a line: snapshot_id, table, row.")
@click.option(
    "--to",
    metavar="kafka://HOST:PORT/TOPIC",
    help="Write those JSON objects into a topic instead, keyed by article_id; needs difang[kafka].",
)
@click.pass_obj
def command(
    session: Session,
    since: int | None,
    tables: tuple[str, ...],
    every: bool,
    follow: bool,
    cursor: Path | None,
    json_: bool,
    to: str | None,
) -> None:
    """Print the rows that have landed since a snapshot, and the snapshot from which to go on.

    A snapshot is one committed transaction, its number the order of commits. Merging of files changes nothing here;
    snapshots are expired after some days (difang maintain --keep-days), and then the feed says so. Where the reader
    of a pipe goes away, the feed ends with 1, and the cursor stays before what was not handed over. With --to it moves
    on only when the broker has acknowledged a snapshot's rows, and lies in the home unless --cursor says where.

    \b
    Example:
      difang changes --since 120 --json
      difang changes --follow --json --cursor feed.cursor
      difang changes --follow --to kafka://broker:9092/news
    """
    if to is not None:
        cursor = cursor or cursor_of(to, session.settings.home)
    chosen = FOLLOWED if every else followed_tables(tables or ("core_articles",))
    kept = read_cursor(cursor) if cursor is not None else None
    with interruptible() as interruption, Follower(session.settings.warehouse_location) as follower:
        connection = follower.round()
        topic = None if to is None else KafkaTopic(to, is_stopping=lambda: interruption.is_requested)
        newest = newest_snapshot(connection)
        at = newest if kept is None and since is None else kept if kept is not None else since
        assert at is not None
        if cursor is not None:
            write_cursor(cursor, at)  # what lands from now on is handed over, whenever this process is killed
        while True:
            if topic is not None and cursor is not None:
                count, at = send(connection, chosen, at, newest, topic, cursor)
            else:
                changes = read_changes(connection, chosen, at, newest)
                count = print_lines(changes) if json_ else print_tables(session, changes)
                at = newest
                if cursor is not None:
                    write_cursor(cursor, at)
            if count or not follow:
                session.err.print(f"{count} rows; go on with --since {at}", highlight=False)
            while follow and newest == at and not interruption.is_requested:
                time.sleep(PAUSE_SECONDS)
                newest = newest_snapshot(connection)
            if newest == at or interruption.is_requested:
                return
            connection = follower.round()


def send(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    at: int,
    newest: int,
    topic: KafkaTopic,
    cursor: Path,
) -> tuple[int, int]:
    """How many rows the broker has acknowledged, and the snapshot up to which it has: that is also what is kept.

    Rows go out in the order of snapshots, whatever their table. Fewer than all where the feed is to stop.
    """
    count = sent = 0
    while at < newest:
        until = min(newest, at + WINDOW)
        feeds = [read_changes(connection, [table], at, until) for table in tables]
        in_order = heapq.merge(*feeds, key=lambda change: change.snapshot_id)
        for snapshot_id, changes in groupby(in_order, key=lambda change: change.snapshot_id):
            for change in changes:
                topic.put(change.row.get("article_id"), as_json(change))
                sent += 1
            if sent >= CONFIRMED_ROWS:
                if not topic.confirm():
                    return count, at
                count, sent, at = count + sent, 0, snapshot_id
                write_cursor(cursor, at)
        if not topic.confirm():
            return count, at
        count, sent, at = count + sent, 0, until
        write_cursor(cursor, at)
    return count, at


def print_lines(changes: Iterable[Change]) -> int:
    """How many rows were printed, each as a line of JSON; they have left this process when it returns."""
    count = 0
    for change in changes:
        click.echo(as_json(change))
        count += 1
    sys.stdout.flush()
    return count


def print_tables(session: Session, changes: Iterable[Change]) -> int:
    """How many rows were printed for a person, table by table, by the columns that name them."""
    count = 0
    for table, rows in groupby(changes, key=lambda change: change.table):
        columns: list[str] = []
        shown: list[list[object]] = []
        for change in rows:
            columns = columns or [name for name in TOLD if name in change.row]
            shown.append([change.snapshot_id, *(change.row[name] for name in columns)])
        print_rows(session.out, ["snapshot_id", *columns], shown, title=table)
        count += len(shown)
    return count


def cursor_of(to: str, home: Path) -> Path:
    """The file in the home that keeps the position of what was sent to a topic. Raises UsageError for a bad address."""
    servers, topic = split_address(to)
    return home / "feeds" / f"{re.sub('[^0-9A-Za-z.-]', '-', servers)}-{topic}.cursor"


def read_cursor(path: Path) -> int | None:
    """The snapshot that a cursor keeps; None where the file is not there yet. Raises UsageError for another file."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if not text.isdecimal():
        raise UsageError(f"{path} is no cursor: it must hold one number of a snapshot; name another file with --cursor")
    return int(text)


def write_cursor(path: Path, snapshot_id: int) -> None:
    """Keep the snapshot, swapped in at once: a kill leaves the old one, and its rows come again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(f"{snapshot_id}\n")
        file.flush()
        os.fsync(file.fileno())  # a machine that loses its power must not keep an empty file
    beside.replace(path)
