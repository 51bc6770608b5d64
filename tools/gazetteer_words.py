"""Ordinary words that compete with regions' names, from jieba's word list. Part of tools/build_gazetteer.py."""

import re
from pathlib import Path

OF_A_REGION = set("人话籍省市县区州路站港")
"""Endings that leave the region named: 河南人 names 河南."""


def read_words(path: Path, names: set[str]) -> list[tuple[str, int]]:
    """Words that can compete with a region's name for characters: they overlap, contain or equal one."""
    heads = {name[:n] for name in names for n in range(1, len(name))}
    tails = {name[-n:] for name in names for n in range(1, len(name))}
    words = []
    for line in path.read_text("utf-8").splitlines():
        word, count, tag = line.split(" ")
        frequency = int(count)
        if not re.fullmatch(r"[\u4e00-\u9fff]{1,5}", word) or frequency < 8:
            continue
        contained = [word[i:j] for i in range(len(word)) for j in range(i + 2, len(word) + 1) if word[i:j] in names]
        if tag in {"nt", "nr", "nrt", "nz"} or (tag == "ns" and contained):
            continue  # other names are no ordinary words: 湖北省委 must not hide 湖北省
        if any(word.startswith(name) and word[len(name) :] in OF_A_REGION for name in contained):
            continue
        crosses = any(word[:n] in tails or word[-n:] in heads for n in range(1, len(word)))
        if len(word) == 1 or contained or (crosses and frequency >= 40):
            words.append((word, frequency))
    return sorted(words)
