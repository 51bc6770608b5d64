"""A 64-bit SimHash of a text: near-duplicates, such as reprints with another first line, differ in few bits."""

import hashlib
import re

import numpy as np

_GRAM = 3
_NO_LETTER = re.compile(r"[\W_]+")
# Odd multipliers of a multiplicative hash; the result must be the same on every machine, so no seed is drawn.
_MIX = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


def fingerprint(text: str) -> str:
    """The SimHash over character trigrams as 16 hexadecimal digits; empty for a text without letters."""
    letters = _NO_LETTER.sub("", text).lower()
    if not letters:
        return ""
    codes = np.frombuffer(letters.ljust(_GRAM).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    with np.errstate(over="ignore"):
        grams = np.zeros(len(codes) - _GRAM + 1, dtype=np.uint64)
        for offset, multiplier in enumerate(_MIX):
            grams ^= (codes[offset : len(codes) - _GRAM + 1 + offset] + np.uint64(offset + 1)) * np.uint64(multiplier)
        grams ^= grams >> np.uint64(31)
        grams *= np.uint64(_MIX[0])
        grams ^= grams >> np.uint64(29)
        grams *= np.uint64(_MIX[1])
        grams ^= grams >> np.uint64(32)
    # A set of trigrams: a phrase repeated fifty times weighs once.
    grams.sort()
    distinct = grams[np.concatenate(([True], grams[1:] != grams[:-1]))]
    bits = np.unpackbits(distinct.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    # A product with ones is ten times faster than a sum along the short axis.
    majority = np.ones(len(bits), dtype=np.float32) @ bits.astype(np.float32) * 2 > len(bits)
    value = int.from_bytes(np.packbits(majority, bitorder="little").tobytes(), "little")
    return f"{value:016x}"


def bit_distance(one: str, other: str) -> int:
    """How many of the 64 bits differ between two fingerprints."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def content_sha256(title: str, text: str) -> str:
    """SHA-256 of title and text: the key of a version."""
    return hashlib.sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest()
