import importlib.util
import json
import socket
from collections.abc import Iterator
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest
from serving import QuietHandler, serving

from pipeline import airflow_local
from pipeline.airflow_local import Health, choose_port, only_one, run_airflow, sick_components
from records import UsageError


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'difang\[airflow\]'"):
        run_airflow(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_port_in_use_is_refused_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {number}.*--port"):
            choose_port(number)
    assert choose_port(number) == number
    assert choose_port(0) > 0
    with pytest.raises(UsageError):
        choose_port(70000)


def test_one_home_has_one_supervisor(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(UsageError, match="already runs"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


class HealthServer(HTTPServer):
    answer: Any = None


@pytest.fixture
def health_server() -> Iterator[HealthServer]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            assert self.path == "/api/v2/monitor/health"
            body = json.dumps(server.answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = HealthServer(("127.0.0.1", 0), Handler)
    with serving(server):
        yield server


WELL = {name: {"status": "healthy"} for name in airflow_local.COMPONENTS}


@pytest.mark.parametrize(
    ("answer", "sick"),
    [
        (WELL, set()),
        (WELL | {"triggerer": {"status": None}}, {"triggerer"}),
        ({"metadatabase": {"status": "healthy"}}, {"scheduler", "dag_processor", "triggerer"}),
    ],
)
def test_sick_components(health_server: HealthServer, answer: Any, sick: set[str]) -> None:
    health_server.answer = answer
    assert sick_components(health_server.server_port) == sick


def test_nobody_answering_means_all_are_sick() -> None:
    assert sick_components(choose_port(0)) == set(airflow_local.COMPONENTS)


def test_health_says_each_change_once(health_server: HealthServer, tmp_path: Path) -> None:
    said: list[str] = []
    health = Health(port=health_server.server_port, folder=tmp_path, say=said.append)
    for answer in (WELL | {"scheduler": {"status": "unhealthy"}}, WELL, WELL, WELL | {"scheduler": None}, WELL):
        health_server.answer = answer
        health.next_at = 0
        health.check()
    assert len(said) == 4
    assert said[0].endswith(f"http://127.0.0.1:{health_server.server_port}")
    assert said[1].startswith("log in as admin")
    assert said[2:] == ["not healthy: scheduler", "healthy again"]
