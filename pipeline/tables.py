"""Rows on a terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipeline.plain import LOCAL


def print_rows(console: Console, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
    """Print a table; instants in the publishers' zone, long texts folded, and how many rows there were."""
    table = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    count = 0
    for row in rows:
        table.add_row(*(shown(value) for value in row))
        count += 1
    console.print(table)
    if not title:
        console.print(f"  {count} row{'' if count == 1 else 's'}", style="dim", highlight=False)


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(LOCAL) if value.tzinfo else value
        return f"{local:%Y-%m-%d %H:%M}" if not local.second else f"{local:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return "、".join(shown(v) for v in value)
    # Square brackets would be read as markup.
    return str(value).replace("\n", " ").replace("[", r"\[")
