"""`difang search`: articles by words."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from pipeline.tables import print_rows
from records import UsageError
from warehouse import connect


@click.command()
@click.argument("words")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a row.")
@click.pass_obj
def command(session: Session, words: str, limit: int, json_: bool) -> None:
    """Find current articles that hold all the WORDS, which are separated by blanks.

    \b
    Example:
      difang search "章丘 供暖"
    """
    if not words.strip():
        raise UsageError("there is no word to search for: give one or more, for instance: difang search 供暖")
    query = (
        "SELECT published_date AS day, title, region_name AS region, publisher_name AS publisher, snippet "
        "FROM search(?) LIMIT ?"
    )
    with connect(session.settings.warehouse_location) as connection:
        result = connection.execute(query, [words, limit])
        columns = [d[0] for d in result.description or []]
        rows = result.fetchall()
    if json_:
        for row in rows:
            click.echo(as_json(dict(zip(columns, row, strict=True))))
    else:
        print_rows(session.out, columns, rows)
