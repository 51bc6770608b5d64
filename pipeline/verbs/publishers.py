"""`difang publishers`: what is declared, a declaration proposed from a home page, declarations proved live."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.table import Table

from crawlers import CrawlOptions, find_publisher, load_publishers
from pipeline.checking import check_publishers
from pipeline.cli import Session
from pipeline.crawl_ids import new_crawl_id
from pipeline.plain import LOCAL, as_json, as_plain
from pipeline.probing import propose, save_proposal
from pipeline.probing.declaration import marked_as_proved
from pipeline.probing.identity import publisher_id
from pipeline.probing.saving import refuse_existing
from pipeline.probing.showing import proposal_as_plain, show_check, show_proposal
from records import UsageError, seed_path

DELAY = "Seconds between two requests to one host; a longer Crawl-delay of robots.txt holds."


@click.group()
def command() -> None:
    """List the declared publishers, show one, propose a new one from its home page, or check some live.

    \b
    Example:
      difang publishers list
    """


@command.command("list")
@click.option("--region", help="Only those that report on a region or a part of it: an adcode, or how it begins.")
@click.option("--active/--inactive", default=None, help="Only those that a crawl takes unasked, or only the others.")
@click.option("--verified/--unverified", default=None, help="Only those that were proved live, or only the others.")
@click.option("--ids", is_flag=True, help="Print the ids alone, a line each, for another command.")
@click.option("--json", "json_", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def list_(
    session: Session, region: str | None, active: bool | None, verified: bool | None, ids: bool, json_: bool
) -> None:
    """Every declared publisher, a line each; or those of a region, of a state.

    \b
    Example:
      difang publishers list --region 37 --unverified
    """
    if region is not None and not re.fullmatch(r"[1-9]\d{1,5}", region):
        raise UsageError(f"--region {region!r} is no adcode, nor how one begins: write 37 for 山东, 370114 for 章丘")
    if ids and json_:
        raise UsageError("--ids and --json exclude each other")
    prefix = re.sub(r"(?:00)+$", "", region or "") if len(region or "") == 6 else region or ""
    chosen = [
        p
        for p in load_publishers(session.settings.publishers).values()
        if (p.region_code or "").startswith(prefix) and active in {None, p.active} and verified in {None, p.is_verified}
    ]
    if json_:
        click.echo(as_json([as_plain(p) for p in chosen]))
        return
    if ids:
        click.echo("".join(f"{p.id}\n" for p in chosen), nl=False)
        return
    table = Table("id", "name", "region", "sources", "active", "verified", "home")
    for p in chosen:
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
    session.err.print(
        f"{len(chosen)} publishers, {sum(p.active for p in chosen)} active, "
        f"{sum(p.is_verified for p in chosen)} verified",
        highlight=False,
    )


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


@command.command()
@click.argument("home_url")
@click.option("--id", "id_", help="The publisher's id.  [default: from the host]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into.  [default: DIFANG_PUBLISHERS, else ./publishers]",
)
@click.option("--force", is_flag=True, help="Replace a TOML that exists already.")
@click.option("--dry-run", is_flag=True, help="Show the proposal, write nothing.")
@click.option("--delay", type=click.FloatRange(min=0), default=2.0, show_default=True, help=DELAY)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def new(
    session: Session,
    home_url: str,
    id_: str | None,
    out: Path | None,
    force: bool,
    dry_run: bool,
    delay: float,
    json_: bool,
) -> None:
    """Survey a site by its home page and propose its declaration.

    Reads up to 45 pages behind the home page's navigation, its feeds and sitemaps, and tries which addresses are
    articles; robots.txt is obeyed. Writes <id>.toml (inactive, not yet verified), two pages as received and what
    difang reads in them.

    \b
    Example:
      difang publishers new http://www.yihewanbao.example/ --out my-publishers
    """
    if not home_url.lower().startswith(("http://", "https://")) or not urlsplit(home_url).hostname:
        raise UsageError(f"{home_url!r} is no address of a home page: give one that begins with http:// or https://")
    if id_ is not None and not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", id_):
        raise UsageError(f"--id {id_!r} is not valid: 2 to 40 lower-case letters, digits and _, a letter first")
    folder = out or session.settings.publishers or Path("publishers")
    if not (dry_run or force):  # before a survey of minutes, not after it
        refuse_existing(folder / f"{id_ or publisher_id(home_url)}.toml")
    settings = session.settings
    options = CrawlOptions(
        crawl_id=new_crawl_id(),
        proxy_url=settings.proxy_url,
        user_agent=settings.user_agent,
        allowed_private_hosts=(),
    )
    proposal = propose(
        home_url if urlsplit(home_url).path else home_url + "/",
        options,
        today=datetime.now(LOCAL).date(),
        delay=delay,
        chosen_id=id_,
        tell=lambda said: session.err.print(f"  {said}", highlight=False, markup=False),
    )
    saved = None if dry_run else save_proposal(proposal, folder, overwrite=force)
    if json_:
        click.echo(as_json(proposal_as_plain(proposal, saved)))
        return
    show_proposal(session, proposal)
    if saved is not None:
        session.err.print(
            f"{saved.declaration} written, with {len(saved.pages)} pages and what was read in them (unreviewed); next: "
            f"`DIFANG_PUBLISHERS={folder} difang publishers check {proposal.publisher.id} --activate`",
            highlight=False,
            markup=False,
        )


@command.command()
@click.argument("publishers", nargs=-1, required=True, metavar="PUBLISHER...")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Articles a publisher.")
@click.option("--activate", is_flag=True, help="Mark those that hold as verified today and active, in their TOML.")
@click.option("--json", "json_", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def check(session: Session, publishers: tuple[str, ...], limit: int, activate: bool, json_: bool) -> None:
    """Prove declarations live: ask every source once, read a few articles, report how complete they are.

    Nothing is stored. Exits with 1 when one does not hold: a source that fails or names nothing, pages that are no
    articles, a missing title, date or text, or a field that is filled far less often than in what has landed.

    \b
    Example:
      difang publishers check shunwang --activate
    """
    settings = session.settings
    declared = load_publishers(settings.publishers)
    chosen = [find_publisher(declared, name) for name in dict.fromkeys(publishers)]
    options = CrawlOptions(
        crawl_id=new_crawl_id(),
        limit=limit,
        revisit="none",
        proxy_url=settings.proxy_url,
        user_agent=settings.user_agent,
    )
    checks = check_publishers(chosen, settings, options)
    if json_:
        click.echo(as_json([{**as_plain(c), "holds": c.holds} for c in checks]))
    for found in checks:
        if not json_:
            show_check(session, found)
        if activate and found.holds:
            path = (settings.publishers or seed_path("publishers")) / f"{found.publisher_id}.toml"
            mark_as_proved(path)
    if not all(c.holds for c in checks):
        raise click.exceptions.Exit(1)


def mark_as_proved(path: Path) -> None:
    """Write verified, today's day and active into a publisher's TOML. Raises UsageError where it cannot be written."""
    try:
        text = marked_as_proved(path.read_text(encoding="utf-8"), datetime.now(LOCAL).date())
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}): copy it into a folder of yours, named by DIFANG_PUBLISHERS"
        ) from error
