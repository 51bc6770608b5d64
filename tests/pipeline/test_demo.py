"""The main job, as a user runs it: files on disk, answers on the screen, and a second run that changes nothing."""

import shutil
import sqlite3

from conftest import run_difang

from pipeline.demo import QUESTIONS
from warehouse import connect

TABLES = (
    "raw_pages",
    "core_captures",
    "core_articles",
    "core_article_regions",
    "core_official_mentions",
    "core_office_changes",
    "core_related_links",
    "core_rejections",
    "core_removals",
    "dim_publishers",
    "dim_regions",
    "dim_positions",
)


def counts(home) -> dict[str, int]:
    with connect(home / "warehouse") as connection:
        return {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES}


def test_it_lands_parquet_behind_a_sqlite_catalogue(demo_run):
    assert len(list((demo_run.home / "warehouse" / "data").rglob("*.parquet"))) >= len(TABLES)
    with sqlite3.connect(demo_run.home / "warehouse" / "catalog.sqlite") as catalogue:
        assert catalogue.execute("SELECT count(*) FROM ducklake_snapshot").fetchone()[0] > 2


def test_it_prints_every_question_with_its_sql_and_an_answer(demo_run):
    assert len(QUESTIONS) == 11
    for question in QUESTIONS:
        assert question.title in demo_run.stdout
        assert question.sql.strip().splitlines()[0] in demo_run.stdout
    for told in (
        "章丘区委经济工作会议召开",
        "山东省济南市章丘区",
        "马保岭",
        "圣井街道",
        "科技小院",
        "error_page",
        "taken down",
    ):
        assert told in demo_run.stdout, told


def test_every_question_has_rows(demo_run):
    with connect(demo_run.home / "warehouse") as connection:
        for question in QUESTIONS:
            assert connection.execute(question.sql).fetchall(), question.title


def test_the_evening_edition_edits_one_article_and_takes_one_down(demo_run):
    with connect(demo_run.home / "warehouse") as connection:
        assert connection.execute("SELECT count(*) FROM v_revisions").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM v_articles WHERE removed_at IS NOT NULL").fetchone() == (1,)


def test_a_second_run_fetches_nothing_new_and_changes_no_count(demo_run, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(demo_run.home, home)
    before = counts(home)
    assert before["core_articles"] >= 66
    done = run_difang("demo", home=home)
    assert done.returncode == 0, done.stderr
    assert counts(home) == before
    with connect(home / "warehouse") as connection:
        crawls = connection.execute(
            "SELECT crawl_id, count(*) FILTER (outcome = 'not_modified'), "
            "       count(*) FILTER (outcome = 'fetched' AND kind <> 'robots') "
            "FROM raw_fetches GROUP BY crawl_id ORDER BY crawl_id"
        ).fetchall()
    assert len(crawls) == 3
    _, not_modified, fetched = crawls[-1]
    assert not_modified >= 66
    assert fetched == 0


def test_the_checks_hold(demo_run):
    done = run_difang("check", home=demo_run.home)
    assert done.returncode == 0, done.stdout + done.stderr
