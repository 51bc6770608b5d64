"""`difang airflow` for real: log in, the schedule's run, the marts it starts, a cancelled crawl, the end; new keys."""

import importlib.util
import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Callable, Iterator
from http.server import HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from airflow_api import AirflowApi, wait_for
from serving import QuietHandler, serving

from pipeline.newspapers import NewspaperArchive, NewspaperServer
from pipeline.streaming_events import ASSET_URI
from pipeline.supervisor import descendants, processes
from records import seed_path

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(1800),  # two minutes on two free cores
    pytest.mark.skipif(sys.platform != "linux", reason="looks for orphans in /proc"),
]

ALL_OF_LUFENGWANG = 52
"""Its articles in the morning edition."""


class LocalAirflow:
    """`difang airflow` as a person starts it, and its REST API as docs/airflow.md uses it."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home, self.environment = home, environment
        self.said: list[str] = []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "--home", str(self.home), "airflow", "--port", str(free_port())],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.url = self.read_until("ready in").rpartition(" ")[2]
        password = json.loads((self.home / "airflow" / "password.json").read_text())["admin"]
        self.api = AirflowApi(self.url, "admin", password)
        self.ask = self.api.ask

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.read_until("stopped; no process is left")
        assert self.process.wait(timeout=10) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()

    def read_until(self, words: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if words in line:
                return line.rstrip()
        raise AssertionError(f"never said {words!r}: {self.said}")

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns?order_by=run_after")["dag_runs"]
        return found

    def states(self, dag_id: str, run_id: str) -> dict[str, str]:
        return {name: square["state"] for name, square in self.api.squares(dag_id, run_id).items()}

    def follow_page(self, *names: str, run: str = "", page_name: str = "airflow.md") -> str:
        """Run the commands of that page under these names, where the home is called as on the page; its $RUN."""
        page = (Path(__file__).parents[2] / "docs" / page_name).read_text("utf-8")
        blocks = dict(re.findall(r"<!-- run: (\w+) -->\n```sh\n(.*?)```", page, re.DOTALL))
        script = "\n".join(["set -eu", *(blocks[name] for name in names), 'printf "\\n%s" "$RUN"'])
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.home.parent,
            env={"PATH": path, "RUN": run},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
        return done.stdout.rpartition("\n")[2]

    def wait_for_run(
        self, dag_id: str, is_it: Callable[[dict[str, Any]], bool], seconds: float = 240
    ) -> dict[str, Any]:
        """The first run of that kind, once it has ended."""
        return wait_for(
            lambda: next((r for r in self.runs(dag_id) if is_it(r) and r["state"] in {"success", "failed"}), None),
            lambda: f"a run of {dag_id} to end; the service said {self.said[-3:]}",
            seconds,
        )


class Receiver(HTTPServer):
    """Stands where a group's robot listens; keeps the messages."""

    got: list[dict[str, Any]]
    lineage: list[dict[str, Any]]
    """What OpenLineage's provider has sent: an address of this server's own."""

    def titles(self, words: str) -> list[str]:
        return [message["title"] for message in self.got if words in message["title"]]

    def completed(self, job: str) -> dict[str, Any] | None:
        found = (e for e in self.lineage if e["eventType"] == "COMPLETE" and e["job"]["name"] == job)
        return next(found, None)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            kept = server.lineage if self.path == "/api/v1/lineage" else server.got
            kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

    server = Receiver(("127.0.0.1", 0), Handler)
    server.got, server.lineage = [], []
    with serving(server):
        yield server


def free_port() -> int:
    from pipeline.airflow_local import choose_port

    return choose_port(0)


def count_rows(home: Path, table: str, publisher_id: str = "lufengwang") -> int:
    from warehouse import WarehouseLocation, connect

    query = f"SELECT count(*) FROM {table} WHERE publisher_id = ?"
    with connect(WarehouseLocation.from_environment({"DIFANG_HOME": str(home)})) as lake:
        row = lake.execute(query, [publisher_id]).fetchone()
    return int(row[0]) if row else 0


@pytest.fixture
def newspapers() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


