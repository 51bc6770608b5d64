"""The health endpoint: 200 while the stream lives, 503 with the reason when it does not, and Prometheus's format."""

import json
import time
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.ingest import Tally
from pipeline.pace import Pace
from pipeline.streaming_health import Health, health_endpoint
from records import UsageError


def ask(port, path="/health"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_stream_that_does_not_land_or_does_not_turn_is_stalled():
    tally = Tally()
    health = Health(tally, Pace(8, 10.0), patience_seconds=600.0, publishers_count=3)
    with health_endpoint(health, "127.0.0.1", 0) as port:
        assert ask(port)[0] == 200, "a stream that has just begun is well"
        health.turn()
        tally.waiting_since = time.monotonic() - 601
        status, body = ask(port)
        assert status == 503
        assert json.loads(body)["status"] == "stalled"
        assert "nothing has landed for 60" in json.loads(body)["reason"]
        tally.waiting_since = None
        assert ask(port)[0] == 200
        health._turned_at = time.monotonic() - 3600
        assert "no turn for 3600 s" in json.loads(ask(port)[1])["reason"]
        assert ask(port, "/else")[0] == 404


def test_metrics_are_what_prometheus_reads():
    tally = Tally(requests=7, versions=5)
    tally.rejected["not_html"] += 2
    pace = Pace(8, 10.0)
    pace.note([1.0, 2.0, 30.0])
    with health_endpoint(Health(tally, pace, patience_seconds=1e6, publishers_count=3), "127.0.0.1", 0) as port:
        status, text = ask(port, "/metrics")
        assert status == 200
        samples = {
            (s.name, tuple(s.labels.values())): s.value for f in text_string_to_metric_families(text) for s in f.samples
        }
        assert samples["difang_stream_requests_total", ()] == 7
        assert samples["difang_stream_rejected_total", ("not_html",)] == 2
        assert samples["difang_stream_queryable_seconds", ("0.95",)] == 30.0
        assert samples["difang_stream_late_total", ()] == 1
        assert samples["difang_stream_up", ()] == 1
        with (
            pytest.raises(UsageError, match=f"--health-port {port} cannot be opened"),
            health_endpoint(Health(tally, pace, patience_seconds=1, publishers_count=0), "127.0.0.1", port),
        ):
            pass
