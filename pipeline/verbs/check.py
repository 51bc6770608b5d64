"""`difang check`: the warehouse's rules, and the rows that break them."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from pipeline.tables import print_rows
from warehouse import Warehouse


@click.command()
@click.argument("names", nargs=-1, metavar="[CHECK]...")
@click.option(
    "--since",
    type=click.IntRange(min=0),
    metavar="SNAPSHOT",
    help="Only what has landed after this snapshot, by the checks that are scoped to it, as after each difang ingest.",
)
@click.option(
    "--json", "json_", is_flag=True, help="Print one line of JSON: how many checks ran, and those that failed."
)
@click.pass_obj
def command(session: Session, names: tuple[str, ...], since: int | None, json_: bool) -> None:
    """Run the warehouse's checks, or those named, and show the offending rows; exits with 1 when there are any.

    \b
    Example:
      difang check
    """
    with Warehouse.open(session.settings.warehouse_location, must_exist=True) as warehouse:
        results = warehouse.check(only=names, since=since)
    failed = [r for r in results if not r.passed]
    if json_:
        click.echo(
            as_json(
                {
                    "checks_count": len(results),
                    "failed": [
                        {
                            "check": r.check.name,
                            "says": r.check.says,
                            "sql": r.check.sql,
                            "offending_count": r.offending_count,
                            "examples": [dict(zip(r.columns, row, strict=True)) for row in r.examples],
                        }
                        for r in failed
                    ],
                }
            )
        )
    else:
        for r in failed:
            print_rows(
                session.out, r.columns, r.examples, title=f"{r.check.name}: {r.offending_count} rows. {r.check.says}"
            )
        session.out.print(f"{len(results) - len(failed)} of {len(results)} checks passed", highlight=False)
    if failed:
        raise click.exceptions.Exit(1)
