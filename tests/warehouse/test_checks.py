import datetime as dt
import os
import shutil

import pytest

from records import UsageError
from warehouse import Warehouse
from warehouse.checks import all_checks
from warehouse.model import TABLES
from warehouse.text_index import refresh_texts

DEFECTS = {
    "core_articles_key": "INSERT INTO core_articles FROM core_articles LIMIT 1",
    "core_official_mentions_key": "INSERT INTO core_official_mentions FROM core_official_mentions LIMIT 1",
    "core_article_regions_region_code_exists": "UPDATE core_article_regions SET region_code = '999999' WHERE NOT "
    "is_primary",
    "core_captures_article_id_content_sha256_exists": "UPDATE core_captures SET content_sha256 = 'x' WHERE "
    "content_sha256 IS NOT NULL",
    "raw_pages_batch_id_exists": "UPDATE raw_pages SET batch_id = 'x'",
    "official_mentions_surface": "UPDATE core_official_mentions SET start_offset = start_offset + 1, end_offset = "
    "end_offset + 1",
    "article_regions_surface": "UPDATE core_article_regions SET surface = '历城区' WHERE is_primary",
    "one_primary_region": "UPDATE core_article_regions SET is_primary = true",
    "region_paths": "UPDATE dim_regions SET path_codes = ['370114'] WHERE region_code = '370114'",
    "captures_end_one_way": "UPDATE core_captures SET reason = 'gone'",
    "versions_are_captured_and_tagged": "UPDATE core_captures SET is_tagged = false",
    "bodies_are_kept": "DELETE FROM raw_pages",
    "article_ids": "UPDATE core_articles SET article_id = 'x'",
    "office_changes_surface": "UPDATE core_office_changes SET start_offset = start_offset + 1, end_offset = "
    "end_offset + 1",
    "office_changes_are_of_mentions": "UPDATE core_office_changes SET person_key = '王建国#2'",
    "office_changes_are_told": "UPDATE core_office_changes SET decided_date = '2024-05-13'",
    "persons_have_one_name": "UPDATE core_official_mentions SET name = '王国' WHERE ordinal = 2",
    "batches_are_whole": "DELETE FROM core_related_links",
    "texts_are_taken_up": "DELETE FROM index_terms",
    "clauses_have_a_representative": "INSERT INTO index_reprint_clauses VALUES (1, 999)",
}


@pytest.fixture
def sound(warehouse, make):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(make.articles(range(3)))
    warehouse.land(make.batch(make.landed(9, text="区人大常委会决定：任命王建国为区长。"), crawl_id="c2"))
    refresh_texts(warehouse.connection)
    assert [r.check.name for r in warehouse.check() if not r.passed] == []
    return warehouse


def test_there_are_checks_for_every_table():
    assert len(all_checks()) > 70
    assert len({check.name for check in all_checks()}) == len(all_checks())
    assert set(DEFECTS) <= {check.name for check in all_checks()}


def test_each_planted_defect_is_caught_with_its_rows(sound):
    from warehouse.checks import _run

    by_name = {check.name: check for check in all_checks()}
    for name, defect in DEFECTS.items():
        sound.connection.execute("BEGIN")
        sound.connection.execute(defect)
        result = _run(sound.connection, by_name[name])
        sound.connection.execute("ROLLBACK")
        assert not result.passed, name
        assert result.examples, name
        assert result.columns, name


LANDED_DEFECTS = {
    "core_articles_key": "INSERT INTO core_articles FROM core_articles ORDER BY article_id LIMIT 1",
    "core_captures_article_id_content_sha256_exists": DEFECTS["core_captures_article_id_content_sha256_exists"],
    "core_article_regions_region_code_exists": DEFECTS["core_article_regions_region_code_exists"],
    "bodies_are_kept": "UPDATE core_captures SET body_sha256s = ['x']",
    "article_ids": DEFECTS["article_ids"],
    "one_primary_region": DEFECTS["one_primary_region"],
    "official_mentions_surface": DEFECTS["official_mentions_surface"],
    "batches_are_whole": "INSERT INTO core_related_links FROM core_related_links",
}


@pytest.fixture(scope="module")
def sound_lake(tmp_path_factory, make):
    folder = tmp_path_factory.mktemp("sound") / "warehouse"
    with Warehouse.open(folder) as warehouse:
        warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
        warehouse.land(make.articles(range(3)))
    return folder


@pytest.mark.parametrize("name", LANDED_DEFECTS)
def test_a_run_is_told_of_a_defect_in_what_it_landed_and_of_no_older_one(sound_lake, tmp_path, make, name):
    with Warehouse.open(shutil.copytree(sound_lake, tmp_path / "warehouse")) as warehouse:
        since = warehouse.snapshot()
        warehouse.land(make.batch(make.landed(9), crawl_id="c2"))
        sound = warehouse.check(since=since)
        assert len(sound) > 50
        assert [r.check.name for r in sound if not r.passed] == []
        warehouse.connection.execute(LANDED_DEFECTS[name])
        results = warehouse.check(since=since)
        assert name in {r.check.name for r in results if not r.passed}
        planted = warehouse.snapshot()
        assert warehouse.check(since=planted) == ()
        warehouse.land(make.batch(fetches=(make.fetch(1),), crawl_id="c3"))
        assert [r.check.name for r in warehouse.check(since=planted) if not r.passed] == []


def test_a_body_that_an_earlier_run_kept_is_no_defect(warehouse, make):
    warehouse.land(make.batch(make.landed(1)))
    since = warehouse.snapshot()
    again = make.landed(1, fetched_at=make.noon + dt.timedelta(days=1))
    assert warehouse.land(make.batch(again, crawl_id="c2")).counts["raw_pages"] == 0
    assert [r.check.name for r in warehouse.check(since=since) if not r.passed] == []


def test_every_scoped_check_names_tables_that_runs_land_in():
    landed_in = {t.name for t in TABLES if t.name.startswith(("raw_", "core_"))}
    scoped = [check for check in all_checks() if check.landed]
    assert len(scoped) > 50
    for check in scoped:
        assert set(check.landed) | set(check.looked_up) <= landed_in, check.name


def test_a_check_is_run_by_its_name_and_an_unknown_one_refused(warehouse):
    assert [r.check.name for r in warehouse.check(only=["article_ids"])] == ["article_ids"]
    with pytest.raises(UsageError, match=r"no check 'core_article_key'; like it: core_articles_key.*, region_paths"):
        warehouse.check(only=["core_article_key"])


def test_maintenance_merges_and_spares_what_is_young(warehouse, lake, make, count):
    for number in range(4):
        warehouse.land(make.articles(range(number * 5, number * 5 + 5), crawl_id=f"c{number}"))
    folder = lake / "data" / "main" / "core_articles"
    young, old = folder / "young.parquet", folder / "old.parquet"
    for orphan in (young, old):
        orphan.write_bytes(b"left by a killed writer")
    week_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(days=8)).timestamp()
    os.utime(old, (week_ago, week_ago))
    report = warehouse.maintain()
    assert report.merged_files_count > report.created_files_count > 0
    assert (young.exists(), old.exists()) == (True, False)
    assert report.counts["core_articles"] == count("core_articles") == 20
    assert [r.check.name for r in warehouse.check() if not r.passed] == []
    again = warehouse.maintain()
    assert (again.merged_files_count, again.orphaned_files_count) == (0, 0)


def test_maintenance_refuses_an_age_that_could_destroy_an_open_transaction(warehouse):
    with pytest.raises(UsageError, match="below one hour"):
        warehouse.maintain(orphan_days=0)
