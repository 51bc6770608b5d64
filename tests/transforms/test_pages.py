"""Pages in the shape of the content systems that Chinese regional media use, each with a truth set down beside it.

The pages are ours: invented news in the markup of TRS WCM, Founder, Hanweb, Kaipu, PHPCMS, EmpireCMS, DedeCMS,
WordPress, Vue and React, digital papers, account platforms, and the tables of the two-thousands. ``truth.jsonl``
holds what a reader of the page would write down; `benchmarks/extraction.py tests/transforms/pages` shows the peers.
"""

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from records import Article, FetchedPage, canonicalize
from transforms.assembly import Reading
from transforms.reading import read_page

FOLDER = Path(__file__).parent / "pages"
ROWS = [json.loads(line) for line in (FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines()]


def read(row: dict[str, Any]) -> Article:
    page = FetchedPage(
        url=row["url"],
        canonical_url=canonicalize(row["url"]),
        publisher_id=None,
        fetched_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        body=(FOLDER / row["file"]).read_bytes(),
        body_sha256="0" * 64,
    )
    reading = read_page(page, None)
    assert isinstance(reading, Reading), reading
    return reading.article


def test_the_folder_is_whole() -> None:
    assert len(ROWS) >= 59
    assert Counter(row["file"] for row in ROWS) == Counter(file.name for file in FOLDER.glob("*.html"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_page(row: dict[str, Any]) -> None:
    article = read(row)
    assert article.paragraphs == tuple(row["body"].split("\n"))
    assert article.title == row["title"]
    assert article.kicker == row.get("kicker", "")
    assert article.subtitle == row.get("subtitle", "")
    assert str(article.published_date) == row["date"]
    if "time" in row:
        assert article.published_at is not None
        assert article.published_at.replace(second=0) == dt.datetime.fromisoformat(row["time"]).replace(second=0)
    if "origin" in row:
        assert article.source_name == row["origin"]
    assert set(row.get("author", "").split()) <= {*article.reporters, *article.editors}
