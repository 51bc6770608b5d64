"""A proposal and a check as a person reads them, and as JSON."""

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from pipeline.checking import FIELDS, PublisherCheck
from pipeline.cli import Session
from pipeline.plain import as_plain
from pipeline.probing.declaration import declaration_text
from pipeline.probing.proposal import Preview, Proposal
from pipeline.probing.saving import Saved
from records import Rejected


def show_proposal(session: Session, proposal: Proposal) -> None:
    """Print the declaration, the preview and what a person should know."""
    session.out.print(declaration_text(proposal.publisher), highlight=False, markup=False)
    session.out.print(f"region: {proposal.region_evidence}; encoding: {', '.join(proposal.encodings) or 'unknown'}")
    table = Table(
        "title", "date", "source", "characters", "region", title="preview", title_justify="left", box=SIMPLE_HEAD
    )
    for preview in proposal.previews:
        row = preview_as_plain(preview)
        table.add_row(
            *(escape(str(row.get(name) or "")) for name in ("title", "date", "source", "characters", "region"))
        )
    session.out.print(table)
    for note in proposal.survey.notes:
        session.err.print(f"note: {note}", highlight=False, markup=False)


def proposal_as_plain(proposal: Proposal, saved: Saved | None) -> dict[str, Any]:
    """The object that `difang publishers new --json` prints."""
    return {
        "publisher": as_plain(proposal.publisher),
        "region_evidence": proposal.region_evidence,
        "encodings": list(proposal.encodings),
        "requests": proposal.survey.requests_count,
        "preview": [preview_as_plain(preview) for preview in proposal.previews],
        "notes": list(proposal.survey.notes),
        "written": None if saved is None else str(saved.declaration),
        "pages": [] if saved is None else [str(path) for path in saved.pages],
        "goldens": [] if saved is None else [str(path) for path in saved.goldens],
    }


def preview_as_plain(preview: Preview) -> dict[str, Any]:
    """One line of the preview."""
    if isinstance(preview.result, Rejected):
        return {"url": preview.page.url, "title": f"no article ({preview.result.reason}): {preview.result.detail}"}
    article = preview.result.article
    primary = next((f"{t.region_code} {t.region_name}" for t in preview.result.regions if t.is_primary), None)
    return {
        "url": article.url,
        "title": article.title,
        "date": as_plain(article.published_date),
        "source": article.source_name,
        "characters": len(article.text),
        "region": primary,
    }


def show_check(session: Session, found: PublisherCheck) -> None:
    """Print what a check found."""
    verdict = "holds" if found.holds else "does not hold"
    session.out.print(
        f"{found.publisher_id} {verdict}: {found.articles} articles from {found.pages} pages, "
        f"{found.mean_characters} characters on average; rejected: {found.rejected or 'none'}",
        highlight=False,
        markup=False,
    )
    fields = Table("field", "filled", "in what has landed", box=SIMPLE_HEAD)
    for field in FIELDS:
        before = f"{found.history[field]:.0%}" if field in found.history else "no history"
        fields.add_row(field, f"{found.completeness[field]:.0%}", before)
    session.out.print(fields)
    sources = Table("source", "section", "links", "outcome", "address", box=SIMPLE_HEAD)
    for source in found.sources:
        sources.add_row(source.kind, source.section or "", str(source.links_count), source.outcome, escape(source.url))
    session.out.print(sources)
    for flag in found.flags:
        session.out.print(f"flagged against its own history: {flag}", highlight=False, markup=False)
    for fault in found.faults:
        session.err.print(f"difang: {found.publisher_id}: {fault}", highlight=False, markup=False)
