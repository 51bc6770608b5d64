"""Lineage as Airflow's own provider takes it from the operators; runs where the provider is installed."""

import datetime as dt
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("airflow.providers.openlineage", reason="apache-airflow-providers-openlineage is not installed")

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore"),
]


def test_the_providers_extractor_takes_the_operators_lineage(airflow_home: Any) -> None:
    from airflow.providers.openlineage.extractors.base import DefaultExtractor

    from dags.assets import LANDED, PUBLISHER_LANDED
    from dags.crawling import IngestOperator

    report = json.dumps({"versions": 7, "finish_reason": "finished"})
    operator = IngestOperator(task_id="t", publisher="lufengwang", command=(sys.executable, "-c", f"print({report!r})"))
    run = SimpleNamespace(
        partition_key="2022-01-17", run_after=dt.datetime.now(dt.UTC), run_type="manual", conf={}, run_id="r"
    )
    ti = SimpleNamespace(run_id="r", try_number=1)
    events = {PUBLISHER_LANDED: SimpleNamespace(extra=None)}
    given = {"params": {"slice_minutes": 55, "max_minutes": 480}, "dag_run": run, "ti": ti, "outlet_events": events}
    operator.execute(given | {"task_state_store": {}})
    found = DefaultExtractor(operator).extract_on_complete(task_instance=SimpleNamespace())
    assert [dataset.name for dataset in found.inputs] == ["publishers/lufengwang"]
    assert [dataset.name for dataset in found.outputs] == list(LANDED)
    assert found.outputs[0].outputFacets["outputStatistics"].rowCount == 7
