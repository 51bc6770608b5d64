"""`difang search`: articles by words."""

import datetime as dt

import click
import duckdb

from pipeline.cli import Session
from pipeline.plain import as_json
from pipeline.tables import print_rows
from records import UsageError
from warehouse import connect

_PENDING = """
SELECT count(*) FROM core_captures
SEMI JOIN (FROM core_batches ANTI JOIN index_batches USING (batch_id)) USING (batch_id)
"""

_FOUND = r'''
WITH found AS MATERIALIZED (
    SELECT *
    FROM search($words, region := $region, publisher := $publisher, since := $since, until := $until, top := $top)
), first_word AS (
    SELECT trim(regexp_extract(lower(translate($words, '“”「」　', '"""" ')), '"[^"]+"|[^\s"]+'), '" ') AS word
)
SELECT f.published_date AS day, f.title, f.region_name AS region, f.publisher_name AS publisher,
       substring(a.text, greatest(1, instr(lower(a.text), word) - 20), 80) AS snippet,
       round(f.score, 2) AS score, f.hits_count, f.canonical_url, f.article_id
FROM found AS f JOIN core_articles AS a USING (article_id, content_sha256) CROSS JOIN first_word
ORDER BY f.score DESC, f.published_date DESC NULLS LAST, f.article_id
'''
_ON_SCREEN = 5
"""Columns of a table on a terminal; JSON has them all."""


@click.command()
@click.argument("words")
@click.option("--region", default="", help="Code or name of a region: articles on it or anything below it.")
@click.option("--publisher", default="", help="Id or name of a publisher.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of publication.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of publication.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object a row.")
@click.pass_obj
def command(
    session: Session,
    words: str,
    region: str,
    publisher: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
    limit: int,
    json_: bool,
) -> None:
    """Find current articles that hold all the WORDS, which are separated by blanks; a "phrase" stands in quotes.

    The best come first (BM25, a headline counts threefold). What has landed since the last refresh is found too.

    \b
    Example:
      difang search "章丘 供暖" --since 2021-12-01
    """
    if not words.strip(' "“”「」　\t\n'):
        raise UsageError("there is no word to search for: give one or more, for instance: difang search 供暖")
    asked = {
        "words": words,
        "region": region,
        "publisher": publisher,
        "since": f"{since:%Y-%m-%d}" if since else "",
        "until": f"{until:%Y-%m-%d}" if until else "",
        "top": limit,
    }
    with connect(session.settings.warehouse_location) as connection:
        _require_known(connection, region, publisher)
        pending = connection.execute(_PENDING).fetchone()
        result = connection.execute(_FOUND, asked)
        columns = [d[0] for d in result.description or []]
        rows = result.fetchall()
    if pending and pending[0]:
        session.err.print(
            f"{pending[0]} captures are not yet indexed and were read one by one; index them with: difang refresh"
        )
    if json_:
        for row in rows:
            click.echo(as_json(dict(zip(columns, row, strict=True))))
    else:
        print_rows(session.out, columns[:_ON_SCREEN], [row[:_ON_SCREEN] for row in rows])


def _require_known(connection: duckdb.DuckDBPyConnection, region: str, publisher: str) -> None:
    """Raise UsageError for a region or publisher that the warehouse does not know: it would find nothing in silence."""
    names = "region_code, region_name, local_name, short_name"
    known = f"SELECT 1 FROM dim_regions WHERE $1 IN ({names}) LIMIT 1"  # noqa: S608
    if region and not connection.execute(known, [region]).fetchone():
        raise UsageError(f'--region {region}: no such code or name; look it up with: difang sql "FROM dim_regions"')
    known = "SELECT 1 FROM dim_publishers WHERE $1 IN (publisher_id, publisher_name) LIMIT 1"
    if publisher and not connection.execute(known, [publisher]).fetchone():
        raise UsageError(f"--publisher {publisher}: no such id or name; they are listed by: difang publishers list")
