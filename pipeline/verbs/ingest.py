"""`difang ingest`: one crawl of one or more publishers, or archives and files of theirs, landed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from crawlers import CrawlOptions, find_publisher, load_publishers
from crawlers.archives import Hosts
from crawlers.archives.files import read_sidecar
from pipeline.archives import ArchiveReport, file_entries, ingest_entries, warc_entries
from pipeline.cli import Session
from pipeline.crawl_ids import new_crawl_id
from pipeline.ingest import IngestReport, Tally, Way, ingest
from pipeline.plain import as_json
from pipeline.progress import show_progress
from pipeline.run_checks import RunChecks
from pipeline.settings import Settings
from records import Publisher, UsageError


@click.command()
@click.argument("publishers", nargs=-1, metavar="[PUBLISHER|FILE]...")
@click.option("--warc", is_flag=True, help="The arguments are WARC archives (.warc, .warc.gz), not publishers.")
@click.option("--files", is_flag=True, help="The arguments are HTML or text files, or folders of them.")
@click.option("--publisher", "only", help="With --warc: only this publisher's pages. With --files: whose they are.")
@click.option("--any-host", is_flag=True, help="With --warc: pages of hosts that no publisher declares, too.")
@click.option(
    "--urls",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --files: a TSV of path and URL, paths relative to its own folder.",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles published on this day or later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only articles published on this day or earlier.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many article pages a publisher.")
@click.option(
    "--revisit",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    show_default=True,
    help="Which landed articles are asked for again (conditionally) to catch edits and removals.",
)
@click.option(
    "--poll",
    type=click.Choice(["all", "due"]),
    default="all",
    show_default=True,
    help="Which listings and feeds are asked: all, or those whose own interval has passed (for short intervals).",
)
@click.option(
    "--max-minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop after so long, land what came, leave the rest to the next run.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Transform processes (DIFANG_WORKERS).  [default: cores]")
@click.option("--crawl-id", help="Name the crawl yourself, for example by the run of a scheduler.")
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(
    session: Session,
    publishers: tuple[str, ...],
    warc: bool,
    files: bool,
    only: str | None,
    any_host: bool,
    urls: Path | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    revisit: Literal["due", "all", "none"],
    poll: Literal["all", "due"],
    max_minutes: float | None,
    workers: int | None,
    crawl_id: str | None,
    json_: bool,
) -> None:
    """Crawl publishers, transform and land what is new.

    Without a PUBLISHER all active ones are crawled. Ctrl-C, and the end of --max-minutes, finish what is under way
    and land it; whatever is left stays pending for the next run.

    \b
    Example:
      difang ingest lufengwang --since 2024-05-01
    """
    if since and until and since > until:
        raise UsageError(f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}: swap them")
    settings = session.settings.model_copy(update={"workers": workers} if workers else {})
    declared = load_publishers(settings.publishers)
    if warc or files:
        if warc and files:
            raise UsageError("--warc and --files exclude each other: run one after the other")
        if since or until or limit:
            raise UsageError("--since, --until and --limit choose what is crawled: an archive is read as a whole")
        if (any_host and not warc) or (urls and not files):
            raise UsageError("--any-host goes with --warc, --urls with --files")
        paths = [Path(p) for p in publishers]
        owner = find_publisher(declared, only) if only else None
        archives = Archives(paths, is_warc=warc, owner=owner, any_host=any_host, urls=urls)
        read_archives(session, settings, declared, archives, crawl_id or new_crawl_id(), json_=json_)
        return
    if only or any_host or urls:
        raise UsageError("--publisher, --any-host and --urls go with --warc or --files: name publishers as arguments")
    chosen = [find_publisher(declared, p) for p in publishers] or [p for p in declared.values() if p.active]
    if not chosen:
        raise UsageError("no publisher is active: name one of " + ", ".join(sorted(declared)))
    options = CrawlOptions(
        crawl_id=crawl_id or new_crawl_id(),
        since=since.date() if since else None,
        until=until.date() if until else None,
        limit=limit,
        max_seconds=60 * max_minutes if max_minutes else None,
        revisit=revisit,
        poll=poll,
        proxy_url=settings.proxy_url,
        user_agent=settings.user_agent,
    )
    tally = Tally()
    checks = RunChecks()
    with show_progress(tally, session.err):
        report = ingest(chosen, settings, options, tally, Way(beside=checks.around))
    tell(session, report, describe(report), checks, json_=json_)
    for publisher in report.unreachable:
        session.err.print(f"difang: {publisher} did not answer; the next run asks again", style="bold red")
    if report.finish_reason == "interrupted":
        raise click.exceptions.Exit(130)
    if checks.failed or len(report.unreachable) == len(chosen):
        raise click.exceptions.Exit(1)


@dataclass(frozen=True, slots=True)
class Archives:
    """What is to be read instead of crawled."""

    paths: list[Path]
    is_warc: bool
    owner: Publisher | None
    any_host: bool
    urls: Path | None


def read_archives(
    session: Session,
    settings: Settings,
    declared: dict[str, Publisher],
    archives: Archives,
    crawl_id: str,
    *,
    json_: bool,
) -> None:
    """Read archives or files, land them, tell what came of it. Raises UsageError for a path that does not exist."""
    if not archives.paths:
        raise UsageError("there is nothing to read: name one or more files")
    for path in archives.paths:
        if not path.exists() or (archives.is_warc and path.is_dir()):
            raise UsageError(f"{path} is no file that can be read: give the path of one")
    hosts, damaged = Hosts(declared.values()), list[str]()
    if archives.is_warc:
        only = frozenset({archives.owner.id} if archives.owner else ())
        entries = warc_entries(archives.paths, hosts, damaged, only=only, any_host=archives.any_host, crawl_id=crawl_id)
    else:
        urls = read_sidecar(archives.urls) if archives.urls else {}
        entries = file_entries(archives.paths, hosts, publisher=archives.owner, urls=urls, crawl_id=crawl_id)
    tally = Tally()
    checks = RunChecks()
    with show_progress(tally, session.err):
        report = ingest_entries(entries, declared, settings, crawl_id, tally, damaged, checks)
    tell(session, report, describe_archives(report), checks, json_=json_)
    for sentence in report.damaged:
        session.err.print(f"difang: {sentence}", style="bold red", highlight=False)
    if report.finish_reason == "interrupted":
        raise click.exceptions.Exit(130)
    if report.damaged or checks.failed:
        raise click.exceptions.Exit(1)


def tell(
    session: Session, report: IngestReport | ArchiveReport, described: str, checks: RunChecks, *, json_: bool
) -> None:
    """Print what a run did, and what its checks found."""
    if json_:
        click.echo(as_json(report.as_json() | {"checks": checks.as_json()}))
    else:
        session.err.print(described, highlight=False)
    if checks.failed or (checks.checks_count and not json_):
        session.err.print(str(checks), style="bold red" if checks.failed else "", highlight=False)


def describe_archives(report: ArchiveReport) -> str:
    """What reading archives did, in a few words."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in report.rejected.items())
    skips = ", ".join(f"{reason} {count}" for reason, count in report.skipped.items())
    return (
        f"{report.versions} article versions landed, {report.unchanged} unchanged, {report.already_landed} had landed "
        f"before, {sum(report.rejected.values())} rejected ({reasons or 'none'}), {sum(report.skipped.values())} "
        f"skipped ({skips or 'none'}) in {report.seconds:g} s ({report.finish_reason})"
    )


def describe(report: IngestReport) -> str:
    """What a run did, in a few words."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in report.rejected.items())
    return (
        f"{', '.join(report.publishers)}: {report.versions} article versions landed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {sum(report.rejected.values())} rejected ({reasons or 'none'}), "
        f"{report.pending} pending; {report.requests} requests, {report.not_modified} of them not modified, "
        f"in {report.seconds:g} s ({report.finish_reason})"
    )
