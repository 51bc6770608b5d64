"""What the pipeline has done and has yet to do, as Prometheus reads it; asked of the warehouse and the frontier.

Nothing is counted beside the tables: the counters are the tables' own counts, so they hold over processes, hosts and
restarts, and what a dashboard shows is what a query says. Rates are Prometheus's business: ``rate(…[5m])``.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import datetime

import duckdb
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawlers import Frontier, load_publishers
from pipeline.health import RULES, find_faults, now_utc
from pipeline.settings import Settings
from warehouse import connect

HELD_SECONDS = 15.0
"""Two scrapes within this time get the same numbers: a scrape must not cost what a query costs."""

LANDED = "SELECT publisher_id, count(*) FROM core_articles GROUP BY ALL ORDER BY ALL"
REQUESTS = "SELECT kind, outcome, count(*) FROM raw_fetches GROUP BY ALL ORDER BY ALL"
REJECTED = "SELECT step, reason, count(*) FROM core_rejections GROUP BY ALL ORDER BY ALL"
BATCHES = "SELECT count(*), max(landed_at) FROM core_batches"
ANSWERED = """
SELECT publisher_id, max(fetched_at) FROM raw_fetches WHERE outcome <> 'failed' AND kind <> 'robots'
GROUP BY ALL ORDER BY ALL"""
LAG = """
WITH first_versions AS (
    SELECT article_id, min(fetched_at) AS fetched_at FROM core_articles
    GROUP BY article_id HAVING min(fetched_at) > $now::TIMESTAMPTZ - INTERVAL 1 DAY
)
SELECT unnest([0.5, 0.95]), unnest(quantile_cont(epoch(fetched_at - published_at), [0.5, 0.95]))
FROM core_articles JOIN first_versions USING (article_id, fetched_at)
WHERE published_precision IN ('minute', 'second') AND fetched_at >= published_at"""


class PipelineCollector(Collector):
    """The metrics of one installation, asked anew at most every 15 seconds; one scrape at a time."""

    def __init__(self, settings: Settings, held_seconds: float = HELD_SECONDS) -> None:
        self._settings = settings
        self._held_seconds = held_seconds
        self._lock = threading.Lock()
        self._held: tuple[Metric, ...] = ()
        self._asked_at = float("-inf")

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask the warehouse."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every metric. Raises WarehouseError where there is nothing to read: a scrape that fails is `up` 0."""
        with self._lock:
            if time.monotonic() - self._asked_at >= self._held_seconds:
                self._held = tuple(self._ask())
                self._asked_at = time.monotonic()
            return iter(self._held)

    def _ask(self) -> Iterator[Metric]:
        declared = load_publishers(self._settings.publishers)
        active = [p.id for p in declared.values() if p.active]
        with connect(self._settings.warehouse_location) as connection:
            yield from measure_warehouse(connection, active, now_utc())
        frontier = Frontier.open(self._settings.frontier_url)
        try:
            urls = GaugeMetricFamily("difang_frontier_urls", "URLs of the frontier by state", labels=["state"])
            for state, count in frontier.counts().items():
                urls.add_metric([state], count)
            yield urls
        finally:
            frontier.close()


def measure_warehouse(connection: duckdb.DuckDBPyConnection, active: Iterable[str], now: datetime) -> Iterator[Metric]:
    """The metrics that the tables hold."""

    def rows(query: str) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = connection.execute(query).fetchall()
        return found

    yield counter("difang_article_versions", "article versions landed", ["publisher"], rows(LANDED))
    yield counter(
        "difang_requests", "requests by what they were for and how they ended", ["kind", "outcome"], rows(REQUESTS)
    )
    yield counter("difang_rejections", "pages that became no article", ["step", "reason"], rows(REJECTED))
    [(batches, landed_at)] = rows(BATCHES)
    yield CounterMetricFamily("difang_batches", "transactions of landing", value=number(batches))
    if landed_at is not None:
        yield GaugeMetricFamily("difang_landed_timestamp_seconds", "when a batch landed last", value=number(landed_at))
    answered = GaugeMetricFamily(
        "difang_answered_timestamp_seconds", "when a publisher answered last", labels=["publisher"]
    )
    for publisher, at in rows(ANSWERED):
        answered.add_metric([str(publisher)], number(at))
    yield answered
    lag = GaugeMetricFamily(
        "difang_publication_lag_seconds",
        "from publication to fetching, of the last day's articles",
        labels=["quantile"],
    )
    for quantile, seconds in connection.execute(LAG, {"now": now}).fetchall():
        if seconds is not None:
            lag.add_metric([f"{float(quantile):g}"], seconds)
    yield lag
    flagged = GaugeMetricFamily("difang_publishers_flagged", "publishers that break a rule", labels=["rule"])
    findings = find_faults(connection, active, now=now)
    for rule in RULES:
        flagged.add_metric([rule], sum(finding.rule == rule for finding in findings))
    yield flagged


def counter(name: str, says: str, labels: list[str], rows: Iterable[tuple[object, ...]]) -> Metric:
    """A counter from rows of labels and a count."""
    family = CounterMetricFamily(name, says, labels=labels)
    for *values, count in rows:
        family.add_metric([str(value) for value in values], number(count))
    return family


def number(value: object) -> float:
    """A count, or an instant as seconds since 1970."""
    return value.timestamp() if isinstance(value, datetime) else float(str(value))


def registry_of(settings: Settings) -> CollectorRegistry:
    """A registry with the metrics of one installation and nothing of this process."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(PipelineCollector(settings))
    return registry
