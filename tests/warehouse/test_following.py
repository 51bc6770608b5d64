"""Who writes or reads for days gets another connection now and then, because DuckLake forgets nothing of one."""

import duckdb
import pytest

from warehouse import Warehouse, WarehouseLocation, lake
from warehouse.changes import followed_tables, newest_snapshot, read_changes
from warehouse.following import Follower

KEPT = (
    "SELECT coalesce(sum(memory_usage_bytes), 0) FROM duckdb_memory() "
    "WHERE tag IN ('OBJECT_CACHE', 'EXTERNAL_FILE_CACHE')"
)


def kept(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute(KEPT).fetchone()[0])


def is_closed(connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.execute("SELECT 1")
    except duckdb.ConnectionException:
        return True
    return False


def test_a_writer_goes_on_over_another_connection_and_keeps_little(warehouse, make, count, monkeypatch):
    monkeypatch.setattr(lake, "RENEWED_AFTER", 8)
    sizes, connections = [], []
    for number in range(1, 34):
        warehouse.land(make.batch(make.landed(number), crawl_id=f"c{number}"))
        connections.append(warehouse.connection)
        sizes.append(kept(warehouse.connection))
    assert count("core_articles") == 33
    assert not warehouse.land(make.batch(make.landed(33), crawl_id="again")).counts["core_articles"]  # known keys stay
    assert len({id(c) for c in connections}) == 5
    assert is_closed(connections[0])
    assert not is_closed(connections[-1])
    grown = sizes[6] - sizes[0]
    assert grown > 0  # else DuckLake has learnt to forget, and all this can go
    assert max(sizes) < sizes[0] + 3 * grown


def test_maintenance_keeps_its_connection_while_batches_land_between_its_steps(warehouse, make, monkeypatch):
    monkeypatch.setattr(lake, "RENEWED_AFTER", 2)
    turn, before, landed = warehouse._turn, warehouse.connection, []

    def landing_between(self):
        number = len(landed) + 1
        if number <= 6:
            landed.append(warehouse.land(make.batch(make.landed(number), crawl_id=f"c{number}")))
        return turn()

    monkeypatch.setattr(Warehouse, "_turn", landing_between)
    warehouse.maintain()
    assert len(landed) == 6
    assert warehouse.connection is before
    warehouse.land(make.batch(make.landed(7), crawl_id="c7"))
    assert warehouse.connection is not before


def test_a_writer_keeps_its_connection_where_none_can_be_had(warehouse, make, count, monkeypatch, caplog):
    monkeypatch.setattr(lake, "RENEWED_AFTER", 1)

    def refuse(*_: object, **__: object) -> None:
        raise duckdb.IOException("too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(lake, "_open", refuse)
        before = warehouse.connection
        warehouse.land(make.batch(make.landed(1), crawl_id="c1"))
        assert warehouse.connection is before
    assert "too many open files" in caplog.text
    warehouse.land(make.batch(make.landed(2), crawl_id="c2"))
    assert warehouse.connection is not before
    assert count("core_articles") == 2


def test_a_follower_sees_everything_and_keeps_little(warehouse, make, monkeypatch):
    monkeypatch.setattr("warehouse.following.RENEWED_AFTER", 8)
    tables, seen, sizes = followed_tables(["articles"]), [], []
    at = newest_snapshot(warehouse.connection)
    with Follower(WarehouseLocation.resolve(warehouse.location)) as follower:
        for number in range(1, 26):
            warehouse.land(make.batch(make.landed(number), crawl_id=f"c{number}"))
            connection = follower.round()
            newest = newest_snapshot(connection)
            seen += [change.row["article_id"] for change in read_changes(connection, tables, at, newest)]
            at = newest
            sizes.append(kept(connection))
    assert len(set(seen)) == len(seen) == 25
    assert sizes[8] < sizes[7] > sizes[0]
    assert sizes[16] < sizes[15]
    with pytest.raises(duckdb.ConnectionException):
        follower.connection.execute("SELECT 1")
