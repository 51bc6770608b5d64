"""The services of docker-compose.yml for real, on Celery: a worker dies, and nothing is lost or doubled."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.server import HTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from airflow_api import AirflowApi, wait_for
from compose import ROOT, NativeStack, postgres_program
from landed_tables import read_tables
from serving import QuietHandler, serving

from pipeline.newspapers import NewspaperServer
from pipeline.supervisor import descendants

NEWSPAPERS = ["lufengwang", "yihewanbao"]

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        sys.platform != "linux" or not shutil.which("redis-server") or not any(Path("/usr/lib/postgresql").glob("*")),
        reason="needs the servers of Debian's packages postgresql and redis-server",
    ),
]


@pytest.fixture(scope="module")
def newspapers() -> Iterator[NewspaperServer]:
    with NewspaperServer() as server:
        yield server


class Collector(HTTPServer):
    """Stands for a collector of OpenTelemetry: keeps the metrics that it is sent."""

    got: list[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/metrics":
                server.got.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = Collector(("127.0.0.1", 0), Handler)
    server.got = []
    with serving(server):
        yield server


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, newspapers: NewspaperServer, collector: Collector
) -> Iterator[NativeStack]:
    """Every service up and healthy, two workers among them."""
    extra = {
        "DIFANG_PROXY_URL": newspapers.proxy_url,
        "TASK_HEARTBEAT_TIMEOUT": "20",
        "WORKER_CONCURRENCY": "2",
        "DIFANG_WORKERS": "1",
        "DIFANG_HOST_GROUPS": "2",
        "AIRFLOW_OTEL_ON": "true",
        "OTEL_METRIC_EXPORT_INTERVAL": "5000",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
    }
    with NativeStack(tmp_path_factory.mktemp("stack"), extra) as stack:
        stack.start_postgres()
        stack.start("redis")
        stack.start("objectstore")
        server = {"PGHOST": "127.0.0.1", "PGPORT": stack.variables["POSTGRES_PORT"]}
        stack.wait_until_healthy("postgres", **server)
        stack.wait_until_healthy("redis")
        stack.wait_until_healthy("objectstore")
        assert stack.start("init").wait(timeout=300) == 0, stack.log("init")
        for service in ("api-server", "scheduler", "dag-processor", "triggerer", "metrics"):
            stack.start(service)
        for number, port in ((1, 18793), (2, 18794)):
            # What two machines differ in of themselves: a name and a port for logs.
            stack.start(
                "worker", "--celery-hostname", f"worker{number}", name=f"worker{number}",
                AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT=str(port),
            )  # fmt: skip
        for service in ("api-server", "scheduler", "dag-processor", "triggerer"):
            stack.wait_until_healthy(service)
        stack.wait_until_healthy("metrics")
        for number in (1, 2):
            stack.wait_until_healthy("worker", HOSTNAME=f"worker{number}")
        yield stack


def crawl_of(publisher_id: str, worker: int) -> int | None:
    """The process that crawls the publisher for a worker, itself or below it."""
    for pid in descendants(worker):
        try:
            if f"\0ingest\0{publisher_id}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        except OSError:
            continue
    return None


def test_a_worker_dies_and_the_run_lands_what_one_process_lands(
    stack: NativeStack, newspapers: NewspaperServer, collector: Collector, tmp_path: Path
) -> None:
    api = AirflowApi(stack.url, "admin", stack.variables["AIRFLOW_ADMIN_PASSWORD"])
    known = "/api/v2/dags?dag_id_pattern=daily_crawl"
    wait_for(lambda: api.ask("GET", known)["dags"], lambda: stack.log("dag-processor"), 120)
    newspapers.delay_seconds = 0.5  # slow enough for the worker to die in the middle of a crawl
    api.ask("PATCH", "/api/v2/dags/daily_crawl", {"is_paused": False})
    run = api.ask(
        "POST", "/api/v2/dags/daily_crawl/dagRuns", {"logical_date": None, "conf": {"publishers": NEWSPAPERS}}
    )["dag_run_id"]

    def crawling_worker() -> tuple[str, int] | None:
        for name in ("worker1", "worker2"):
            if (crawl := crawl_of("lufengwang", stack.processes[name].pid)) is not None:
                return name, crawl
        return None

    before = newspapers.requests.total()
    name, crawl = wait_for(crawling_worker, lambda: str(api.squares("daily_crawl", run)), 180)
    wait_for(lambda: newspapers.requests.total() > before + 12, lambda: "pages to be fetched", 120)
    for pid in [stack.processes[name].pid, *descendants(stack.processes[name].pid), crawl]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    newspapers.delay_seconds = 0.0

    def ended() -> bool:
        return api.ask("GET", f"/api/v2/dags/daily_crawl/dagRuns/{quote(run)}")["state"] in {"success", "failed"}

    wait_for(ended, lambda: str({k: v["state"] for k, v in api.squares("daily_crawl", run).items()}), 420)
    squares = api.squares("daily_crawl", run)
    assert {key: ti["state"] for key, ti in squares.items()} == {
        "choose_publishers[-1]": "success",
        "hosts_1.list_publishers[-1]": "success",
        "hosts_1.crawl_publisher[lufengwang]": "success",
        "hosts_2.list_publishers[-1]": "success",
        "hosts_2.crawl_publisher[yihewanbao]": "success",
        "announce_landing[-1]": "success",
        "every_publisher_crawled[-1]": "success",
        "tell_people[-1]": "skipped",
    }
    assert squares["hosts_1.crawl_publisher[lufengwang]"]["try_number"] == 2

    one = tmp_path / "one"
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "--home", str(one), "ingest", *NEWSPAPERS],
        env={"PATH": os.environ["PATH"], "DIFANG_PROXY_URL": newspapers.proxy_url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    many = read_tables({name: v for name, v in stack.environment("worker").items() if name != "PATH"})
    alone = read_tables({"DIFANG_HOME": str(one)})
    # The killed crawl's requests and the retry's stand in the fetch log; what landed is the same, and once.
    for table in ("core_articles", "core_article_regions", "core_official_mentions", "core_related_links", "raw_pages"):
        assert len(alone[table]) > 0
        assert many[table] == alone[table], table

    # Both kinds of metrics are there: Airflow's by OpenTelemetry, the pipeline's as Prometheus reads them.
    sent = b"".join(collector.got)
    assert b"airflow.ti.finish" in sent or b"airflow.dagrun" in sent, sorted(
        set(re.findall(rb"airflow\.[a-z_.]+", sent))
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{stack.variables['METRICS_PORT']}/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    landed = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    counted = sum(value for name, value in landed.items() if name.startswith("difang_article_versions_total"))
    assert counted == len(many["core_articles"])

    # A dump of the catalogue, restored into another database, names the same rows.
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    blocks = dict(re.findall(r"<!-- run: ([\w-]+) -->\n```sh\n(.*?)```", page, re.DOTALL))
    script = "set -eu\n" + (blocks["cluster-backup"] + blocks["cluster-restore"])
    server = stack.postgres_server
    path = f"{Path(postgres_program('pg_dump')).parent}:/usr/bin:/bin"
    restored = subprocess.run(
        ["sh", "-c", script.replace("docker compose exec -T postgres ", "")],
        env=server | {"PATH": path}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert restored.returncode == 0, restored.stderr
    elsewhere = stack.environment("worker") | {"DIFANG_CATALOG": "postgres:dbname=restored"}
    again = read_tables({name: value for name, value in elsewhere.items() if name != "PATH"})
    assert again == many
