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
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_STRING = re.compile(
    r'"([^"\\]{0,400000}(?:\\.[^"\\]{0,400000})*)"' + r"|'([^'\\]{0,400000}(?:\\.[^'\\]{0,400000})*)'", re.S
)
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_SCRIPT_MAX = 2_000_000
_SENTENCES_MIN = 4
_BODY_KEYS = re.compile(r"content|body|text|html|article|detail|description|paragraph|value|data|blocks?", re.I)
_TITLE_KEYS = ("title", "headline", "name", "Title", "newsTitle", "articleTitle", "docTitle", "doctitle", "subject")
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
    "publishDateStr",
    "releaseTime",
    "docRelTime",
    "docreltime",
    "published_at",
    "publishedAt",
    "createTime",
    "create_time",
    "ctime",
    "time",
    "date",
)
_SOURCE_KEYS = (
    "source",
    "sourceName",
    "source_name",
    "docSource",
    "docsource",
    "from",
    "mediaName",
    "media_name",
    "copyfrom",
    "origin",
    "publisher",
)
_AUTHOR_KEYS = ("author", "authorName", "author_name", "docAuthor", "reporter", "writer")
_EDITOR_KEYS = ("editor", "editorName", "editor_name", "docEditor", "responsibleEditor", "dutyEditor")
_UP = 3
"""How many objects outwards title, time and source are looked for, where the body's own object lacks them."""
_PAIR = re.compile(
    r"""["']?(?P<key>[A-Za-z_]{2,24})["']?\s?:\s?(?:"(?P<text>(?:[^"\\]|\\.){1,200})"|(?P<number>1\d{9}(?:\d{3})?)(?!\d))"""
)
_NEAR = 4000
"""Characters of a script around a body's string in which its title, time and source are named."""


@dataclass(frozen=True, slots=True)
class EmbeddedArticle:
    """An article found in a script: its body as HTML or plain text, and what its object says about it."""

    body: str
    title: str = ""
    published: str = ""
    source: str = ""
    author: str = ""
    editor: str = ""


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
    start = script.find("{") if not script.startswith("[") else 0
    if not 0 <= start <= 300:
        return None
    try:
        # What follows the object (a call that removes the script, a semicolon) is no part of it.
        value, _ = json.JSONDecoder(strict=False).raw_decode(script, start)
    except (ValueError, RecursionError):
        return None
    best: tuple[int, str, tuple[dict[str, Any], ...]] | None = None
    stack: list[tuple[Any, tuple[dict[str, Any], ...], int]] = [(value, (), 0)]
    while stack:
        node, above, depth = stack.pop()
        if depth > 40:
            continue
        if isinstance(node, list):
            stack += [(item, above, depth + 1) for item in node[:2000]]
        elif isinstance(node, dict):
            around = (node, *above)[:_UP]
            for key, item in node.items():
                if not isinstance(item, str):
                    stack.append((item, around, depth + 1))
                body = item if isinstance(item, str) else _joined_blocks(item)
                sentences = _sentences(body)
                if sentences >= _SENTENCES_MIN and _BODY_KEYS.search(key) and (best is None or sentences > best[0]):
                    best = (sentences, body, around)
    return None if best is None else (best[0], _article(best[1], best[2]))


def _joined_blocks(value: Any) -> str:
    """The paragraphs of a body that is a list of blocks (``[{"type": …, "text": …}, …]``); else an empty string."""
    if not isinstance(value, list) or not 1 <= len(value) <= 2000:
        return ""
    texts: list[str] = []
    for block in value:
        if isinstance(block, str):
            texts.append(block)
        elif isinstance(block, dict):
            if any(key in block for key in _TITLE_KEYS):  # a list of other articles
                return ""
            texts += [text for key, text in block.items() if isinstance(text, str) and _BODY_KEYS.search(key)][:1]
        else:
            return ""
    return "".join(text if "<p" in text else f"<p>{text}</p>" for text in texts if _CHINESE.search(text))


def _article(body: str, around: tuple[dict[str, Any], ...]) -> EmbeddedArticle:
    def value(keys: tuple[str, ...]) -> str:
        for beside in around:
            for key in keys:
                found = beside.get(key)
                if isinstance(found, dict):
                    found = found.get("name")
                if isinstance(found, str | int) and found and not isinstance(found, bool):
                    return str(found)
        return ""

    return EmbeddedArticle(
        _markup(body),
        value(_TITLE_KEYS),
        value(_TIME_KEYS),
        value(_SOURCE_KEYS) or value(("author",)),
        value(_AUTHOR_KEYS),
        value(_EDITOR_KEYS),
    )


def _from_strings(script: str) -> tuple[int, EmbeddedArticle] | None:
    """The string literal with the most sentences, in a script that is no JSON."""
    best: tuple[int, str, int, int] | None = None
    for match in _STRING.finditer(script):
        literal = match[1] if match[1] is not None else match[2]
        if len(literal) < 120:
            continue
        text = _unescape(literal)
        sentences = _sentences(text)
        if sentences >= _SENTENCES_MIN and (best is None or sentences > best[0]):
            best = (sentences, text, match.start(), match.end())
    if best is None:
        return None
    sentences, text, start, end = best
    beside: dict[str, Any] = {}
    for match in _PAIR.finditer(script[max(0, start - _NEAR) : start] + "\n" + script[end : end + _NEAR]):
        beside.setdefault(match["key"], _unescape(match["text"]) if match["text"] else match["number"])
    return sentences, _article(text, (beside,))


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
