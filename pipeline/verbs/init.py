"""`difang init`: an empty warehouse and frontier laid, or older ones brought forward, before anything runs."""

import click

from crawlers import Frontier, load_publishers
from pipeline.cli import Session
from pipeline.dimensions import bring_dimensions
from pipeline.plain import as_json
from warehouse import Warehouse


@click.command()
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, json_: bool) -> None:
    """Lay the warehouse and the frontier where they are missing; bring older ones forward. Running it twice is safe.

    A crawl does the same by itself; `init` is for operators: before the first crawl of several hosts, and after an
    upgrade, while nothing else writes.

    \b
    Example:
      difang init
    """
    settings = session.settings
    settings.home.mkdir(parents=True, exist_ok=True)
    Frontier.open(settings.frontier_url).close()
    publishers = load_publishers(settings.publishers)
    with Warehouse.open(settings.warehouse_location) as warehouse:
        bring_dimensions(warehouse, publishers.values())
        location = warehouse.location
    if json_:
        click.echo(as_json({"catalog": location.catalog, "data": location.data, "publishers_count": len(publishers)}))
    else:
        session.out.print(f"ready: catalogue {location.catalog}, data {location.data}", highlight=False)
        session.out.print(f"{len(publishers)} publishers are declared", highlight=False)
