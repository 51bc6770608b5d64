"""Checks of what a run has landed, told in one line; the warehouse's whole is `difang check`'s matter."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crawlers import Frontier
from warehouse import Warehouse
from warehouse.checks import CheckResult


@dataclass(slots=True)
class RunChecks:
    """What the checks of a run found; nothing ran where nothing landed."""

    checks_count: int = 0
    failed: tuple[CheckResult, ...] = ()

    @contextmanager
    def around(self, warehouse: Warehouse, _frontier: Frontier | None = None) -> Iterator[None]:
        """Check what lands within the block, when it ends well; nothing where nothing landed."""
        since = warehouse.snapshot()
        yield
        self.run(warehouse, since)

    def run(self, warehouse: Warehouse, since: int) -> None:
        """Check what has landed after the snapshot."""
        results = warehouse.check(since=since)
        self.checks_count = len(results)
        self.failed = tuple(result for result in results if not result.passed)

    def as_json(self) -> dict[str, Any]:
        """How many ran, and the failed ones' names with their rows' number."""
        return {
            "checks_count": self.checks_count,
            "failed": [{"check": r.check.name, "offending_count": r.offending_count} for r in self.failed],
        }

    def __str__(self) -> str:
        """One line: how many passed, or which failed and the command that shows their rows."""
        if not self.failed:
            return f"{self.checks_count} checks passed on what has landed"
        names = ", ".join(f"{r.check.name} ({r.offending_count} rows)" for r in self.failed)
        return f"{len(self.failed)} of {self.checks_count} checks failed: {names}; see them with: {show(self.failed)}"


def show(failed: Sequence[CheckResult]) -> str:
    """The command that shows the offending rows."""
    return "difang check " + " ".join(shlex.quote(result.check.name) for result in failed)
