"""A real S3-compatible store for the length of a test: juicefs's gateway over a folder, on loopback."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

JUICEFS = Path(sys.executable).with_name("juicefs")
BUCKET = "news"
KEYS = {"AWS_ACCESS_KEY_ID": "difang", "AWS_SECRET_ACCESS_KEY": "difang-secret", "AWS_REGION": "us-east-1"}


@contextmanager
def object_store(folder: Path) -> Iterator[dict[str, str]]:
    """What the environment must say to reach a store whose only bucket, `BUCKET`, is empty."""
    port = free_port()
    meta = f"sqlite3://{folder}/meta.db"
    made = [JUICEFS, "format", "--storage", "file", "--bucket", f"{folder}/blocks/", meta, BUCKET]
    subprocess.run(made, check=True, capture_output=True, timeout=120)
    started = [JUICEFS, "gateway", "--no-usage-report", "--object-meta", "--cache-size", "0", meta, f"127.0.0.1:{port}"]
    root = {"MINIO_ROOT_USER": KEYS["AWS_ACCESS_KEY_ID"], "MINIO_ROOT_PASSWORD": KEYS["AWS_SECRET_ACCESS_KEY"]}
    log = folder / "gateway.log"
    with log.open("wb") as lines:
        gateway = subprocess.Popen(started, stdout=lines, stderr=subprocess.STDOUT, env=os.environ | root)
    try:
        deadline = monotonic() + 120
        while not answers(port):
            assert gateway.poll() is None, log.read_text()
            assert monotonic() < deadline, log.read_text()
            sleep(0.2)
        yield {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    finally:
        gateway.terminate()
        gateway.wait()


def answers(port: int) -> bool:
    """Whether the gateway is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/minio/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
