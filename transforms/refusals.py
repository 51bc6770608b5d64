"""Whether a page is no article at all: an error in a 200 skin, a login wall, an anti-bot check, a listing.

The words alone prove nothing (an article may be about a 404 page): they count only where the page holds little
prose, or stand in its title.
"""

import re
from dataclasses import dataclass

from records import Reason
from transforms.furniture import is_hidden
from transforms.segments import Line, Segment
from transforms.summaries import find_summaries

_ERROR_TITLE = re.compile(
    r"^\W*(?:HTTP\s*)?(?:40[0-9]|50[0-9])(?:\D|$)|页面(?:不存在|没有找到|找不到|未找到|丢失|无法访问|出错|已删除|走丢)|网页(?:不存在|找不到|无法访问)|"
    r"找不到(?:页面|网页|您)|(?:文章|内容|新闻|信息)(?:不存在|已(?:被)?删除|已下线)|not found|bad gateway|service unavailable|internal server error|系统(?:错误|繁忙|提示)|出错了|访问出错|错误页面",  # noqa: E501
    re.I,
)
_ERROR = re.compile(
    r"(?:页面|网页|文章|内容|信息|新闻|稿件|资源|地址)[^。，]{0,10}(?:不存在|没有找到|找不到|未找到|已(?:经)?(?:被)?(?:删除|移除|下线|撤回|失效|过期)|无法(?:访问|显示|找到)|走丢|丢失)|"
    r"(?:找不到|没有找到|无法找到)[^。，]{0,12}(?:页面|网页|文章|内容|页)|404\s*(?:not found|错误|error|页面)|not found|(?:服务器|系统)(?:错误|繁忙|内部错误|出错|维护)|bad gateway|internal server error",  # noqa: E501
    re.I,
)
_LOGIN = re.compile(
    r"(?:请|需要?|必须)(?:您)?(?:先)?(?:登录|登陆)|登[录陆]后(?:可|才|即可|继续|查看|阅读|访问|方可)|登[录陆](?:或注册|/注册)?(?:后)?(?:查看|阅读|继续)|(?:订阅|购买)后(?:可以?|即可|方可|才能)?(?:继续)?(?:阅读|查看)(?!更多精彩)|付费(?:阅读|内容|订阅)|开通会员|"
    r"请输入(?:您的)?(?:密码|口令|用户名|帐号|账号)|忘记密码|短信验证码登录|(?:sign|log) in to (?:continue|read)|扫码登录|统一身份认证",  # noqa: E501
    re.I,
)
# Who is asked to log in for these may read without.
_LOGIN_TO_SPEAK = re.compile(r"评论|跟帖|跟贴|留言|回复|发帖|收藏|点赞|爆料|报料|投稿|线索|会员中心")
_ANTI_BOT = re.compile(
    r"访问(?:过于|太)?频繁|请求(?:过于|太)?频繁|安全(?:验证|检测|检查|防护)|人机(?:验证|识别|校验)|滑动(?:验证|滑块|完成)|输入[^。，]{0,8}验证码[^。]{0,20}(?:访问|继续|确认|验证)|请完成(?:下列|以下|安全)?验证|异常(?:访问|请求|流量)|您的(?:IP|访问|请求)[^。]{0,16}(?:被|异常|拦截|限制|禁止)|"
    r"(?:疑似|可能)[^。，]{0,8}(?:攻击|黑客|爬虫)|防火墙|拦截|just a moment|checking your browser|enable javascript and cookies|attention required|access denied|are you a human|captcha|cloudflare|__jsl_clearance|加速乐|安全狗|WAF|"  # noqa: E501
    r"浏览器(?:安全)?(?:检查|检测)|正在(?:进行)?(?:安全|浏览器)(?:验证|检查|检测)|(?:开启|启用|打开|支持)\s?java\s?script",
    re.I,
)
_ANTI_BOT_SCRIPT = re.compile(
    r"__jsl_clearance|acw_sc__v2|_cf_chl_opt|cf-browser-verification|\$_ts\s*=|window\._waf|captcha|TencentCaptcha|geetest|yidun",
    re.I,
)
_BINARY = (
    (b"%PDF-", "a PDF file"),
    (b"{\\rtf", "an RTF file"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"GIF8", "a picture"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "gzip data that nobody unpacked"),
)
_SHORT_PAGE = 900
"""Characters of all printed text under which a page is nothing but what it says."""
_LISTING_MAX = 120
"""Characters of prose from which links do not make a page a listing."""
_OWN_SHARE = 0.3
_LITTLE = 240
"""Characters of prose under which the words of a refusal decide; the shortest news items have fewer, and say none of them."""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is no article: a reason from the closed list and one sentence."""

    reason: Reason
    detail: str


def refuse_binary(body: bytes) -> Refusal | None:
    """Why a body is a file of another kind, or None; a server's Content-Type is not believed."""
    start = body[:1024].lstrip()
    found = next((name for mark, name in _BINARY if start.startswith(mark)), None)
    return Refusal(Reason.NOT_HTML, f"the body is {found}") if found else None


