"""Whether an answer is an anti-bot check instead of the page: by its status, its headers and the marks of known ones.

加速乐 (521 and a script that sets ``__jsl_clearance``), 阿里云 WAF (405, ``acw_sc__v2``), Cloudflare, 知道创宇,
安全狗, 云锁, 瑞数 (412, ``$_ts``), pages that ask for a 验证码. An article's 200 is left to the transforms: they see
its text.
Nothing is solved or evaded: such an answer is counted, tried again later, and several in a row leave the host out.
"""

import re
from itertools import chain

from scrapy.http import Response

from crawlers.faults import Fault
from records import Reason

SMALL = 64 * 1024
FEW_LINKS = 5

_SCRIPTS = {
    "加速乐": rb"__jsl_clearance",
    "阿里云 WAF": rb"acw_sc__v[23]|aliyun_waf|errors\.aliyun\.com",
    "Cloudflare": rb"_cf_chl_opt|cf-browser-verification|/cdn-cgi/challenge-platform/",
    "瑞数": rb"\$_ts\s*=\s*window|\$_ts\[",
    "腾讯验证码": rb"TencentCaptcha|turing\.captcha",
    "极验": rb"initGeetest|gt_captcha",
}
_BLOCKS = {
    "知道创宇": "知道创宇|创宇盾|jiasule|365cyd|yunaq\\.com",
    "安全狗": "安全狗|safedog",
    "云锁": "云锁|yunsuo_session",
    "阿里云 WAF": "您的访问被阻断|访问被阻断",
    "D盾": "D盾_拦截提示",
    "验证码": "请输入验证码|请完成(?:安全)?验证|人机验证|滑动验证|访问过于频繁|访问太频繁",
}
SCRIPTS = {name: re.compile(pattern) for name, pattern in _SCRIPTS.items()}
BLOCKS = {
    name: re.compile(b"|".join({pattern.encode(coding) for coding in ("utf-8", "gb18030")}), re.IGNORECASE)
    for name, pattern in _BLOCKS.items()
}


def challenge(response: Response, *, is_source: bool) -> Fault | None:
    """The fault of an answer that is an anti-bot check; None for any other. `is_source`: a listing, feed or sitemap."""
    name = _name(response, is_source=is_source)
    if name is None:
        return None
    detail = f"the server answered {response.status} with an anti-bot check ({name})"
    return Fault(reason=Reason.ANTI_BOT, detail=detail, status=response.status)


def _name(response: Response, *, is_source: bool) -> str | None:
    if response.status in {200, 304}:
        if not is_source or len(response.body) > SMALL or response.body.count(b"<a ") > FEW_LINKS:
            return None
        return next((name for name, mark in SCRIPTS.items() if mark.search(response.body)), None)
    if response.headers.get("Cf-Mitigated") == b"challenge":
        return "Cloudflare"
    start = response.body[:SMALL]
    marks = chain(SCRIPTS.items(), BLOCKS.items())
    return next((name for name, mark in marks if mark.search(start)), None)
