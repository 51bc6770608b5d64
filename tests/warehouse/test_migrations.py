"""Lakes laid by earlier releases, opened by this one."""

import dataclasses
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pytest

from records import WarehouseError
from warehouse import Warehouse, connect, migrations, schema
from warehouse.arrow import arrow_type
from warehouse.columns import Column
from warehouse.model import CORE_REMOVALS, TABLES, Table
from warehouse.views import MACRO_NAMES, MARTS, VIEW_NAMES

LAKES = sorted(Path(__file__).with_name("lakes").glob("version_*.zip"))
COLUMNS = (
    "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE database_name = 'difang' "
    "AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = 'difang')"
)

SORTED = """
SELECT table_name, string_agg(expression ORDER BY sort_key_index)
FROM __ducklake_metadata_difang.ducklake_sort_info AS s
JOIN __ducklake_metadata_difang.ducklake_sort_expression USING (sort_id)
JOIN __ducklake_metadata_difang.ducklake_table AS t ON t.table_id = s.table_id AND t.end_snapshot IS NULL
WHERE s.end_snapshot IS NULL
GROUP BY table_name"""
OPTIONS = "SELECT option_name, scope_entry, value FROM ducklake_options('difang') WHERE scope = 'TABLE'"


@pytest.fixture(params=LAKES, ids=lambda path: path.stem)
def old_lake(request, tmp_path):
    with zipfile.ZipFile(request.param) as packed:
        packed.extractall(tmp_path / "old")
    return tmp_path / "old"


def columns(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str, str]]:
    return set(connection.execute(COLUMNS).fetchall())


