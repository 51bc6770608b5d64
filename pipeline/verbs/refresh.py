"""`difang refresh`: the marts brought up to what has landed."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from warehouse import Warehouse


@click.command()
@click.option("--whole", is_flag=True, help="Make every mart anew as a whole, whatever has landed since.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, whole: bool, json_: bool) -> None:
    """Bring the marts up to what has landed, in one transaction; skipped where nothing has landed since.

    Only rows that follow from what has landed are computed and written. All are made anew the first time, after the
    views or the gazetteer have changed, after something was taken down, and where a third of the articles are touched.

    \b
    Example:
      difang refresh
    """
    with Warehouse.open(session.settings.warehouse_location, must_exist=True) as warehouse:
        report = warehouse.refresh_marts(whole=whole)
    if json_:
        click.echo(as_json(report))
    elif report.skipped:
        session.out.print("nothing has landed since the last refresh")
    else:
        written = report.changed if not report.whole_because else report.counts
        told = ", ".join(f"{name} {count}" for name, count in written.items()) or "no row has changed"
        kind = f"made anew, because {report.whole_because}" if report.whole_because else "rows that went or came"
        session.out.print(f"{kind}: {told}", highlight=False)
