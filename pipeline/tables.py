"""Rows on a terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.plain import LOCAL

NARROW = 10
"""Characters of a column below which folded words cannot be read."""


def print_rows(console: Console, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
    """Print a table; instants in the publishers' zone, long texts folded, and how many rows there were.

    A result without a title may have any number of columns: where they do not fit, each row is a block of its own.
    """
    cells = [[Text(shown(value)) for value in row] for row in rows]
    if not title and cells and _least_width(columns, cells) > console.width:
        for row in cells:
            block = Table.grid(padding=(0, 2))
            block.add_column(style="bold", no_wrap=True)
            block.add_column(overflow="fold")
            for column, cell in zip(columns, row, strict=True):
                block.add_row(Text(column), cell)
            console.print(block)
            console.print()
    else:
        table = Table(
            title=title or None, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD
        )
        for column in columns:
            table.add_column(Text(column), overflow="fold")
        for row in cells:
            table.add_row(*row)
        console.print(table)
    if not title:
        console.print(f"  {len(cells)} row{'' if len(cells) == 1 else 's'}", style="dim", highlight=False)


def _least_width(columns: Sequence[str], cells: Sequence[Sequence[Text]]) -> int:
    """The width of a table whose columns are as wide as their cells, or as narrow as can be read."""
    widths = (max(cell_len(name), *(row[i].cell_len for row in cells)) for i, name in enumerate(columns))
    return sum(min(width, NARROW) + 3 for width in widths)


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
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {shown(v)}" for name, v in value.items()) + "}"
    return str(value).replace("\n", " ")
