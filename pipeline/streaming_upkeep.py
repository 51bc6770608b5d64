"""What a stream does beside landing: marts brought up to date, what landed checked, files merged, its state written.

Marts are refreshed by `difang refresh` in a child of low priority: what it needs for it is given back, and landing goes
on meanwhile. Where other commits keep getting in its way, landing pauses for one refresh. After each one another child
checks what has landed since the last check. Maintenance always runs between
two landings, because a merge that takes long could never commit beside a writer that commits every few seconds.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers import Frontier
from pipeline.ingest import Tally
from pipeline.ledger import bring_waiting
from pipeline.settings import Settings
from records import WarehouseBusy, WarehouseMemory
from warehouse import Warehouse

log = logging.getLogger("difang.stream")
STATE_SECONDS = 5.0
LEDGER_SECONDS = 300.0
"""Between two notes of what waits: a crawl that ends notes it at its end, and a stream has none."""
MAX_SHARE = 0.25
"""Of the time that refreshing may take: after one of a minute the next begins four minutes later at the earliest."""
CHILD_SECONDS = 3600.0
NICE = 10


class Upkeep:
    """Keeps a stream's warehouse in order, from a thread of its own."""

    def __init__(
        self,
        settings: Settings,
        tally: Tally,
        *,
        marts_seconds: float | None,
        maintain_seconds: float | None,
        keep_days: float,
        publisher_ids: Sequence[str],
        report: Callable[[], dict[str, Any]],
    ) -> None:
        self._settings = settings
        self._tally = tally
        self._marts_seconds = marts_seconds
        self._maintain_seconds = maintain_seconds
        self._keep_days = keep_days
        self._publisher_ids = publisher_ids
        self._report = report
        self._ended = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        now = time.monotonic()
        self._ledger_at = now + LEDGER_SECONDS
        self._marts_at = now + (marts_seconds or 0.0)
        self._maintain_at = now + (maintain_seconds or 0.0)
        self._refreshed_batches = 0
        self._checked_snapshot: int | None = None
        self.failed_checks: tuple[str, ...] = ()
        """Names of the checks that failed on what had landed before the latest refresh."""
        self.refreshes_count = 0
        self.maintenances_count = 0
        self.failures_count = 0
        self.last_error: str | None = None
        self.fatal: BaseException | None = None
        """A fault after which nothing more may be written."""

    def state(self) -> dict[str, Any]:
        """What /health says of the upkeep."""
        return {
            "refreshes": self.refreshes_count,
            "maintenances": self.maintenances_count,
            "failures": self.failures_count,
            "failed_checks": list(self.failed_checks),
            "last_error": self.last_error,
        }

    @contextmanager
    def running(self, warehouse: Warehouse, frontier: Frontier) -> Iterator[None]:
        """Do it until the block ends; a refresh under way is then given up, and changes nothing."""
        self._checked_snapshot = warehouse.snapshot()
        thread = threading.Thread(target=self._run, args=(warehouse, frontier), name="upkeep", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stop()
            thread.join()
            write_state(self._settings.home, {**self._report(), "status": "stopped", "reason": None})

    def stop(self) -> None:
        """Begin nothing more; a child is ended."""
        self._ended.set()
        child = self._child
        if child is not None:
            child.terminate()

    def _run(self, warehouse: Warehouse, frontier: Frontier) -> None:
        state_at = 0.0
        while not self._ended.wait(0.5):
            now = time.monotonic()
            try:
                if now >= state_at:
                    state_at = now + STATE_SECONDS
                    write_state(self._settings.home, self._report())
                if now >= self._ledger_at:
                    self._ledger_at = now + LEDGER_SECONDS
                    bring_waiting(frontier, warehouse, self._publisher_ids)
                self._refresh_when_due(warehouse, now)
                self._maintain_when_due(warehouse, now)
            except (WarehouseBusy, WarehouseMemory, OSError, subprocess.SubprocessError) as error:
                self._note(error)
            except BaseException as error:  # such as counts that do not agree: the stream must not write on
                self._note(error)
                self.fatal = error
                return

    def _note(self, error: BaseException) -> None:
        self.failures_count += 1
        self.last_error = f"{type(error).__name__}: {error}"[:300]
        log.warning("upkeep failed, and is tried again later: %s", self.last_error)

    def _refresh_when_due(self, warehouse: Warehouse, now: float) -> None:
        batches = self._tally.batches
        if self._marts_seconds is None or now < self._marts_at or batches == self._refreshed_batches:
            return
        try:
            if self._in_child("refresh", "--json") is None and not self._ended.is_set():
                log.info("marts are refreshed between two landings: beside them it did not come through")
                warehouse.refresh_marts()
            if self._ended.is_set():
                return
            self._check_landed(warehouse)
            self._refreshed_batches = batches
            self.refreshes_count += 1
        finally:  # one that fails, for want of memory for instance, is not to take more of the time
            self._marts_at = now + max(self._marts_seconds, (time.monotonic() - now) / MAX_SHARE)

    def _check_landed(self, warehouse: Warehouse) -> None:
        """Check what has landed since the last check; what fails is said, and the stream goes on."""
        since, until = self._checked_snapshot, warehouse.snapshot()
        answer = self._in_child("check", "--since", str(since), "--json", accepted=(0, 1))
        if not answer:
            return
        self._checked_snapshot = until
        failed = self.failed_checks = tuple(check["check"] for check in json.loads(answer)["failed"])
        if failed:
            log.error(
                "%d checks failed on what has landed; see them with: difang check %s", len(failed), " ".join(failed)
            )

    def _in_child(self, *arguments: str, accepted: Sequence[int] = (0,)) -> str | None:
        """What one of our commands printed, run in a child; None where it ended otherwise than accepted."""
        where = self._settings.warehouse_location
        environment = {
            **os.environ,
            "DIFANG_HOME": str(self._settings.home.resolve()),
            "DIFANG_CATALOG": where.catalog,
            "DIFANG_DATA": where.data,
        }
        child = subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, "-m", "pipeline", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the stream, which ends its child itself
        )
        self._child = child
        try:
            if self._ended.is_set():
                child.terminate()
            os.setpriority(os.PRIO_PROCESS, child.pid, NICE)
            stdout, stderr = child.communicate(timeout=CHILD_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return None
        finally:
            self._child = None
        if child.returncode not in {*accepted, -signal.SIGTERM}:
            said = stderr.strip().rpartition("\n")[2][:300]
            log.warning("difang %s ended with %s: %s", arguments[0], child.returncode, said)
        return stdout if child.returncode in accepted else None

    def _maintain_when_due(self, warehouse: Warehouse, now: float) -> None:
        if self._maintain_seconds is None or now < self._maintain_at:
            return
        self._maintain_at = now + self._maintain_seconds
        report = warehouse.maintain(keep_days=self._keep_days, raw_days=self._settings.raw_days)
        self.maintenances_count += 1
        log.info(
            "maintained in %.1f s: %d files merged into %d, %d snapshots expired, %d files deleted",
            time.monotonic() - now,
            report.merged_files_count,
            report.created_files_count,
            report.expired_snapshots_count,
            report.deleted_files_count + report.orphaned_files_count,
        )


STATE_FILE = "stream.json"


def write_state(home: Path, state: dict[str, Any]) -> None:
    """Write a stream's state where `difang status` finds it, swapped in at once."""
    path = home / STATE_FILE
    beside = path.with_suffix(".json.new")
    plain = {"pid": os.getpid(), "written_at": datetime.now(UTC).isoformat(timespec="seconds"), **state}
    beside.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


def read_state(home: Path) -> dict[str, Any] | None:
    """What a stream wrote last; None where none has run in that home."""
    try:
        found: dict[str, Any] = json.loads((home / STATE_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found
