"""Regions on our own table and articles: difang beside cpca and cnloc, where they are installed.

    python -m benchmarks.regions

Exact: the one primary region is the case's (peers answer one region per text: their finest one; a township case counts
for them at its county). None: nothing said where nothing is to be said. Cases: tests/transforms/region_cases.tsv;
articles: the held-back half of region_articles.txt, by its county or whatever is finest. Speed is articles of 3.5 kB a
second of CPU, each tool in a process of its own, one after the other; memory is that process's peak.
"""

import importlib.util
import multiprocessing
import re
import resource
import time
from collections.abc import Callable
from pathlib import Path

from transforms.gazetteer import Gazetteer, read_rows
from transforms.regions import tag_regions

FOLDER = Path(__file__).parent.parent / "tests" / "transforms"
ARTICLE_BYTES = 3_500
ROUNDS = 300
Answer = Callable[[str, str], str]


def ask_difang(title: str, text: str) -> str:
    """The primary region, or nothing."""
    codes = [tag.region_code for tag in tag_regions(title, text) if tag.is_primary]
    return codes[0] if len(codes) == 1 else ""


def ask_cpca(title: str, text: str) -> str:
    """The adcode of cpca's one answer."""
    import cpca

    code = cpca.transform([f"{title} {text}"])["adcode"][0]
    return str(code)[:6] if code else ""


def ask_cnloc(title: str, text: str) -> str:
    """The finest adcode of cnloc's one answer."""
    import cnloc

    row = cnloc.getlocation([f"{title} {text}"]).iloc[0]
    codes = [row[f"{level}_adcode"] for level in ("county", "city", "province")]
    return next((code for code in codes if isinstance(code, str)), "")


TOOLS: dict[str, Answer] = {"difang": ask_difang, "cpca": ask_cpca, "cnloc": ask_cnloc}


def read_cases() -> list[tuple[str, str, frozenset[str]]]:
    """Headline, text and the right code of each case; no code where nothing is to be said."""
    rows = read_rows(FOLDER / "region_cases.tsv")
    return [(r["title"], r["text"], frozenset(re.findall(r"\d+", r["primary"]))) for r in rows]


def read_articles() -> list[tuple[str, str, frozenset[str]]]:
    """The same of the held-back articles that come without a publisher's region."""
    gazetteer = Gazetteer.load()
    codes = {gazetteer.full_name(c): c for c in gazetteer.codes() if len(c) == 6 and gazetteer.is_in_force(c)}
    found = []
    for block in re.split(r"(?m)^@ ", (FOLDER / "region_articles.txt").read_text("utf-8"))[1:]:
        head, title, text = block.split("\n", 2)
        number, wanted, publisher, _ = (cell.strip() for cell in head.split("|"))
        if int(number) % 2 == 0 and not publisher:
            names = [] if wanted == "-" else wanted.split(";")
            found.append((title, text.strip(), frozenset(codes[name] for name in names)))
    return found


def measure(answer: Answer, pieces: list[tuple[str, str, frozenset[str]]]) -> tuple[float, float]:
    """Share of exact answers where there is one, and of right silences where there is none."""
    exact = silent = wanted = empty = 0
    for title, text, right in pieces:
        got = answer(title, text)
        if right:
            wanted += 1
            exact += got in right or got[:6] in {code[:6] for code in right}
        else:
            empty += 1
            silent += not got
    return exact / wanted, silent / empty


def long_articles(pieces: list[tuple[str, str, frozenset[str]]]) -> list[tuple[str, str]]:
    """Articles of 3.5 kB, as thick with names as the pieces are: each is one of them, over and over."""
    made = []
    for title, text, _ in pieces:
        line = text.encode() + b"\n"
        whole = line * (ARTICLE_BYTES // len(line) + 1)
        made.append((title, whole[:ARTICLE_BYTES].decode(errors="ignore")))
    return made


def report(name: str) -> None:
    """Print the line of one tool; run in a process of its own."""
    answer = TOOLS[name]
    cases, articles = read_cases(), read_articles()
    answer("", "山东省济南市章丘区")
    exact, silent = measure(answer, cases)
    exact_articles, silent_articles = measure(answer, articles)
    whole = long_articles(articles)
    began = time.process_time()
    done = 0
    while done < ROUNDS and time.process_time() - began < 20:
        for title, text in whole:
            answer(title, text)
            done += 1
    rate = done / (time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:8} {exact:6.3f} {silent:6.3f} {exact_articles:6.3f} {silent_articles:6.3f} {rate:8.0f} {peak:6.0f}",
        flush=True,
    )


def main() -> None:
    """Print one line a tool."""
    print(f"{'':8} {'cases':>13} {'articles':>13} {'articles':>8}")
    print(f"{'tool':8} {'exact':>6} {'none':>6} {'exact':>6} {'none':>6} {'/CPU s':>8} {'MB':>6}", flush=True)
    for name in TOOLS:
        if name != "difang" and importlib.util.find_spec(name) is None:
            print(f"{name:8} not installed")
            continue
        process = multiprocessing.get_context("spawn").Process(target=report, args=(name,))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
