"""The operators that crawl: which publishers, one of them wholly, or what is due at many of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import Asset, Context, get_current_context
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

from dags.assets import LANDED, PUBLISHER_LANDED
from dags.operators import DifangOperator, counts_of, is_backfill, run_day
from dags.pools import count_groups, group_of
from dags.selection import (
    check_names,
    choose_days,
    choose_publishers,
    group_publishers,
    ingest_arguments,
    sum_counts,
)
from dags.slices import Slices

SLICES = "slices"
"""The key under which a crawl that was cut keeps what its slices have done."""
PAUSE = dt.timedelta(minutes=1)
"""Between two slices. Scheduled again at once, a task is lost: the scheduler has yet to learn from its executor that
the last slice has ended, takes that for the end of the next one, and kills it (Airflow 3.3.2; sensors wait as long)."""


class ChoosePublishersOperator(DifangOperator):
    """Returns the ids to crawl by host group: the param `publishers`, or all active ones. Bad params end the run."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(arguments=("publishers", "list"), **kwargs)

    def build_arguments(self, context: Context) -> Sequence[str]:
        """The verb, once the run's day and params are known to make sense."""
        check_names(context["dag_run"].conf or {}, context["params"])
        choose_days(context["params"], run_day(context), is_backfill=is_backfill(context))
        return self.arguments

    def keep(self, report: Any, context: Context) -> dict[str, list[str]]:
        """The chosen ids by host group."""
        chosen = choose_publishers(report, context["params"].get("publishers") or ())
        self.log.info("%d of %d publishers: %s", len(chosen), len(report), ", ".join(chosen))
        count = count_groups()
        return group_publishers(chosen, report, lambda home_url: group_of(home_url, count))


class IngestOperator(DifangOperator):
    """Crawls, transforms and lands one publisher; its counts go with `PUBLISHER_LANDED` (name it in outlets).

    A crawl longer than the param `slice_minutes` is cut: the task lands what it has, gives its slot in the pool back
    and is scheduled again a minute later, in the same try, until nothing is left or `max_minutes` are used up.
    """

    template_fields: Sequence[str] = ("publisher",)
    writes = LANDED

    def __init__(self, *, publisher: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.publisher = publisher
        self.reads = (f"publishers/{publisher}",)
        self._slices = Slices()

    def build_arguments(self, context: Context) -> Sequence[str]:
        """`ingest PUBLISHER` with this slice's bounds; the crawl is named so that its rows lead back to this log."""
        ti = context["ti"]
        self._slices = Slices.read(context["task_state_store"].get(SLICES), ti.try_number)
        params = self._slices.bound(context["params"])
        arguments = ingest_arguments(self.publisher, params, run_day(context), is_backfill=is_backfill(context))
        crawl_id = f"{ti.run_id}.{self.publisher}.{ti.try_number}"
        return [*arguments, "--crawl-id", self._slices.name(crawl_id)]

    def leave(self, words: str, next_step: str | None) -> dict[str, Any]:
        """With the publisher's id, and the command that proves its declaration live."""
        return super().leave(words, f"difang publishers check {self.publisher}") | {"name": self.publisher}

    def keep(self, report: Any, context: Context) -> dict[str, Any]:
        """The counts of all slices, which the asset's event carries too; the next slice, where there must be one."""
        slices = self._slices.add(report)
        if slices.goes_on(context["params"], str(report.get("finish_reason"))):
            context["task_state_store"].set(SLICES, slices.as_json(), retention=dt.timedelta(days=2))
            self.log.info("slice %d is over and has landed; the crawl goes on in the next", slices.count)
            raise AirflowRescheduleException(dt.datetime.now(dt.UTC) + PAUSE)
        counts = {"publisher_id": self.publisher} | counts_of(report) | slices.counts
        context["outlet_events"][PUBLISHER_LANDED].extra = counts
        return counts


class PollOperator(DifangOperator):
    """Asks the listings and feeds of one host group that are due, in one crawl, and lands what is new.

    `chosen` is what ChoosePublishersOperator returned; a group without publishers is skipped.
    """

    template_fields: Sequence[str] = ("chosen",)
    writes = LANDED

    def __init__(self, *, chosen: Any, group: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chosen = chosen
        self.group = group

    def build_arguments(self, context: Context) -> Sequence[str]:
        """`ingest PUBLISHER… --poll due` with the bounds of this run."""
        publishers = (self.chosen or {}).get(str(self.group)) or ()
        if not publishers:
            raise AirflowSkipException(f"host group {self.group} has no publisher to poll")
        self.reads = [f"publishers/{publisher}" for publisher in publishers]
        ti, minutes = context["ti"], context["params"]["max_minutes"]
        crawl_id = f"{ti.run_id}.hosts_{self.group}.{ti.try_number}"
        return ["ingest", *publishers, "--poll", "due", "--max-minutes", str(minutes), "--crawl-id", crawl_id]


def announce(asset: Asset, chosen: int, reports: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Emit the asset once for this run, with the counts of its crawls and the run's day as partition; the counts."""
    context = get_current_context()
    totals = {"publishers_chosen": chosen} | sum_counts(reports)
    event = context["outlet_events"][asset]
    event.extra = dict(totals)
    event.add_partitions(run_day(context).isoformat())  # a run triggered without a key has none to pass on
    return totals
