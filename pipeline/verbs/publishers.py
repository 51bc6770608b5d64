"""`difang publishers`: what is declared under seeds/publishers."""

import click
from rich.table import Table

from crawlers import find_publisher, load_publishers
from pipeline.cli import Session
from pipeline.plain import as_json, as_plain


@click.group()
def command() -> None:
    """List the declared publishers, or show one.

    \b
    Example:
      difang publishers list
    """


@command.command("list")
@click.option("--json", "json_", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def list_(session: Session, json_: bool) -> None:
    """Every declared publisher, a line each.

    \b
    Example:
      difang publishers list --json
    """
    declared = load_publishers(session.settings.publishers)
    if json_:
        click.echo(as_json([as_plain(p) for p in declared.values()]))
        return
    table = Table("id", "name", "region", "sources", "active", "verified", "home")
    for p in declared.values():
        table.add_row(
            p.id,
            p.name,
            p.region_code or "",
            str(len(p.sources)),
            "yes" if p.active else "no",
            str(p.verified_date or "no"),
            p.home_url,
        )
    session.out.print(table)


@command.command()
@click.argument("publisher")
@click.pass_obj
def show(session: Session, publisher: str) -> None:
    """One publisher's declaration, as JSON.

    \b
    Example:
      difang publishers show lufengwang
    """
    click.echo(as_json(find_publisher(load_publishers(session.settings.publishers), publisher), indent=2))
