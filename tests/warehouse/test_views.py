import datetime as dt

import pytest

from records import Landed, LinkKind, RelatedLink
from warehouse.columns import COLUMNS
from warehouse.model import TABLES
from warehouse.text_index import refresh_texts
from warehouse.views import MACRO_NAMES, MARTS, SQL_FOLDER, VIEW_NAMES, describe_column, macros, views

DAY = dt.timedelta(days=1)


@pytest.fixture
def filled(warehouse, make):
    """Two publishers, one article edited, one taken down, one reprinted, one page rejected."""
    junk = make.page(90)
    long = make.text + "\n" + "济南市章丘区各街道加快推进管网改造，确保群众温暖过冬。" * 4
    to_title = RelatedLink(
        position=2,
        anchor_text="章丘区召开供暖工作会议（3）",
        published_date=dt.date(2024, 5, 13),
        kind=LinkKind.RELATED,
    )
    to_url = RelatedLink(position=1, anchor_text="别的标题", to_url=make.url(2))
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(
        make.batch(
            make.landed(1, links=(to_url, to_title)),
            make.landed(2, text=long, fingerprint="00000000000000ff"),
            make.landed(3),
            Landed(page=junk, result=make.rejected(90, page=junk)),
            fetches=(make.fetch(1, links_count=4, new_links_count=4),),
        )
    )
    warehouse.land(
        make.batch(
            make.landed(1, fetched_at=make.noon + DAY, text=make.text + "\n更正。"),
            make.landed(
                2,
                publisher="yihewanbao",
                text=long,
                fingerprint="00000000000000f8",
                title="转载",
                published_at=make.noon + DAY,
            ),
            removals=(make.removal(3, removed_at=make.noon + DAY),),
            crawl_id="c2",
        )
    )
    refresh_texts(warehouse.connection)
    return warehouse


def rows(warehouse, sql):
    return warehouse.connection.execute(sql).fetchall()


def test_every_sql_file_is_listed():
    assert len(VIEW_NAMES) >= 24
    assert {p.stem for p in (SQL_FOLDER / "views").glob("*.sql")} == set(VIEW_NAMES)
    assert {p.stem for p in (SQL_FOLDER / "macros").glob("*.sql")} == set(MACRO_NAMES)


@pytest.mark.parametrize("name", [*VIEW_NAMES, *(mart.name for mart in MARTS), "search('章丘')"])
def test_every_view_answers_when_empty(warehouse, name):
    assert rows(warehouse, f"FROM {name}") == []


def test_every_view_answers_when_filled(filled):
    empty = {name for name in VIEW_NAMES if not rows(filled, f"FROM {name}")}
    # one official, who stays (test_persons.py); one week without a history (test_profiles.py)
    assert empty == {"v_announced_changes", "v_office_changes", "v_co_appearances", "v_trending_terms"}
    filled.refresh_marts()
    for mart in MARTS:
        assert rows(filled, f"SELECT count(*) FROM {mart.name}") == rows(filled, f"SELECT count(*) FROM {mart.view}")


def test_every_column_of_every_view_is_described(warehouse):
    for statement in views():
        found = rows(warehouse, f'DESCRIBE "{statement.name}"')
        assert found
        for name, *_ in found:
            assert all(describe_column(statement, name)), name
        assert set(statement.column_comments) <= {row[0] for row in found}
    assert len(macros()) == 1
    assert len(COLUMNS) > 100


def test_every_table_and_mart_says_what_its_columns_mean_in_both_languages(warehouse):
    found = rows(
        warehouse,
        "SELECT table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name NOT LIKE 'v_%'",
    )
    assert {mart.name for mart in MARTS} | {table.name for table in TABLES} <= {table for table, *_ in found}
    assert not [row for row in found if not row[2] or " | " not in row[2]]


