import dataclasses
import shutil

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import UsageError, WarehouseError
from warehouse import Warehouse, WarehouseLocation, connect, schema
from warehouse.checks import all_checks
from warehouse.location import attach_statements
from warehouse.reference import reference


def test_a_reader_of_a_missing_warehouse_is_told_what_to_do(tmp_path):
    with pytest.raises(WarehouseError, match=r"there is no warehouse at .*catalog\.sqlite; land something first"):
        connect(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_newer_warehouse_is_refused(lake, monkeypatch):
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION - 1)
    for read_only in (True, False):
        with pytest.raises(WarehouseError, match="newer than this difang knows"):
            connect(lake, read_only=read_only)


def test_views_whose_sql_changed_are_replaced_when_opened_for_writing(lake, monkeypatch):
    with Warehouse.open(lake) as warehouse:
        warehouse.connection.execute("CREATE OR REPLACE VIEW v_batches AS SELECT 1 AS x")
    monkeypatch.setattr(schema, "views_sha256", lambda: "another")
    with Warehouse.open(lake) as warehouse:
        assert warehouse.connection.execute("FROM v_batches").fetchall() == []


def test_every_table_and_column_is_commented_in_both_languages(warehouse):
    found = warehouse.connection.execute(
        "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'difang' "
        "UNION ALL SELECT table_name || '.' || column_name, comment FROM duckdb_columns() "
        "WHERE database_name = 'difang' AND NOT starts_with(table_name, 'v_') AND NOT starts_with(table_name, 'mart_') "
        "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE database_name = 'difang'"
    ).fetchall()
    assert len(found) > 200
    assert [name for name, comment in found if not comment or " | " not in comment] == []


def test_the_reference_page_is_what_the_model_says():
    from pathlib import Path

    page = Path(__file__).parents[2] / "docs" / "tables.md"
    assert page.read_text(encoding="utf-8") == reference(), "run: python -m warehouse.reference > docs/tables.md"


def test_a_plain_duckdb_opens_the_lake_by_three_lines(lake, make):
    with Warehouse.open(lake) as warehouse:
        warehouse.land(make.articles(range(3)))
    extensions, *lines = attach_statements(WarehouseLocation.at(lake))
    assert extensions.startswith("SET extension_directory")
    assert len(lines) == 3
    plain_attach = f"ATTACH 'ducklake:sqlite:{lake}/catalog.sqlite' AS difang (READ_ONLY);"
    for attach in (lines[1], plain_attach):
        plain = duckdb.connect()
        for line in (extensions, lines[0], attach, lines[2]):
            plain.execute(line)
        assert plain.execute("SELECT count(*) FROM v_articles").fetchone() == (3,)
        assert plain.execute("SELECT count(*) FROM search('供暖')").fetchone() == (3,)
        with pytest.raises(duckdb.Error):
            plain.execute("DELETE FROM core_articles")
        plain.close()


def test_a_reader_sees_each_commit_and_in_a_transaction_one_moment(lake, make):
    ask = "SELECT count(*), count(DISTINCT article_id), count(*) FILTER (text <> '') FROM difang.core_articles"
    with Warehouse.open(lake) as warehouse:
        warehouse.land(make.articles(range(3)))
        reader, held = connect(lake), connect(lake)
        for connection, keeps in ((reader, True), (held, True), (warehouse.connection, False)):
            assert connection.execute("SELECT current_setting('parquet_metadata_cache')").fetchone() == (keeps,)
        held.execute("BEGIN TRANSACTION")
        assert held.execute(ask).fetchone() == reader.execute(ask).fetchone() == (3, 3, 3)
        warehouse.land(make.articles(range(3, 6)))
        assert reader.execute(ask).fetchone() == (6, 6, 6)
        (url,) = warehouse.connection.execute("SELECT min(canonical_url) FROM core_articles").fetchone()
        warehouse.forget([url])  # rows deleted from a file whose footer the reader keeps
        assert reader.execute(ask).fetchone() == (5, 5, 5)
        warehouse.maintain()
        assert reader.execute(ask).fetchone() == reader.cursor().execute(ask).fetchone() == (5, 5, 5)
        assert held.execute(ask).fetchone() == (3, 3, 3)
        held.execute("COMMIT")
        assert held.execute(ask).fetchone() == (5, 5, 5)
        reader.close()
        held.close()


