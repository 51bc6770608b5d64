"""Which crawls are alive: a lease holds while its crawl's process lives, and not an instant longer.

A crawl of this host is dead when its process is; a crawl of another host when it has not said for
`SILENCE_MS` that it lives.
"""

import os
import socket
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from crawlers.clock import now_ms
from crawlers.frontier_schema import crawls, urls

SILENCE_MS = 180_000


def insert_crawl(connection: Connection, crawl_id: str) -> int:
    """The number of a new crawl that runs in this process."""
    row = {
        "crawl_id": crawl_id,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "process_started": process_started(os.getpid()),
        "beat_at": now_ms(),
    }
    return int(connection.execute(insert(crawls).values(row).returning(crawls.c.id)).scalar_one())


def close_dead_crawls(connection: Connection) -> None:
    """Mark crawls that no longer run as finished and give their leased URLs back."""
    running = connection.execute(select(crawls).where(crawls.c.finished_at.is_(None))).all()
    dead = [row.id for row in running if not is_alive(row.host, row.pid, row.process_started, row.beat_at)]
    if dead:
        connection.execute(update(urls).where(urls.c.lease.in_(dead)).values(lease=None))
        connection.execute(update(crawls).where(crawls.c.id.in_(dead)).values(finished_at=now_ms()))


def is_alive(host: str, pid: int, started: str, beat_at: int) -> bool:
    """Whether the crawl of that process still runs. A process runs one crawl after another, never two at once."""
    if host != socket.gethostname():
        return now_ms() - beat_at < SILENCE_MS
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process_started(pid) == started


def process_started(pid: int) -> str:
    """A mark that tells a process from a later one with the same number; empty where the system has no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # Field 3 is the state: a zombie has ended although its number still stands.
    return "" if fields[0] in {"Z", "X"} else fields[19]
