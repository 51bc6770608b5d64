"""The text of a page's bytes, with the evidence that named the encoding, or why no decoding is trustworthy.

Stated order: a byte order mark; the HTTP header; the page's own declarations (``<meta>``, also a late one,
XML); then the content. A declaration is believed only if its trial decoding reads like text: an encoding that
decodes without an error but yields nonsense (UTF-8 read as GBK, GBK read as Latin-1) is passed over, which
`Decoded.conflict` says. What remains doubtful is refused: mojibake in a warehouse is worse than a hole.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from transforms.mojibake import Verdict, is_han_text, judge, repair

_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"))
_BOMS16 = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Browsers' reading of labels (WHATWG Encoding): a page that says gb2312 is written in its superset.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_ALIASES = {
    "x-gbk": "gb18030",
    "gb-2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "x-x-big5": "big5hkscs",
}
_META = re.compile(rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,30})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,30})", re.I)
_HEAD_BYTES = 4096
_BYTES_MAX = 20_000_000
_LATE_BYTES = 1_000_000
_CONTENT_GUESSES = ("utf-8", "gb18030", "big5hkscs", "cp1252")
# Bytes that no encoding of the page explains: up to this share they are damage, above it the guess is wrong.
_DAMAGE_SHARE_MAX = 0.02


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text and how it was read."""

    text: str
    encoding: str
    """The real encoding, as Python names it."""
    evidence: str
    """``bom``, ``http``, ``meta``, ``xml``, ``content``, ``mixed`` or ``repaired``, with a detail after a colon."""
    conflict: bool = False
    """Whether a declaration was found false."""
    damaged: bool = False
    """Whether some bytes could not be read; each stands as U+FFFD."""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Why no decoding is trustworthy: one sentence."""

    detail: str


def decode_page(body: bytes, declared: str | None = None) -> Decoded | Undecodable:
    """The text of `body`; `declared` is the charset of the HTTP header, true or not."""
    body = body[:_BYTES_MAX]
    marked = _decode_marked(body)
    if marked is not None:
        return marked
    declarations = list(_declarations(body, declared))
    doubtful: Decoded | None = None
    tried: set[str] = set()
    for encoding, evidence in (*declarations, *((guess, "content") for guess in _CONTENT_GUESSES)):
        if encoding in tried:
            continue
        tried.add(encoding)
        conflict = any(other != encoding for other, _ in declarations)
        decoded, verdict = _try(body, encoding, evidence, conflict=conflict)
        if decoded is None or verdict is Verdict.NONSENSE:
            continue
        if verdict is Verdict.TEXT and (
            evidence != "content" or encoding in {"utf-8", "cp1252"} or is_han_text(decoded.text)
        ):
            return decoded
        if evidence != "content" or encoding == "utf-8":
            # Too little text to judge by: the first declaration that fits the bytes stands.
            doubtful = doubtful or decoded
    return _last_resort(body, doubtful, tried)


def _decode_marked(body: bytes) -> Decoded | None:
    """The text of bytes that begin with a byte order mark, or that are bare UTF-16."""
    for mark, encoding in (*_BOMS, *_BOMS16):
        if body.startswith(mark):
            decoded, verdict = _try(body, encoding, "bom", conflict=False)
            if decoded is not None and verdict is not Verdict.NONSENSE:
                return Decoded(
                    decoded.text.lstrip("\ufeff"), encoding.removesuffix("-sig"), "bom", damaged=decoded.damaged
                )
    head = body[:512]
    for zero, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        pairs = len(head) // 2
        # Markup in UTF-16 is every second byte zero; no other encoding of text holds zero bytes.
        if pairs > 8 and head[zero::2].count(0) > 0.3 * pairs > 10 * head[1 - zero :: 2].count(0):
            decoded, verdict = _try(body, encoding, "content:zero bytes", conflict=False)
            if decoded is not None and verdict is not Verdict.NONSENSE:
                return decoded
    return None


def _declarations(body: bytes, declared: str | None) -> Iterator[tuple[str, str]]:
    """The encodings that the header and the page itself name, in the stated order, each with its evidence."""
    if declared and (encoding := known_encoding(declared)):
        yield encoding, f"http:{declared.strip().lower()}"
    if (match := _XML.match(body[:_HEAD_BYTES])) and (encoding := known_encoding(match[1].decode("ascii"))):
        yield encoding, f"xml:{match[1].decode('ascii').lower()}"
    for place, start, stop in (("meta", 0, _HEAD_BYTES), ("late meta", _HEAD_BYTES, _LATE_BYTES)):
        found = False
        for match in islice(_META.finditer(body, start, stop), 3):
            if encoding := known_encoding(match[1].decode("ascii")):
                found = True
                yield encoding, f"{place}:{match[1].decode('ascii').lower()}"
        if found:
            return


def known_encoding(label: str) -> str | None:
    """The Python codec that reads pages labelled so (gb2312 is read as gb18030), or None for an unknown label."""
    label = label.strip().strip("\"'").lower()
    if label in _ALIASES:
        return _ALIASES[label]
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # rot13, hex and their like are codecs of Python, not of pages
    except (LookupError, ValueError):
        return None
    if name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode", "unicode", "raw_unicode")):
        return None  # a declaration that was readable as ASCII cannot be true
    return "utf-8" if name == "utf-8-sig" else _SUPERSETS.get(name, name)


def _try(body: bytes, encoding: str, evidence: str, *, conflict: bool) -> tuple[Decoded | None, Verdict]:
    """The decoding of `body` by one encoding, None where too many bytes do not fit, and what it reads like."""
    damaged = False
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        tail = len(body) - error.start <= 4
        text = body[: error.start].decode(encoding) if tail else body.decode(encoding, "replace")
        damaged = not tail
        foreign = sum(1 for character in text if character > "\x7f")
        if text.count("\ufffd") > _DAMAGE_SHARE_MAX * max(foreign, 1):
            return None, Verdict.NONSENSE
    except (LookupError, ValueError):
        return None, Verdict.NONSENSE
    return Decoded(text, encoding, evidence, conflict, damaged), judge(text)


def _last_resort(body: bytes, doubtful: Decoded | None, tried: set[str]) -> Decoded | Undecodable:
    """A repaired or mixed reading, else the first decoding that was merely unsure, else a refusal."""
    mixed = _decode_mixed(body)
    if mixed is not None:
        return mixed
    repaired = repair(body)
    if repaired is not None:
        text, how = repaired
        return Decoded(text, "utf-8", f"repaired:{how}", conflict=True)
    if doubtful is not None:
        return doubtful
    return Undecodable(f"no encoding gives readable text; tried {', '.join(sorted(tried))}")


def _decode_mixed(body: bytes) -> Decoded | None:
    """The text of a page glued from UTF-8 and GBK parts, read piece by piece.

    ``<``, ``>`` and line ends are never the second byte of a GBK character, so they are safe seams.
    """
    pieces: list[str] = []
    used: set[str] = set()
    for piece in re.split(rb"([<>\r\n]+)", body):
        for encoding in ("utf-8", "gb18030"):
            try:
                pieces.append(piece.decode(encoding))
            except UnicodeDecodeError:
                continue
            if not piece.isascii():
                used.add(encoding)
            break
        else:
            pieces.append(piece.decode("utf-8", "replace"))
    text = "".join(pieces)
    foreign = sum(1 for character in text if character > "\x7f")
    if (
        used != {"utf-8", "gb18030"}
        or judge(text) is not Verdict.TEXT
        or text.count("\ufffd") > _DAMAGE_SHARE_MAX * foreign
    ):
        return None
    return Decoded(text, "gb18030", "mixed:utf-8+gb18030", conflict=True, damaged="\ufffd" in text)
