import datetime as dt

import pytest

from records import Fetch, FetchKind, FetchOutcome, Landed, Reason
from warehouse.model import TABLES

LATER = dt.timedelta(days=1)


def rows_by_table(count):
    landed = [table.name for table in TABLES if table.name.startswith(("raw_", "core_"))]
    assert len(landed) == 14
    return {name: count(name) for name in landed}


def test_a_batch_lands_in_every_table(warehouse, make, count):
    junk = make.page(90)
    batch = make.batch(
        make.landed(1),
        make.landed(2),
        Landed(page=junk, result=make.rejected(90, page=junk)),
        Landed(page=None, result=make.rejected(91, reason=Reason.TIMEOUT)),
        fetches=(make.fetch(1), make.fetch(2)),
        removals=(make.removal(77),),
    )
    report = warehouse.land(batch)
    assert not report.already_landed
    assert report.batch_id == batch.batch_id
    assert report.counts == {
        "raw_pages": 3,
        "raw_fetches": 2,
        "core_captures": 3,
        "core_articles": 2,
        "core_article_regions": 4,
        "core_official_mentions": 4,
        "core_office_changes": 0,
        "core_related_links": 2,
        "core_rejections": 2,
        "core_removals": 1,
        "core_batches": 1,
    }
    assert all(count(name) == rows for name, rows in report.counts.items())
    assert [r.check.name for r in warehouse.check() if not r.passed] == []


def test_landing_a_batch_again_changes_nothing(warehouse, make, count):
    batch = make.articles(range(1, 6))
    first = warehouse.land(batch)
    before = rows_by_table(count)
    again = warehouse.land(batch)
    assert again.already_landed
    assert again.counts == {}
    assert again.snapshot_id == first.snapshot_id
    assert rows_by_table(count) == before


def test_overlapping_batches_add_only_what_is_new(warehouse, make, count):
    warehouse.land(make.articles(range(1, 6)))
    report = warehouse.land(make.articles(range(4, 9), crawl_id="c2"))
    assert report.counts["core_articles"] == 3
    assert report.counts["raw_pages"] == 3 + 1  # the junk page of this batch is another URL
    assert report.counts["core_captures"] == 6
    assert report.counts["core_official_mentions"] == 6
    assert count("v_articles") == 8


def test_a_changed_text_adds_a_version_and_the_same_text_none(warehouse, make, count):
    changed = make.text.replace("供暖", "供热")
    warehouse.land(make.batch(make.landed(1)))
    warehouse.land(make.batch(make.landed(1, fetched_at=make.noon + LATER), crawl_id="c2"))
    assert count("core_articles") == 1
    warehouse.land(make.batch(make.landed(1, fetched_at=make.noon + 2 * LATER, text=changed), crawl_id="c3"))
    assert count("core_articles") == 2
    versions = warehouse.connection.execute(
        "SELECT version, is_current, captures_count, text FROM v_article_versions ORDER BY version"
    ).fetchall()
    assert versions == [(1, False, 2, make.text), (2, True, 1, changed)]


def test_a_text_that_returns_is_current_again_without_a_new_version(warehouse, make, count):
    for day, text in enumerate((make.text, make.text + "\n补充。", make.text)):
        warehouse.land(make.batch(make.landed(1, fetched_at=make.noon + day * LATER, text=text), crawl_id=f"c{day}"))
    assert count("core_articles") == 2
    assert warehouse.connection.execute("SELECT version, text FROM v_articles").fetchall() == [(1, make.text)]


def test_the_same_article_twice_in_one_batch_is_one_version(warehouse, make, count):
    warehouse.land(make.batch(make.landed(1), make.landed(1, fetched_at=make.noon + LATER)))
    assert count("core_articles") == 1
    assert count("core_captures") == 2
    assert count("core_official_mentions") == 2


