"""`difang maintain`: small files merged, old snapshots and orphaned files gone."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from warehouse import Warehouse


@click.command()
@click.option(
    "--keep-days", type=click.FloatRange(min=0), default=7.0, show_default=True, help="Age of kept snapshots."
)
@click.option(
    "--orphan-days",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="Age at which a file that no snapshot names is deleted; it must outlast every transaction.",
)
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, keep_days: float, orphan_days: float, json_: bool) -> None:
    """Merge small files, expire old snapshots, delete what nothing names any more. Safe beside readers and writers.

    \b
    Example:
      difang maintain --keep-days 30
    """
    with Warehouse.open(session.settings.warehouse_location, must_exist=True) as warehouse:
        report = warehouse.maintain(keep_days=keep_days, orphan_days=orphan_days)
    if json_:
        click.echo(as_json(report))
    else:
        session.out.print(report)
