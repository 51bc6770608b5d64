"""Telling people: one message about a run that failed or warns, and one about a run that is late.

`DIFANG_NOTIFY` names the Airflow connections that are told, comma-separated; nobody where it is empty. A connection of
type `smtp` is mail (its `extra.to` lists the addresses); any other is a webhook, and its `extra.service` says whose:
wecom, dingtalk, feishu or webhook (`dags/channels.py`). docs/airflow.md shows how to make them.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import quote

from airflow.sdk import (
    AsyncCallback,
    BaseHook,
    BaseOperator,
    Connection,
    Context,
    DeadlineAlert,
    DeadlineReference,
)
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from dags.channels import Notice, make_request, read_target, refusal
from dags.notices import ROOT_CAUSES, describe_late_run, describe_run
from dags.operators import FAILURE, FINDINGS, run_day
from records import UsageError

VARIABLE = "DIFANG_NOTIFY"
TRIES = 3
SECONDS = 10.0
JSON = {"Content-Type": "application/json; charset=utf-8"}


def told_connections(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The ids of the connections that are told, in their order."""
    return [name.strip() for name in environ.get(VARIABLE, "").split(",") if name.strip()]


def run_url(dag_id: str, run_id: str) -> str:
    """The run's page."""
    base = str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
    return f"{base}/dags/{quote(dag_id)}/runs/{quote(run_id, safe='')}" if base else ""


