"""Floors over all goldens of the bundled newspapers: what a Chinese editor says against what is read."""

import dataclasses
import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from records import Article, FetchedPage, Reason, Rejected, canonicalize, seed_path
from transforms.assembly import Reading
from transforms.moments import SHANGHAI
from transforms.reading import read_page

GOLDENS = Path(__file__).parents[1] / "goldens"
FETCHED_AT = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
CRAWLERS_REASONS = {"robots", "gone", "timeout", "http_error", "truncated", "too_large"}
"""Pages of these reasons never reach a transform."""

# field of the golden -> the share of goldens on which it must be exact
FLOORS = {
    "title": 0.99,
    "kicker": 0.98,
    "subtitle": 0.98,
    "time": 0.98,
    "precision": 0.98,
    "updated_at": 0.95,
    "source_name": 0.98,
    "source_url": 0.98,
    "reporters": 0.97,
    "correspondents": 0.97,
    "photographers": 0.95,
    "editors": 0.97,
    "reviewers": 0.97,
    "dateline": 0.98,
    "paragraphs": 0.97,
    "related": 0.97,
    "images": 0.95,
    "rejected": 1.0,
}


def golden_files() -> list[Path]:
    return sorted([*GOLDENS.glob("*/*.json"), *GOLDENS.glob("editions/*/*/*.json")])


def page_file(url: str, edition: str | None) -> Path | None:
    parts = urlsplit(url)
    roots = ([seed_path("newspapers/editions") / edition] if edition else []) + [seed_path("newspapers")]
    return next((file for root in roots if (file := root / parts.netloc / parts.path.lstrip("/")).is_file()), None)


def fetched(url: str, edition: str | None) -> FetchedPage | None:
    file = page_file(url, edition)
    if file is None:
        return None
    body = file.read_bytes()
    return FetchedPage(
        url=url,
        canonical_url=canonicalize(url),
        publisher_id=None,
        fetched_at=FETCHED_AT,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def further_pages(url: str, edition: str | None) -> tuple[FetchedPage, ...]:
    stem, dot, suffix = url.rpartition(".")
    pages = (fetched(f"{stem}_{number}{dot}{suffix}", edition) for number in range(1, 9))
    return tuple(page for page in pages if page is not None)


def read_golden(file: Path) -> tuple[dict[str, Any], Reading | Rejected | None]:
    golden = json.loads(file.read_text(encoding="utf-8"))
    edition = file.parts[-3] if "editions" in file.parts else None
    page = fetched(golden["url"], edition)
    if page is None:
        return golden, None
    return golden, read_page(dataclasses.replace(page, next_pages=further_pages(golden["url"], edition)), None)


def judge(golden: dict[str, Any], reading: Reading) -> dict[str, bool]:
    article = reading.article
    related = [
        [link.anchor_text, link.to_url, link.published_date.isoformat() if link.published_date else None]
        for link in reading.related_links
        if link.kind == "related"
    ]
    marks = {
        name: getattr(article, name) == golden[name]
        for name in ("title", "kicker", "subtitle", "source_name", "source_url")
    }
    for name in ("reporters", "correspondents", "photographers", "editors", "reviewers", "paragraphs"):
        marks[name] = list(getattr(article, name)) == golden[name]
    marks["time"] = local(article.published_at) == golden["published_at"]
    marks["precision"] = article.published_precision == golden["published_precision"]
    marks["dateline"] = (article.dateline.raw if article.dateline else None) == golden["dateline"]
    marks["related"] = related == golden["related"]
    marks["images"] = [[image.url, image.caption] for image in article.images] == [
        list(pair(i)) for i in golden.get("images", [])
    ]
    marks["updated_at"] = local(article.updated_at) == golden.get("updated_at")
    return marks


def pair(image: Any) -> tuple[str, str]:
    return (image["url"], image.get("caption", "")) if isinstance(image, dict) else (image[0], image[1])


def local(instant: dt.datetime | None) -> str | None:
    return instant.astimezone(SHANGHAI).isoformat() if instant else None


def test_goldens_hold_their_floors() -> None:
    files = golden_files()
    assert len(files) >= 80
    marks: dict[str, list[tuple[str, bool]]] = {name: [] for name in FLOORS}
    for file in files:
        golden, result = read_golden(file)
        if golden.get("rejected") in CRAWLERS_REASONS or (result is None and golden.get("rejected")):
            continue
        assert result is not None, f"{file.name}: its page is missing"
        expected = golden.get("rejected")
        got = result.reason if isinstance(result, Rejected) else None
        marks["rejected"].append((file.stem, got == expected))
        if expected is None and isinstance(result, Reading):
            for name, exact in judge(golden, result).items():
                marks[name].append((file.stem, exact))
    assert len(marks["title"]) >= 70
    low = {}
    for name, floor in FLOORS.items():
        wrong = [stem for stem, exact in marks[name] if not exact]
        if 1 - len(wrong) / len(marks[name]) < floor:
            low[name] = wrong
    assert not low


@pytest.fixture(scope="module")
def seed_page() -> Article:
    page = fetched("http://www.lufengwang.example/zq/xw/202201/t20220117_4207771.htm", None)
    assert page is not None
    reading = read_page(page, None)
    assert isinstance(reading, Reading)
    return reading.article


def test_seed_page_agrees_with_the_seed_text(seed_page: Article) -> None:
    """The HTML page and the plain text are one article: the same paragraphs, dateline, event and byline."""
    from transforms.plaintext import read_text

    reading = read_text(seed_path("articles/zhangqiu-2022-01-17.txt").read_text(encoding="utf-8"))
    assert isinstance(reading, Reading)
    text = reading.article
    for name in (
        "title",
        "text",
        "paragraphs",
        "dateline",
        "event_date",
        "credit_line",
        "published_date",
        "content_sha256",
        "fingerprint",
    ):
        assert getattr(seed_page, name) == getattr(text, name), name
    assert seed_page.published_evidence == "info_line"


def test_offsets_and_whitespace_of_every_golden() -> None:
    """What later rooms rely on: the text is its paragraphs joined, without edges, doubled blanks or control characters."""  # noqa: E501
    seen = 0
    for file in golden_files():
        _, result = read_golden(file)
        if not isinstance(result, Reading):
            continue
        article = result.article
        seen += 1
        assert article.text == "\n".join(article.paragraphs)
        assert article.lede == article.paragraphs[0]
        assert all(paragraph == paragraph.strip() and paragraph for paragraph in article.paragraphs)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\ufeff\xad]", article.text + article.title)
        assert [link.position for link in result.related_links] == list(range(1, len(result.related_links) + 1))
    assert seen >= 70


def test_reasons_are_of_the_closed_list() -> None:
    for file in golden_files():
        reason = json.loads(file.read_text(encoding="utf-8")).get("rejected")
        assert reason is None or reason in {str(member) for member in Reason}
