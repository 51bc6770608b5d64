"""How much memory DuckDB may take: by the environment, little while it merges, and where it spills."""

import duckdb
import pytest

from records import UsageError, WarehouseMemory
from warehouse import Warehouse, connect
from warehouse.marts import refresh_marts
from warehouse.memory import MERGE_LIMIT, in_little_memory


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    return str(connection.execute("SELECT current_setting(?)", [name]).fetchone()[0])


def test_a_limit_of_the_environment_holds_for_all_that_is_done(lake, monkeypatch):
    monkeypatch.setenv("DIFANG_MEMORY_LIMIT", "2GiB")
    with Warehouse.open(lake) as warehouse, connect(lake) as reader:
        for connection in (warehouse.connection, reader):
            assert setting(connection, "memory_limit") == "2.0 GiB"
        warehouse.maintain()
        held = in_little_memory(warehouse.connection, lambda: setting(warehouse.connection, "memory_limit"))
        assert held == setting(warehouse.connection, "memory_limit") == "2.0 GiB"


@pytest.mark.parametrize("given", ["plenty", "2", "50%", "2 GB'; DROP TABLE core_articles"])
def test_what_is_no_size_is_refused_by_name(lake, monkeypatch, given):
    monkeypatch.setenv("DIFANG_MEMORY_LIMIT", given)
    with pytest.raises(UsageError, match=r"DIFANG_MEMORY_LIMIT=.* is no size: give a number with .*, such as 2GB"):
        connect(lake, read_only=False)


def test_merging_takes_little_and_gives_the_rest_back(warehouse):
    connection = warehouse.connection
    size = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    (before,) = connection.execute(size).fetchone()
    assert before > 600_000_000
    for _ in range(50):  # and does not shrink by being given back
        assert in_little_memory(connection, lambda: setting(connection, "memory_limit")) == "488.2 MiB"
    assert MERGE_LIMIT == "512MB"
    (after,) = connection.execute(size).fetchone()
    assert 0.98 * before < after <= before
    connection.execute("CREATE TEMP TABLE numbers AS SELECT list(range) FROM range(50_000_000)")  # 400 MB in one piece


def test_what_does_not_fit_into_little_is_given_more(warehouse, monkeypatch):
    """A single value may be larger than the limit: a file that holds it is merged all the same."""
    monkeypatch.setattr("warehouse.memory.MERGE_LIMIT", "64MiB")
    sizes = []

    def attempt() -> int:
        sizes.append(setting(warehouse.connection, "memory_limit"))
        (length,) = warehouse.connection.execute("SELECT len(list(range)) FROM range(20_000_000)").fetchone()
        return int(length)

    assert in_little_memory(warehouse.connection, attempt) == 20_000_000
    assert sizes == ["64.0 MiB", setting(warehouse.connection, "memory_limit")]


def test_each_opening_spills_into_a_folder_of_its_own_and_leaves_none(lake, tmp_path, monkeypatch):
    """DuckDB deletes what lies in the folder when it ends, whosever it is."""
    monkeypatch.setattr("warehouse.memory.gettempdir", lambda: str(tmp_path))
    monkeypatch.setenv("DIFANG_MEMORY_LIMIT", "64MB")
    with Warehouse.open(lake) as warehouse, connect(lake) as reader:
        folders = {setting(connection, "temp_directory") for connection in (warehouse.connection, reader)}
        assert len(folders) == 2
        reader.execute("CREATE TEMP TABLE large AS SELECT random() AS number FROM range(20_000_000)")
        assert len(list(tmp_path.glob("difang-spill-*/*"))) > 0
    assert list(tmp_path.glob("difang-spill-*")) == []


def test_a_writer_keeps_no_copies_of_files_that_the_system_caches(warehouse):
    assert setting(warehouse.connection, "enable_external_file_cache") == "False"


def test_marts_that_need_more_than_there_is_say_so_and_stay_as_they_are(warehouse, make, count):
    warehouse.land(make.articles(range(1, 40)))
    warehouse.refresh_marts()
    warehouse.land(make.articles(range(40, 60), crawl_id="c2"))
    warehouse.connection.execute("SET memory_limit = '8MB'")
    with pytest.raises(WarehouseMemory, match=r"marts were not refreshed: .*nothing was written, give DuckDB more by"):
        refresh_marts(warehouse.connection, whole=True)
    warehouse.connection.execute("SET memory_limit = '1GB'")
    assert count("mart_articles") == 39
    refresh_marts(warehouse.connection, whole=True)
    assert count("mart_articles") == 59
