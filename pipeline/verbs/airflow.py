"""`difang airflow`: a local Airflow with the DAGs."""

import click

from pipeline.airflow_local import run_airflow
from pipeline.cli import Session


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port on 127.0.0.1.")
@click.pass_obj
def command(session: Session, port: int) -> None:
    """Run a local Airflow with the DAGs of difang, on loopback, until Ctrl-C. docs/airflow.md shows how to use it.

    \b
    Example:
      difang airflow --port 8080
    """
    raise click.exceptions.Exit(run_airflow(session.settings.home, port))