def test_a_rejection_met_again_adds_no_row(warehouse, make, count):
    page = make.page(1)
    failed = make.fetch(1, outcome=FetchOutcome.FAILED, status=None, reason=Reason.NOT_ARTICLE)
    for day in range(3):
        again = make.page(1, fetched_at=make.noon + day * LATER)
        item = Landed(page=again, result=make.rejected(1, page=again))
        warehouse.land(make.batch(item, crawl_id=f"c{day}", fetches=(failed,)))
    assert page.body_sha256
    assert count("core_rejections") == 1
    assert count("raw_fetches") == 3
    assert count("core_captures") == 3
    assert count("raw_pages") == 1


def test_every_part_of_a_page_is_kept(warehouse, make, count):
    import dataclasses

    parts = tuple(make.page(1, body=f"第{n}页".encode()) for n in (2, 3))
    item = make.landed(1)
    page = dataclasses.replace(item.page, next_pages=parts)
    warehouse.land(make.batch(Landed(page=page, result=item.result)))
    assert count("raw_pages") == 3
    found = warehouse.connection.execute("SELECT part_number, body FROM raw_pages ORDER BY part_number").fetchall()
    assert [(n, bytes(body)) for n, body in found] == [(1, page.body), (2, "第2页".encode()), (3, "第3页".encode())]
    assert [r.check.name for r in warehouse.check() if not r.passed] == []


def test_new_tags_of_an_old_version_win_and_the_old_ones_stay(warehouse, make, count):
    import dataclasses

    old = make.landed(1)
    warehouse.land(make.batch(old))
    fewer = dataclasses.replace(old.result, officials=(), regions=old.result.regions[:1])
    again = make.batch(Landed(page=old.page, result=fewer), crawl_id="reprocess-2")
    report = warehouse.land(again, replace_tags=True)
    assert report.counts["core_articles"] == 0
    assert report.counts["core_article_regions"] == 1
    assert count("core_article_regions") == 3
    assert count("v_article_regions") == 1
    assert count("core_official_mentions") == 2
    assert count("v_official_mentions") == 0
    assert count("v_articles") == 1
    assert count("v_captures") == 1
    assert [r.check.name for r in warehouse.check() if not r.passed] == []


def test_tags_of_an_old_version_are_left_alone_by_default(warehouse, make, count):
    import dataclasses

    old = make.landed(1)
    warehouse.land(make.batch(old))
    fewer = dataclasses.replace(old.result, officials=())
    warehouse.land(make.batch(Landed(page=old.page, result=fewer), crawl_id="c2"))
    assert count("v_official_mentions") == 2


def test_a_better_reading_of_a_capture_replaces_the_text_without_a_revision(warehouse, make, count):
    old = make.landed(1, text=make.text + "\n责任编辑：赵一")
    warehouse.land(make.batch(old))
    better = make.tagged(1)
    warehouse.land(make.batch(Landed(page=old.page, result=better), crawl_id="reprocess-2"), replace_tags=True)
    assert count("core_articles") == 2
    assert count("v_revisions") == 0
    assert warehouse.connection.execute("SELECT text, version FROM v_articles").fetchall() == [(make.text, 1)]


def test_a_failed_landing_leaves_nothing_and_the_next_one_succeeds(warehouse, make, count):
    batch = make.articles(range(1, 4))
    broken = make.batch(
        *batch.items,
        fetches=(
            Fetch(
                url="u",
                canonical_url="u",
                publisher_id=None,
                kind=FetchKind.ARTICLE,
                outcome=FetchOutcome.FETCHED,
                fetched_at=make.noon,
            ),
        ),
    )
    with pytest.raises(ValueError, match=r"raw_fetches\.publisher_id is null"):
        warehouse.land(broken)
    assert count("raw_pages") == 0
    assert count("core_batches") == 0
    assert warehouse.land(batch).counts["core_articles"] == 3


def test_an_empty_batch_lands_as_a_ledger_row(warehouse, make, count):
    report = warehouse.land(make.batch())
    assert report.counts["core_batches"] == 1
    assert count("core_batches") == 1
