"""The metrics of a filled warehouse against its tables, and the dashboard against the metrics."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import ROOT, run_difang
from prometheus_client.parser import text_string_to_metric_families

from pipeline.verbs.metrics import read_address
from records import UsageError

DASHBOARD = ROOT / "monitoring" / "grafana" / "difang.json"


@pytest.fixture(scope="module")
def printed(demo_run) -> str:
    done = run_difang("metrics", home=demo_run.home)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def samples(printed: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(printed):
        assert family.documentation, family.name
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def test_counters_are_the_tables_own_counts(demo_run, samples: dict[str, Any]) -> None:
    query = """SELECT (SELECT count(*) FROM core_articles) AS articles, (SELECT count(*) FROM raw_fetches) AS requests,
        (SELECT count(*) FROM core_rejections) AS rejections, (SELECT count(*) FROM core_batches) AS batches"""
    done = run_difang("sql", "--json", query, home=demo_run.home)
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)

    def total(name: str) -> float:
        return sum(value for _, value in samples[name])

    assert counted["articles"] > 60
    assert total("difang_article_versions_total") == counted["articles"]
    assert total("difang_requests_total") == counted["requests"]
    assert total("difang_rejections_total") == counted["rejections"] > 0
    assert total("difang_batches_total") == counted["batches"]
    assert {labels["publisher"] for labels, _ in samples["difang_answered_timestamp_seconds"]} == {
        "lufengwang",
        "yihewanbao",
    }
    assert total("difang_frontier_urls") > counted["articles"]
    assert len(samples["difang_publishers_flagged"]) >= 8


def queries() -> Iterator[tuple[str, str]]:
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_every_query_of_the_dashboard_names_metrics_and_labels_that_are_exported(samples: dict[str, Any]) -> None:
    asked = list(queries())
    assert len(asked) >= 10
    # A lag exists only where articles were fetched soon after their minute of publication: its name is documented.
    labels_of = {name: {label for labels, _ in found for label in labels} for name, found in samples.items()}
    labels_of.setdefault("difang_publication_lag_seconds", {"quantile"})
    for title, expr in asked:
        names = set(re.findall(r"\bdifang_\w+", expr))
        assert names, title
        assert names <= set(labels_of), (title, names - set(labels_of))
        available = set().union(*(labels_of[name] for name in names))
        by = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expr) for label in group.split(",")}
        matched = dict(re.findall(r'(\w+)="([^"]*)"', expr))
        assert by | set(matched) <= available, title
        for label, value in matched.items():
            values = {labels[label] for name in names for labels, _ in samples.get(name, ())}
            assert not values or value in values, (title, label, value)


def test_every_metric_is_documented(samples: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(difang_\w+)`", page, re.MULTILINE))
    assert set(samples) | {"difang_publication_lag_seconds"} == documented


def test_a_file_for_node_exporter_is_the_same(demo_run, printed: str, tmp_path) -> None:
    done = run_difang("metrics", "--textfile", str(tmp_path / "difang.prom"), home=demo_run.home)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "difang.prom").read_text("utf-8") == printed


def test_it_is_served_until_it_is_stopped(demo_run) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "metrics", "--serve", "127.0.0.1:0"],
        env=demo_run.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        url = server.stderr.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=60) as answer:
            assert b"difang_article_versions_total" in answer.read()
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 130
        server.stderr.close()


@pytest.mark.parametrize("wrong", ["9464", "host", "host:port", "127.0.0.1:99999"])
def test_an_address_is_host_and_port(wrong: str) -> None:
    assert read_address("127.0.0.1:9464") == ("127.0.0.1", 9464)
    assert read_address("[::1]:9464") == ("::1", 9464)
    with pytest.raises(UsageError, match="HOST:PORT"):
        read_address(wrong)
