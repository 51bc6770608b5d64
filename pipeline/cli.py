"""The `difang` command: one verb a file in `pipeline/verbs`, loaded only when it is called.

Exit codes: 0 done, 1 failed, 2 bad usage. Whatever difang itself can name is said in one sentence on stderr.
"""

import importlib
import importlib.metadata
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.logging import RichHandler

from pipeline.settings import Settings, read_settings
from records import DifangError, UsageError

VERBS = {
    "demo": "The whole way on two bundled newspapers, offline: crawl, land, query.",
    "init": "Lay the warehouse and the frontier, or bring older ones forward.",
    "ingest": "Crawl publishers, transform and land what is new.",
    "stream": "Follow publishers: the same, without an end, each listing at its own rhythm.",
    "extract": "Read one page or text and print what it says; nothing is stored.",
    "reprocess": "Read raw pages that have landed again, by today's rules.",
    "publishers": "List the declared publishers, propose one from its home page, check them live.",
    "sql": "Query the warehouse.",
    "search": "Find articles by words.",
    "changes": "What has landed since a snapshot, as rows or as newline JSON.",
    "status": "What has landed, what is pending, what was rejected.",
    "refresh": "Rebuild the marts from what has landed.",
    "publish": "Write the marts as files for dashboards, swapped in at once.",
    "health": "Tell which publisher needs a look: quiet, degraded, rejects up, stale.",
    "metrics": "Print or serve the pipeline's counters for Prometheus.",
    "check": "Run the warehouse's checks and show the offending rows.",
    "maintain": "Merge small files, expire old snapshots, delete orphaned files.",
    "export": "Write the current rows as Parquet by month and province, for Spark and Trino.",
    "forget": "Take an article or a person down, from every table and file, and keep it out.",
    "airflow": "Run a local Airflow with the DAGs of difang.",
}


PIPE_WIDTH = 400
"""Columns where no terminal says how many there are: wider than any row of ours, so that nothing is folded."""


@dataclass(slots=True)
class Session:
    """What the verbs share: the settings, and consoles for results (stdout) and for words to a person (stderr)."""

    settings: Settings
    out: Console
    err: Console


class Verbs(click.Group):
    """A group whose commands are the modules of `pipeline.verbs`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table, the usual way of a newcomer."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, imported now."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"pipeline.verbs.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing any verb."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Print the versions of difang and of its gazetteer and end, as `--version` does everywhere."""
    if not value or ctx.resilient_parsing:
        return
    from transforms.gazetteer import Gazetteer  # noqa: PLC0415  (half a second that no other verb should pay here)

    version = importlib.metadata.version("difang")
    click.echo(f"difang, version {version}\ngazetteer of {Gazetteer.load().as_of:%Y-%m-%d}")
    ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the warehouse, frontier and logs (DIFANG_HOME).  [default: difang-home]",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show difang's version and the day of its gazetteer, and exit.",
)
@click.pass_context
def cli(ctx: click.Context, home: Path | None, verbose: bool) -> None:
    """Difang 地方: regional news, from the publisher's page to a SQL row.

    `difang VERB --help` shows a verb's options with an example.
    """
    err = Console(stderr=True)
    # A terminal gets short coloured lines; a file, or Airflow's task log, gets lines that grep can take.
    if err.is_terminal:
        handler: logging.Handler = RichHandler(console=err, show_path=False, show_time=False, markup=False)
        line = "%(message)s"
    else:
        handler, line = logging.StreamHandler(), "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.WARNING, format=line, handlers=[handler], force=True)
    logging.getLogger("difang").setLevel(logging.DEBUG if verbose else logging.INFO)
    settings = read_settings(home)
    # The room `warehouse` and child processes find the same home by the environment.
    os.environ["DIFANG_HOME"] = str(settings.home.resolve())
    ctx.obj = Session(settings=settings, out=_result_console(), err=err)


def _result_console() -> Console:
    """The console for results: as wide as the terminal, or as the rows need where a pipe or a file reads them."""
    return Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=PIPE_WIDTH)


def main() -> None:
    """Run the command line; the entry point of the `difang` script."""
    try:
        code = cli.main(prog_name="difang", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("difang: interrupted", err=True)
        code = 130
    except UsageError as error:
        click.echo(f"difang: {error}", err=True)
        code = 2
    except DifangError as error:
        click.echo(f"difang: {error}", err=True)
        code = 1
    except Exception as error:
        from warehouse.damage import tell_damage  # noqa: PLC0415 (--help is to come without DuckDB)

        if not (sentence := tell_damage(error)):
            raise
        click.echo(f"difang: {sentence}", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