@pytest.fixture
def local_airflow(
    metadata_template: Path, tmp_path: Path, newspapers: NewspaperServer, receiver: Receiver
) -> Iterator[LocalAirflow]:
    """Its home has a space and Chinese in its path; yihewanbao is active, so that the schedule has work."""
    home, publishers = tmp_path / "地方 home", tmp_path / "publishers"
    (home / "airflow").mkdir(parents=True)
    (tmp_path / "difang-home").symlink_to(home)  # as docs/airflow.md calls it
    shutil.copy(metadata_template, home / "airflow" / "airflow.db")
    transport = {"type": "http", "url": f"http://127.0.0.1:{receiver.server_port}"}
    (home / "airflow" / "airflow.cfg").write_text(f"[openlineage]\ntransport = {json.dumps(transport)}\n", "utf-8")
    publishers.mkdir()
    for file in seed_path("publishers").glob("*.toml"):
        shutil.copy(file, publishers)
    replace_in(publishers / "yihewanbao.toml", "active = false", "active = true")
    replace_in(publishers / "lufengwang.toml", "concurrency = 8", "concurrency = 2")  # slow enough to be cancelled
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DIFANG_PROXY_URL": newspapers.proxy_url}
    # Every crawl is late by this deadline.
    environment |= {"DIFANG_NOTIFY": "ops", "DIFANG_DEADLINE_HOURS": "0.001"}
    service = LocalAirflow(home, environment | {"DIFANG_PUBLISHERS": str(publishers), "DIFANG_WORKERS": "1"})
    yield service
    if service.process.poll() is None:
        service.stop()


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_day_in_a_local_airflow(local_airflow: LocalAirflow, newspapers: NewspaperServer, receiver: Receiver) -> None:
    airflow = local_airflow
    extra = json.dumps({"service": "webhook"})
    ops = {"connection_id": "ops", "conn_type": "http", "host": f"http://127.0.0.1:{receiver.server_port}"}
    airflow.ask("POST", "/api/v2/connections", ops | {"extra": extra})
    wait_for(lambda: len(airflow.ask("GET", "/api/v2/dags")["dags"]) == 7, lambda: "the DAGs to be parsed", 120)
    listed = airflow.ask("GET", "/api/v2/dags")["dags"]
    assert [dag["dag_id"] for dag in listed if dag["is_paused"]] == ["daily_crawl", "poll_publishers"]

    # Switched on, it does today's run at once, by its schedule.
    airflow.ask("PATCH", "/api/v2/dags/daily_crawl", {"is_paused": False})
    scheduled = airflow.wait_for_run("daily_crawl", lambda run: run["run_type"] == "scheduled")
    squares = airflow.states("daily_crawl", scheduled["dag_run_id"])
    assert {name: state for name, state in squares.items() if not name.startswith("hosts_")} == {
        "choose_publishers[-1]": "success",
        "announce_landing[-1]": "success",
        "every_publisher_crawled[-1]": "success",
        "tell_people[-1]": "skipped",
    }
    assert [squares.get(f"hosts_{n}.crawl_publisher[-1]") for n in (1, 2, 3)] == ["skipped"] * 3
    assert squares["hosts_4.crawl_publisher[yihewanbao]"] == "success"
    pools = {pool["name"]: pool["slots"] for pool in airflow.ask("GET", "/api/v2/pools")["pools"]}
    assert {name: slots for name, slots in pools.items() if name.startswith("difang_")} == {
        **{f"difang_hosts_{n}": 1 for n in (1, 2, 3, 4)},
        "difang_warehouse": 1,
    }
    assert scheduled["partition_key"] in scheduled["dag_run_id"]
    assert count_rows(airflow.home, "core_articles", "yihewanbao") > 20
    marts = airflow.wait_for_run("refresh_marts", lambda run: run["partition_key"] == scheduled["partition_key"])
    assert marts["run_type"] == "asset_triggered"
    assert marts["state"] == "success", airflow.states("refresh_marts", marts["dag_run_id"])
    published = airflow.wait_for_run("publish_tables", lambda run: run["partition_key"] == scheduled["partition_key"])
    assert published["run_type"] == "asset_triggered"
    assert published["state"] == "success", airflow.states("publish_tables", published["dag_run_id"])
    assert (airflow.home / "published" / "latest.json").exists()
    if importlib.util.find_spec("airflow.providers.openlineage"):
        check_lineage(receiver)

    # A slow crawl is cancelled: what it has fetched is landed.
    newspapers.delay_seconds = 0.4
    answered = newspapers.requests.total()
    quoted = airflow.follow_page("token", "trigger")
    run_id = unquote(quoted)
    wait_for(lambda: count_rows(airflow.home, "core_articles") > 0, lambda: "the first articles to land", 240)
    newspapers.delay_seconds = 2  # however slow this machine is, the crawl does not end before it is cancelled
    crawls = [pid for pid in descendants(airflow.process.pid) if "lufengwang" in command_line(pid)]
    assert len(crawls) == 1
    airflow.follow_page("token", "cancel", run=quoted)
    wait_for(lambda: not command_line(crawls[0]), lambda: "the crawl to stop", 120)
    newspapers.delay_seconds = 0
    landed = count_rows(airflow.home, "core_articles")
    assert 0 < landed < ALL_OF_LUFENGWANG, "the crawl had ended before it was cancelled"
    assert count_rows(airflow.home, "raw_fetches") >= newspapers.requests.total() - answered, "an answer was lost"
    assert airflow.wait_for_run("daily_crawl", lambda run: run["dag_run_id"] == run_id)["state"] == "failed"
    assert airflow.states("daily_crawl", run_id)["announce_landing[-1]"] == "success"
    airflow.wait_for_run("refresh_marts", lambda run: run["dag_run_id"] != marts["dag_run_id"])

    # People were told: once of the run that failed, and of runs that were late.
    wait_for(lambda: receiver.titles("失败 1 项"), lambda: f"a message of failure; there are {receiver.got}", 240)
    wait_for(lambda: receiver.titles("超时未完成"), lambda: f"a message of lateness; there are {receiver.got}", 240)
    failures = [message for message in receiver.got if "失败" in message["title"]]
    assert len(failures) == 1, failures
    assert run_id in failures[0]["lines"][0]
    assert failures[0]["lines"][1].startswith("✗ hosts_3.crawl_publisher[")

    # The same day again does the rest, and nothing twice.
    airflow.follow_page("token", "clear", run=quoted)
    again = airflow.wait_for_run("daily_crawl", lambda run: run["dag_run_id"] == run_id)
    assert again["state"] == "success"
    assert count_rows(airflow.home, "core_articles") == ALL_OF_LUFENGWANG

    # A backfill of two days is two runs, each of its own day.
    airflow.follow_page("backfill")
    filled = [run for run in airflow.runs("daily_crawl") if run["run_type"] == "backfill"]
    assert sorted(run["partition_key"] for run in filled) == ["2022-01-16", "2022-01-17"]
    first = airflow.wait_for_run("daily_crawl", lambda run: run["run_type"] == "backfill")
    assert first["state"] == "success"
    assert count_rows(airflow.home, "core_articles") == ALL_OF_LUFENGWANG

    # The end: nobody is left, wherever he went.
    everybody = descendants(airflow.process.pid)
    assert len(everybody) >= 8
    airflow.stop()
    assert not [pid for pid in everybody if processes().get(pid, (0, "Z"))[1] != "Z"]

    # With a new key for tokens the old ones are worth nothing; people log in anew, and tasks go on.
    old = airflow.api
    airflow.follow_page("jwt", page_name="operations.md")
    airflow.start()
    old.url = airflow.url
    with pytest.raises(urllib.error.HTTPError, match=r"401|403"):
        old.ask("GET", "/api/v2/dags")
    given = {"logical_date": None}
    run_id = airflow.ask("POST", "/api/v2/dags/refresh_marts/dagRuns", given)["dag_run_id"]
    assert airflow.wait_for_run("refresh_marts", lambda run: run["dag_run_id"] == run_id)["state"] == "success"
    check_stream(airflow, newspapers)


