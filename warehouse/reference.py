"""docs/tables.md, made from the model and the SQL files; a test holds the page equal to what this makes.

Run ``python -m warehouse.reference > docs/tables.md`` after a change.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from warehouse.lake import connect
from warehouse.model import TABLES, Table
from warehouse.views import MARTS, Statement, describe_column, macros, views

_INTRODUCTION = """# Tables

Made from `warehouse/model.py` and `warehouse/sql/` by `python -m warehouse.reference`; do not edit.

Layers: `raw_` as received, `core_` as understood (append-only: every version, every generation of tags), `dim_` what
codes mean, `v_` views that choose the current rows, `mart_` the main views made solid by `difang refresh`.
Instants are `TIMESTAMPTZ` in UTC; `_date` columns are local days in Asia/Shanghai. Offsets count characters from 0, and
`substring(text, start_offset + 1, end_offset - start_offset) = surface`.
"""


def reference() -> str:
    """The page, in Markdown."""
    with TemporaryDirectory(prefix="difang-") as folder, connect(Path(folder), read_only=False) as connection:
        return "\n".join(_lines(connection)) + "\n"


def _lines(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield _INTRODUCTION
    for table in TABLES:
        yield from _table_lines(table)
    yield "## Marts\n"
    yield "The columns of a mart are those of its view.\n"
    yield from _grid(
        ("mart", "view", "sorted by"),
        ((f"`{m.name}`", f"[`{m.view}`](#{m.view})", ", ".join(f"`{n}`" for n in m.sorted_by)) for m in MARTS),
    )
    for view in views():
        yield from _statement_lines(view, f"`{view.name}`", _columns(connection, f'"{view.name}"'))
    for macro in macros():
        call = f'"{macro.name}"({", ".join("$$" for name in macro.parameters.split(",") if ":=" not in name)})'.replace(
            "$$", "'章丘'"
        )
        yield from _statement_lines(macro, f"`{macro.name}({macro.parameters})`", _columns(connection, call))


def _table_lines(table: Table) -> Iterator[str]:
    yield f"## `{table.name}`\n"
    yield f"{table.zh}。\n"
    yield f"{_sentence(table.en)}\n"
    yield f"Key: {', '.join(f'`{name}`' for name in table.key)}."
    if table.sorted_by:
        yield f"Sorted by: {', '.join(f'`{name}`' for name in table.sorted_by)}."
    for foreign in table.foreign_keys:
        names = ", ".join(f"`{name}`" for name in foreign.columns)
        yield f"{names} → `{foreign.table}`."
    yield ""
    rows = ((f"`{c.name}`", f"`{c.type}`", "yes" if c.nullable else "", c.zh, c.en) for c in table.columns)
    yield from _grid(("column", "type", "may be null", "中文", "English"), rows)


def _statement_lines(statement: Statement, heading: str, found: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"## {heading}\n"
    yield f"{statement.zh}。\n"
    yield f"{_sentence(statement.en)}\n"
    rows = ((f"`{name}`", f"`{kind}`", *describe_column(statement, name)) for name, kind in found)
    yield from _grid(("column", "type", "中文", "English"), rows)
    if statement.example:
        yield f"```sql\n{_broken(statement.example)}\n```\n"


def _broken(query: str) -> str:
    """A query of one line with its clauses on lines of their own."""
    return re.sub(r" (FROM|WHERE|GROUP BY|HAVING|ORDER BY) ", r"\n\1 ", query) + ";"


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    found = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608
    return [(row[0], row[1].replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")) for row in found]


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


if __name__ == "__main__":
    print(reference(), end="")
