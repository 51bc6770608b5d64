import os
import queue
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from steps import by_body

from pipeline.workers import TransformPool
from records import FetchedPage, Publisher, Reason

PUBLISHERS = {"a": Publisher(id="a", name="甲报", home_url="http://a.example/")}


def page(body: str, number: int = 0) -> FetchedPage:
    url = f"http://a.example/{number}.htm"
    return FetchedPage(
        url=url,
        canonical_url=url,
        publisher_id="a",
        fetched_at=datetime(2024, 5, 13, tzinfo=UTC),
        body=body.encode(),
        body_sha256="0" * 64,
    )


@pytest.fixture
def pool():
    pool = TransformPool(PUBLISHERS, workers=2, page_seconds=1.0, step=by_body)
    yield pool
    pool.close()


def run(pool: TransformPool, bodies: list[str]) -> dict[str, object]:
    done: queue.Queue = queue.Queue()
    for number, body in enumerate(bodies):
        pool.submit(page(body, number), done.put)
    results = [done.get(timeout=60) for _ in bodies]
    time.sleep(0.1)
    assert done.empty(), "a page was answered twice"
    return {r.page.canonical_url: r.result for r in results}


def test_each_failure_is_a_rejection_and_the_others_go_on(pool):
    bodies = ["ok"] * 5 + ["raise"] + ["ok"] * 5 + ["hang"] + ["die"] + ["ok"] * 5
    results = run(pool, bodies)
    assert len(results) == len(bodies)
    told = {n: results[f"http://a.example/{n}.htm"] for n in range(len(bodies))}
    assert told[5].reason == Reason.TRANSFORM_ERROR
    assert told[5].detail == "RuntimeError: 坏页"
    assert told[11].detail == "took longer than 1 s"
    assert told[12].detail == "the worker process died on this page"
    assert {told[n].reason for n in range(len(bodies)) if bodies[n] == "ok"} == {Reason.EMPTY_PAGE}
    assert told[0].publisher_id == "a", "the worker knows the publishers"


def test_the_pool_goes_on_after_a_death(pool):
    run(pool, ["die"])
    assert run(pool, ["ok"])["http://a.example/0.htm"].reason == Reason.EMPTY_PAGE


def test_a_page_that_hangs_in_native_code_is_rejected_and_the_others_go_on(pool):
    bodies = ["ok"] * 6 + ["hang in C"] + ["ok"] * 6
    results = run(pool, bodies)
    told = {n: results[f"http://a.example/{n}.htm"] for n in range(len(bodies))}
    assert told[6].reason == Reason.TRANSFORM_ERROR
    assert told[6].detail == "took longer than 1 s in native code; its worker process was killed"
    assert {told[n].reason for n in range(len(bodies)) if n != 6} == {Reason.EMPTY_PAGE}
    assert run(pool, ["ok"])["http://a.example/0.htm"].reason == Reason.EMPTY_PAGE, "the pool goes on"


def test_workers_end_when_their_parent_is_killed(tmp_path):
    program = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent.parent / "support")!r})
from steps import by_body
from pipeline.workers import TransformPool
from datetime import UTC, datetime
from records import FetchedPage
if __name__ == "__main__":
    pool = TransformPool({{}}, workers=2, page_seconds=30, step=by_body)
    for n in range(8):
        now = datetime.now(UTC)
        page = FetchedPage(
            url="u", canonical_url="u", publisher_id="a", fetched_at=now, body=b"ok", body_sha256=""
        )
        pool.submit(page, lambda landed: print(landed.result.detail, flush=True))
    time.sleep(60)
"""
    script = tmp_path / "parent.py"
    script.write_text(program)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    workers = {int(parent.stdout.readline()) for _ in range(8)}
    assert all(is_alive(pid) for pid in workers)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(is_alive(pid) for pid in workers)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
