"""`difang maintain`: small files merged, old snapshots, orphaned files and outlived raw bodies gone."""

import click

from pipeline.cli import Session
from pipeline.plain import as_json
from warehouse import MaintenanceReport, Warehouse


@click.command()
@click.option(
    "--keep-days",
    type=click.FloatRange(min=0.05),
    default=7.0,
    show_default=True,
    help="Days for which a snapshot is kept after the next one took its place.",
)
@click.option(
    "--orphan-days",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="Age at which a file that no snapshot names is deleted; it must outlast every transaction.",
)
@click.option(
    "--raw-days",
    type=click.FloatRange(min=1),
    help="Days for which raw bodies are kept after they were last fetched; articles remain.  [default: "
    "DIFANG_RAW_DAYS, else for ever]",
)
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(session: Session, keep_days: float, orphan_days: float, raw_days: float | None, json_: bool) -> None:
    """Merge small files, expire old snapshots, delete what nothing names any more. Safe beside readers and writers.

    Raw bodies older than --raw-days go too: what is gone cannot be reprocessed.

    \b
    Example:
      difang maintain --keep-days 30 --raw-days 365
    """
    kept = raw_days if raw_days is not None else session.settings.raw_days
    with Warehouse.open(session.settings.warehouse_location, must_exist=True) as warehouse:
        report = warehouse.maintain(keep_days=keep_days, orphan_days=orphan_days, raw_days=kept)
    if json_:
        click.echo(as_json(report))
    else:
        session.out.print("\n".join(_lines(report)), highlight=False, soft_wrap=True)


def _lines(report: MaintenanceReport) -> list[str]:
    """What was done, a line each; one line where nothing was to be done."""
    done = [
        (report.erased_bodies_count, f"raw bodies erased ({report.erased_bytes_count:,} bytes)"),
        (report.merged_files_count, f"small files merged into {report.created_files_count}"),
        (report.rewritten_files_count, "files written anew without their deleted rows"),
        (report.expired_snapshots_count, "snapshots expired"),
        (report.deleted_files_count, "files deleted that no snapshot names any more"),
        (report.orphaned_files_count, "orphaned files deleted"),
    ]
    lines = [f"{count:,} {what}" for count, what in done if count] or ["nothing was to be done"]
    if report.kept_from_at is not None:
        lines.append(f"raw bodies are kept from {report.kept_from_at:%Y-%m-%d} on")
    return [*lines, f"{sum(report.counts.values()):,} rows in {len(report.counts)} tables, each counted twice"]
