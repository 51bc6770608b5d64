"""Whether a short word may be a Chinese person's name by its surname: enough where layout already says that a name stands there."""  # noqa: E501

import re
from functools import cache

from records import seed_path

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


@cache
def _surnames() -> frozenset[str]:
    """The surnames of seeds/names/surnames.txt, simple and compound."""
    lines = seed_path("names/surnames.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def may_be_name(word: str) -> bool:
    """Whether `word` is two or three characters after a surname, or up to four after a compound one."""
    if not _HAN_NAME.fullmatch(word):
        return False
    known = _surnames()
    return (word[0] in known and len(word) <= 3) or (word[:2] in known and len(word) >= 3)
