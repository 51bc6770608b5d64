"""The article's paragraphs and pictures out of its container, and what was cut from it, kept by kind.

The container is cut from both ends: before the first sentence what repeats the headline or gives time and
source, after the last one credits, notices, buttons and lists; in between only lines that cannot be prose.
What is cut is not lost: credits are read from it, and the lists become related links.
"""

import re

from transforms import boilerplate as b
from transforms.byline import is_byline
from transforms.paragraphs import Body, collect_paragraphs, is_listed
from transforms.segments import Line, Segment
from transforms.summaries import BELOW_ARTICLE_MIN, find_summaries

_SENTENCE = re.compile(r"[，。！？；：、”…]|[,.;!?](?=\s|$)")
_ISSUER = re.compile(r"(?:局|府|会|办|部|院|委|室|组|公司|校|中心|处|厅|署|站|队|所|院|团)$")
_LIST_NAME = re.compile(
    r"comment|cmt|pinglun|repl(?:y|ies)|gentie|relat|xiangguan|recom|tuijian|hot|rank|guess|foot|copyright", re.I
)
_KEPT_MIN = 12
_DAY_HEADING = re.compile(r"\d{1,2}月\d{1,2}日")
_GRAM = 6
_OWN_PROSE_MIN = 60
_REPEATED_SHARE = 0.9
_RETOLD_SHARE = 0.5
"""The same for a paragraph that says itself that it sums up (摘要：, 核心提示：)."""
_ABSTRACT_LABEL = re.compile(
    r"^[【\[（(]?(?:内容)?(?:摘要|提要|导读|核心提示)[】\]）)]?\s*[:：]\s*|^[【\[](?:内容)?(?:摘要|提要|导读|核心提示)[】\]]"
)
_FOLLOW = frozenset({"关注", "+关注", "+ 关注", "已关注", "订阅", "+订阅"})
_CARD_MAX = 150
_REST_SHARE_MAX = 0.25


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
    end = _end_index(line, first, stop, noise, prose)
    body.first, body.end = first, end
    collect_paragraphs(line, range(first, end), noise, body)
    _drop_copy(body)
    _drop_abstract(body)
    if not body.paragraphs:  # a page of pictures tells its story in the captions
        body.paragraphs = [caption for _, caption in body.pictures if caption]
    return body


def _drop_copy(body: Body) -> None:
    """Take out the second print of a text that a page holds twice, for wide screens and for small ones."""
    half, rest = divmod(len(body.paragraphs), 2)
    if not rest and half and body.paragraphs[:half] == body.paragraphs[half:]:
        del body.paragraphs[half:], body.indices[half:]