def post(notice: Notice, connection: Connection, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Post the notice to a webhook; tried three times. Raises AirflowException that holds no token."""
    import requests

    target = read_target(
        connection.conn_id,
        host=connection.host,
        token=connection.password,
        extra=connection.extra_dejson,
        schema=connection.schema,
        port=connection.port,
    )
    trouble = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(2.0**attempt)
        request = make_request(notice, target, time.time())  # anew each time: a signature holds for an hour at most
        try:
            answer = requests.post(request.url, data=request.payload, headers=JSON, timeout=SECONDS)
        except requests.RequestException as error:
            trouble = type(error).__name__  # its text holds the URL, and that the token
            continue
        if answer.status_code >= 400:
            trouble = f"HTTP {answer.status_code}"
        elif (said := refusal(target.service, answer.content.decode(errors="replace"))) is None:
            return
        else:
            trouble = said
    raise AirflowException(f"connection {connection.conn_id!r} was not told: {trouble}")


def mail_fields(notice: Notice, connection: Connection) -> dict[str, Any]:
    """What SmtpHook is asked to send. Raises UsageError where the connection names nobody."""
    to = connection.extra_dejson.get("to")
    if not to:
        raise UsageError(f"connection {connection.conn_id!r}: its extra lacks `to`, the list of addresses")
    body = f"<pre style='white-space: pre-wrap'>{escape(notice.text)}</pre>"
    return {"to": to, "subject": notice.title, "html_content": body}


def mail(notice: Notice, connection: Connection) -> None:
    """Send the notice by mail; `disable_ssl` and `disable_tls` of the connection's extra say how it is encrypted."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    fields = mail_fields(notice, connection)
    hook = SmtpHook(smtp_conn_id=connection.conn_id)
    # Already read: the triggerer answers no such question in a thread. The hook's asynchronous client, made for it,
    # asks for STARTTLS twice (provider 3.2.0) and so fails on every server that wants it.
    hook.get_connection = lambda *_: connection  # type: ignore[method-assign,assignment]
    with hook:
        hook.send_email_smtp(**fields)


def deliver(notice: Notice, connection: Connection) -> None:
    """Send the notice by one connection."""
    (mail if connection.conn_type == "smtp" else post)(notice, connection)


def send(notice: Notice, name: str) -> None:
    """Send the notice by the connection of that name."""
    deliver(notice, BaseHook.get_connection(name))


def send_to_all(notice: Notice, names: list[str], send_one: Callable[[Notice, str], None] = send) -> list[str]:
    """Send the notice by each connection, whatever became of the others; what went wrong, a sentence each."""
    troubles = []
    for name in names:
        try:
            send_one(notice, name)
        except Exception as error:  # a service that is down must not keep the others from being told
            troubles.append(f"{name}: {error}")
    return troubles


class TellOperator(BaseOperator):
    """Sends one message about the run once everything else has ended; nothing where all is well.

    It is a teardown, so that it comes last and never decides whether the run succeeded. With `only_first` a run whose
    predecessor failed too is not told again.
    """

    ui_color = "#f3ecd8"

    def __init__(self, *, only_first: bool = False, **kwargs: Any) -> None:
        super().__init__(**{"task_id": "tell_people", "task_display_name": "通知 Tell people"} | kwargs)
        self.only_first = only_first

    def execute(self, context: Context) -> Any:
        """Gather, compose, send."""
        notice = self.compose(context)
        if notice is None:
            raise AirflowSkipException("the run is well: there is nothing to tell")
        self.log.info("%s", notice.text)
        if self.only_first and notice.fails and was_failed(context):
            raise AirflowSkipException("the run before failed too, and people have been told")
        names = told_connections()
        if not names:
            self.log.info("nobody is told: name Airflow connections in %s (docs/airflow.md)", VARIABLE)
        if troubles := send_to_all(notice, names):
            raise AirflowException("; ".join(troubles))
        return {"told": names}

    def compose(self, context: Context) -> Notice | None:
        """The message, from the squares that have ended and what their tasks left."""
        ti, run = context["ti"], context["dag_run"]
        ended = [s for s in ti.get_task_breadcrumbs(dag_id=ti.dag_id, run_id=ti.run_id) if s["task_id"] != ti.task_id]
        failed = []
        for square in ended:
            if square["state"] in ROOT_CAUSES:
                index = square["map_index"]
                left = ti.xcom_pull(task_ids=square["task_id"], key=FAILURE, map_indexes=index) or {}
                name = square["task_id"] + (f"[{left.get('name', index)}]" if index >= 0 else "")
                failed.append((name, left))
        warnings = [
            finding
            for square in ended
            if square["map_index"] < 0
            for finding in ti.xcom_pull(task_ids=square["task_id"], key=FINDINGS) or ()
        ]
        return describe_run(
            dag_name=context["dag"].dag_display_name,
            run_id=run.run_id,
            day=run_day(context).isoformat(),
            failed=failed,
            warnings=warnings,
            url=run_url(ti.dag_id, ti.run_id),
        )


def was_failed(context: Context) -> bool:
    """Whether the DAG's run before this one failed."""
    previous = context["ti"].get_previous_dagrun()
    return previous is not None and str(previous.state) == "failed"


def tell_people(**kwargs: Any) -> BaseOperator:
    """The task that every DAG ends with."""
    return TellOperator(**kwargs).as_teardown(on_failure_fail_dagrun=False)


async def tell_late(limit_hours: float, context: Mapping[str, Any] | None = None) -> None:
    """Tell people that a run has passed its deadline; the triggerer calls it."""
    run = (context or {}).get("dag_run") or {}
    read = run.get if isinstance(run, Mapping) else lambda name: getattr(run, name, None)
    dag_id, run_id = str(read("dag_id") or "?"), str(read("dag_run_id") or read("run_id") or "?")
    notice = describe_late_run(dag_name=dag_id, run_id=run_id, limit_hours=limit_hours, url=run_url(dag_id, run_id))
    troubles = []
    for name in told_connections():
        try:
            await asyncio.to_thread(deliver, notice, await BaseHook.aget_connection(name))
        except Exception as error:  # a service that is down must not keep the others from being told
            troubles.append(f"{name}: {error}")
    if troubles:
        raise AirflowException("; ".join(troubles))


def deadline(hours: float) -> DeadlineAlert:
    """An alert so many hours after a run was queued."""
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=hours),
        callback=AsyncCallback(tell_late, kwargs={"limit_hours": hours}),
        name=f"{hours:g} h",
    )


def deadline_hours(default: float, environ: Mapping[str, str] = os.environ) -> float:
    """`DIFANG_DEADLINE_HOURS`, or the default. Raises UsageError."""
    said = environ.get("DIFANG_DEADLINE_HOURS") or str(default)
    try:
        hours = float(said)
    except ValueError:
        hours = 0.0
    if not 0 < hours < 24 * 365:
        raise UsageError(f"DIFANG_DEADLINE_HOURS={said!r} is no time; give hours, such as 8 or 0.5")
    return hours
