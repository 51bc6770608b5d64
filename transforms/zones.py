"""The lines around the body: between headline and first sentence, and directly below the last one.

Time, source and editors are printed there, and nowhere else: a page's navigation, lists and footer are
outside both zones.
"""

import re
from urllib.parse import urlsplit

from lxml.etree import XPath, _Element

from records import canonicalize
from transforms.boilerplate import is_comment_heading, is_info_line, is_legal_notice, is_stop_heading
from transforms.document import Document
from transforms.headline_parts import Headline
from transforms.moments import find_moments
from transforms.paragraphs import Body
from transforms.segments import Line, collapse

_HEAD_MAX = 40
_FOOT_MAX = 24
_ABOVE = 8
_BELOW_CONTAINER = 8
_SOURCE_METAS = (
    "contentsource",
    "source",
    "og:source",
    "sourcename",
    "mediaid",
    "article:source",
    "dc.source",
    "publisher",
)
# Ids by which content systems mark the source for search engines and for their own scripts.
_NAMED_SOURCE = XPath(
    "//*[@id='source_baidu' or @id='js_name' or @id='media_name' or @id='source' or @id='news_source']"
)
_LONE_LABEL = re.compile(r"^[\u4e00-\u9fff]{2,6}\s*[:：]$")
_LABEL = re.compile(r"^(?:来源|文章来源)\s*[:：]\s*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# The year of a document's number (青政办发〔2022〕8号) is no time.
_DOCUMENT_NUMBER = re.compile(r"[〔\[（(【](?:19|20)\d{2}[〕\])）】]")
_TODAY = re.compile(r"星期|农历|今天|现在|©|[Cc]opyright")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def header_lines(line: Line, headline: Headline, body: Body) -> list[str]:
    """The lines between headline and body; where the headline is not above the body, those just above it."""
    start, end = _header_span(headline, body)
    lines = [line.segments[i].text for i in range(start, end) if line.segments[i].text]
    lines = _joined([text for text in lines if len(text) <= 200 and not is_legal_notice(text)])
    if len(lines) > _HEAD_MAX:
        lines = lines[: _HEAD_MAX - 10] + lines[-10:]
    if headline.first is not None and not any(_YEAR.search(_DOCUMENT_NUMBER.sub("", text)) for text in lines):
        lines = _lines_above(line, headline.first) + lines
    return lines


def _joined(lines: list[str]) -> list[str]:
    """The lines, each label that stands alone (``来源：``) with the value in the next line."""
    joined: list[str] = []
    for text in lines:
        if joined and _LONE_LABEL.match(joined[-1]) and len(text) <= 40 and not _LONE_LABEL.match(text):
            joined[-1] += text
        else:
            joined.append(text)
    return joined


def _lines_above(line: Line, first: int) -> list[str]:
    """Time and source that are printed above the headline, as some portals do; the clock of today is no time."""
    near = line.segments[max(0, first - _ABOVE) : first]
    return [
        segment.text
        for segment in near
        if segment.link_share <= 0.5
        and len(segment.text) <= 80
        and (
            is_info_line(segment.text)
            # A link beside a day is an entry of a list.
            or (not segment.links and next(find_moments(segment.text), None) and not _TODAY.search(segment.text))
        )
    ]


def _header_span(headline: Headline, body: Body) -> tuple[int, int]:
    end = body.first
    if headline.index is not None and headline.index < end:
        return headline.index + 1, end
    return max(0, end - _ABOVE), end


def footer_lines(line: Line, body: Body, container: int | None) -> list[str]:
    """The lines directly below the body, up to the first list of other articles."""
    if container is None:
        return []
    stop = min(len(line.segments), body.end + _FOOT_MAX, max(line.blocks[container].end, body.end) + _BELOW_CONTAINER)
    lines: list[str] = []
    for i in range(body.end, stop):
        segment = line.segments[i]
        text = segment.text
        if is_stop_heading(text) or is_comment_heading(text):
            if lines:
                break
            continue
        if text and segment.link_share <= 0.5 and len(text) <= 200 and not is_legal_notice(text):
            lines.append(text)
    return lines


def meta_source(document: Document) -> str:
    """The source that the metadata name, or an empty string."""
    for name in _SOURCE_METAS:
        value = document.metas.get(name, "")
        if 2 <= len(value) <= 20 and _CHINESE.search(value):
            return value
    found = _NAMED_SOURCE(document.root)
    for element in found if isinstance(found, list) else []:
        if isinstance(element, _Element):
            value = _LABEL.sub("", collapse("".join(map(str, element.itertext()))))
            if 2 <= len(value) <= 20:
                return value
    return ""


def source_links(line: Line, headline: Headline, body: Body, base_url: str, own_url: str) -> dict[str, str]:
    """The links of the header's lines, by their text: a source's name, and the original of a reprint.

    A link to a page of the own host keeps an empty target: it names the source, but is no original.
    """
    found: dict[str, str] = {}
    own_host = urlsplit(own_url).hostname
    start, end = _header_span(headline, body)
    for segment in line.segments[start : min(end, start + _HEAD_MAX)]:
        for link in segment.links:
            try:
                url = canonicalize(link.href, base_url)
            except ValueError:
                continue
            found.setdefault(link.text, url if urlsplit(url).hostname != own_host else "")
    return found
