"""Regions on our own table: difang beside cpca and cnloc, where they are installed.

    python -m benchmarks.regions

Exact: the one primary region is the case's (peers answer one region per text: their finest one; a township case counts
for them at its county). None: nothing said where nothing is to be said. Cases: tests/transforms/region_cases.tsv.
"""

import importlib.util
import re
import time
from collections.abc import Callable
from pathlib import Path

from transforms.gazetteer import read_rows
from transforms.regions import tag_regions

CASES = Path(__file__).parent.parent / "tests" / "transforms" / "region_cases.tsv"
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


def measure(answer: Answer) -> tuple[float, float, float]:
    """Share of exact answers, share of right silences, texts a second."""
    exact = silent = wanted = empty = 0
    began = time.perf_counter()
    rows = read_rows(CASES)
    for row in rows:
        gold = re.sub(r"\D", "", row["primary"])
        got = answer(row["title"], row["text"])
        if gold:
            wanted += 1
            exact += got == gold or (len(got) == 6 and got == gold[:6])
        else:
            empty += 1
            silent += not got
    return exact / wanted, silent / empty, len(rows) / (time.perf_counter() - began)


def main() -> None:
    """Print one line a tool."""
    tools: dict[str, Answer] = {"difang": ask_difang, "cpca": ask_cpca, "cnloc": ask_cnloc}
    print(f"{'tool':8} {'exact':>6} {'none':>6} {'texts/s':>8}")
    for name, answer in tools.items():
        if name != "difang" and importlib.util.find_spec(name) is None:
            print(f"{name:8} not installed")
            continue
        answer("", "山东省济南市章丘区")
        exact, silent, rate = measure(answer)
        print(f"{name:8} {exact:6.3f} {silent:6.3f} {rate:8.0f}")


if __name__ == "__main__":
    main()
