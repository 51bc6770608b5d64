"""difang's operators: each runs one verb of the command line as a child and keeps what it counted.

A crawl cannot live in Airflow's own processes: Scrapy's reactor starts once a process, and a cancelled task is
killed after five seconds, with all that was fetched and not yet landed. So a task starts
``python -m pipeline VERB … --json`` in a session of its own (`dags.child`), copies its lines to the task's log,
and when the task is cancelled or times out asks it to stop, upon which it lands what it has.

Exit codes: 0 done; 1 failed, worth another try; 2 bad usage, which no further try mends.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from dags.child import Child, child_environment
from dags.lineage import lineage_of
from dags.selection import local_day
from records import UsageError

# -P: a folder that happens to be called pipeline in the worker's directory must not be taken for ours.
COMMAND = (sys.executable, "-P", "-m", "pipeline")
GRACE = timedelta(minutes=2)
BAD_USAGE = 2
LOGGED_CHARACTERS = 1000
FAILURE = "failure"
"""The key under which a failed task leaves what it says and the next step, for the message about its run."""
FINDINGS = "findings"
"""The key under which a task leaves findings about publishers, for the same message."""


class DifangOperator(BaseOperator):
    """Runs one verb of `difang`; returns the ids and counts of the report that it prints."""

    template_fields: Sequence[str] = ("arguments",)
    ui_color = "#e6f2ee"
    reads: Sequence[str] = ()
    """Tables and publishers that the verb reads, for OpenLineage."""
    writes: Sequence[str] = ()

    def __init__(
        self,
        *,
        arguments: Sequence[str] = (),
        command: Sequence[str] = COMMAND,
        grace: timedelta = GRACE,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments
        self.command = command
        self.grace = grace
        self._child: Child | None = None
        self._kept: Any = None

    def build_arguments(self, context: Context) -> Sequence[str]:
        """The verb and its options for this run."""
        return self.arguments

    def keep(self, report: Any, context: Context) -> Any:
        """What of the child's report the task returns: ids and counts, for XCom is no place for data."""
        return counts_of(report)

    def explain(self, report: Any, context: Context) -> str | None:
        """Say in the log what the report of a failed child means to a person; the command that shows more."""
        return None

    def leave(self, words: str, next_step: str | None) -> dict[str, Any]:
        """What a failed task leaves for the message about its run."""
        return {"says": words[:LOGGED_CHARACTERS], "next_step": next_step}

    def execute(self, context: Context) -> Any:
        """Run the child to its end."""
        try:
            arguments = [*self.build_arguments(context), "--json"]
        except UsageError as wrong:
            raise AirflowFailException(str(wrong)) from None
        self.log.info("difang %s", " ".join(arguments))
        self._child = child = Child([*self.command, *arguments], child_environment(os.environ))
        grace = self.grace.total_seconds()
        try:
            code = child.follow(self._say, grace_seconds=grace)
        except BaseException:  # a timeout of Airflow's is one
            child.stop()
            child.follow(self._say, grace_seconds=grace)
            raise
        if code == 0 and not child.stop_asked:
            return self._keep(child.report, context)
        next_step = None
        if child.report is not None:
            next_step = self.explain(child.report, context)
            context["ti"].xcom_push(key="report_of_failure", value=counts_of(child.report))
        if child.stop_asked:
            raise AirflowException(f"difang {arguments[0]} was asked to stop and has landed what it had (exit {code})")
        words = " / ".join(child.last_words) or "it printed nothing"
        context["ti"].xcom_push(key=FAILURE, value=self.leave(words, next_step))
        failure = AirflowFailException if code == BAD_USAGE else AirflowException
        raise failure(f"difang {' '.join(arguments)} exited with {code}: {words}")

    def on_kill(self) -> None:
        """Ask the child to stop; it lands what it has fetched, even after this process is killed."""
        # Called in a signal handler: no logging here, whose lock the interrupted code may hold.
        if self._child is not None:
            self._child.stop()

    def _keep(self, report: Any, context: Context) -> Any:
        if report is None:
            raise AirflowException(
                "the child ended well and printed no JSON report; is this another version of difang?"
            )
        try:
            self._kept = self.keep(report, context)
        except UsageError as wrong:
            raise AirflowFailException(str(wrong)) from None
        return self._kept

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """What was read and written; called by Airflow's OpenLineage provider, where there is one."""
        return lineage_of(self.reads, self.writes, self._kept)

    def _say(self, line: str) -> None:
        cut = f"{line[:LOGGED_CHARACTERS]}… ({len(line)} characters)" if len(line) > LOGGED_CHARACTERS else line
        self.log.info("%s", cut)


def run_day(context: Context) -> Any:
    """The local day of the run: never from now(), nor from `ds`, which is UTC and may be absent."""
    run = context["dag_run"]
    return local_day(run.partition_key, run.run_after)


def is_backfill(context: Context) -> bool:
    """Whether the run belongs to a backfill."""
    return bool(context["dag_run"].run_type == "backfill")


def counts_of(report: Any) -> dict[str, Any]:
    """The ids and counts of a report: its scalars, its mappings from a name to a number, the lengths of its lists."""
    if not isinstance(report, Mapping):
        return {}
    kept: dict[str, Any] = {}
    for name, value in report.items():
        if isinstance(value, Mapping):
            if value and all(isinstance(number, int | float) for number in value.values()):
                kept[name] = dict(value)
        elif isinstance(value, list):
            kept[f"{name}_count"] = len(value)
        elif value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= 100):
            kept[name] = value
    return kept
