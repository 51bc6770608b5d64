"""Dated layouts on the bundled newspaper: they win or tie in their time, and are counted when they stop matching."""

import dataclasses
import datetime as dt
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from records import Article, FetchedPage, Layout, Publisher, canonicalize, seed_path
from transforms.assembly import Reading
from transforms.layouts import pick_layout
from transforms.reading import read_page

HOST = "www.lufengwang.example"
CHANNEL = seed_path("newspapers") / HOST / "zq"
UNTIL = dt.date(2022, 12, 31)
OLD = Layout(id="lufengwang-2022", valid_until=UNTIL, title="div.article h1", body="div.content", info="div.info")
STALE = Layout(id="lufengwang-next", body="div.no-longer-here", title="div.article h1")
PUBLISHER = Publisher(
    id="lufengwang", name="鲁风网", home_url=f"http://{HOST}/", region_code="370000", layouts=(OLD, STALE)
)
BEFORE, AFTER = dt.datetime(2022, 6, 1, tzinfo=dt.UTC), dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


@cache
def pages() -> tuple[Path, ...]:
    """The articles of one channel."""
    return tuple(sorted((CHANNEL / "xw").rglob("t*.htm")))


def read(file: Path, publisher: Publisher | None, fetched_at: dt.datetime) -> Article | None:
    url = f"http://{HOST}/zq/{file.relative_to(CHANNEL).as_posix()}"
    page = FetchedPage(
        url=url,
        canonical_url=canonicalize(url),
        publisher_id=None,
        fetched_at=fetched_at,
        body=file.read_bytes(),
        body_sha256="0" * 64,
    )
    reading = read_page(page, publisher)
    return reading.article if isinstance(reading, Reading) else None


def said(article: Article | None) -> tuple[object, ...]:
    """What a layout may change."""
    return () if article is None else (article.title, article.paragraphs, article.published_at, article.source_name)


def test_a_layout_in_its_time_wins_or_ties_with_the_generic_way() -> None:
    assert len(pages()) >= 3
    used = Counter[str | None]()
    for file in pages():
        article, generic = read(file, PUBLISHER, BEFORE), read(file, None, BEFORE)
        assert said(article) == said(generic)
        if article is not None:
            used[article.layout_id] += 1
    assert used["lufengwang-2022"] >= 3


def test_a_layout_that_matches_nothing_is_counted_and_the_generic_way_reads_the_page() -> None:
    flagged = 0
    for file in pages():
        article = read(file, PUBLISHER, AFTER)
        assert said(article) == said(read(file, None, AFTER))
        if article is not None:
            assert article.layout_id is None
            flagged += "layout_miss" in article.quality_flags
    assert flagged >= 3


def test_a_layout_wins_where_the_generic_way_cannot_know_the_headline() -> None:
    html = (
        "<html><head><title>鲁风网</title></head><body><div class='ad-line'>章丘大葱上市，欢迎品尝</div>"
        "<div class='hl'>章丘区举行大葱文化节</div><div>2022-01-17 09:12</div><div class='content'>"
        f"{'<p>1月16日，章丘区举行大葱文化节，来自各地的客商走进葱田，看长势，谈合作，签下一批订单。</p>' * 1}"
        "<p>活动为期三天，设有展销、品鉴和采摘等内容，市民可以免费参加。</p></div></body></html>"
    )
    page = FetchedPage(
        url=f"http://{HOST}/a.htm",
        canonical_url=f"http://{HOST}/a.htm",
        publisher_id=None,
        fetched_at=BEFORE,
        body=html.encode(),
        body_sha256="0" * 64,
    )
    laid = dataclasses.replace(PUBLISHER, layouts=(Layout(id="l", title="div.hl", body="div.content"),))
    reading, generic = read_page(page, laid), read_page(page, None)
    assert isinstance(reading, Reading)
    assert isinstance(generic, Reading)
    assert reading.article.title == "章丘区举行大葱文化节" != generic.article.title
    assert reading.article.paragraphs == generic.article.paragraphs


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2022, 12, 31), "lufengwang-2022"),
        (dt.date(2023, 1, 1), "lufengwang-next"),
        (None, "lufengwang-next"),
    ],
)
def test_the_day_of_fetching_picks_the_layout(day: dt.date | None, expected: str) -> None:
    layout = pick_layout(PUBLISHER, day)
    assert layout is not None
    assert layout.id == expected
