"""`difang refresh`: the marts rebuilt from what has landed."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from warehouse import Warehouse


@click.command()
@click.option("--force", is_flag=True, help="Rebuild although nothing has landed since.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, force: bool, json_: bool) -> None:
    """Rebuild the marts from what has landed, in one transaction; skipped where nothing has landed since.

    \b
    Example:
      difang refresh
    """
    with Warehouse.open(session.settings.warehouse_location, must_exist=True) as warehouse:
        report = warehouse.refresh_marts(force=force)
    if json_:
        click.echo(as_json(report))
    elif report.skipped:
        session.out.print("nothing has landed since the last refresh")
    else:
        session.out.print(", ".join(f"{name} {count}" for name, count in report.counts.items()), highlight=False)
