"""`difang ingest`: one crawl of one or more publishers, landed."""

from datetime import datetime
from typing import Literal

import click

from crawlers import CrawlOptions, find_publisher, load_publishers
from pipeline.cli import Session
from pipeline.crawl_ids import new_crawl_id
from pipeline.ingest import IngestReport, Tally, ingest
from pipeline.plain import as_json
from pipeline.progress import show_progress
from records import UsageError


@click.command()
@click.argument("publishers", nargs=-1, metavar="[PUBLISHER]...")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles published on this day or later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only articles published on this day or earlier.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many article pages a publisher.")
@click.option(
    "--revisit",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    show_default=True,
    help="Which landed articles are asked for again (conditionally) to catch edits and removals.",
)
@click.option(
    "--max-minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop after so long, land what came, leave the rest to the next run.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Transform processes (DIFANG_WORKERS).  [default: cores]")
@click.option("--crawl-id", help="Name the crawl yourself, for example by the run of a scheduler.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(
    session: Session,
    publishers: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    revisit: Literal["due", "all", "none"],
    max_minutes: float | None,
    workers: int | None,
    crawl_id: str | None,
    json_: bool,
) -> None:
    """Crawl publishers, transform and land what is new.

    Without a PUBLISHER all active ones are crawled. Ctrl-C, and the end of --max-minutes, finish what is under way
    and land it; whatever is left stays pending for the next run.

    \b
    Example:
      difang ingest lufengwang --since 2024-05-01
    """
    if since and until and since > until:
        raise UsageError(f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}: swap them")
    settings = session.settings.model_copy(update={"workers": workers} if workers else {})
    declared = load_publishers(settings.publishers)
    chosen = [find_publisher(declared, p) for p in publishers] or [p for p in declared.values() if p.active]
    if not chosen:
        raise UsageError("no publisher is active: name one of " + ", ".join(sorted(declared)))
    options = CrawlOptions(
        crawl_id=crawl_id or new_crawl_id(),
        since=since.date() if since else None,
        until=until.date() if until else None,
        limit=limit,
        max_seconds=60 * max_minutes if max_minutes else None,
        revisit=revisit,
        proxy_url=settings.proxy_url,
        user_agent=settings.user_agent,
    )
    tally = Tally()
    with show_progress(tally, session.err):
        report = ingest(chosen, settings, options, tally)
    if json_:
        click.echo(as_json(report.as_json()))
    else:
        session.err.print(describe(report), highlight=False)
    for publisher in report.unreachable:
        session.err.print(f"difang: {publisher} did not answer; the next run asks again", style="bold red")
    if report.finish_reason == "interrupted":
        raise click.exceptions.Exit(130)
    if len(report.unreachable) == len(chosen):
        raise click.exceptions.Exit(1)


def describe(report: IngestReport) -> str:
    """What a run did, in a few words."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in report.rejected.items())
    return (
        f"{', '.join(report.publishers)}: {report.versions} article versions landed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {sum(report.rejected.values())} rejected ({reasons or 'none'}), "
        f"{report.pending} pending; {report.requests} requests, {report.not_modified} of them not modified, "
        f"in {report.seconds:g} s ({report.finish_reason})"
    )
