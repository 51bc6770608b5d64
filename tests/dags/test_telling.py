"""Messages as they reach a receiver, from connections as Airflow gives them."""

import json
from collections.abc import Iterator
from http.server import HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from serving import QuietHandler, serving

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore::airflow.sdk.exceptions.RemovedInAirflow4Warning"),
]


class Receiver(HTTPServer):
    """Stands where a service's robot listens; keeps what it is sent."""

    answers: list[tuple[int, str]]
    got: list[tuple[str, Any]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            server.got.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            status, body = server.answers.pop(0) if server.answers else (200, '{"errcode": 0}')
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

    server = Receiver(("127.0.0.1", 0), Handler)
    server.answers, server.got = [], []
    with serving(server):
        yield server


def connect(monkeypatch: pytest.MonkeyPatch, name: str, **fields: Any) -> None:
    """A connection as the environment gives it to every task."""
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({"conn_type": "http", **fields}))


NO_PAUSE = {"sleep": lambda _: None}


def test_each_service_gets_its_message(airflow_home: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    from dags.channels import Notice
    from dags.telling import send, send_to_all

    for service in ("wecom", "dingtalk", "feishu", "webhook"):
        extra = {"service": service, "secret": "s"}
        connect(monkeypatch, service, host=receiver.url, password="token", extra=extra)
    assert send_to_all(Notice("标题", ("行",), fails=True), ["wecom", "dingtalk", "feishu", "webhook"], send) == []
    paths = [path.partition("?")[0] for path, _ in receiver.got]
    assert paths == ["/cgi-bin/webhook/send", "/robot/send", "/open-apis/bot/v2/hook/token", "/token"]
    assert all("标题" in json.dumps(body, ensure_ascii=False) for _, body in receiver.got)


def test_one_that_refuses_keeps_none_from_being_told_and_no_token_is_said(
    airflow_home: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    from airflow.sdk import BaseHook

    from dags.channels import Notice
    from dags.telling import post, send_to_all

    connect(monkeypatch, "first", host=receiver.url, password="TOKEN1", extra={"service": "dingtalk"})
    connect(monkeypatch, "nobody", host="http://127.0.0.1:1", password="TOKEN2", extra={"service": "wecom"})
    connect(monkeypatch, "last", host=receiver.url, extra={"service": "webhook"})

    def send_one(notice: Notice, name: str) -> None:
        post(notice, BaseHook.get_connection(name), **NO_PAUSE)  # type: ignore[arg-type]

    receiver.answers = [
        (502, ""),
        (200, '{"errcode": 45009, "errmsg": "too many"}'),
        (200, '{"errcode": 1, "errmsg": "no"}'),
    ]
    names = ["first", "nobody", "missing", "last"]
    troubles = send_to_all(Notice("标题", (), fails=True), names, send_one)
    assert [t.partition(":")[0] for t in troubles] == ["first", "nobody", "missing"]
    assert troubles[0].endswith("was not told: no")
    assert "ConnectionError" in troubles[1]
    assert "TOKEN" not in "".join(troubles)
    assert [body.get("title") for _, body in receiver.got][3:] == ["标题"], "three tries, then the last"


class Run(dict[str, Any]):
    """Stands for the task instance of `tell_people`: what has ended, and what was left."""

    dag_id, run_id, task_id = "daily_crawl", "manual__1", "tell_people"
    before = "success"

    def get_task_breadcrumbs(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return self["ended"]

    def xcom_pull(self, task_ids: str, key: str, map_indexes: int | None = None) -> Any:
        return self["left"].get((task_ids, key))

    def get_previous_dagrun(self) -> Any:
        return SimpleNamespace(state=self.before)


def context(ended: list[tuple[str, int, str]], left: dict[Any, Any]) -> Any:
    import datetime as dt

    rows = [{"task_id": t, "map_index": i, "state": s, "operator": "x", "duration": 1.0} for t, i, s in ended]
    run = SimpleNamespace(run_id="manual__1", partition_key="2022-01-17", run_after=dt.datetime.now(dt.UTC))
    dag = SimpleNamespace(dag_display_name="每日抓取 Daily crawl")
    return {"ti": Run(ended=rows, left=left), "dag_run": run, "dag": dag}


FAILED_RUN = [
    ("choose_publishers", -1, "success"),
    ("hosts_1.crawl_publisher", 0, "failed"),
    ("hosts_2.crawl_publisher", 0, "success"),
    ("every_publisher_crawled", -1, "upstream_failed"),
]
LEFT = {
    ("hosts_1.crawl_publisher", "failure"): {"says": "没有应答", "next_step": "difang status", "name": "yihewanbao"},
}


def test_a_failed_run_is_one_message(airflow_home: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    from dags.telling import TellOperator

    connect(monkeypatch, "ops", host=receiver.url, extra={"service": "webhook"})
    monkeypatch.setenv("DIFANG_NOTIFY", " ops ,")
    assert TellOperator().execute(context(FAILED_RUN, LEFT)) == {"told": ["ops"]}
    assert len(receiver.got) == 1
    told = receiver.got[0][1]
    assert told["fails"] is True
    assert told["title"].endswith("每日抓取 Daily crawl: 失败 1 项 failed")
    assert told["lines"][1] == "✗ hosts_1.crawl_publisher[yihewanbao]: 没有应答"
    assert "→ difang status" in told["lines"]
    assert told["url"].endswith("/dags/daily_crawl/runs/manual__1")


def test_nobody_is_told_of_what_is_well_or_told_already(
    airflow_home: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    from airflow.sdk.exceptions import AirflowSkipException

    from dags.telling import TellOperator

    connect(monkeypatch, "ops", host=receiver.url, extra={"service": "webhook"})
    monkeypatch.setenv("DIFANG_NOTIFY", "ops")
    with pytest.raises(AirflowSkipException, match="is well"):
        TellOperator().execute(context(FAILED_RUN[:1], {}))
    again = context(FAILED_RUN, LEFT)
    again["ti"].before = "failed"
    with pytest.raises(AirflowSkipException, match="told"):
        TellOperator(only_first=True).execute(again)
    assert receiver.got == []
    assert TellOperator().execute(again) == {"told": ["ops"]}


def test_findings_warn_with_their_commands(airflow_home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dags.telling import TellOperator

    finding = {"publisher_id": "a", "rule": "quiet", "says": "新文章少", "command": "difang sql 'SELECT 1'"}
    given = context([("judge_publishers", -1, "success")], {("judge_publishers", "findings"): [finding]})
    notice = TellOperator().compose(given)
    assert notice is not None
    assert not notice.fails
    assert "  difang sql 'SELECT 1'" in notice.lines


def test_a_late_run_is_told(airflow_home: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    import asyncio

    from dags.telling import tell_late

    connect(monkeypatch, "ops", host=receiver.url, extra={"service": "webhook"})
    monkeypatch.setenv("DIFANG_NOTIFY", "ops")
    asyncio.run(tell_late(2.0, context={"dag_run": {"dag_id": "daily_crawl", "dag_run_id": "r"}}))
    assert [body["title"] for _, body in receiver.got] == [
        "difang 地方 · daily_crawl: 超时未完成 still running after 2 h"
    ]


def test_mail_goes_to_those_whom_the_connection_lists(airflow_home: Any) -> None:
    from airflow.sdk import Connection

    from dags.channels import Notice
    from dags.telling import mail_fields
    from records import UsageError

    notice = Notice("标题", ("<b>行</b>",), fails=True)
    connection = Connection(conn_id="mail", conn_type="smtp", extra=json.dumps({"to": ["a@example.org"]}))
    fields = mail_fields(notice, connection)
    assert fields["to"] == ["a@example.org"]
    assert fields["subject"] == "标题"
    assert "&lt;b&gt;行" in fields["html_content"]
    with pytest.raises(UsageError, match="lacks `to`"):
        mail_fields(notice, Connection(conn_id="mail", conn_type="smtp"))


def test_a_deadline_in_hours_is_read_or_refused(airflow_home: Any) -> None:
    from dags.telling import deadline_hours
    from records import UsageError

    assert deadline_hours(8, {}) == 8
    assert deadline_hours(8, {"DIFANG_DEADLINE_HOURS": "0.5"}) == 0.5
    for wrong in ("soon", "0", "-1", "nan", "1e9"):
        with pytest.raises(UsageError, match="give hours"):
            deadline_hours(8, {"DIFANG_DEADLINE_HOURS": wrong})
