"""The extractors that `benchmarks/extraction.py` compares, each as bytes, decoded text and URL to fields.

A peer is imported when it is asked for; its module's absence is for the caller to say.
"""

from collections.abc import Callable
from functools import partial

import lxml.html

from records import FetchedPage, Rejected, canonicalize
from transforms.reading import read_page

Found = dict[str, str]
Tool = Callable[[bytes, str, str], Found]
ONLY = {"htmldate": {"day", "wrong_day"}}
"""Tools that answer one question: the other columns are none of theirs."""


def difang(body: bytes, text: str, url: str, *, printed: bool = False) -> Found:
    """Bytes to fields; `printed` puts dateline and byline back, for truths that count them as text."""
    page = FetchedPage(
        url=url,
        canonical_url=canonicalize(url),
        publisher_id=None,
        fetched_at=None,
        body=body,
        body_sha256="",  # type: ignore[arg-type]
    )
    reading = read_page(page, None)
    if isinstance(reading, Rejected):
        return {}
    article = reading.article
    body_text = article.text
    if printed:
        who = [c.surface for c in article.credits if c.part == "body" and c.surface not in article.credit_line]
        opening = article.dateline.raw if article.dateline else ""
        if opening and who:
            opening += f"（{' '.join(dict.fromkeys(who))}）"
        body_text = f"{opening} {body_text}{article.credit_line}".strip()
    return {
        "title": article.title,
        "date": str(article.published_date or ""),
        "time": article.published_at.isoformat() if article.published_at else "",
        "author": " ".join((*article.reporters, *article.editors)),
        "origin": article.source_name or "",
        "body": body_text,
    }


def trafilatura_default() -> Tool:
    import trafilatura

    def run(body: bytes, text: str, url: str) -> Found:
        found = trafilatura.bare_extraction(text, url=url, with_metadata=True)
        if found is None or isinstance(found, dict):
            return {}
        return {
            "title": found.title or "",
            "date": found.date or "",
            "author": found.author or "",
            "origin": found.sitename or "",
            "body": found.text or "",
        }

    return run


def readability() -> Tool:
    from readability import Document

    def run(body: bytes, text: str, url: str) -> Found:
        document = Document(text)
        return {"title": document.short_title(), "body": lxml.html.fromstring(document.summary()).text_content()}

    return run


def newspaper() -> Tool:
    import newspaper as newspaper4k

    def run(body: bytes, text: str, url: str) -> Found:
        article = newspaper4k.Article(url, language="zh")
        article.download(input_html=text)
        article.parse()
        return {
            "title": article.title,
            "date": str(article.publish_date or ""),
            "author": " ".join(article.authors),
            "body": article.text,
        }

    return run


def gne() -> Tool:
    from gne import GeneralNewsExtractor

    extractor = GeneralNewsExtractor()

    def run(body: bytes, text: str, url: str) -> Found:
        found = extractor.extract(text)
        return {
            "title": found["title"],
            "date": found["publish_time"],
            "author": found["author"],
            "body": found["content"],
        }

    return run


def resiliparse() -> Tool:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def run(body: bytes, text: str, url: str) -> Found:
        tree = HTMLTree.parse(text)
        return {"title": tree.title or "", "body": extract_plain_text(tree, main_content=True)}

    return run


def htmldate() -> Tool:
    from htmldate import find_date

    def run(body: bytes, text: str, url: str) -> Found:
        return {"date": find_date(text, url=url) or ""}

    return run


TOOLS: dict[str, tuple[str, Callable[[], Tool]]] = {
    "difang": ("difang", lambda: difang),
    "difang-printed": ("difang", lambda: partial(difang, printed=True)),
    "trafilatura": ("trafilatura", trafilatura_default),
    "readability": ("readability-lxml", readability),
    "newspaper4k": ("newspaper4k", newspaper),
    "gne": ("gne", gne),
    "resiliparse": ("resiliparse", resiliparse),
    "htmldate": ("htmldate", htmldate),
}