def test_current_articles_carry_region_removal_and_version(filled):
    found = rows(
        filled, "SELECT title, version, region_name, county_name, removed_at IS NOT NULL FROM v_articles ORDER BY title"
    )
    assert found == [
        ("章丘区召开供暖工作会议（1）", 2, "山东省济南市章丘区", "章丘区", False),
        ("章丘区召开供暖工作会议（2）", 1, "山东省济南市章丘区", "章丘区", False),
        ("章丘区召开供暖工作会议（3）", 1, "山东省济南市章丘区", "章丘区", True),
        ("转载", 1, "山东省济南市章丘区", "章丘区", False),
    ]


def test_a_page_that_is_back_is_no_longer_removed(filled, make):
    filled.land(make.batch(make.landed(3, fetched_at=make.noon + 2 * DAY), crawl_id="c3"))
    assert rows(filled, "SELECT count(removed_at) FROM v_articles") == [(0,)]


def test_regions_roll_up_to_every_ancestor(filled):
    found = rows(
        filled, "SELECT region_code, articles_count, own_articles_count FROM v_region_by_day ORDER BY region_code"
    )
    assert found == [("370000", 4, 0), ("370100", 4, 0), ("370114", 4, 4)]


def test_the_timeline_is_one_row_per_person_and_article(filled):
    found = rows(filled, "SELECT name, position, roles, region_name, mentions_count FROM v_officials_timeline")
    assert found == [("王建国", "区委书记", ["主持", "讲话"], "山东省济南市章丘区", 2)] * 4


def test_links_resolve_by_url_and_by_headline(filled, make):
    # the edited version has the maker's default link; the first version's links are no longer current
    again = make.landed(
        1,
        fetched_at=make.noon + 3 * DAY,
        links=(
            RelatedLink(position=1, anchor_text="别的标题", to_url=make.url(2)),
            RelatedLink(position=2, anchor_text="章丘区召开供暖工作会议（3）", published_date=dt.date(2024, 5, 13)),
            RelatedLink(position=3, anchor_text="没有入库的标题", published_date=dt.date(2024, 5, 13)),
        ),
        text=make.text + "\n再次更正。",
    )
    filled.land(make.batch(again, crawl_id="c3"))
    found = rows(
        filled,
        "SELECT ordinal, resolved_by, to_title FROM v_related_links "
        f"WHERE article_id = '{again.result.article.article_id}' ORDER BY 1",
    )
    assert found == [
        (1, "url", "章丘区召开供暖工作会议（2）"),
        (2, "title", "章丘区召开供暖工作会议（3）"),
        (3, None, None),
    ]


def test_a_revision_says_what_changed(filled):
    query = "SELECT version, is_title_changed, is_text_changed, is_quiet, characters_change FROM v_revisions"
    assert rows(filled, query) == [(2, False, True, True, 4)]


def test_a_reprint_is_found_across_publishers_with_its_delay(filled):
    query = (
        "SELECT publisher_id, to_publisher_id, is_title_changed, fingerprint_distance, delay_seconds FROM v_reprints"
    )
    assert rows(filled, query) == [("lufengwang", "yihewanbao", True, 3, 86400 + 5400)]


def test_completeness_counts_promised_landed_and_rejected(filled):
    query = (
        "SELECT fetched_date, promised_count, captures_count, articles_count, versions_count, rejected_count "
        "FROM v_publisher_days WHERE publisher_id = 'lufengwang' ORDER BY 1"
    )
    assert rows(filled, query) == [
        (dt.date(2024, 5, 13), 4, 4, 3, 3, 1),
        (dt.date(2024, 5, 14), 0, 1, 0, 1, 0),
    ]


def test_search_wants_every_word_and_puts_headlines_first(filled):
    found = rows(filled, "SELECT title FROM search('章丘 供暖')")
    assert len(found) == 4
    assert found[-1] == ("转载",)
    assert rows(filled, "FROM search('章丘 冰川')") == []
    assert rows(filled, "FROM search('  ')") == []


def test_marts_are_skipped_until_something_changes(filled, make):
    assert not filled.refresh_marts().skipped
    assert filled.refresh_marts().skipped
    filled.land(make.batch(make.landed(7), crawl_id="c9"))
    report = filled.refresh_marts()
    assert not report.skipped
    assert report.counts["mart_articles"] == 5
