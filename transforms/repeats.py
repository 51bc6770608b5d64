"""What a page prints twice of one article, taken out: a whole second copy, a summary in the same words above it."""

import re

from transforms.boilerplate import letters
from transforms.paragraphs import Body

_GRAM = 6
_REPEATED_SHARE = 0.9
_RETOLD_SHARE = 0.5
"""The same for a paragraph that says itself that it sums up (摘要：, 核心提示：)."""
_ABSTRACT_LABEL = re.compile(
    r"^[【\[（(]?(?:内容)?(?:摘要|提要|导读|核心提示)[】\]）)]?\s*[:：]\s*|^[【\[](?:内容)?(?:摘要|提要|导读|核心提示)[】\]]"
)


def drop_copy(body: Body) -> None:
    """Take out the second print of a text that a page holds twice, for wide screens and for small ones."""
    half, rest = divmod(len(body.paragraphs), 2)
    if not rest and half and body.paragraphs[:half] == body.paragraphs[half:]:
        del body.paragraphs[half:], body.indices[half:]


def drop_abstract(body: Body) -> None:
    """Take out a first paragraph that the article says again in the same words: the summary that some systems print above it."""  # noqa: E501
    if len(body.paragraphs) < 3 or not 15 <= len(body.paragraphs[0]) <= 300:
        return
    label = _ABSTRACT_LABEL.match(body.paragraphs[0])
    first, rest = body.paragraphs[0][label.end() if label else 0 :], "".join(body.paragraphs[1:])
    if not any(first[i : i + _GRAM] in rest for i in range(0, len(first) - _GRAM + 1, max(1, len(first) // 6))):
        return
    # Summaries lose signs on their way (a quotation mark, the end of a sentence): only letters are compared.
    own, others = letters(first), letters(rest)
    grams = [own[i : i + _GRAM] for i in range(len(own) - _GRAM + 1)]
    share = _RETOLD_SHARE if label else _REPEATED_SHARE
    if grams and sum(gram in others for gram in grams) >= share * len(grams):
        body.cut_inside.append(body.paragraphs.pop(0))
        body.indices.pop(0)