def _drop_abstract(body: Body) -> None:
    """Take out a first paragraph that the article says again in the same words: the summary that some systems print above it."""  # noqa: E501
    if len(body.paragraphs) < 3 or not 15 <= len(body.paragraphs[0]) <= 300:
        return
    label = _ABSTRACT_LABEL.match(body.paragraphs[0])
    first, rest = body.paragraphs[0][label.end() if label else 0 :], "".join(body.paragraphs[1:])
    if not any(first[i : i + _GRAM] in rest for i in range(0, len(first) - _GRAM + 1, max(1, len(first) // 6))):
        return
    # Summaries lose signs on their way (a quotation mark, the end of a sentence): only letters are compared.
    own, others = b.letters(first), b.letters(rest)
    grams = [own[i : i + _GRAM] for i in range(len(own) - _GRAM + 1)]
    share = _RETOLD_SHARE if label else _REPEATED_SHARE
    if grams and sum(gram in others for gram in grams) >= share * len(grams):
        body.cut_inside.append(body.paragraphs.pop(0))
        body.indices.pop(0)


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
        {i for i in noise if _is_list(line, line.blocks[line.segments[i].block].noise)} if kept >= _KEPT_MIN else set()
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


def is_droppable(segment: Segment) -> bool:
    """Whether a segment is no article text wherever it stands at an end of the body."""
    text = segment.text
    return bool(
        b.is_credit_line(text)
        or b.is_address_line(text)
        or b.is_original_title(text)
        or b.is_button(text)
        or b.is_legal_notice(text)
        or b.is_promotion(text)
        or b.is_keywords(text)
        or b.is_bare_number(text)
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


def _end_index(line: Line, first: int, stop: int, noise: set[int], prose: list[int]) -> int:
    """Where it ends: at the heading of a list or of comments, at the editor's credit, before trailing furniture."""
    total = sum(len(line.segments[i].text) for i in prose) or 1
    seen = 0
    prose_set = set(prose)
    end = stop
    skipped = first
    for i in range(first, stop):
        text = line.segments[i].text
        if i < skipped:
            continue
        if i in prose_set:
            seen += len(text)
        if not text or not seen:
            continue
        rest = total - seen
        if (
            (seen >= _KEPT_MIN and b.is_site_notice(text))
            or b.is_comment_heading(text)
            or ((_is_editor_line(text) or b.is_end_mark(text)) and rest < _REST_SHARE_MAX * total)
        ):
            end = i
            break
        if (
            b.is_stop_heading(text)
            and (rest < _REST_SHARE_MAX * total or not b.is_soft_heading(text))
            and _heads_list(line, i, stop, noise)
        ):
            skipped = _list_inside(line, i, stop, prose_set, rest)
            if skipped:
                noise.update(range(i, skipped))
                continue
            end = i
            break
    last = end
    while last > first and (line.segments[last - 1].image or _is_tail(line.segments[last - 1], last - 1 in noise)):
        if last - 2 > first and _is_signed_day(line.segments[last - 2].text, line.segments[last - 1].text):
            break
        last -= 1
    while last < end and line.segments[last].image and last not in noise:  # pictures right below the last line
        last += 1
    return last


def _list_inside(line: Line, heading: int, stop: int, prose: set[int], rest: int) -> int:
    """Where a list that interrupts the article ends, 0 where it ends the article.

    It interrupts where the block around heading and links holds no paragraph, and paragraphs follow that stand
    beside those before it.
    """
    if rest < _KEPT_MIN:
        return 0
    block, box = line.segments[heading].block, -1
    while block >= 0 and not any(i in prose for i in range(line.blocks[block].first, heading)):
        box, block = block, line.blocks[block].parent
    if box < 0 or block < 0:
        return 0
    after = line.blocks[box].end
    if any(i in prose and line.segments[i].link_share < 0.3 for i in range(heading, after)):
        return 0
    before = {line.segments[i].block for i in prose if i < heading}
    parents = {line.blocks[b_].parent for b_ in before} | before
    later = [i for i in range(after, stop) if i in prose]
    beside = [
        i for i in later if line.segments[i].block in before or line.blocks[line.segments[i].block].parent in parents
    ]
    return after if beside and beside[0] == later[0] and line.segments[heading].block not in before else 0


def _is_signed_day(above: str, text: str) -> bool:
    """Whether two lines are the signature 落款 of a notice: the issuing body and the day."""
    return b.is_dated_line(text) and len(text) <= 16 and len(above) <= 40 and _ISSUER.search(above) is not None


def _is_editor_line(text: str) -> bool:
    return b.is_credit_line(text) and re.search(r"编辑|责编|编审|终审|审核", text) is not None


def _heads_list(line: Line, index: int, stop: int, noise: set[int]) -> bool:
    """Whether what follows a heading is a list of links or of headlines, not a box of prose."""
    if not b.is_soft_heading(line.segments[index].text):
        return True
    following = [line.segments[i] for i in range(index + 1, min(stop, index + 8)) if line.segments[i].text]
    listed = sum(1 for s in following if s.link_share > 0.5 or not re.search(r"[。！？]", s.text))
    return not following or listed > 0.5 * len(following)


def _is_tail(segment: Segment, noise: bool) -> bool:
    if is_byline(segment.text) and not noise:  # 本报记者 甲: it closes the body, and is taken out of it as its byline
        return False
    return (
        noise
        or segment.link_share >= 0.5
        or is_listed(segment)
        or is_droppable(segment)
        or b.is_stop_heading(segment.text)
        or b.is_dated_line(segment.text)
    )