def test_a_warehouse_whose_folder_moved_opens_and_is_healed(lake, make, tmp_path):
    with Warehouse.open(lake) as warehouse:
        warehouse.land(make.articles(range(3)))
    moved = tmp_path / "elsewhere" / "warehouse"
    moved.parent.mkdir()
    shutil.move(lake, moved)
    with connect(moved) as reader:
        assert reader.execute("SELECT count(*) FROM v_articles").fetchone() == (3,)
    Warehouse.open(moved).close()
    plain = duckdb.connect()
    extensions, *_ = attach_statements(WarehouseLocation.at(moved))
    plain.execute(extensions)
    plain.execute(f"ATTACH 'ducklake:sqlite:{moved}/catalog.sqlite' AS difang (READ_ONLY)")
    assert plain.execute("SELECT count(*) FROM difang.v_articles").fetchone() == (3,)


def test_the_environment_names_catalogue_and_data(tmp_path):
    default = WarehouseLocation.from_environment({"DIFANG_HOME": str(tmp_path)})
    assert default == WarehouseLocation.at(tmp_path / "warehouse")
    shared = {"DIFANG_CATALOG": "postgres:dbname=difang host=db", "DIFANG_DATA": "s3://news/difang"}
    assert WarehouseLocation.from_environment(shared).data_path == "s3://news/difang/"
    with pytest.raises(UsageError, match="DIFANG_DATA is not set"):
        WarehouseLocation.from_environment({"DIFANG_CATALOG": "postgres:dbname=difang"})


text = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n"), max_size=60)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(text, text), min_size=1, max_size=30), crawl=st.uuids())
def test_text_comes_back_as_it_went_in_with_its_offsets(warehouse, make, texts, crawl):
    from records import article_id

    items = []
    for number, (title, body) in enumerate(texts):
        url = f"http://www.lufengwang.example/{crawl}/{number}.htm"
        written = f"𠮷{body}王建国🙂\n{title}"
        items.append(
            make.landed(number, title=title + "𠀀", text=written, canonical_url=url, article_id=article_id(url))
        )
    warehouse.land(make.batch(*items, crawl_id=str(crawl)))
    found = dict(
        warehouse.connection.execute("SELECT canonical_url, {'t': title, 'x': text} FROM core_articles").fetchall()
    )
    for item in items:
        article = item.result.article
        assert found[article.canonical_url] == {"t": article.title, "x": article.text}
    checks = [check.sql for check in all_checks() if check.name.endswith("_surface")]
    assert len(checks) == 3
    assert [warehouse.connection.execute(sql).fetchall() for sql in checks] == [[], [], []]


def test_dimensions_are_rewritten_only_when_they_differ(warehouse, make, count):
    first = warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    assert first == {"dim_regions": 4, "dim_publishers": 2, "dim_sections": 1, "dim_positions": 2}
    assert warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions()) == {}
    renamed = dataclasses.replace(make.publishers()[0], name="改名报")
    # A publisher that is no longer declared keeps its row: its articles still name it.
    assert warehouse.sync_dimensions(publishers=make.publishers()[:1]) == {}
    assert warehouse.sync_dimensions(publishers=[renamed]) == {"dim_publishers": 2}
    names = warehouse.connection.execute("SELECT publisher_name FROM dim_publishers").fetchall()
    assert {"改名报", make.publishers()[1].name} == {name for (name,) in names}
    assert count("dim_regions") == 4
    assert [r.check.name for r in warehouse.check() if not r.passed] == []
