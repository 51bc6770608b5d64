"""Whether a page shows only the beginning of its article: a text broken off above 展开全文, or a call to log in or pay for the rest."""  # noqa: E501

import re

from transforms.paragraphs import Body
from transforms.segments import Line

_MORE = re.compile(
    r"^\W*(?:展开(?:全文|更多|阅读)|(?:点击)?(?:阅读|查看|浏览)(?:全文|更多|剩余|余下)|余下全文|剩余\d+%|"
    r"(?:点击)?(?:打开|下载|进入|前往)[^。，]{0,16}(?:APP|客户端)?[^。，]{0,4}(?:阅读|查看|看)(?:全文|更多|完整|原文|详情))",
    re.I,
)
_PAID = re.compile(
    r"(?:登[录陆]|付费|购买|订阅|开通会员|充值|关注)后?(?:即?可|才能|方可)?(?:继续)?(?:阅读|查看|浏览)(?:全文|剩余|余下|完整|更多)|剩余\d+%"
)
_BROKEN_OFF = re.compile(r"(?:…|\.{3}|[^。！？!?”’）)】》」.：:；;\w]|[\w，])\s*$")
_CHARS_MAX = 600
_BELOW = 12


def is_teaser(line: Line, body: Body) -> bool:
    """Whether what was read is a beginning that the page itself does not continue."""
    if not body.paragraphs or sum(map(len, body.paragraphs)) > _CHARS_MAX:
        return False
    below = [segment.text for segment in line.segments[body.end : body.end + _BELOW]]
    lines = [text for text in (*body.cut_inside, *below) if len(text) <= 60]
    if any(_PAID.search(text) for text in lines):
        return True
    return _BROKEN_OFF.search(body.paragraphs[-1]) is not None and any(_MORE.match(text) for text in lines)
