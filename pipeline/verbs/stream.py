"""`difang stream`: publishers followed without an end, in one process."""

import os
import sys
from collections.abc import Sequence

import click

from crawlers import CrawlOptions, find_publisher, load_publishers
from pipeline.cli import Session
from pipeline.crawl_ids import new_crawl_id
from pipeline.ingest import Tally
from pipeline.plain import as_json
from pipeline.progress import show_progress
from pipeline.streaming import PUBLISHERS_CHANGED, StreamOptions, stream
from pipeline.verbs.ingest import describe
from records import Publisher, UsageError

LOG_SECONDS = 60.0


@click.command()
@click.argument("publishers", nargs=-1, metavar="[PUBLISHER]...")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles published on this day or later.")
@click.option(
    "--poll-seconds",
    type=click.FloatRange(min=1),
    help="No listing that answers waits longer for its next poll.  [default: its own rhythm, 5 min to 1 day]",
)
@click.option(
    "--revisit",
    type=click.Choice(["due", "none"]),
    default="due",
    show_default=True,
    help="Whether landed articles are asked for again (conditionally) to catch edits and removals.",
)
@click.option(
    "--within-seconds",
    type=click.FloatRange(min=1),
    default=10.0,
    show_default=True,
    help="How soon after its page was fetched an article is to be queryable; fewer pages are taken on when late.",
)
@click.option(
    "--marts-minutes",
    type=click.FloatRange(min=0),
    default=5.0,
    show_default=True,
    help="Minutes between refreshes of the marts; 0: leave them to Airflow or to difang refresh.",
)
@click.option(
    "--maintain-hours",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    help="Hours between maintenance of the warehouse; 0: leave it to difang maintain.",
)
@click.option(
    "--keep-days", type=click.FloatRange(min=0), default=7.0, show_default=True, help="Age of kept snapshots."
)
@click.option("--health-port", type=click.IntRange(0, 65535), help="Answer /health and /metrics there (0: a free one).")
@click.option("--health-host", default="127.0.0.1", show_default=True, help="Address on which --health-port is opened.")
@click.option("--max-minutes", type=click.FloatRange(min=0, min_open=True), help="Stop after so long.")
@click.option("--workers", type=click.IntRange(min=1), help="Transform processes (DIFANG_WORKERS).  [default: cores]")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout, at the end.")
@click.pass_obj
def command(
    session: Session,
    publishers: tuple[str, ...],
    since: click.DateTime | None,
    poll_seconds: float | None,
    revisit: str,
    within_seconds: float,
    marts_minutes: float,
    maintain_hours: float,
    keep_days: float,
    health_port: int | None,
    health_host: str,
    max_minutes: float | None,
    workers: int | None,
    json_: bool,
) -> None:
    """Follow publishers: poll each listing and feed at its own rhythm, land articles within seconds, until stopped.

    Without a PUBLISHER all active ones are followed. Marts, merging of files and old snapshots are looked after on the
    way. Ctrl-C or SIGTERM lands what is under way. When a declaration of a publisher changes, the process lands what
    it has and starts itself anew.

    \b
    Example:
      difang stream lufengwang --health-port 8601
    """
    settings = session.settings.model_copy(update={"workers": workers} if workers else {})

    def choose() -> Sequence[Publisher]:
        declared = load_publishers(settings.publishers)
        chosen = [find_publisher(declared, p) for p in publishers] or [p for p in declared.values() if p.active]
        if not chosen:
            raise UsageError("no publisher is active: name one of " + ", ".join(sorted(declared)))
        return chosen

    options = CrawlOptions(
        crawl_id=new_crawl_id(),
        since=since.date() if since else None,  # type: ignore[attr-defined]
        max_seconds=60 * max_minutes if max_minutes else None,
        revisit=revisit,  # type: ignore[arg-type]
        poll="due",
        max_poll_seconds=poll_seconds,
        proxy_url=settings.proxy_url,
        user_agent=settings.user_agent,
    )
    how = StreamOptions(
        target_seconds=within_seconds,
        marts_seconds=60 * marts_minutes or None,
        maintain_seconds=3600 * maintain_hours or None,
        keep_days=keep_days,
        health_host=health_host,
        health_port=health_port,
    )
    tally = Tally()
    with show_progress(tally, session.err, LOG_SECONDS):
        report = stream(choose, settings, options, how, tally)
    if json_:
        click.echo(as_json(report.as_json()))
    else:
        session.err.print(describe(report), highlight=False)
    if report.finish_reason == PUBLISHERS_CHANGED:
        session.err.print("difang: the declarations of publishers have changed: starting anew", highlight=False)
        # Scrapy's reactor runs once in a process. The same command takes this one's place: same number, same parent.
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, "-m", "pipeline", *sys.argv[1:]])  # noqa: S606 (our own command)
