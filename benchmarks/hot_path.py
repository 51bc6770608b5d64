"""Where a page's time goes: milliseconds of CPU by step of the transforms, for three kinds of pages.

    python -m benchmarks.hot_path [ROUNDS]

The pages of `benchmarks.end_to_end` (60 kB, 300 characters of text), our pages in the shape of many content systems
(tests/transforms/pages), and, as plain texts, the reports of the officials' cases joined to 3.5 kB each, with many
names. A step's own time is without that of the steps inside it; of each page the round that took least counts.
"""

import pickle
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import onnxruntime

from benchmarks.officials import CASES, read_articles
from benchmarks.paper_site import HOST, make_pages
from records import Publisher
from transforms import document, extraction, official_tokens, officials, reading

PAGES, TEXT_BYTES = 60, 3500
STEPS: tuple[tuple[str, Any, str], ...] = (
    ("decode", reading, "decode_page"),
    ("parse", reading, "parse_document"),
    ("line up the segments", document, "line_up"),
    ("headline", reading, "find_headline"),
    ("container, cleaning", reading, "settle_body"),
    ("related links", reading, "find_related_links"),
    ("time", reading, "find_publication_time"),
    ("dateline, credit line, fingerprint", reading, "assemble"),
    ("other reading, freeing the tree", extraction, "read_page"),
    ("reading of plain text", extraction, "read_text"),
    ("regions", extraction, "tag_regions"),
    ("LAC: the model", onnxruntime.InferenceSession, "run"),
    ("LAC: characters to words", official_tokens.Lexer, "read_scores"),
    ("LAC: best path", official_tokens, "_search"),
    ("names, posts, events", officials, "read_findings"),
    ("jurisdictions, persons, office changes", extraction, "tag_persons"),
)
PASSING = "pickling, there and back"


class Clock:
    """The CPU nanoseconds of each step by itself."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._inner: list[int] = []

    def timed(self, step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its own time noted."""

        def run(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0)
            begun = time.thread_time_ns()
            try:
                return work(*args, **kwargs)
            finally:
                took = time.thread_time_ns() - begun
                self.spent[step] += took - self._inner.pop()
                if self._inner:
                    self._inner[-1] += took

        return run


def through_worker(clock: Clock, path: str, body: bytes) -> Callable[[], Any]:
    """The page's way through a worker of `pipeline.workers`, pickled there and back."""
    publisher = Publisher(id="bench", name="鲁风网", home_url=f"http://{HOST}/", region_code="370000")
    copied = clock.timed(PASSING, lambda value: pickle.loads(pickle.dumps(value)))
    return lambda: copied((body, extraction.extract(copied(body), f"http://{HOST}{path}", publisher)))


def long_texts() -> list[str]:
    texts = [""]
    for path in sorted(CASES.parent.glob("officials_reports*.txt")):
        for case in read_articles(path):
            texts[-1] += f"{case.text}\n"
            texts += [""] if len(texts[-1].encode()) >= TEXT_BYTES else []
    return texts[:-1]


def measure(runs: Sequence[Callable[[], Any]], rounds: int, clock: Clock) -> dict[str, float]:
    """Milliseconds by step: the mean over all pages, of each its least round."""
    sums: Counter[str] = Counter()
    for run in runs:
        taken = []
        for _ in range(rounds + 1):  # the first warms up
            clock.spent.clear()
            run()
            taken.append(Counter(clock.spent))
        sums.update(min(taken[1:], key=lambda spent: sum(spent.values())))
    return {step: nanoseconds / 1e6 / len(runs) for step, nanoseconds in sums.items()}


def main(rounds: int) -> None:
    extraction.warm_up()
    clock = Clock()
    for step, owner, name in STEPS:
        setattr(owner, name, clock.timed(step, getattr(owner, name)))
    shapes = sorted((CASES.parent / "pages").glob("*.html"))
    assert len(shapes) > 50, len(shapes)
    kinds: dict[str, list[Callable[[], Any]]] = {
        "site": [through_worker(clock, path, body) for path, body in make_pages(PAGES)],
        "shapes": [through_worker(clock, f"/{file.stem}.htm", file.read_bytes()) for file in shapes],
        "long texts": [lambda text=text: extraction.extract(text) for text in long_texts()],  # type: ignore[misc]
    }
    columns = [measure(runs, rounds, clock) for runs in kinds.values()]
    print("| ms of CPU a page |" + "".join(f" {kind} ({len(runs)}) |" for kind, runs in kinds.items()))
    print("|---|" + "---|" * len(columns))
    for step in (*(step for step, _, _ in STEPS), PASSING):
        print(f"| {step} |" + "".join(f" {column.get(step, 0):.2f} |" for column in columns))
    print("| together |" + "".join(f" {sum(column.values()):.2f} |" for column in columns))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
