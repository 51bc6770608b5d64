"""The language of a text by its script: enough to choose how a page is read."""

import re

_SCRIPTS = (
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ja", re.compile(r"[\u3041-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("bo", re.compile(r"[\u0f00-\u0fff]")),
    ("ug", re.compile(r"[\u0600-\u06ff]")),
    ("mn", re.compile(r"[\u1800-\u18af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_LATIN = re.compile(r"[A-Za-z]+")
_SAMPLE = 1500
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|is|that|for|was|on|with)\b", re.I)


def language_of(text: str) -> str:
    """An ISO 639-1 code; ``und`` where the script does not tell."""
    sample = text[:_SAMPLE]
    han = len(_SCRIPTS[0][1].findall(sample))
    if 2 * han > len(sample) and len(_SCRIPTS[1][1].findall(sample)) < 0.05 * han:
        return "zh"
    counts = {code: len(pattern.findall(sample)) for code, pattern in _SCRIPTS}
    # A Latin word says about as much as two Chinese characters.
    words = len(_LATIN.findall(sample))
    if counts["ja"] > 0.15 * (counts["zh"] + counts["ja"]) and counts["ja"] > 4:
        return "ja"
    code, count = max(counts.items(), key=lambda item: item[1])
    if count and count >= 2 * words:
        return code
    if counts["zh"] and counts["zh"] >= words:
        return "zh"
    return "en" if words and len(_ENGLISH.findall(sample)) > 0.05 * words else "und"
