"""Changes of office on our own cases: found, of which kind, by whom decided, from which post, on which day.

    python -m benchmarks.office_changes [--errors]
    python -m benchmarks.office_changes --speed FILE     what the changes cost of reading officials, in CPU seconds

A change is found where name and post agree (one post ends with the other); its kind, deciding body, post before and day
are right where they are the case's, empty where the case has none. Cases: tests/transforms/office_changes.txt, all of
our own writing, every second one held back until the rules were done; office_changes_fresh.txt: longer news, written
after that.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.officials import agrees
from records import OfficeChange

CASES = Path(__file__).parent.parent / "tests" / "transforms" / "office_changes.txt"
FRESH = CASES.with_name("office_changes_fresh.txt")
PUBLISHED = date(2025, 5, 30)


@dataclass(frozen=True, slots=True)
class Expected:
    """One change of a case."""

    name: str
    kind: str
    position: str
    held: str
    body: str
    day: str


@dataclass(frozen=True, slots=True)
class Case:
    """One text and the changes that it announces."""

    pattern: str
    title: str
    text: str
    changes: tuple[Expected, ...]
    is_held_back: bool


def read_cases(path: Path = CASES) -> list[Case]:
    """All cases of the file, in its order; every second one is held back."""
    found: list[Case] = []
    pattern = ""
    for block in re.split(r"\n{2,}", path.read_text("utf-8")):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines and lines[0].startswith("=="):
            pattern = lines.pop(0).removeprefix("==").strip()
        if not lines:
            continue
        title = "".join(line[1:] for line in lines if line.startswith("@"))
        text = "\n".join(line for line in lines if not line.startswith(("@", "- ")))
        cells = [[*(c.strip() for c in line[2:].split("|")), "", "", ""][:6] for line in lines if line.startswith("- ")]
        changes = tuple(Expected(*row) for row in cells)
        found.append(Case(pattern, title, text, changes, len(found) % 2 == 1))
    return found


def read_changes(case: Case) -> tuple[OfficeChange, ...]:
    """What difang finds in a case."""
    from transforms.officials import tag_office_changes

    return tag_office_changes(case.text, case.title, PUBLISHED, "370100")


def _is_found(change: OfficeChange, wanted: Expected) -> bool:
    return change.name == wanted.name and (not wanted.position or agrees(change.position, wanted.position))


def _same(got: str, wanted: str) -> bool:
    return any((not got and not w) or (bool(got) and bool(w) and agrees(got, w)) for w in wanted.split("/"))


def _is_right(change: OfficeChange, wanted: Expected, what: str) -> bool:
    if what == "kind":
        return str(change.kind) in wanted.kind.split("/")
    if what == "body":
        return _same(change.decided_by, wanted.body)
    if what == "day":
        return str(change.decided_date or "") == wanted.day
    got, held = change.from_position.split("、"), wanted.held.split("、")
    return len(got) == len(held) and all(_same(g, h) for g, h in zip(got, held, strict=True))


def score(cases: Iterable[Case], *, errors: bool = False) -> dict[str, float]:
    """F1 of the pairs (name, post); of those with the right kind, body, post before and day; percent."""
    hits = dict.fromkeys(("pair", "kind", "body", "held", "day"), 0)
    got_count = gold_count = 0
    for case in cases:
        got, wrong = read_changes(case), []
        gold_count += len(case.changes)
        extra = [c for c in got if not any(_is_found(c, w) for w in case.changes)]
        got_count += len(extra)
        wrong += [f"extra {c.name} {c.kind} {c.position}" for c in extra]
        for wanted in case.changes:
            own = [c for c in got if _is_found(c, wanted)]
            same = [c for c in own if _is_right(c, wanted, "kind")] or own
            got_count += bool(own)
            hits["pair"] += bool(own)
            if not own:
                wrong.append(f"missing {wanted.name} {wanted.kind} {wanted.position}")
                continue
            for what in ("kind", "body", "held", "day"):
                right = any(_is_right(c, wanted, what) for c in same)
                hits[what] += right
                if not right:
                    told = [(str(c.kind), c.decided_by, c.from_position, str(c.decided_date)) for c in same]
                    wrong.append(f"{what} of {wanted.name} {wanted.position}: {told}")
        if errors and wrong:
            print(f"{case.pattern}: {case.title} {case.text}\n   " + "\n   ".join(wrong))
    return {what: round(200 * count / max(1, got_count + gold_count), 1) for what, count in hits.items()}


def measure(texts: list[str], rounds: int) -> tuple[float, float]:
    """CPU seconds for officials with their changes, and without: the least of some rounds, taken in turn."""
    from transforms import official_events
    from transforms.office_changes import ChangeReader
    from transforms.officials import tag_persons

    whole: tuple[Any, Any] = ChangeReader.read, official_events._of_changes
    without: tuple[Any, Any] = (lambda *_: ()), (lambda *_: [])
    least = [float("inf")] * 2
    tag_persons(texts[0])
    for _ in range(rounds):
        for i, (read, of_changes) in enumerate((whole, without)):
            ChangeReader.read, official_events._of_changes = read, of_changes  # type: ignore[method-assign]
            started = time.process_time()
            for text in texts:
                tag_persons(text)
            least[i] = min(least[i], time.process_time() - started)
    ChangeReader.read, official_events._of_changes = whole  # type: ignore[method-assign]
    return least[0], least[1]


def main(argv: list[str] | None = None) -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--errors", action="store_true", help="print each case that is not right")
    parser.add_argument("--half", choices=("open", "held back"), help="only that half")
    parser.add_argument("--speed", type=Path, help="articles parted by blank lines")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default 3)")
    given = parser.parse_args(argv)
    if given.speed:
        texts = [text for text in given.speed.read_text("utf-8").split("\n\n") if text.strip()]
        with_changes, without = measure(texts, given.rounds)
        share = 100 * (with_changes / without - 1)
        print(f"{len(texts)} articles: {with_changes:.2f} s of CPU, {without:.2f} s without changes ({share:+.1f} %)")
        return 0
    for title, is_held_back in (("open", False), ("held back", True)):
        if given.half in {None, title}:
            half = [c for c in read_cases() if c.is_held_back is is_held_back]
            count = sum(len(c.changes) for c in half)
            print(f"{title}: {len(half)} cases, {count} changes: {score(half, errors=given.errors)}")
    if given.half is None:
        fresh = read_cases(FRESH)
        count = sum(len(c.changes) for c in fresh)
        print(f"fresh news: {len(fresh)} cases, {count} changes: {score(fresh, errors=given.errors)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
