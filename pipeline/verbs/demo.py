"""`difang demo`: the whole way on two bundled newspapers."""

import click

from pipeline.cli import Session
from pipeline.demo import run_demo


@click.command()
@click.pass_obj
def command(session: Session) -> None:
    """Crawl two bundled newspapers, offline, land them, and ask the warehouse.

    The second run fetches nothing new: every page answers 304 (not modified), and no count changes.

    \b
    Example:
      difang --home difang-home/demo demo
    """
    run_demo(session.settings, session.out, session.err)
