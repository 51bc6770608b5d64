"""A text in simplified characters of the same length, so that offsets count in either script."""

import re
from functools import lru_cache

from records import seed_path
from transforms.gazetteer import read_rows

SIGNS = re.compile(
    "[區縣鎮鄉黨會與為這個們來對發現開關門間時國學說話書長東車馬業務員經濟總產領導實際條億萬號電灣臺廣蘇慶貴陝寧遼龍]"
)
"""Characters that only traditional script has and no Chinese text of some length goes without."""


def simplify(text: str) -> str:
    """The text with each traditional character replaced by its simplified one; the text itself where it has none."""
    return text.translate(_characters()) if SIGNS.search(text) else text


@lru_cache(maxsize=1)
def _characters() -> dict[int, str]:
    rows = read_rows(seed_path("lexicons/traditional.tsv"))
    return {ord(row["traditional"]): row["simplified"] for row in rows}
