"""The article that a page carries only in its scripts: JSON-LD, ``window.__INITIAL_STATE__``, url-encoded JSON and the like.

Pages drawn by JavaScript hold no body in their HTML, but most hold it as data. Whatever the variable is called,
the article is the string with the most Chinese sentences in it; its title, time and source stand beside it.
"""  # noqa: E501

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from transforms.document import Document

_SENTENCE = re.compile(r"[，。！？；]")
_STRING = re.compile(
    r'"([^"\\]{0,400000}(?:\\.[^"\\]{0,400000})*)"' + r"|'([^'\\]{0,400000}(?:\\.[^'\\]{0,400000})*)'", re.S
)
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_SCRIPT_MAX = 2_000_000
_SENTENCES_MIN = 4
_BODY_KEYS = re.compile(r"content|body|text|html|article|detail|description", re.I)
_TITLE_KEYS = ("title", "headline", "name", "Title", "newsTitle", "articleTitle")
_TIME_KEYS = (
    "publishTime",
    "publish_time",
    "pubTime",
    "pubtime",
    "datePublished",
    "newsTime",
    "publishDate",
    "pubDate",
    "ptime",
    "createTime",
    "ctime",
    "time",
)
_SOURCE_KEYS = ("source", "sourceName", "from", "mediaName", "author", "media_name", "origin")


@dataclass(frozen=True, slots=True)
class EmbeddedArticle:
    """An article found in a script: its body as HTML or plain text, and what its object says about it."""

    body: str
    title: str = ""
    published: str = ""
    source: str = ""


def find_embedded(document: Document) -> EmbeddedArticle | None:
    """The article in the page's scripts, or None."""
    best: tuple[int, EmbeddedArticle] | None = None
    for source in document.scripts:
        if len(source) < 200:
            continue
        script = source[:_SCRIPT_MAX].strip()
        if script.startswith(("%7B", "%5B")):
            script = unquote(script)
        found = _from_json(script) or _from_strings(script)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _from_json(script: str) -> tuple[int, EmbeddedArticle] | None:
    start, end = script.find("{"), script.rfind("}")
    if start < 0 or end <= start or start > 300:
        return None
    try:
        value = json.loads(script[start : end + 1], strict=False)
    except (ValueError, RecursionError):
        return None
    best: tuple[int, EmbeddedArticle] | None = None
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > 40:
            continue
        if isinstance(node, list):
            stack += [(item, depth + 1) for item in node[:2000]]
        elif isinstance(node, dict):
            for key, item in node.items():
                if isinstance(item, str):
                    sentences = _sentences(item)
                    if sentences >= _SENTENCES_MIN and _BODY_KEYS.search(key) and (best is None or sentences > best[0]):
                        best = (sentences, _article(item, node))
                else:
                    stack.append((item, depth + 1))
    return best


def _article(body: str, beside: dict[str, Any]) -> EmbeddedArticle:
    def value(keys: tuple[str, ...]) -> str:
        return next((str(beside[key]) for key in keys if isinstance(beside.get(key), str | int) and beside[key]), "")

    return EmbeddedArticle(_markup(body), value(_TITLE_KEYS), value(_TIME_KEYS), value(_SOURCE_KEYS))


def _from_strings(script: str) -> tuple[int, EmbeddedArticle] | None:
    """The string literal with the most sentences, in a script that is no JSON."""
    best: tuple[int, str] | None = None
    for match in _STRING.finditer(script):
        literal = match[1] if match[1] is not None else match[2]
        if len(literal) < 120:
            continue
        text = _unescape(literal)
        sentences = _sentences(text)
        if sentences >= _SENTENCES_MIN and (best is None or sentences > best[0]):
            best = (sentences, text)
    return None if best is None else (best[0], EmbeddedArticle(_markup(best[1])))


def _sentences(text: str) -> int:
    return len(_SENTENCE.findall(text))


def _unescape(literal: str) -> str:
    plain = _HEX.sub(lambda match: chr(int(match[1], 16)), literal).replace("\\'", "'")
    try:
        value = json.loads(f'"{plain}"', strict=False)
    except ValueError:
        value = plain.replace('\\"', '"').replace("\\/", "/").replace("\\n", "\n")
    return str(value)


def _markup(text: str) -> str:
    """`text` as HTML: entities of a doubly escaped body resolved, plain lines made paragraphs."""
    if "<" not in text and "&lt;" in text:
        text = html.unescape(text)
    if "<" not in text:
        return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    return text
