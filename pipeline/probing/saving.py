"""A proposal on disk: the TOML, two of its pages as received, and what we read in them, not yet reviewed."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers import load_publishers
from pipeline.plain import as_json, as_plain
from pipeline.probing.declaration import declaration_text
from pipeline.probing.proposal import Preview, Proposal
from records import Article, TaggedArticle, UsageError

FIELDS = (
    "title", "kicker", "subtitle", "published_precision", "source_name", "source_url", "reporters", "correspondents",
    "photographers", "editors", "reviewers", "paragraphs",
)  # fmt: skip
GOLDENS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The files that were written."""

    declaration: Path
    pages: tuple[Path, ...]
    goldens: tuple[Path, ...]


def refuse_existing(declaration: Path) -> None:
    """Raise UsageError where a declaration exists already."""
    if declaration.exists():
        raise UsageError(f"{declaration} exists already: give another --id, another --out, or --force to replace it")


def save_proposal(proposal: Proposal, folder: Path, *, overwrite: bool = False) -> Saved:
    """Write a proposal into a folder of publishers. Raises UsageError where the TOML exists already.

    The pages lie in ``pages/<id>/``, the goldens in ``goldens/<id>/``, as tests/goldens keeps them.
    """
    publisher = proposal.publisher
    target = folder / f"{publisher.id}.toml"
    if not overwrite:
        refuse_existing(target)
    comments = [
        f"Proposed by `difang publishers new {proposal.survey.home_url}`; read it before you crawl with it.",
        f"`difang publishers check {publisher.id} --activate` proves it live and switches it on.",
    ]
    if publisher.region_code is None:
        comments.append(f"No region_code: {proposal.region_evidence}; add the adcode that it reports on.")
    text = declaration_text(publisher, comments)
    with tempfile.TemporaryDirectory(prefix="difang-") as trial:
        (Path(trial) / target.name).write_text(text, encoding="utf-8")
        load_publishers(Path(trial))  # what we write ourselves must be readable, whatever the site's pages say
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    chosen = goldens_of(proposal.previews)
    pages = [_write(folder / "pages" / publisher.id / f"{_stem(a)}.html", p.page.body) for p, a in chosen]
    goldens = [
        _write(
            folder / "goldens" / publisher.id / f"{_stem(a)}.json", (as_json(golden(a, p), indent=1) + "\n").encode()
        )
        for p, a in chosen
    ]
    return Saved(declaration=target, pages=tuple(pages), goldens=tuple(goldens))


def goldens_of(previews: Sequence[Preview]) -> list[tuple[Preview, Article]]:
    """The two previewed articles that say most: the ones with the most fields filled, longer texts first."""
    articles = [(p, p.result.article) for p in previews if isinstance(p.result, TaggedArticle)]

    def richness(entry: tuple[Preview, Article]) -> tuple[int, int]:
        article = entry[1]
        filled = [article.published_at, article.source_name, article.dateline, article.reporters, article.editors]
        return sum(bool(value) for value in filled), len(article.text)

    return sorted(articles, key=richness, reverse=True)[:GOLDENS]


def golden(article: Article, preview: Preview) -> dict[str, Any]:
    """What the extraction reads, in the form of tests/goldens; `reviewed` is false until a person has read it."""
    assert isinstance(preview.result, TaggedArticle)
    plain = as_plain(article)
    primary = next((tag.region_code[:6] for tag in preview.result.regions if tag.is_primary), None)
    related = [[x.anchor_text, x.to_url, as_plain(x.published_date)] for x in preview.result.related_links]
    return {
        "reviewed": False,
        "url": article.url,
        **{name: plain[name] for name in FIELDS},
        "published_at": plain["published_at"],
        "dateline": article.dateline.raw if article.dateline else None,
        "related": related,
        "primary_region": primary,
    }


def _stem(article: Article) -> str:
    """A file's name of our own making: nothing of it comes from the page but the day."""
    return f"{article.published_date or 'undated'}_{article.article_id[:8]}"


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
