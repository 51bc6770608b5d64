"""`difang export`: the current rows as hive-partitioned Parquet."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from warehouse import connect
from warehouse.exporting import DEFAULT_KEPT, export


@click.command()
@click.option("--to", "place", metavar="PLACE", help="Folder or s3://bucket/prefix.  [default: <home>/export]")
@click.option("--keep", type=click.IntRange(min=1), default=DEFAULT_KEPT, show_default=True, help="Versions kept.")
@click.option("--iceberg", is_flag=True, help="Iceberg's metadata beside the files (the extra difang[iceberg]).")
@click.option("--force", is_flag=True, help="Export again though nothing has landed since.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, place: str | None, keep: int, iceberg: bool, force: bool, json_: bool) -> None:
    """Write current articles, tags and links as Parquet by month and province, for Spark and Trino.

    One snapshot of the lake, swapped in whole: read `current/articles` and so on. docs/operations.md says how.

    \b
    Example:
      difang export --to /srv/lake/news
      difang export --to s3://news/export --iceberg
    """
    with connect(session.settings.warehouse_location) as connection:
        target = place or session.settings.home / "export"
        report = export(connection, target, keep=keep, iceberg=iceberg, force=force)
    if json_:
        click.echo(as_json(report))
        return
    rows = ", ".join(f"{name} {count}" for name, count in report.counts.items())
    how = "was exported already" if report.skipped else f"exported in {report.seconds:g} s"
    where = f"{report.files_count} files in {report.folder}"
    session.out.print(f"{report.version} {how}, {where}: {rows}", highlight=False, soft_wrap=True)
