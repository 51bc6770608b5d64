"""`difang extract`: one page through the transforms, nothing stored."""

import sys
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from crawlers import find_publisher, load_publishers
from pipeline.cli import Session
from pipeline.fetching import fetch_one
from pipeline.plain import LOCAL, as_json, extraction_as_plain
from records import Precision, Rejected, TaggedArticle, UsageError
from transforms import extract, transform_page
from transforms.extraction import looks_like_html


@click.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--url", default="", help="The page's address, where FILE or - does not tell it.")
@click.option("--publisher", help="The publisher's id: its layouts apply, its region is a prior.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object (docs/python.md describes it).")
@click.pass_obj
def command(session: Session, source: str, url: str, publisher: str | None, json_: bool) -> None:
    """Read one page (HTML) or plain text and print what it says; nothing is stored.

    Exits with 1 when the page holds no article, and says why.

    \b
    Example:
      difang extract seeds/articles/zhangqiu-2022-01-17.txt
    """
    declared = find_publisher(load_publishers(session.settings.publishers), publisher) if publisher else None
    if source.lower().startswith(("http://", "https://")):
        fetched = fetch_one(source, session.settings)
        result = fetched if isinstance(fetched, Rejected) else transform_page(fetched, declared)
    else:
        body = _read(source)
        result = extract(body if looks_like_html(body) else _decode(body, source), url, declared)
    if json_:
        click.echo(as_json(extraction_as_plain(result), indent=2))
    elif isinstance(result, TaggedArticle):
        show(session, result)
    if isinstance(result, Rejected):
        click.echo(f"difang: no article ({result.step}: {result.reason}): {result.detail}", err=True)
        raise click.exceptions.Exit(1)


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    path = Path(source)
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {source!r} ({error.strerror}): give a file, a URL or - for stdin") from error


def _decode(body: bytes, source: str) -> str:
    """Plain text from bytes: UTF-8, else GB18030, the two encodings that Chinese text files come in."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{source!r} is neither UTF-8 nor GB18030 text: convert it, or give the HTML page")


def show(session: Session, tagged: TaggedArticle) -> None:
    """Print the article and its tags for a person."""
    article, out = tagged.article, session.out
    facts = Table.grid(padding=(0, 2))
    facts.add_column()
    facts.add_column(overflow="fold")
    published = article.published_at.astimezone(LOCAL) if article.published_at else None
    known_to = {Precision.DAY: "%Y-%m-%d", Precision.HOUR: "%Y-%m-%d, about %H:00"}
    shown = known_to.get(article.published_precision or Precision.MINUTE, "%Y-%m-%d %H:%M")
    rows = [
        ("title", article.title),
        ("subtitle", article.subtitle),
        ("dateline", article.dateline.raw if article.dateline else ""),
        ("published", f"{published:{shown}}" if published else "unknown"),
        ("evidence", article.published_evidence),
        ("event date", str(article.event_date or "")),
        ("source", article.source_name or ""),
        ("credit line", article.credit_line),
        ("reporters", "、".join(article.reporters)),
        ("correspondents", "、".join(article.correspondents)),
        ("editors", "、".join(article.editors)),
        ("text", f"{len(article.text)} characters in {len(article.paragraphs)} paragraphs"),
        ("lede", article.lede),
        ("flags", ", ".join(article.quality_flags)),
    ]
    for name, value in rows:
        if value:
            facts.add_row(f"[bold]{name}", value)
    out.print(facts)
    out.print(
        _table(
            "regions",
            ["code", "name", "primary", "role", "surface", "score", "rule"],
            [
                [
                    r.region_code,
                    r.region_name,
                    "yes" if r.is_primary else "",
                    r.role,
                    r.surface,
                    f"{r.score:.2f}",
                    r.rule,
                ]
                for r in tagged.regions
            ],
        )
    )
    out.print(
        _table(
            "officials",
            ["name", "position", "region", "role", "surface", "at", "rule"],
            [
                [
                    o.name,
                    o.position or "、".join(o.positions_normalised),
                    o.region_code or "",
                    o.role,
                    o.surface,
                    f"{o.field}:{o.start}",
                    o.rule,
                ]
                for o in tagged.officials
            ],
        )
    )
    out.print(
        _table(
            "changes of office",
            ["name", "change", "from", "position", "decided by", "on", "surface"],
            [
                [
                    c.name,
                    c.kind,
                    c.from_position,
                    c.position,
                    c.decided_by,
                    str(c.decided_date or ""),
                    c.surface,
                ]
                for c in tagged.office_changes
            ],
        )
    )
    out.print(
        _table(
            "related links",
            ["#", "kind", "date", "anchor text", "url"],
            [
                [str(x.position), x.kind, str(x.published_date or ""), x.anchor_text, x.to_url or ""]
                for x in tagged.related_links
            ],
        )
    )


def _table(title: str, columns: list[str], rows: list[list[str]]) -> Table:
    table = Table(title=f"{title} ({len(rows)})", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
