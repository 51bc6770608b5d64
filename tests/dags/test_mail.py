"""Mail as a real SMTP server takes it, by connections as docs/airflow.md describes them."""

import asyncio
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiosmtpd", reason="aiosmtpd is not installed")

from mail_server import MailServer

from records import seed_path

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore::airflow.sdk.exceptions.RemovedInAirflow4Warning"),
]

TLS = {
    "none": {"disable_tls": True, "disable_ssl": True},
    "starttls": {"disable_ssl": True},
    "implicit": {"disable_tls": True},
}
"""What the connection's extra says for each kind of server."""
TITLE = "difang 地方 · 每日抓取 Daily crawl: 失败 12 项 failed，请处理——章丘区、莱芜区、钢城区等站点没有应答"
LINES = ("✗ hosts_1.crawl_publisher[yihewanbao]: 没有应答 <timeout>", "  difang sql 'SELECT * FROM v_publisher_health'")


def connect(monkeypatch: pytest.MonkeyPatch, server: MailServer, **extra: Any) -> None:
    connection = {
        "conn_type": "smtp",
        "host": "localhost",
        "port": server.port,
        "extra": {"to": ["zhiban@example.org", "ops@example.org"], "from_email": "difang@example.org", **extra},
    }
    if server.logins:
        [(connection["login"], connection["password"])] = server.logins.items()
    monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(connection))


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("tls", list(TLS))
def test_a_message_arrives_as_it_was_written(
    airflow_home: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tls: str, is_late: bool
) -> None:
    from dags.channels import Notice
    from dags.telling import send_to_all, tell_late

    logins = {"difang": "mi-ma 1"} if tls == "starttls" else {}
    with MailServer(tmp_path, tls, logins) as server:
        connect(monkeypatch, server, **TLS[tls])
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        if is_late:  # the triggerer's way
            monkeypatch.setenv("DIFANG_NOTIFY", "mail")
            asyncio.run(tell_late(2.0, context={"dag_run": {"dag_id": "daily_crawl", "dag_run_id": "r"}}))
        else:
            assert send_to_all(Notice(TITLE, LINES, fails=True, url="http://h/dags/x"), ["mail"]) == []
    [mail] = server.got
    assert mail.sender == "difang@example.org"
    assert mail.recipients == ["zhiban@example.org", "ops@example.org"]
    assert mail.message["From"] == "difang@example.org"
    assert mail.is_encrypted is (tls != "none")
    assert mail.login == ("difang" if logins else "")
    if is_late:
        assert mail.message["Subject"] == "difang 地方 · daily_crawl: 超时未完成 still running after 2 h"
        return
    assert mail.message["Subject"] == TITLE
    assert mail.message.get_body(("html",)).get_content_charset() == "utf-8"  # type: ignore[union-attr]
    assert "✗ hosts_1.crawl_publisher[yihewanbao]: 没有应答 &lt;timeout&gt;" in mail.text
    assert "difang sql &#x27;SELECT * FROM v_publisher_health&#x27;" in mail.text
    assert "http://h/dags/x" in mail.text


def test_what_the_server_or_its_certificate_refuses_is_said_and_keeps_nobody_from_being_told(
    airflow_home: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from dags.channels import Notice
    from dags.telling import send_to_all

    notice = Notice(TITLE, LINES, fails=True)
    with MailServer(tmp_path, refused={"zhiban@example.org", "ops@example.org"}) as server:
        connect(monkeypatch, server, **TLS["none"], retry_limit=1)
        [trouble] = send_to_all(notice, ["mail"])
        assert trouble.startswith("mail: ")
        assert "no such mailbox" in trouble
        server.refused = {"ops@example.org"}
        assert send_to_all(notice, ["mail"]) == []
        assert [mail.recipients for mail in server.got] == [["zhiban@example.org"]], (
            "one that is refused keeps no other"
        )
    with MailServer(tmp_path, "implicit") as server:
        connect(monkeypatch, server, **TLS["implicit"])
        [trouble] = send_to_all(notice, ["mail"])
        assert "certificate" in trouble.lower(), "a server that nobody vouches for is not trusted"
        assert server.got == []


@pytest.mark.slow
def test_a_mail_that_is_refused_turns_its_square_red_and_not_the_run(
    airflow_home: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, demo_run: Any
) -> None:
    from dags import judge_publishers

    monkeypatch.setattr(judge_publishers.dag, "deadline", None)  # `dag.test` cannot run a DAG that has one
    publishers = tmp_path / "publishers"
    shutil.copytree(seed_path("publishers"), publishers)
    declared = publishers / "yihewanbao.toml"
    declared.write_text(declared.read_text("utf-8").replace("active = false", "active = true"), "utf-8")
    monkeypatch.setenv("DIFANG_HOME", str(demo_run.home))
    monkeypatch.setenv("DIFANG_PUBLISHERS", str(publishers))
    monkeypatch.setenv("DIFANG_NOTIFY", "mail")
    with MailServer(tmp_path, refused={"zhiban@example.org", "ops@example.org"}) as server:
        connect(monkeypatch, server, **TLS["none"], retry_limit=0)
        conf = {"fail_on": [], "stale_hours": 0.0001}  # whoever answered more than a third of a second ago is stale
        run = judge_publishers.dag.test(run_conf=conf, logical_date=None, run_after=dt.datetime.now(dt.UTC))
    assert {ti.task_id: str(ti.state) for ti in run.get_task_instances()} == {
        "judge_publishers": "success",
        "tell_people": "failed",
    }
    assert run.state == "success"
    assert server.refusals == 2
    assert server.got == []