def counts(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> dict[str, int]:
    return {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def plain_attach(folder: Path) -> duckdb.DuckDBPyConnection:
    """The lake without any of the project's checks."""
    from warehouse.extensions import load_extensions
    from warehouse.location import WarehouseLocation, attach_statement

    connection = duckdb.connect()
    load_extensions(connection, WarehouseLocation.at(folder))
    connection.execute(attach_statement(WarehouseLocation.at(folder)))
    connection.execute("USE difang")
    return connection


def test_there_is_a_lake_of_every_earlier_version():
    assert [path.stem for path in LAKES] == [f"version_{n}" for n in range(1, schema.SCHEMA_VERSION)]


def test_a_reader_is_told_who_can_bring_it_forward(old_lake):
    before = (old_lake / "catalog.sqlite").read_bytes()
    with pytest.raises(WarehouseError, match=r"has schema version \d+, .* who may write to it .*: difang init"):
        connect(old_lake)
    assert (old_lake / "catalog.sqlite").read_bytes() == before


def test_whoever_writes_brings_it_forward(old_lake):
    with Warehouse.open(old_lake, must_exist=True) as warehouse:
        assert all(result.passed for result in warehouse.check())
    connect(old_lake).close()


def test_an_old_lake_becomes_what_a_new_one_is_and_keeps_its_rows(old_lake, lake, make):
    with plain_attach(old_lake) as held:
        names = [
            r[0]
            for r in held.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'difang'").fetchall()
        ]
        before = counts(held, names)
        titles = held.execute("SELECT content_sha256, title, text FROM core_articles ORDER BY ALL").fetchall()
    assert before["core_articles"] == 4
    with Warehouse.open(old_lake) as old, Warehouse.open(lake) as new:
        assert columns(old.connection) >= columns(new.connection)
        for physical in (SORTED, OPTIONS):
            assert set(old.connection.execute(physical).fetchall()) >= set(new.connection.execute(physical).fetchall())
        assert "raw_pages" not in {name for name, _ in old.connection.execute(SORTED).fetchall()}
        laid = schema.read_laid(old.connection)
        assert laid is not None
        assert laid.is_of_today
        marts = {mart.name for mart in MARTS}
        kept = [name for name in names if name not in marts | {"core_migrations"}]
        after = counts(old.connection, kept)
        assert after == {name: before[name] for name in kept}
        held_now = old.connection.execute(
            "SELECT content_sha256, title, text FROM core_articles ORDER BY ALL"
        ).fetchall()
        assert held_now == titles
        for relation in (*VIEW_NAMES, *marts, *(f"{name}('章丘')" for name in MACRO_NAMES if name == "search")):
            old.connection.execute(f"FROM {relation} LIMIT 1").fetchall()
        assert old.land(make.articles(range(100, 103), crawl_id="today")).counts["core_articles"] == 3
        assert not old.refresh_marts().skipped
        assert [(r.check.name, r.examples) for r in old.check() if not r.passed] == []
    with connect(old_lake) as reader:
        assert reader.execute("SELECT count(*) FROM v_articles").fetchone() == (6,)


def test_the_model_only_ever_adds(old_lake):
    with plain_attach(old_lake) as held:
        there = held.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'difang' "
            "AND NOT starts_with(table_name, 'v_') AND NOT starts_with(table_name, 'mart_')"
        ).fetchall()
    assert len(there) > 150
    model = {(t.name, c.name): c for t in TABLES for c in t.columns}
    tables = {name for name, _, _ in there}
    names = {(table, column) for table, column, _ in there}
    assert names <= set(model)
    for table, column, kind in there:
        said = model[table, column].type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")
        assert kind.replace('"', "") == said, (table, column)
    added = [model[key] for key in model if key[0] in tables and key not in names]
    new_tables = {table.name for table in TABLES} - tables
    assert added or new_tables, "nothing was added since: the version need not have been raised"
    for column in added:
        assert column.nullable or column.default is not None, f"{column.name} would be null in old files"


OPEN = "import sys; from warehouse import Warehouse; Warehouse.open(sys.argv[1]).close()"


def test_two_processes_bring_it_forward_once(old_lake):
    children = [subprocess.Popen([sys.executable, "-c", OPEN, str(old_lake)]) for _ in range(3)]
    assert [child.wait(timeout=120) for child in children] == [0, 0, 0]
    with connect(old_lake) as reader:
        assert reader.execute("SELECT count(*) FROM core_migrations").fetchone() == (2,)


def test_a_step_that_fails_leaves_the_old_lake(old_lake, monkeypatch):
    def fail(_: duckdb.DuckDBPyConnection) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as patched:
        patched.setattr(schema, "create_views", fail)
        with pytest.raises(RuntimeError, match="no"):
            Warehouse.open(old_lake)
    with plain_attach(old_lake) as held:
        laid = schema.read_laid(held)
        assert laid is not None
        assert laid.version < schema.SCHEMA_VERSION
    Warehouse.open(old_lake).close()


def grown() -> tuple[Table, ...]:
    """The model with a column without, one with a default, and a table more."""
    said = Column("note", "VARCHAR", "备注", "a note", nullable=True)
    asked = Column("is_asked", "BOOLEAN", "是否被要求", "whether somebody asked for it", default="'false'")
    removals = dataclasses.replace(CORE_REMOVALS, columns=(*CORE_REMOVALS.columns, said, asked))
    notes = Table(name="core_notes", zh="一行为一条备注", en="one note", columns=(said,), key=("note",))
    return (*(removals if t is CORE_REMOVALS else t for t in TABLES), notes)


def test_columns_and_tables_are_added_beside_a_writer_of_before(lake, make, monkeypatch):
    with Warehouse.open(lake) as before:
        before.land(make.batch(removals=(make.removal(1),)))
        monkeypatch.setattr(migrations, "TABLES", grown())
        assert "core_notes" in migrations.missing_names(before.connection)
        with Warehouse.open(lake) as after:
            query = "SELECT note, is_asked FROM core_removals"
            assert after.connection.execute(query).fetchall() == [(None, False)]
            assert after.connection.execute("SELECT note FROM core_notes").fetchall() == []
            before.land(make.batch(removals=(make.removal(2),)))
            assert after.connection.execute(query).fetchall() == [(None, False)] * 2
            assert migrations.missing_names(after.connection) == ()


def test_a_reader_of_a_lake_that_lacks_a_column_is_told_which(lake, monkeypatch):
    monkeypatch.setattr(migrations, "TABLES", grown())
    with pytest.raises(WarehouseError, match=r"lacks core_notes, core_removals\.note, core_removals\.is_asked, which"):
        connect(lake)


def test_every_default_is_of_its_type():
    for table in TABLES:
        for column in table.columns:
            if column.default is not None:
                assert not column.type.endswith("]"), "DuckLake takes no default of a list"
                duckdb.sql(f"SELECT CAST({column.default} AS {column.type})").fetchall()
            arrow_type(column.type)
