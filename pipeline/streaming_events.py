"""An event in Airflow for what a stream has landed, so that the DAGs that follow an asset run within seconds.

Airflow 3's public API: a token from /auth/token, the asset by its URI, an event by POST /api/v2/assets/events. One
thread posts; landings that come meanwhile share the next event. Airflow may be away for hours: each failure is
counted and said once, and the stream goes on.
"""

import http.client
import json
import logging
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.plain import LOCAL
from records import UsageError

log = logging.getLogger("difang.stream")
ASSET_URI = "difang://warehouse/core_articles/polled"
"""`dags.assets.POLL_LANDED`, which the marts follow; a test holds the two together."""
TIMEOUT_SECONDS = 10.0


class AirflowApi(BaseSettings):
    """Where Airflow's API is, from the environment: DIFANG_AIRFLOW_URL, …_USERNAME, …_PASSWORD or …_TOKEN."""

    model_config = SettingsConfigDict(env_prefix="DIFANG_AIRFLOW_", extra="ignore")

    url: str = Field(default="", description="address of Airflow's API server; empty: no events are posted")
    username: str = Field(default="", description="a user who may create asset events")
    password: SecretStr = Field(default=SecretStr(""), description="that user's password")
    event_seconds: float = Field(default=15.0, gt=0, description="the shortest time between two events")


class AirflowClient:
    """Posts events for one asset; asks for a token, and for a new one when that has expired."""

    def __init__(self, api: AirflowApi) -> None:
        if not api.url.startswith(("http://", "https://")):
            raise UsageError(
                f"DIFANG_AIRFLOW_URL={api.url!r} is no http or https address, such as http://localhost:8080"
            )
        self._api = api
        self._root = api.url.rstrip("/")
        self._token: str | None = None
        self._asset_id: int | None = None

    def post_event(self, extra: dict[str, Any]) -> None:
        """Create an event of the asset. Raises OSError, HTTPException or ValueError where that could not be done."""
        try:
            self._post_event(extra)
        except urllib.error.HTTPError as error:
            if error.code not in {401, 403, 404}:
                raise
            self._token = self._asset_id = None  # the token has expired, or the database was made anew
            self._post_event(extra)

    def _post_event(self, extra: dict[str, Any]) -> None:
        if self._token is None:
            given = {"username": self._api.username, "password": self._api.password.get_secret_value()}
            self._token = str(self._ask("/auth/token", given)["access_token"])
        if self._asset_id is None:
            query = urllib.parse.urlencode({"uri_pattern": ASSET_URI, "limit": 100})
            found = [a for a in self._ask(f"/api/v2/assets?{query}")["assets"] if a["uri"] == ASSET_URI]
            if not found:
                raise ValueError(f"Airflow knows no asset {ASSET_URI}: are difang's DAGs loaded?")
            self._asset_id = int(found[0]["id"])
        # The DAGs that follow the asset run by local day, as after a poll of Airflow's own.
        day = f"{datetime.now(LOCAL):%Y-%m-%d}"
        self._ask("/api/v2/assets/events", {"asset_id": self._asset_id, "partition_key": day, "extra": extra})

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._root + path, data=data, headers=headers)  # noqa: S310 (http or https)
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found


class Events:
    """Tells Airflow of landings from a thread of its own."""

    def __init__(self, post: Callable[[dict[str, Any]], None], pause_seconds: float) -> None:
        self._post = post
        self._pause = pause_seconds
        self._landed = threading.Event()
        self._ended = threading.Event()
        self._latest: dict[str, Any] = {}
        self.posted_count = 0
        self.failed_count = 0
        self.last_error: str | None = None

    def tell(self, extra: dict[str, Any]) -> None:
        """Something has landed; returns at once."""
        self._latest = extra
        self._landed.set()

    def report(self) -> dict[str, Any]:
        """What /health says of the events."""
        return {"posted": self.posted_count, "failed": self.failed_count, "last_error": self.last_error}

    def run(self) -> None:
        """Post until `end`, and a last time for what landed before it."""
        while not self._ended.is_set():
            if self._landed.wait(0.5):
                self._post_one()
                self._ended.wait(self._pause)
        if self._landed.is_set():
            self._post_one()

    def end(self) -> None:
        """Post what is left, then let `run` return."""
        self._ended.set()

    def _post_one(self) -> None:
        self._landed.clear()
        try:
            self._post(dict(self._latest))
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            self.failed_count += 1
            sentence = f"{type(error).__name__}: {error}"[:300]
            if sentence != self.last_error:
                log.warning("Airflow was not told of a landing (%s); the stream goes on", sentence)
            self.last_error = sentence
            self._landed.set()  # the next try tells of this landing too
        else:
            self.posted_count += 1
            self.last_error = None


@contextmanager
def telling_airflow(api: AirflowApi) -> Iterator[Events | None]:
    """Events for the block's landings; None where no Airflow is configured. Raises UsageError for a bad address."""
    if not api.url:
        yield None
        return
    events = Events(AirflowClient(api).post_event, api.event_seconds)
    thread = threading.Thread(target=events.run, name="airflow-events", daemon=True)
    thread.start()
    try:
        yield events
    finally:
        events.end()
        thread.join(3 * TIMEOUT_SECONDS)
