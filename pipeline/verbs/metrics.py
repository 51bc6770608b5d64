"""`difang metrics`: what Prometheus reads, printed, written to a file, or served."""

import re
import threading
from pathlib import Path

import click
from prometheus_client import start_http_server, write_to_textfile
from prometheus_client.exposition import generate_latest

from pipeline.cli import Session
from pipeline.metrics import registry_of
from records import UsageError


@click.command()
@click.option("--serve", metavar="HOST:PORT", help="Answer GET /metrics there until stopped.")
@click.option(
    "--textfile",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a file for node_exporter, swapped in whole.",
)
@click.pass_obj
def command(session: Session, serve: str | None, textfile: Path | None) -> None:
    """Print the pipeline's metrics: articles, requests, rejects by reason, lag, the frontier's depth.

    They are the tables' own counts, so they hold over processes, hosts and restarts. docs/operations.md lists them;
    `monitoring/grafana/difang.json` shows them.

    \b
    Example:
      difang metrics --serve 127.0.0.1:9464
    """
    registry = registry_of(session.settings)
    if serve and textfile:
        raise UsageError("--serve and --textfile exclude each other: a file is read by another exporter")
    if textfile:
        write_to_textfile(str(textfile), registry)
        return
    if not serve:
        click.echo(generate_latest(registry).decode(), nl=False)
        return
    host, port = read_address(serve)
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise UsageError(f"--serve {serve} cannot be opened ({error.strerror}): choose another port") from error
    session.err.print(f"http://{host}:{server.server_port}/metrics", highlight=False)
    try:
        threading.Event().wait()
    finally:
        server.shutdown()
        thread.join()


def read_address(text: str) -> tuple[str, int]:
    """Host and port. Raises UsageError."""
    found = re.fullmatch(r"\[?([^\[\]]+)\]?:(\d{1,5})", text)
    if found is None or int(found[2]) > 65535:
        raise UsageError(f"--serve {text!r} is no address; give HOST:PORT, such as 127.0.0.1:9464")
    return found[1], int(found[2])
