"""The answers that docs/analysts.md prints under its questions, made and compared.

A ```` ```sql ```` block is followed by its answer as a Markdown table: the first eight rows, and how many there are. A
block under ``<!-- answers differ -->`` has none, since it tells of the moment. After a change of rules that the answers
show, write them anew on a warehouse that the demo has filled: ``python tests/support/documented_outputs.py WAREHOUSE``.
"""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from warehouse import connect

PAGE = Path(__file__).parents[2] / "docs" / "analysts.md"
SHOWN = 8
DIFFERS = "<!-- answers differ -->\n"
BLOCK = re.compile(
    rf"(?P<differs>{re.escape(DIFFERS)})?```sql\n(?P<sql>.*?)^```\n(?P<answer>\n\|.*?\n(?=\n|\Z)(?:\n\d+ rows\.\n)?)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Question:
    """A query of the page, its printed answer, and its line."""

    sql: str
    answer: str
    differs: bool
    line: int


def questions(text: str) -> Iterator[Question]:
    """The queries of the page in their order."""
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("sql"))
        yield Question(match["sql"], match["answer"] or "", bool(match["differs"]), line)


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The answer as the page prints it."""
    result = connection.execute(sql)
    columns = [column[0] for column in result.description or ()]
    rows = result.fetchall()
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows[:SHOWN]]
    more = f"\n{len(rows)} rows.\n" if len(rows) > SHOWN else ""
    return "\n" + "\n".join(lines) + "\n" + more


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(ZoneInfo('Asia/Shanghai')) if value.tzinfo else value:%Y-%m-%d %H:%M}"
    if isinstance(value, list):
        return "、".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return " ".join(_cell(item) for item in value.values())
    return str(value).replace("|", "\\|").replace("\n", "<br>")


def rewrite(text: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The page with today's answers."""

    def renewed(match: re.Match[str]) -> str:
        block = f"{match['differs'] or ''}```sql\n{match['sql']}```\n"
        return block if match["differs"] else block + answer(connection, match["sql"])

    return BLOCK.sub(renewed, text)


if __name__ == "__main__":
    with connect(sys.argv[1]) as lake:
        PAGE.write_text(rewrite(PAGE.read_text(encoding="utf-8"), lake), encoding="utf-8")
