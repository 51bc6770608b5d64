"""Where an article ends inside its container: at a list's heading, at the editor's credit, before trailing furniture.

A list may also interrupt an article; then it is noise, and the text goes on below it.
"""

import re

from transforms import boilerplate as b
from transforms.byline import is_byline
from transforms.paragraphs import is_listed
from transforms.segments import Line, Segment

KEPT_MIN = 12
"""Characters of prose under which a part of the page says nothing."""
_ISSUER = re.compile(r"(?:局|府|会|办|部|院|委|室|组|公司|校|中心|处|厅|署|站|队|所|院|团)$")
# Words that no subhead of an article holds; 热点关注 and 最新消息 may be one.
_OF_OTHERS = re.compile("推荐|相关|猜|热门|更多|排行|精彩|大家|热榜|热搜|频道|本类|同类|栏目|延伸")
_REST_SHARE_MAX = 0.25


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


def end_index(line: Line, first: int, stop: int, noise: set[int], prose: list[int]) -> int:
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
            (seen >= KEPT_MIN and b.is_site_notice(text))
            or b.is_comment_heading(text)
            or ((_is_editor_line(text) or b.is_end_mark(text)) and rest < _REST_SHARE_MAX * total)
        ):
            end = i
            break
        if (
            b.is_stop_heading(text)
            and (rest < _REST_SHARE_MAX * total or not b.is_soft_heading(text))
            and (
                _heads_list(line, i, stop)
                or (not b.is_soft_heading(text) and (rest < _REST_SHARE_MAX * total or _OF_OTHERS.search(text)))
            )
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
    if rest < KEPT_MIN:
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


def _heads_list(line: Line, index: int, stop: int) -> bool:
    """Whether what follows a heading is a list of links or of headlines, not prose: 热点关注 may also be a subhead."""
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
