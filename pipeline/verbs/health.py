"""`difang health`: which publisher needs a look, by rule, and the command that shows the rows."""

import click

from crawlers import load_publishers
from pipeline.cli import Session
from pipeline.health import FAILING, RULES, find_faults, now_utc
from pipeline.plain import as_json
from pipeline.tables import print_rows
from warehouse import connect


@click.command()
@click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(list(RULES)),
    help=f"A rule that fails; may be given again.  [default: {', '.join(FAILING)}]",
)
@click.option("--only-warn", is_flag=True, help="No rule fails.")
@click.option(
    "--ignore",
    metavar="RULE",
    multiple=True,
    type=click.Choice(list(RULES)),
    help="A rule that is not looked at; may be given again.",
)
@click.option("--days", type=click.IntRange(min=1), default=2, show_default=True, help="Local days to look at.")
@click.option(
    "--stale-hours",
    type=click.FloatRange(min=0, min_open=True),
    default=36,
    show_default=True,
    help="An active publisher that has answered nothing for so long is stale.",
)
@click.option("--json", "json_", is_flag=True, help="Print one line of JSON.")
@click.pass_obj
def command(
    session: Session,
    fail_on: tuple[str, ...],
    only_warn: bool,
    ignore: tuple[str, ...],
    days: int,
    stale_hours: float,
    json_: bool,
) -> None:
    """Tell which publisher needs a look: quiet, fields degraded, more rejects, layout changed, stale.

    Exits with 1 when a rule that fails is broken; the other rules only warn. docs/operations.md says what to do.

    \b
    Example:
      difang health --fail-on layout_changed --fail-on quiet
    """
    declared = load_publishers(session.settings.publishers)
    with connect(session.settings.warehouse_location) as connection:
        findings = find_faults(
            connection,
            [p.id for p in declared.values() if p.active],
            now=now_utc(),
            fail_on=() if only_warn else fail_on or FAILING,
            ignore=ignore,
            days=days,
            stale_hours=stale_hours,
        )
    failed = [f for f in findings if f.fails]
    warned = [f for f in findings if not f.fails]
    if json_:
        click.echo(as_json({"failed": failed, "warned": warned}))
    elif findings:
        rows = [["fails" if f.fails else "warns", f.publisher_id, f.rule, f.says, f.command] for f in findings]
        print_rows(session.out, ["", "publisher", "rule", "says", "see the rows with"], rows)
    else:
        session.out.print("nothing is wrong with any publisher")
    if failed:
        raise click.exceptions.Exit(1)
