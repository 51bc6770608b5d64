"""Whether a stream is well, over HTTP: GET /health as JSON (503 where it is stalled), GET /metrics for Prometheus."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from pipeline.ingest import Tally
from pipeline.pace import Pace
from records import UsageError

SILENT_SECONDS = 60.0
"""Without a turn of the crawl for so long the stream is stalled: a turn takes a tenth of a second."""


class Health:
    """What a stream is doing, put together from its tally when somebody asks."""

    def __init__(self, tally: Tally, pace: Pace, *, patience_seconds: float, publishers_count: int) -> None:
        self._tally = tally
        self._pace = pace
        self._patience = patience_seconds
        self._publishers_count = publishers_count
        self._started = time.monotonic()
        self._turned_at: float | None = None
        self.details: dict[str, Callable[[], dict[str, Any]]] = {}
        """What other parts of the stream say of themselves, by their name."""

    def turn(self) -> None:
        """Note that the crawl has taken a turn."""
        self._turned_at = time.monotonic()

    def stall(self) -> str | None:
        """Why the stream is not well, in a sentence; None where it is."""
        now = time.monotonic()
        if self._turned_at is None:
            silent = now - self._started
            return f"the crawl has not begun in {silent:.0f} s" if silent > self._patience else None
        silent = now - self._turned_at
        if silent > SILENT_SECONDS:
            return f"the crawl has taken no turn for {silent:.0f} s"
        waiting = self._tally.waiting_since
        if waiting is not None and now - waiting > self._patience:
            return f"pages wait, and nothing has landed for {now - waiting:.0f} s"
        return None

    def report(self) -> dict[str, Any]:
        """The state as plain data: what /health answers."""
        now, tally, stall = time.monotonic(), self._tally, self.stall()
        landed = None if tally.landed_at is None else round(now - tally.landed_at, 1)
        return {
            "status": "ok" if stall is None else "stalled",
            "reason": stall,
            "uptime_seconds": round(now - self._started, 1),
            "publishers": self._publishers_count,
            "requests": tally.requests,
            "not_modified": tally.not_modified,
            "failed": tally.failed,
            "pages": tally.pages,
            "under_way": tally.under_way,
            "window": self._pace.window,
            "versions": tally.versions,
            "unchanged": tally.unchanged,
            "removed": tally.removed,
            "rejected": dict(tally.rejected),
            "batches": tally.batches,
            "snapshot_id": tally.snapshot_id,
            "seconds_since_landing": landed,
            "queryable_seconds": {
                "p50": _rounded(self._pace.quantile(0.5)),
                "p95": _rounded(self._pace.quantile(0.95)),
            },
            "late": self._pace.late_count,
            **{name: ask() for name, ask in self.details.items()},
        }


COUNTERS = {
    "requests": "requests of every kind",
    "not_modified": "requests answered by 304",
    "failed": "requests that failed",
    "pages": "article pages fetched",
    "versions": "article versions landed",
    "unchanged": "articles fetched again unchanged",
    "removed": "articles taken down by their publisher",
    "batches": "batches committed",
    "late": "pages that were queryable later than the target",
}
GAUGES = {
    "under_way": "pages between fetching and commit",
    "window": "pages that may be under way",
    "uptime_seconds": "seconds since the stream began",
    "seconds_since_landing": "seconds since the last commit",
    "publishers": "publishers followed",
}


class _Metrics(Collector):
    """The health as Prometheus reads it."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Each number of the report under `difang_stream_`."""
        report = self._health.report()
        for name, text in COUNTERS.items():
            yield CounterMetricFamily(f"difang_stream_{name}", text, value=report[name])
        for name, text in GAUGES.items():
            if report[name] is not None:
                yield GaugeMetricFamily(f"difang_stream_{name}", text, value=report[name])
        yield GaugeMetricFamily("difang_stream_up", "1 unless it is stalled", value=float(report["reason"] is None))
        quantiles = GaugeMetricFamily(
            "difang_stream_queryable_seconds", "from fetched to queryable, of the latest pages", labels=["quantile"]
        )
        for name, value in report["queryable_seconds"].items():
            if value is not None:
                quantiles.add_metric([f"0.{name[1:]}"], value)
        yield quantiles
        rejected = CounterMetricFamily("difang_stream_rejected", "pages that became no article", labels=["reason"])
        for reason, count in report["rejected"].items():
            rejected.add_metric([reason], count)
        yield rejected


@contextmanager
def health_endpoint(health: Health, host: str, port: int | None) -> Iterator[int | None]:
    """Answer at host and port (0: any free one) until the block ends; yields the port. None: nothing is opened.

    Raises UsageError where the port is taken.
    """
    if port is None:
        yield None
        return
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Metrics(health))
    try:
        server = ThreadingHTTPServer((host, port), _handler(health, registry))
    except OSError as error:
        raise UsageError(
            f"--health-port {port} cannot be opened on {host} ({error.strerror}): choose another"
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


def _handler(health: Health, registry: CollectorRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/health":
                report = health.report()
                status, kind = (200 if report["reason"] is None else 503), "application/json; charset=utf-8"
                body = json.dumps(report, ensure_ascii=False).encode()
            elif path == "/metrics":
                status, kind, body = 200, CONTENT_TYPE_LATEST, generate_latest(registry)
            else:
                status, kind, body = 404, "text/plain; charset=utf-8", b"/health or /metrics\n"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: a probe asks every few seconds."""

    return Handler


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
