"""`difang forget`: an article or a person taken down, from every table, file, index and queue."""

import click

from crawlers.forgetting import forget_urls
from pipeline.cli import Session
from pipeline.plain import as_json
from records import UsageError, canonicalize
from warehouse import Warehouse
from warehouse.erasing import DEFAULT_GRACE_SECONDS, EraseReport
from warehouse.forgetting import ForgetReport
from warehouse.namesakes import scope_of


@click.command()
@click.argument("what")
@click.option("--region", default="", help="Of a person: code or name of the jurisdiction, with all below it.")
@click.option("--position", default="", help="Of a person: the position, as written or normalised.")
@click.option("--all-namesakes", is_flag=True, help="Of a person: everybody of that name.")
@click.option("--with-articles", is_flag=True, help="Of a person: take down the articles too that mention them.")
@click.option("--dry-run", is_flag=True, help="Count what would be taken down; change nothing.")
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=DEFAULT_GRACE_SECONDS,
    show_default=True,
    help="Seconds that queries under way are given before their files are deleted.",
)
@click.option("--json", "json_", is_flag=True, help="Print the report as one line of JSON on stdout.")
@click.pass_obj
def command(
    session: Session,
    what: str,
    region: str,
    position: str,
    all_namesakes: bool,
    with_articles: bool,
    dry_run: bool,
    grace: float,
    json_: bool,
) -> None:
    """Take WHAT down, the URL of an article or the name of a person, and keep it from coming back.

    An article goes with every version, body, tag and link, from the search index and the frontier; a person with every
    mention, while texts stay (see --with-articles). The lake's older snapshots are given up. docs/operations.md says
    what is kept instead, and what lies outside.

    \b
    Examples:
      difang forget http://www.lufengwang.example/zq/xw/202201/t20220117_4207771.htm --dry-run
      difang forget 王建国 --region 章丘区 --position 区委书记
    """
    settings = session.settings
    is_url = "://" in what
    if is_url and (region or position or all_namesakes or with_articles):
        raise UsageError("--region, --position, --all-namesakes and --with-articles go with a name, not with a URL")
    urls = [_canonical(what)] if is_url else []
    with Warehouse.open(settings.warehouse_location, must_exist=True) as warehouse:
        person = None
        if not is_url:
            person = scope_of(
                warehouse.connection, what.strip(), region=region, position=position, all_namesakes=all_namesakes
            )
        report = warehouse.forget(urls, person=person, with_articles=with_articles, dry_run=dry_run)
        struck = forget_urls(settings.frontier_url, report.article_ids, dry_run=dry_run) if report.article_ids else 0
        erased = None if dry_run else warehouse.erase(grace_seconds=grace)
    said = {"what": "article" if is_url else "person", "frontier_urls_count": struck, "files": erased}
    if json_:
        click.echo(as_json({**said, **_plain(report)}))
    else:
        session.out.print(_sentence(report, struck, erased), highlight=False, soft_wrap=True)
    if erased is not None and not erased.is_complete:
        raise click.exceptions.Exit(1)


def _canonical(url: str) -> str:
    try:
        return canonicalize(url)
    except ValueError as error:
        raise UsageError(f"{url} is no http or https URL, and a name holds no '://'") from error


def _plain(report: ForgetReport) -> dict[str, object]:
    return {
        "rows": report.rows,
        "tombstones_count": report.tombstones_count,
        "article_ids": report.article_ids,
        "is_dry_run": report.is_dry_run,
    }


def _sentence(report: ForgetReport, struck: int, erased: EraseReport | None) -> str:
    rows = ", ".join(f"{name} {count}" for name, count in report.rows.items()) or "no row"
    tombstones = f"tombstones {report.tombstones_count}, URLs of the frontier {struck}"
    if erased is None:
        return f"would take down: {rows}; {tombstones}; nothing was changed"
    files = f"{erased.rewritten_files_count} files written anew, {erased.deleted_files_count} deleted"
    left = ""
    if erased.young_files_count:
        left = f"; {erased.young_files_count} files that nothing names are too young to be deleted: repeat in an hour"
    if erased.catalog_fault:
        left += f"; the catalogue's free pages were not cleared ({erased.catalog_fault}): repeat"
    return f"taken down: {rows}; {tombstones}; {files}{left}"
