"""Airflow's REST API as its users ask it, logged in by name and password."""

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote


class AirflowApi:
    """Asks one Airflow; its answers as Python objects."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url, self.token = url, ""
        self.token = self.ask("POST", "/auth/token", {"username": user, "password": password})["access_token"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer; raises HTTPError for a refusal."""
        request = urllib.request.Request(self.url + path, method=method, headers={"Content-Type": "application/json"})
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        data = None if body is None else json.dumps(body).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, data, timeout=60) as answer:
            return json.load(answer)

    def squares(self, dag_id: str, run_id: str) -> dict[str, dict[str, Any]]:
        """The task instances of a run by name and mapped index."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances"
        found = self.ask("GET", path)["task_instances"]
        return {f"{ti['task_id']}[{ti['rendered_map_index'] or ti['map_index']}]": ti for ti in found}


def wait_for(condition: Callable[[], Any], what: Callable[[], str], seconds: float = 60) -> Any:
    """What the condition gives once it gives something; fails after that many seconds, saying what was waited for."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what()}"
        time.sleep(0.8)  # each look costs the api-server as much as a small task
    return found
