"""The live view, drawn once on the demo's warehouse."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from pipeline.ingest import Tally
from pipeline.pace import Pace
from pipeline.settings import Settings
from pipeline.streaming_health import Health
from pipeline.streaming_upkeep import read_state, write_state
from pipeline.watching import describe_stream, view, watch
from records import UsageError
from warehouse import connect


@pytest.fixture
def state(tmp_path):
    pace = Pace(64, 10.0)
    pace.note([1.0, 2.0])
    health = Health(Tally(versions=5), pace, patience_seconds=60, publishers_count=2)
    assert read_state(tmp_path) is None
    write_state(tmp_path, health.report())
    return read_state(tmp_path)


def test_the_view_shows_the_stream_and_the_latest_articles(demo_run, state):
    console = Console(record=True, width=160, file=io.StringIO())
    with connect(demo_run.home / "warehouse") as connection:
        console.print(view(state, connection))
    text = console.export_text()
    assert "5 versions" in text
    assert "queryable within 2 s (p95 2 s)" in text
    assert "2024-06-20 16:30" in text
    assert text.count("lufengwang") + text.count("yihewanbao") >= 12


def test_a_stream_that_no_longer_writes_is_called_gone(state):
    now = datetime.now(UTC)
    assert ": ok;" in describe_stream(state, now)
    assert "gone: it has written nothing for" in describe_stream(state, now + timedelta(minutes=5))
    assert "stopped;" in describe_stream({**state, "status": "stopped"}, now + timedelta(minutes=5))
    assert describe_stream(None, now).startswith("no stream has run")


def test_without_a_terminal_it_says_what_to_ask(demo_run):
    with pytest.raises(UsageError, match="--watch needs a terminal"):
        watch(Settings(home=demo_run.home), Console(force_terminal=False), lambda: True)
