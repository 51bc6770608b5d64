"""The article's paragraphs and pictures out of its container, and what was cut from it, kept by kind.

The container is cut from both ends: before the first sentence what repeats the headline or gives time and
source, after the last one credits, notices, buttons and lists; in between only lines that cannot be prose.
What is cut is not lost: credits are read from it, and the lists become related links.
"""

import re

from transforms import boilerplate as b
from transforms.endings import KEPT_MIN, end_index, is_droppable
from transforms.paragraphs import Body, collect_paragraphs
from transforms.repeats import drop_abstract, drop_copy
from transforms.segments import Line, Segment
from transforms.summaries import BELOW_ARTICLE_MIN, find_summaries

_SENTENCE = re.compile(r"[，。！？；：、”…]|[,.;!?](?=\s|$)")
_LIST_NAME = re.compile(
    r"comment|cmt|pinglun|repl(?:y|ies)|gentie|relat|xiangguan|recom|tuijian|hot|rank|guess|foot|copyright", re.I
)
_DAY_HEADING = re.compile(r"\d{1,2}月\d{1,2}日")
_OWN_PROSE_MIN = 60
_FOLLOW = frozenset({"关注", "+关注", "+ 关注", "已关注", "订阅", "+订阅"})
_CARD_MAX = 150


def clean_container(line: Line, container: int, headline: int | None, title: str) -> Body:
    """The body of the article in block `container`."""
    span = line.inside(container)
    start = headline + 1 if headline is not None and headline in span else span.start
    noise = _noise_inside(line, container, span)
    prose = [i for i in range(start, span.stop) if i not in noise and _is_prose(line.segments[i])]
    if not prose:
        prose = [i for i in range(start, span.stop) if i not in noise and _may_be_text(line.segments[i])]
    body = Body(first=start, end=start)
    if not prose:
        return body
    first = _first_index(line, start, prose[0], noise, title)
    stop = _next_article(line, headline, first, span.stop)
    summaries = find_summaries(line, range(first, stop), BELOW_ARTICLE_MIN)
    if summaries and sum(len(line.segments[i].text) for i in prose if i < min(summaries)) >= _OWN_PROSE_MIN:
        stop = min(summaries) - 1  # what stands above the first linked headline is the article
    end = end_index(line, first, stop, noise, prose)
    body.first, body.end = first, end
    collect_paragraphs(line, range(first, end), noise, body)
    drop_copy(body)
    drop_abstract(body)
    if not body.paragraphs:  # a page of pictures tells its story in the captions
        body.paragraphs = [caption for _, caption in body.pictures if caption]
    return body


def _noise_inside(line: Line, container: int, span: range) -> set[int]:
    """Segments under furniture inside the container; where hardly any prose would be left, only comments and lists."""
    noise = {i for i in span if line.blocks[line.segments[i].block].noise > container} | _card(line, span)
    if not noise:
        return noise
    lost = sum(len(line.segments[i].text) for i in noise if _is_prose(line.segments[i]))
    kept = sum(len(line.segments[i].text) for i in span if i not in noise and _is_prose(line.segments[i]))
    if kept >= min(lost, 200):
        return noise
    return (
        {i for i in noise if _is_list(line, line.blocks[line.segments[i].block].noise)} if kept >= KEPT_MIN else set()
    )


def _card(line: Line, span: range) -> set[int]:
    """The card of the account that published the article: a few words about it, and a button to follow it."""
    for i in span[:12]:
        if line.segments[i].text in _FOLLOW:
            block = line.segments[i].block
            while block > 0 and len(line.inside(block)) < 2:
                block = line.blocks[block].parent
            inside = line.inside(block)
            if inside.stop < span.stop and sum(len(line.segments[k].text) for k in inside) <= _CARD_MAX:
                return set(inside)
    return set()


def _is_list(line: Line, block: int) -> bool:
    element = line.blocks[block].element
    return _LIST_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def _is_prose(segment: Segment) -> bool:
    if segment.prose is None:
        segment.prose = _judge_prose(segment)
    return segment.prose


def _judge_prose(segment: Segment) -> bool:
    text = segment.text
    return (
        len(text) >= 12
        and segment.link_share < 0.5
        and _SENTENCE.search(text) is not None
        and not is_droppable(segment)
        and not b.is_info_line(text)
    )


def _may_be_text(segment: Segment) -> bool:
    return (
        len(segment.text) >= 4
        and segment.link_share < 0.5
        and not is_droppable(segment)
        and not b.is_info_line(segment.text)
    )


def _first_index(line: Line, start: int, first_prose: int, noise: set[int], title: str) -> int:
    """Where the article's text begins: after the last line that belongs to the head of the page."""
    first = start
    key = b.letters(title)
    for i in range(start, first_prose):
        segment = line.segments[i]
        text = segment.text
        if segment.image or (_DAY_HEADING.fullmatch(text) and _heads_days(line, i)):
            continue
        if (
            i in noise
            or is_droppable(segment)
            or b.is_info_line(text)
            or segment.link_share >= 0.5
            or (key and ((own := b.letters(text)) == key or (text.startswith("关于") and own in key)))
        ):
            first = i + 1
    return first


def _heads_days(line: Line, index: int) -> bool:
    """Whether a bare day is the first of the headings of a chronicle: another such line is set beside it."""
    own = line.blocks[line.segments[index].block]
    later = line.segments[index + 1 : index + 60]
    return any(_DAY_HEADING.fullmatch(s.text) and line.blocks[s.block].parent == own.parent for s in later)


def _next_article(line: Line, headline: int | None, first: int, stop: int) -> int:
    """Where another whole article begins below this one (endless scrolling): set alike, its time below."""
    own = line.blocks[line.segments[headline].block] if headline is not None else None
    if own is None or own.tag not in {"h1", "h2"}:
        return stop
    for i in range(first + 1, stop - 1):
        block = line.blocks[line.segments[i].block]
        if block.tag == own.tag and block.element.get("class") == own.element.get("class"):
            following = line.segments[i + 1].text
            if b.is_info_line(following) and re.search(r"\d{4}", following):
                return i
    return stop