def check_stream(airflow: LocalAirflow, newspapers: NewspaperServer) -> None:
    """What `difang stream` lands beside this Airflow becomes an event of the asset, and the marts' run follows."""
    newspapers.archive = NewspaperArchive("evening")
    known = {run["dag_run_id"] for run in airflow.runs("refresh_marts")}
    password = json.loads((airflow.home / "airflow" / "password.json").read_text())["admin"]
    told = {"URL": airflow.url, "USERNAME": "admin", "PASSWORD": password}
    arguments = ["stream", "lufengwang", "--poll-seconds", "1", "--marts-minutes", "0", "--maintain-hours", "0"]
    with (airflow.home.parent / "stream.log").open("w") as log:
        stream = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "--home", str(airflow.home), *arguments],
            env=airflow.environment | {f"DIFANG_AIRFLOW_{name}": value for name, value in told.items()},
            stderr=log,
        )
    try:
        marts = wait_for(
            lambda: next((run for run in airflow.runs("refresh_marts") if run["dag_run_id"] not in known), None),
            lambda: "the marts' run that follows a stream's landing",
            240,
        )
    finally:
        stream.send_signal(signal.SIGTERM)
        stream.wait(120)
    assert marts["run_type"] == "asset_triggered"
    found = airflow.ask("GET", f"/api/v2/assets?uri_pattern={quote(ASSET_URI)}")["assets"]

    def events() -> list[dict[str, Any]]:
        try:
            listed = airflow.ask("GET", f"/api/v2/assets/events?asset_id={found[0]['id']}")["asset_events"]
        except urllib.error.HTTPError as error:
            if error.code != 500:  # what Airflow 3.3 answers while a run that an event made has not begun
                raise
            return []
        return [event for event in listed if "snapshot_id" in event["extra"]]

    told_by_stream = wait_for(events, lambda: "events of the stream", 240)
    assert {event["partition_key"] for event in told_by_stream} == {marts["partition_key"]}


def check_lineage(receiver: Receiver) -> None:
    """What OpenLineage's provider says of a crawl and of the marts: from where, to where, and how much."""
    names = [f"core_{name}" for name in ("articles", "article_regions", "official_mentions")]
    crawled = wait_for(
        lambda: receiver.completed("daily_crawl.hosts_4.crawl_publisher"),
        lambda: f"lineage of a crawl; there is {[e['job']['name'] for e in receiver.lineage]}",
    )
    assert [(d["namespace"], d["name"]) for d in crawled["inputs"]] == [("difang", "publishers/yihewanbao")]
    outputs = {d["name"]: d for d in crawled["outputs"]}
    assert set(names) <= set(outputs)
    assert {d["namespace"] for d in crawled["outputs"]} == {"difang"}
    assert outputs["core_articles"]["outputFacets"]["outputStatistics"]["rowCount"] > 20
    refreshed = wait_for(lambda: receiver.completed("refresh_marts.refresh_marts"), lambda: "lineage of the marts")
    assert set(names) <= {d["name"] for d in refreshed["inputs"]}
    assert [d["name"] for d in refreshed["outputs"]] == ["marts"]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
