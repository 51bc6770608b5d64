"""What has landed since a snapshot, in the tables that marts are made from; or why it cannot be said.

DuckLake remembers for each row the snapshot that added it, also after files were merged. Rows that were taken away
(`difang forget`), replaced (`UPDATE`) or written anew without deleted ones beside them (`difang maintain`) show as a
table whose count is not the count of then and what has been added: then only all can be made anew.
"""

import re
from functools import cache

import duckdb

from warehouse.location import LAKE
from warehouse.model import TABLES, Table
from warehouse.scratch import Scratch
from warehouse.views import MARTS, views

_META = f"__ducklake_metadata_{LAKE}"


@cache
def tables_read() -> tuple[Table, ...]:
    """The tables that the marts' views read, by themselves or through other views."""
    selects = {view.name: view.select for view in views()}
    asked = [mart.view for mart in MARTS]
    found: set[str] = set()
    while asked:
        select = selects.get(asked.pop(), "")
        words = set(re.findall(r"\b\w+\b", select)) - found
        found |= words
        asked += [word for word in words if word in selects]
    return tuple(table for table in TABLES if table.name in found)


def is_of_articles(table: Table) -> bool:
    """Whether what lands in the table touches the article that it names."""
    return table.name.startswith("core_") and any(column.name == "article_id" for column in table.columns)


def is_kept(connection: duckdb.DuckDBPyConnection, snapshot: int) -> bool:
    """Whether a snapshot has not been expired."""
    found = connection.execute(f"SELECT 1 FROM {_META}.ducklake_snapshot WHERE snapshot_id = $1", [snapshot])  # noqa: S608
    return found.fetchone() is not None


def gather_landed(scratch: Scratch, since: int, until: int) -> str:
    """Why what landed cannot be said, or nothing: then it is in the tables ``landed_…``, one a table read.

    They hold the keys, of the fetch log and of the clusters the whole rows. ``touched_articles`` names the articles.
    """
    for table in tables_read():
        inserted = f"ducklake_table_insertions('{LAKE}', 'main', '{table.name}', {since + 1}, {until})"
        keys = "*" if table.name == "raw_fetches" else ", ".join(f'"{name}"' for name in _columns(table))
        scratch.table(f"landed_{table.name}", f"SELECT {keys} FROM {inserted}")  # noqa: S608
        added = scratch.count(f"landed_{table.name}")
        then = scratch.number(f"SELECT count(*) FROM {scratch.lake(table.name)} AT (VERSION => {since})")  # noqa: S608
        now = scratch.number(f"SELECT count(*) FROM {scratch.lake(table.name)}")  # noqa: S608
        if table.name.startswith("dim_") and (added or then != now):
            return f"{table.name} has changed"
        if then + added != now:
            return f"rows of {table.name} were taken away or written anew"
    named = " UNION ".join(
        f"SELECT article_id FROM landed_{table.name}"  # noqa: S608
        for table in tables_read()
        if is_of_articles(table)
    )
    scratch.table("touched_articles", named)
    return ""


def _columns(table: Table) -> tuple[str, ...]:
    """The key, and what else says which rows of the marts are touched."""
    held = {column.name for column in table.columns}
    return tuple(dict.fromkeys((*table.key, *(name for name in ("article_id", "cluster_id") if name in held))))


def has_landed(scratch: Scratch) -> bool:
    """Whether anything has landed that a mart is made from."""
    return any(scratch.count(f"landed_{table.name}") for table in tables_read())