def refuse_page(title: str, line: Line, prose_chars: int, scripts: list[str], headline_found: bool) -> Refusal | None:
    """Why this page is an error, a wall or a check, or None; `prose_chars` counts what was taken for its body."""
    text = " ".join(segment.text for segment in line.segments[:400])
    if not re.search(r"\w", text):
        if any(_ANTI_BOT_SCRIPT.search(script[:50_000]) for script in scripts):
            return Refusal(Reason.ANTI_BOT, "the page holds no text, only the script of an anti-bot check")
        return Refusal(Reason.EMPTY_PAGE, "the page holds no text")
    if prose_chars > _LITTLE:
        return None
    if match := _ERROR_TITLE.search(title):
        return Refusal(
            Reason.ERROR_PAGE,
            f"the title says {match[0].strip()!r} and the page holds {prose_chars} characters of prose",
        )
    # A hidden notice waits for an event that this reader did not cause.
    start = (
        " ".join(s.text for s in line.segments[:400] if not _is_hidden(line, s))[:1500] if prose_chars else text[:1500]
    )
    # The page's furniture (a login link, an error template in a script) is no evidence beside a headline and a body.
    short = len(text) < _SHORT_PAGE
    for pattern, reason in ((_ANTI_BOT, Reason.ANTI_BOT), (_ERROR, Reason.ERROR_PAGE), (_LOGIN, Reason.LOGIN_WALL)):
        whole = short or (reason is Reason.ERROR_PAGE and not headline_found)
        if whole and headline_found and prose_chars and reason is Reason.LOGIN_WALL:
            seen = (s.text for s in line.segments[:400] if not _is_hidden(line, s))
            start = " ".join(text for text in seen if not _LOGIN_TO_SPEAK.search(text))
        if match := pattern.search(f"{title} {start}" if whole else title):
            return Refusal(reason, f"the page says {match[0].strip()!r} and holds {prose_chars} characters of prose")
    return None


def refuse_listing(
    line: Line, indices: list[int], prose_chars: int, dated: bool, headline_found: bool
) -> Refusal | None:
    """Why a page without a body is a listing, a portal or a form, or None; `indices` are the body's segments."""
    if entries := _listed_summaries(line, indices, prose_chars):
        return Refusal(Reason.NOT_ARTICLE, f"{entries} linked headlines, each with its summary: a listing")
    if prose_chars >= _LISTING_MAX:
        return None
    links = [segment for segment in line.segments if segment.link_share > 0.5]
    link_chars = sum(len(segment.text) for segment in links)
    if (prose_chars < 20 and not (prose_chars >= 8 and headline_found and dated)) or (
        not (headline_found and dated) and link_chars > 4 * prose_chars and len(links) > 15
    ):
        return Refusal(
            Reason.NOT_ARTICLE,
            f"{len(links)} links and {prose_chars} characters of prose: a listing, a portal or a form",
        )
    return None


def is_index(line: Line, indices: list[int], prose_chars: int) -> bool:
    """Whether a page is a list of other pages: links alone, or headlines with their summaries."""
    chars = sum(len(segment.text) for segment in line.segments)
    links = [segment for segment in line.segments if segment.link_share > 0.5]
    bare = prose_chars < 20 and len(links) > 15 and sum(len(segment.text) for segment in links) > 0.75 * chars
    return bare or _listed_summaries(line, indices, prose_chars) > 0


def _listed_summaries(line: Line, indices: list[int], prose_chars: int) -> int:
    """How many summaries the body is made of; 0 where it has paragraphs of its own."""
    own = [i for i in indices if line.segments[i].link_share < 0.5]
    # A summary stands below a link: most articles have too much text elsewhere to be made of them.
    if sum(len(line.segments[i].text) for i in own if not _is_below_link(line, i)) >= _OWN_SHARE * prose_chars:
        return 0
    summaries = find_summaries(line, range(len(line.segments)))
    rest = sum(len(line.segments[i].text) for i in own if i not in summaries)
    return len(summaries) if summaries and rest < _OWN_SHARE * prose_chars else 0


def _is_below_link(line: Line, index: int) -> bool:
    above = next((line.segments[i] for i in range(index - 1, -1, -1) if line.segments[i].text), None)
    return above is not None and above.link_share >= 0.8


def _is_hidden(line: Line, segment: Segment) -> bool:
    noise = line.blocks[segment.block].noise
    return noise >= 0 and is_hidden(line.blocks[noise].element)
