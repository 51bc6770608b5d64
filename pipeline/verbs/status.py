"""`difang status`: what has landed, what is pending, what was rejected."""

import click

from crawlers import Frontier, load_publishers
from pipeline.cli import Session
from pipeline.plain import as_json
from pipeline.tables import print_rows
from warehouse import connect

LANDED = """
SELECT publisher_id AS publisher, count(*) AS articles, count(removed_at) AS taken_down,
       max(published_date) AS latest_day, max(last_fetched_at) AS last_fetched
FROM v_articles GROUP BY ALL ORDER BY publisher"""
REJECTED = """
SELECT publisher_id AS publisher, step, reason, rejections_count AS rejected, recovered_count AS recovered, example_url
FROM v_rejection_counts ORDER BY publisher, rejected DESC"""
BATCHES = """
SELECT landed_at, crawl_id, articles_count AS versions, rejections_count AS rejected, fetches_count AS requests
FROM v_batches ORDER BY landed_at DESC LIMIT 5"""


@click.command()
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(session: Session, json_: bool) -> None:
    """Show what has landed, what is pending in the frontier, and what was rejected.

    \b
    Example:
      difang status
    """
    told: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {}
    with connect(session.settings.warehouse_location) as connection:
        for name, query in (("landed", LANDED), ("rejected", REJECTED), ("batches", BATCHES)):
            result = connection.execute(query)
            told[name] = ([d[0] for d in result.description or []], result.fetchall())
    landed = [str(row[0]) for row in told["landed"][1]]
    declared = load_publishers(session.settings.publishers)
    frontier = Frontier.open(session.settings.frontier_url)
    try:
        counted = {p: frontier.counts(p) for p in sorted({*landed, *declared})}
    finally:
        frontier.close()
    states = {p: counts for p, counts in counted.items() if any(counts.values())}
    if json_:
        plain = {name: [dict(zip(columns, row, strict=True)) for row in rows] for name, (columns, rows) in told.items()}
        click.echo(as_json({**plain, "frontier": states}))
        return
    for name, (columns, rows) in told.items():
        print_rows(session.out, columns, rows, title=name)
    kinds = sorted({state for counts in states.values() for state in counts})
    print_rows(
        session.out,
        ["publisher", *kinds],
        [[p, *(counts.get(kind, 0) for kind in kinds)] for p, counts in states.items()],
        title="frontier",
    )
