"""The two DAGs over both bundled newspapers, task by task in one process: what they land is what the verbs land."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from landed_tables import read_tables

from pipeline.newspapers import NewspaperServer
from pipeline.supervisor import descendants
from records import seed_path

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

NEWSPAPERS = ["lufengwang", "yihewanbao"]


@pytest.fixture(scope="module")
def newspapers() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


@pytest.fixture(autouse=True)
def no_deadlines(airflow_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dag.test` cannot run a DAG with a deadline that no processor has stored; test_local_airflow has some."""
    from dags import daily_crawl, maintain_warehouse, poll_publishers, refresh_marts, reprocess_days

    for module in (daily_crawl, maintain_warehouse, poll_publishers, refresh_marts, reprocess_days):
        monkeypatch.setattr(module.dag, "deadline", None)


def set_home(monkeypatch: pytest.MonkeyPatch, home: Path, server: NewspaperServer) -> None:
    monkeypatch.setenv("DIFANG_HOME", str(home))
    monkeypatch.setenv("DIFANG_PROXY_URL", server.proxy_url)


def difang(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pipeline", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def landed(home: Path) -> dict[str, list[str]]:
    return read_tables({"DIFANG_HOME": str(home)})


def asset_events(home: Path) -> list[tuple[str, str | None]]:
    query = "SELECT a.name, e.partition_key FROM asset_event AS e JOIN asset AS a ON a.id = e.asset_id"
    with closing(sqlite3.connect(home / "airflow.db")) as metadata:
        return metadata.execute(query).fetchall()


def states(run: Any) -> dict[str, str]:
    return {f"{ti.task_id}[{ti.map_index}]": str(ti.state) for ti in run.get_task_instances()}


def test_the_dags_land_what_the_command_line_lands(
    airflow_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newspapers: NewspaperServer
) -> None:
    from dags import daily_crawl, maintain_warehouse, poll_publishers, refresh_marts, reprocess_days
    from dags.selection import SHANGHAI

    # An article that stands in two sections gets that of the listing which came first: here, one at a time.
    write_publishers(tmp_path / "publishers", lambda text: text.replace("concurrency = 8", "concurrency = 1"))
    monkeypatch.setenv("DIFANG_PUBLISHERS", str(tmp_path / "publishers"))
    set_home(monkeypatch, tmp_path / "dags", newspapers)
    run_after = dt.datetime(2024, 6, 20, 22, 30, tzinfo=dt.UTC)  # 06:30 on the 21st in Shanghai
    run = daily_crawl.dag.test(run_conf={"publishers": NEWSPAPERS}, logical_date=None, run_after=run_after)
    assert states(run) == {
        "choose_publishers[-1]": "success",
        "hosts_1.list_publishers[-1]": "success",
        "hosts_1.crawl_publisher[-1]": "skipped",
        "hosts_2.list_publishers[-1]": "success",
        "hosts_2.crawl_publisher[-1]": "skipped",
        "hosts_3.list_publishers[-1]": "success",
        "hosts_3.crawl_publisher[0]": "success",
        "hosts_4.list_publishers[-1]": "success",
        "hosts_4.crawl_publisher[0]": "success",
        "announce_landing[-1]": "success",
        "every_publisher_crawled[-1]": "success",
        "tell_people[-1]": "skipped",
    }
    events = asset_events(airflow_home)
    assert sorted(events, key=str) == [
        ("day_landed", "2024-06-21"),
        ("publisher_landed", None),
        ("publisher_landed", None),
    ]
    marts = refresh_marts.dag.test(logical_date=None, run_after=run_after)
    assert states(marts) == {
        "refresh_marts[-1]": "success",
        "check_warehouse[-1]": "success",
        "tell_people[-1]": "skipped",
    }

    set_home(monkeypatch, tmp_path / "verbs", newspapers)
    difang("ingest", *NEWSPAPERS)
    difang("refresh")

    by_dags, by_verbs = landed(tmp_path / "dags"), landed(tmp_path / "verbs")
    assert set(by_dags) == set(by_verbs)
    assert len(by_dags["core_articles"]) > 60
    assert sum(name.startswith("mart_") for name in by_dags) > 0
    for name, rows in by_verbs.items():
        if name != "mart_waiting_links":  # holds when each waiting link is tried next
            assert by_dags[name] == rows, name

    # Polls land the same, and say so once: at the second nothing is due.
    set_home(monkeypatch, tmp_path / "polls", newspapers)
    told = len(asset_events(airflow_home))
    for announced in ("success", "skipped"):
        run = poll_publishers.dag.test(run_conf={"publishers": NEWSPAPERS}, logical_date=None, run_after=run_after)
        assert states(run) == {
            "choose_publishers[-1]": "success",
            "hosts_1[-1]": "skipped",
            "hosts_2[-1]": "skipped",
            "hosts_3[-1]": "success",
            "hosts_4[-1]": "success",
            "announce_landing[-1]": announced,
            "tell_people[-1]": "skipped",
        }
    assert asset_events(airflow_home)[told:] == [("poll_landed", "2024-06-21")]
    assert landed(tmp_path / "polls")["core_articles"] == by_verbs["core_articles"]

    # Maintenance and reprocessing of what has just landed change no article.
    set_home(monkeypatch, tmp_path / "dags", newspapers)
    day = dt.datetime.now(SHANGHAI).date()
    maintained = maintain_warehouse.dag.test(logical_date=None, run_after=run_after)
    assert states(maintained) == {
        "maintain_warehouse[-1]": "success",
        "check_warehouse[-1]": "success",
        "tell_people[-1]": "skipped",
    }
    days = {"from": str(day - dt.timedelta(days=1)), "to": str(day), "publishers": ["yihewanbao"]}
    again = reprocess_days.dag.test(run_conf=days, logical_date=None, run_after=run_after)
    assert set(states(again).values()) == {"success", "skipped"}
    assert landed(tmp_path / "dags")["core_articles"] == by_verbs["core_articles"]


def test_a_crawl_that_is_killed_makes_the_run_red_and_the_others_land(
    airflow_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newspapers: NewspaperServer
) -> None:
    from dags import daily_crawl

    set_home(monkeypatch, tmp_path / "home", newspapers)
    monkeypatch.setattr(newspapers, "delay_seconds", 0.2)
    monkeypatch.setitem(daily_crawl.dag.get_task("hosts_3.crawl_publisher").partial_kwargs, "retries", 0)
    before = len(asset_events(airflow_home))
    killer = threading.Thread(target=kill_crawl, args=("lufengwang",))
    killer.start()
    conf = {"publishers": NEWSPAPERS, "limit": 3}
    run = daily_crawl.dag.test(run_conf=conf, logical_date=None, run_after=dt.datetime.now(dt.UTC))
    killer.join(timeout=1)
    assert states(run) == {
        "choose_publishers[-1]": "success",
        "hosts_1.list_publishers[-1]": "success",
        "hosts_1.crawl_publisher[-1]": "skipped",
        "hosts_2.list_publishers[-1]": "success",
        "hosts_2.crawl_publisher[-1]": "skipped",
        "hosts_3.list_publishers[-1]": "success",
        "hosts_3.crawl_publisher[0]": "failed",
        "hosts_4.list_publishers[-1]": "success",
        "hosts_4.crawl_publisher[0]": "success",
        "announce_landing[-1]": "success",
        "every_publisher_crawled[-1]": "upstream_failed",
        "tell_people[-1]": "success",
    }
    assert run.state == "failed"
    assert len(asset_events(airflow_home)) == before + 2
    assert len(landed(tmp_path / "home")["core_articles"]) == 3


def test_a_crawl_longer_than_its_slice_goes_on_in_the_next_and_loses_nothing(
    airflow_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newspapers: NewspaperServer
) -> None:
    from dags import daily_crawl

    monkeypatch.setattr("dags.crawling.PAUSE", dt.timedelta(0))  # no scheduler and no executor here to be waited for
    write_publishers(tmp_path / "publishers", lambda text: text.replace("concurrency = 8", "concurrency = 1"))
    monkeypatch.setenv("DIFANG_PUBLISHERS", str(tmp_path / "publishers"))
    set_home(monkeypatch, tmp_path / "slices", newspapers)
    # One answer at a time and some forty of them: more than a slice has time for, however fast the machine is.
    monkeypatch.setattr(newspapers, "delay_seconds", 0.4)
    conf = {"publishers": ["yihewanbao"], "slice_minutes": 0.15}
    run = daily_crawl.dag.test(run_conf=conf, logical_date=None, run_after=dt.datetime.now(dt.UTC))
    assert states(run)["hosts_4.crawl_publisher[0]"] == "success"
    assert run.state == "success"
    monkeypatch.setattr(newspapers, "delay_seconds", 0.0)
    by_slices = landed(tmp_path / "slices")
    crawls = {tuple(row) for row in crawl_ids(tmp_path / "slices")}
    assert len(crawls) > 1, "the crawl was not cut"
    assert all(f".yihewanbao.1{end}" in str(crawls) for end in ("'", ".2'")), "the same try, slice by slice"

    set_home(monkeypatch, tmp_path / "whole", newspapers)
    difang("ingest", "yihewanbao")
    whole = landed(tmp_path / "whole")
    for table in (
        "core_articles",
        "core_article_regions",
        "core_official_mentions",
        "core_related_links",
        "core_rejections",
        "raw_pages",
    ):
        assert len(whole[table]) > 0, table
        assert by_slices[table] == whole[table], table


def crawl_ids(home: Path) -> list[tuple[str]]:
    from warehouse import WarehouseLocation, connect

    with connect(WarehouseLocation.from_environment({"DIFANG_HOME": str(home)})) as lake:
        return lake.execute("SELECT DISTINCT crawl_id FROM core_batches").fetchall()


def kill_crawl(publisher_id: str, seconds: float = 60) -> None:
    """kill -9 to the crawl of that publisher once it is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for pid in descendants(os.getpid()):
            with suppress(OSError):
                if f"\0ingest\0{publisher_id}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    return
        time.sleep(0.1)


def write_publishers(folder: Path, change: Callable[[str], str]) -> None:
    """A copy of the declarations, each of them changed."""
    folder.mkdir()
    files = sorted(seed_path("publishers").glob("*.toml"))
    assert len(files) >= len(NEWSPAPERS)
    for file in files:
        text = file.read_text("utf-8")
        if file.stem in NEWSPAPERS:
            assert change(text) != text or "lufengwang" not in text
            text = change(text)
        (folder / file.name).write_text(text, "utf-8")
