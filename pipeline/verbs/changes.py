"""`difang changes`: what has landed since a snapshot, for whoever follows the warehouse."""

import sys
import time
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from pipeline.cli import Session
from pipeline.interruption import interruptible
from pipeline.plain import as_json
from pipeline.tables import print_rows
from records import UsageError
from warehouse import connect
from warehouse.changes import FOLLOWED, Change, followed_tables, newest_snapshot, read_changes

PAUSE_SECONDS = 1.0
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
@click.pass_obj
def command(
    session: Session,
    since: int | None,
    tables: tuple[str, ...],
    every: bool,
    follow: bool,
    cursor: Path | None,
    json_: bool,
) -> None:
    """Print the rows that have landed since a snapshot, and the snapshot from which to go on.

    A snapshot is one committed transaction, its number the order of commits. Merging of files changes nothing here;
    snapshots are expired after some days (difang maintain --keep-days), and then the feed says so.

    \b
    Example:
      difang changes --since 120 --json
      difang changes --follow --json --cursor feed.cursor | kcat -P -b broker:9092 -t news
    """
    chosen = FOLLOWED if every else followed_tables(tables or ("core_articles",))
    kept = read_cursor(cursor) if cursor is not None else None
    with interruptible() as interruption, connect(session.settings.warehouse_location) as connection:
        newest = newest_snapshot(connection)
        at = newest if kept is None and since is None else kept if kept is not None else since
        assert at is not None
        while True:
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
            if newest == at:
                return


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
    beside = path.with_name(path.name + ".new")
    beside.write_text(f"{snapshot_id}\n", encoding="utf-8")
    beside.replace(path)
