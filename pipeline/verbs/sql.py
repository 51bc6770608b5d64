"""`difang sql`: a query on the warehouse, or DuckDB's own shell on it."""

import csv
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

import click
import duckdb

from pipeline.cli import Session
from pipeline.plain import as_json
from pipeline.tables import print_rows
from records import UsageError, WarehouseError
from warehouse import connect
from warehouse.location import attach_statements
from warehouse.time_travel import connect_at, read_moment


@click.command()
@click.argument("query", required=False)
@click.option("--json", "format_", flag_value="json", help="Print one JSON object a row.")
@click.option("--csv", "format_", flag_value="csv", help="Print CSV with a header.")
@click.option(
    "--write", is_flag=True, help="Allow statements that change the warehouse (COPY … TO writes files anyway)."
)
@click.option("--at", "moment", help="The warehouse as it stood: a snapshot (42), a day or an instant.")
@click.pass_obj
def command(session: Session, query: str | None, format_: str | None, write: bool, moment: str | None) -> None:
    """Run a QUERY, read from stdin where none is given; on a terminal without one, open DuckDB's shell.

    Several statements, parted by semicolons, print their results one after the other. Rows too wide for a table
    are printed as blocks, a column a line.

    The tables and views are in docs/tables.md, questions with their SQL in docs/analysts.md.

    \b
    Example:
      difang sql "SELECT title, published_at FROM v_articles ORDER BY published_at DESC LIMIT 5"
    """
    if moment is not None and write:
        raise UsageError("--at reads what stood then: leave out --write")
    if query is None and sys.stdin.isatty():
        if moment is not None:
            raise UsageError("--at wants a QUERY: DuckDB's shell opens the warehouse as it stands")
        _shell(session, write)
    text = query if query is not None else sys.stdin.read()
    if not text.strip():
        raise UsageError("the query is empty: give it as an argument or on stdin")
    where = session.settings.warehouse_location
    with connect_at(read_moment(moment), where) if moment else connect(where, read_only=not write) as connection:
        try:
            _run(session, connection, text, format_)
        except duckdb.Error as error:
            hint = "\n--write allows it" if "attached in read-only mode" in str(error) else ""
            raise WarehouseError(f"the query failed: {error}{hint}") from error


def _run(session: Session, connection: duckdb.DuckDBPyConnection, text: str, format_: str | None) -> None:
    """Run the statements one by one and print every result, in their order."""
    is_first = True
    for statement in connection.extract_statements(text):
        result = connection.execute(statement)
        columns = [d[0] for d in result.description or []]
        if duckdb.ExpectedResultType.NOTHING in statement.expected_result_type or not columns:
            continue  # CREATE, SET and their like have nothing to show
        if format_ == "json":
            for row in iter(result.fetchone, None):
                click.echo(as_json(dict(zip(columns, row, strict=True))))
        elif format_ == "csv":
            if not is_first:
                click.echo()  # the next table has another header
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_csv_cell(value) for value in row] for row in iter(result.fetchone, None))
        else:
            print_rows(session.out, columns, result.fetchall())
        is_first = False


def _csv_cell(value: Any) -> Any:
    """A list of words joined by 、, as in the published CSV; what is nested deeper as JSON; bytes as hex."""
    if isinstance(value, (list, tuple)) and not any(isinstance(item, (list, tuple, dict)) for item in value):
        return "、".join("" if item is None else str(item) for item in value)
    if isinstance(value, bytes):
        return value.hex()
    return as_json(value) if isinstance(value, (list, tuple, dict, bool)) else value


def _shell(session: Session, write: bool) -> None:
    """Replace this process by DuckDB's shell with the lake attached. Does not return."""
    beside = Path(sysconfig.get_path("scripts")) / "duckdb"
    program = str(beside) if beside.exists() else shutil.which("duckdb")
    if program is None:
        raise UsageError("DuckDB's shell is not installed (pip install duckdb-cli==1.5.5): give a QUERY instead")
    connect(session.settings.warehouse_location, read_only=True).close()
    commands: list[Any] = [
        x for s in attach_statements(session.settings.warehouse_location, read_only=not write) for x in ("-cmd", s)
    ]
    os.execv(program, [program, *commands])  # noqa: S606 - the user's own shell, no string is interpreted
