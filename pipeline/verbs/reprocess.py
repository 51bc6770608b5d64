"""`difang reprocess`: raw pages again, by today's rules."""

from datetime import datetime

import click

from crawlers import find_publisher, load_publishers
from pipeline.cli import Session
from pipeline.ingest import Tally
from pipeline.plain import as_json
from pipeline.progress import show_progress
from pipeline.reprocess import reprocess
from records import UsageError


@click.command()
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First local day of fetching.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last local day of fetching.")
@click.option("--publisher", "publisher_ids", multiple=True, help="Only this publisher's pages; may be repeated.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, since: datetime, until: datetime, publisher_ids: tuple[str, ...], json_: bool) -> None:
    """Read the raw pages of some days again by today's rules; no request is made.

    \b
    Example:
      difang reprocess --from 2024-05-01 --to 2024-05-31 --publisher lufengwang
    """
    if since > until:
        raise UsageError(f"--from {since:%Y-%m-%d} is after --to {until:%Y-%m-%d}: swap them")
    declared = load_publishers(session.settings.publishers)
    for publisher_id in publisher_ids:
        find_publisher(declared, publisher_id)
    tally = Tally()
    with show_progress(tally, session.err):
        report = reprocess(declared, session.settings, since.date(), until.date(), publisher_ids, tally)
    if json_:
        click.echo(as_json(report))
    else:
        session.out.print(
            f"{report.pages} pages read again: {report.unchanged} articles with new tags, {report.versions} with a new "
            f"text, {sum(report.rejected.values())} rejected, in {report.seconds:g} s",
            highlight=False,
        )
    if report.is_interrupted:
        raise click.exceptions.Exit(130)
