"""Events for Airflow, sent to a receiver that speaks the part of its API that is used."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from pipeline.streaming_events import ASSET_URI, AirflowApi, AirflowClient, Events, telling_airflow
from records import UsageError


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            if body != {"username": "stream", "password": "secret"}:
                return self.answer(401, {"detail": "Invalid credentials"})
            self.server.tokens += 1
            return self.answer(201, {"access_token": f"token-{self.server.tokens}"})
        if self.headers["Authorization"] != f"Bearer token-{self.server.tokens}" or self.server.is_expired:
            self.server.is_expired = False
            return self.answer(401, {"detail": "expired"})
        self.server.events.append((self.path, body))
        return self.answer(200, {"id": 1})

    def do_GET(self):
        assets = [{"id": 4, "uri": ASSET_URI + "/other"}, {"id": 7, "uri": ASSET_URI}]
        return self.answer(200, {"assets": assets if self.server.knows_asset else []})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def airflow():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.events, server.tokens, server.is_expired, server.knows_asset = [], 0, False, True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def api_of(server, password="secret", **more):
    url = f"http://127.0.0.1:{server.server_port}/"
    return AirflowApi(url=url, username="stream", password=SecretStr(password), **more)


def test_an_event_names_the_asset_the_day_and_what_landed(airflow):
    client = AirflowClient(api_of(airflow))
    client.post_event({"versions": 3})
    airflow.is_expired = True
    client.post_event({"versions": 4})
    assert airflow.tokens == 2, "an expired token is replaced"
    (path, first), (_, second) = airflow.events
    assert path == "/api/v2/assets/events"
    assert first["asset_id"] == 7
    assert first["extra"] == {"versions": 3}
    assert len(first["partition_key"]) == 10
    assert second["extra"] == {"versions": 4}


def test_landings_share_an_event_and_the_last_is_told_at_the_end(airflow):
    with telling_airflow(api_of(airflow, event_seconds=600.0)) as events:
        for number in range(1, 50):
            events.tell({"versions": number})
    assert 1 <= len(airflow.events) <= 2
    assert airflow.events[-1][1]["extra"] == {"versions": 49}
    assert events.report() == {"posted": len(airflow.events), "failed": 0, "last_error": None}


@pytest.mark.parametrize(
    ("password", "knows_asset", "reason"), [("wrong", True, "HTTP Error 401"), ("secret", False, "knows no asset")]
)
def test_a_failure_is_counted_and_the_next_try_tells_of_it_too(airflow, password, knows_asset, reason):
    airflow.knows_asset = knows_asset
    with telling_airflow(api_of(airflow, password, event_seconds=0.01)) as events:
        events.tell({"versions": 1})
        deadline = time.monotonic() + 60
        while events.failed_count < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert events.failed_count >= 2
    assert reason in events.last_error
    assert airflow.events == []


def test_nobody_who_listens_stops_nothing():
    failing = Events(AirflowClient(AirflowApi(url="http://127.0.0.1:9/")).post_event, 0.01)
    failing.tell({})
    failing.end()
    failing.run()
    assert failing.failed_count == 1
    with telling_airflow(AirflowApi(url="")) as nothing:
        assert nothing is None
    with pytest.raises(UsageError, match="DIFANG_AIRFLOW_URL='localhost:8080' is no http"):
        AirflowClient(AirflowApi(url="localhost:8080"))


def test_the_asset_is_the_one_that_the_marts_follow():
    pytest.importorskip("airflow")
    from dags.assets import POLL_LANDED

    assert POLL_LANDED.uri == ASSET_URI
