"""Upkeep beside a stream: tried again when others are in the way, the end of the stream when counts do not agree."""

import threading
import time
from types import SimpleNamespace

import pytest

from crawlers import Frontier
from pipeline.ingest import Tally
from pipeline.settings import Settings
from pipeline.streaming_upkeep import Upkeep, read_state
from records import WarehouseBusy, WarehouseError
from warehouse import Warehouse


class Lake:
    """A warehouse of which only the maintenance and the ledger matter."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.called = threading.Event()
        self.noted = []

    def snapshot(self):
        return 1

    def maintain(self, *, keep_days, raw_days):
        assert (keep_days, raw_days) == (7.0, 90.0), "what the settings say is kept"
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if not self.outcomes:
            self.called.set()
        if outcome is not None:
            raise outcome
        kinds = ("merged_files", "created_files", "expired_snapshots", "deleted_files", "orphaned_files")
        return SimpleNamespace(**{f"{kind}_count": 0 for kind in kinds})

    def note_waiting(self, publisher_ids, waiting, noted_at):
        self.noted.append((publisher_ids, waiting))


@pytest.fixture
def frontier(tmp_path):
    opened = Frontier.open(f"sqlite:///{tmp_path}/frontier.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def upkeep(tmp_path):
    made = Upkeep(
        Settings(home=tmp_path, raw_days=90.0),
        Tally(),
        marts_seconds=0.01,
        maintain_seconds=0.01,
        keep_days=7.0,
        publisher_ids=["lufengwang"],
        report=lambda: {"status": "ok", "reason": None},
    )
    yield made
    made.stop()


def wait_until(condition):
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_a_busy_lake_is_tried_again_and_the_state_is_written(upkeep, frontier, tmp_path):
    with upkeep.running(Lake(WarehouseBusy("another writer"), None), frontier):
        wait_until(lambda: upkeep.maintenances_count or upkeep.fatal)
        assert read_state(tmp_path)["status"] == "ok"
    assert upkeep.fatal is None
    assert upkeep.state()["failures"] == 1
    assert "another writer" in upkeep.state()["last_error"]
    assert upkeep.refreshes_count == 0, "nothing has landed: the marts are as they were"
    assert read_state(tmp_path)["status"] == "stopped"


def test_what_waits_is_noted_while_the_stream_goes_on(upkeep, frontier, monkeypatch):
    monkeypatch.setattr("pipeline.streaming_upkeep.LEDGER_SECONDS", 0.01)
    upkeep._ledger_at = 0.0
    lake = Lake()
    with upkeep.running(lake, frontier):
        wait_until(lambda: lake.noted)
    assert lake.noted[0] == (["lufengwang"], ())


def test_counts_that_do_not_agree_end_the_upkeep(upkeep, frontier):
    with upkeep.running(Lake(WarehouseError("core_articles holds 3 rows")), frontier):
        wait_until(lambda: upkeep.fatal is not None)
    assert isinstance(upkeep.fatal, WarehouseError)
    assert upkeep.maintenances_count == 0


def test_what_landed_is_checked_after_a_refresh_and_what_fails_is_said(upkeep, caplog):
    with Warehouse.open(upkeep._settings.warehouse_location) as warehouse:
        upkeep._checked_snapshot = warehouse.snapshot()
        warehouse.connection.execute(
            "INSERT INTO core_removals BY NAME SELECT 'http://a.example/1' AS canonical_url, now() AS removed_at, "
            "'x' AS article_id, 'a' AS publisher_id, 404 AS http_status, 'of nobody' AS batch_id"
        )
        upkeep._check_landed(warehouse)
        assert "core_removals_batch_id_exists" in upkeep.state()["failed_checks"]
        assert "difang check" in caplog.text
        upkeep._checked_snapshot = warehouse.snapshot()
        upkeep._check_landed(warehouse)
    assert upkeep.state()["failed_checks"] == []
