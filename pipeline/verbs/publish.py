"""`difang publish`: the marts as files for dashboards."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from warehouse import connect
from warehouse.publishing import DEFAULT_KEPT, publish


@click.command()
@click.option(
    "--to",
    "place",
    metavar="PLACE",
    help="Folder or s3://bucket/prefix.  [default: DIFANG_PUBLISHED, else <home>/published]",
)
@click.option("--keep", type=click.IntRange(min=1), default=DEFAULT_KEPT, show_default=True, help="Copies kept.")
@click.option("--force", is_flag=True, help="Publish again though nothing has landed since.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, place: str | None, keep: int, force: bool, json_: bool) -> None:
    """Write the marts as a read-only DuckDB file, Parquet, CSV and JSON, and swap them in at once.

    docs/dashboards.md says what is in the folder and how to read it.

    \b
    Example:
      difang publish --to /srv/dashboards/news
      difang publish --to s3://news/published
    """
    target = place or session.settings.published or session.settings.home / "published"
    with connect(session.settings.warehouse_location) as connection:
        report = publish(connection, target, keep=keep, force=force)
    if json_:
        click.echo(as_json(report))
        return
    rows = ", ".join(f"{name} {count}" for name, count in report.counts.items())
    how = "was published already" if report.skipped else f"published in {report.seconds:g} s"
    session.out.print(f"{report.version} {how} in {report.folder}: {rows}", highlight=False, soft_wrap=True)
