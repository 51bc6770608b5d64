"""`difang status`: what was promised, landed, rejected, failed and is pending, and which publisher needs a look."""

import click

from crawlers import Frontier, find_publisher, load_publishers
from pipeline.cli import Session
from pipeline.interruption import interruptible
from pipeline.plain import as_json
from pipeline.tables import print_rows
from pipeline.watching import watch
from transforms.gazetteer import Gazetteer
from warehouse import connect

LANDED = """
SELECT publisher_id AS publisher, count(*) AS articles, count(removed_at) AS taken_down,
       max(published_date) AS latest_day, max(last_fetched_at) AS last_fetched
FROM v_articles WHERE $publishers::VARCHAR[] IS NULL OR list_contains($publishers, publisher_id)
GROUP BY ALL ORDER BY publisher"""
COMPLETENESS = """
SELECT publisher_id AS publisher, fetched_date AS day, sum(promised_count)::INTEGER AS promised,
       sum(landed_count)::INTEGER AS landed, sum(rejected_count)::INTEGER AS rejected,
       sum(failed_count)::INTEGER AS failed, sum(pending_count)::INTEGER AS pending,
       sum(retry_count)::INTEGER AS to_retry, sum(removed_count)::INTEGER AS removed
FROM v_completeness
WHERE ($publishers::VARCHAR[] IS NULL OR list_contains($publishers, publisher_id))
  AND fetched_date > (SELECT max(fetched_date) FROM v_completeness) - $days
GROUP BY ALL ORDER BY publisher, day"""
HEALTH = """
SELECT publisher_id AS publisher, fetched_date AS day, articles_count AS articles, expected_count AS expected, flags
FROM v_publisher_health
WHERE ($publishers::VARCHAR[] IS NULL OR list_contains($publishers, publisher_id)) AND len(flags) > 0
  AND fetched_date > (SELECT max(fetched_date) FROM v_publisher_health) - $days
ORDER BY publisher, day"""
REJECTED = """
SELECT publisher_id AS publisher, step, reason, rejections_count AS rejected, recovered_count AS recovered, example_url
FROM v_rejection_counts WHERE $publishers::VARCHAR[] IS NULL OR list_contains($publishers, publisher_id)
ORDER BY publisher, rejected DESC"""
BATCHES = """
SELECT landed_at, crawl_id, articles_count AS versions, rejections_count AS rejected, fetches_count AS requests
FROM v_batches ORDER BY landed_at DESC LIMIT 5"""


QUERIES = {
    "landed": LANDED,
    "completeness": COMPLETENESS,
    "flags": HEALTH,
    "rejected": REJECTED,
    "batches": BATCHES,
}


@click.command()
@click.argument("publisher", required=False)
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True, help="Days of the ledger to show.")
@click.option(
    "--links", type=click.IntRange(min=1), default=1, show_default=True, help="Waiting links to name of each."
)
@click.option("--flagged", "is_flagged", is_flag=True, help="Only publishers that those days have flagged.")
@click.option("--watch", "is_watched", is_flag=True, help="Show the stream and what lands, live, until Ctrl-C.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(
    session: Session,
    publisher: str | None,
    days: int,
    links: int,
    is_flagged: bool,
    is_watched: bool,
    json_: bool,
) -> None:
    """Show what was promised, landed, rejected, failed and is pending, and which publisher needs a look.

    A publisher is flagged against its own 28 days before: quiet, fields degraded, more rejects, layout changed. What
    waits is named: the latest of each section, day and reason, as many as --links says. With many publishers --flagged
    leaves those that need a look.

    \b
    Example:
      difang status lufengwang --days 14
    """
    if is_watched:
        with interruptible() as interruption:
            watch(session.settings, session.out, lambda: interruption.is_requested)
        return
    declared = load_publishers(session.settings.publishers)
    if publisher is not None:
        find_publisher(declared, publisher)
    wanted = [publisher] if publisher is not None else None
    told: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {}
    with connect(session.settings.warehouse_location) as connection:
        if is_flagged:
            found = connection.execute(HEALTH, {"publishers": wanted, "days": days}).fetchall()
            wanted = sorted({str(row[0]) for row in found})
        for name, query in QUERIES.items():
            given = {"publishers": wanted, "days": days}
            result = connection.execute(query, {k: v for k, v in given.items() if f"${k}" in query})
            told[name] = ([d[0] for d in result.description or []], result.fetchall())
    landed = {str(row[0]) for row in told["landed"][1] if row[0] is not None}
    frontier = Frontier.open(session.settings.frontier_url)
    try:
        ids = wanted if wanted is not None else sorted(landed | declared.keys())
        states = {p: counts for p, counts in frontier.counts_by_publisher().items() if p in ids}
        waiting = frontier.waiting(ids, links)
    finally:
        frontier.close()
    gazetteer_date = Gazetteer.load().as_of
    if json_:
        plain = {name: [dict(zip(columns, row, strict=True)) for row in rows] for name, (columns, rows) in told.items()}
        click.echo(as_json({**plain, "waiting": waiting, "frontier": states, "gazetteer_date": gazetteer_date}))
        return
    for name, (columns, rows) in told.items():
        print_rows(session.out, columns, rows, title=name)
    print_rows(
        session.out,
        ["publisher", "section", "promised", "state", "reason", "links", "next_try", "named"],
        [
            (w.publisher_id, w.section, w.promised_on, w.state, w.reason, w.links_count, w.next_try_at, url)
            for w in waiting
            for url in w.example_urls
        ],
        title="waiting",
    )
    kinds = sorted({state for counts in states.values() for state in counts})
    print_rows(
        session.out,
        ["publisher", *kinds],
        [[p, *(counts.get(kind, 0) for kind in kinds)] for p, counts in states.items()],
        title="frontier",
    )
    session.out.print(f"gazetteer of {gazetteer_date:%Y-%m-%d}", highlight=False)
