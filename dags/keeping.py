"""The operators that keep the warehouse: marts, checks, publishing, maintenance, reprocessing."""

import shlex
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, Context

from dags.assets import LANDED, MARTS, MARTS_CHECKED, TABLES_PUBLISHED
from dags.operators import FINDINGS, DifangOperator, counts_of, run_day
from dags.pools import WAREHOUSE_POOL
from dags.selection import check_names

LEFT_FINDINGS = 50
"""XCom is no place for data: a message names far fewer."""


class MaintainOperator(DifangOperator):
    """Merges small files, expires snapshots and deletes orphans, with the ages of the run's params."""

    def build_arguments(self, context: Context) -> Sequence[str]:
        """`maintain` with the run's ages."""
        params = context["params"]
        check_names(context["dag_run"].conf or {}, params)
        return ["maintain", "--keep-days", str(params["keep_days"]), "--orphan-days", str(params["orphan_days"])]


class ReprocessOperator(DifangOperator):
    """Reads the raw pages of the run's days again, by today's rules."""

    reads = ("raw_pages",)
    writes = LANDED[:-2]

    def build_arguments(self, context: Context) -> Sequence[str]:
        """`reprocess` with the run's days and publishers."""
        params = context["params"]
        check_names(context["dag_run"].conf or {}, params)
        chosen = [word for publisher in params.get("publishers") or () for word in ("--publisher", publisher)]
        return ["reprocess", "--from", params["from"], "--to", params["to"], *chosen]


class RefreshOperator(DifangOperator):
    """Makes the marts anew; tried three times, for another writer may be in the way."""

    reads = LANDED
    writes = (MARTS,)

    def __init__(self, **kwargs: Any) -> None:
        patience = {"retries": 2, "retry_delay": timedelta(minutes=1), "retry_exponential_backoff": 3}
        super().__init__(arguments=("refresh",), **(patience | {"pool": WAREHOUSE_POOL} | kwargs))


class CheckOperator(DifangOperator):
    """Runs every check of the warehouse; red when a row breaks a rule, and then the log says which."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(arguments=("check",), **kwargs)

    def keep(self, report: Any, context: Context) -> dict[str, Any]:
        """How many checks ran; where the task has `MARTS_CHECKED` as outlet, its event says so too."""
        counts = counts_of(report)
        if MARTS_CHECKED in self.outlets:
            emit(context, MARTS_CHECKED, counts)
        return counts

    def explain(self, report: Any, context: Context) -> str | None:
        """A line a broken rule, with the query that shows its rows."""
        for broken in report["failed"]:
            self.log.error("%s: %d rows. %s", broken["check"], broken["offending_count"], broken["says"])
            self.log.info("see them with: difang sql %s", shlex.quote(broken["sql"]))
        return "difang check"


class HealthOperator(DifangOperator):
    """Judges the publishers by the run's rules; leaves the findings for the message, red when one of them fails."""

    def build_arguments(self, context: Context) -> Sequence[str]:
        """`health` with the run's rules."""
        params = context["params"]
        check_names(context["dag_run"].conf or {}, params)
        fail_on = [word for rule in params["fail_on"] for word in ("--fail-on", rule)] or ["--only-warn"]
        ignore = [word for rule in params["ignore"] for word in ("--ignore", rule)]
        return ["health", *fail_on, *ignore, "--days", str(params["days"]), "--stale-hours", str(params["stale_hours"])]

    def keep(self, report: Any, context: Context) -> dict[str, Any]:
        """How many findings; they themselves go into the message."""
        self.explain(report, context)
        return counts_of(report)

    def explain(self, report: Any, context: Context) -> str | None:
        """A line a finding, with the command that shows its rows."""
        findings = [*report["failed"], *report["warned"]]
        for finding in findings:
            say = self.log.error if finding["fails"] else self.log.warning
            say("%s %s: %s", finding["publisher_id"], finding["rule"], finding["says"])
            self.log.info("see the rows with: %s", finding["command"])
        context["ti"].xcom_push(key=FINDINGS, value=findings[:LEFT_FINDINGS])
        return "difang health"


class PublishOperator(DifangOperator):
    """Writes the marts as files for dashboards and swaps them in at once."""

    reads = (MARTS,)
    writes = ("published",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(arguments=("publish",), **kwargs)

    def keep(self, report: Any, context: Context) -> dict[str, Any]:
        """The counts, which the asset's event carries too."""
        counts = counts_of(report)
        emit(context, TABLES_PUBLISHED, counts)
        return counts


def emit(context: Context, asset: Asset, counts: dict[str, Any]) -> None:
    """Give the asset's event its counts and the run's day as partition."""
    event = context["outlet_events"][asset]
    event.extra = dict(counts)
    event.add_partitions(run_day(context).isoformat())
