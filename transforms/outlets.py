"""The publisher that a page prints without a label, beside the time under the headline (``2019-09-07 09:12 新京报``)."""  # noqa: E501

import re

from transforms.boilerplate import is_bare_number, is_button, is_credit_line
from transforms.surnames import may_be_name

_DATE = re.compile(
    r"(?:发布|发表|更新)?(?:时间|日期|于)?[:：]?\s?(?:\d{4}|\d{2})\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\s?(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?|"
    r"(?:发布|发表|更新)?(?:时间|日期|于)?[:：]?\s?\d{1,2}[-/月]\d{1,2}日?\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|^\d{1,2}[:：]\d{2}$|^(?:昨天|今天|前天|刚刚|\d{1,2}(?:分钟|小时|天)前)$"
)
_OUTLET = re.compile(
    r"(?:网|报|社|台|新闻|客户端|周刊|杂志|在线|发布|融媒|融媒体|融媒体中心|传媒|广播|频道|观察|财经|体育|娱乐|科技|之家|公众号|办公室|宣传部|办事处|"
    r"委员会|人民政府|局|中心|报道|头条|视频|快讯|资讯|晚报|时讯)$"
)
_WORD = re.compile(r"^[\u4e00-\u9fffA-Za-z0-9·\-—()（）&+.]{2,20}$")
_FURNITURE = re.compile(
    r"^(?:原创|优质原创作者|转载|企鹅号|头条号|百家号|搜狐号|网易号|澎湃号|微信|微博|新浪微博|微信好友|朋友圈|QQ|QQ空间|QQ好友|分享.*|评论.*|阅读.*|浏览.*|点击.*|收藏|打印|字号|字体|"
    r"大|中|小|超大|标准|关注|订阅|纠错|正文|首页|图集|编辑|作者|记者|来源|责编|举报|手机看|手机阅读|微信扫.*|扫一扫.*|用微信.*|语音.*|听.*|倍速|播放|视频|图片|更多|登录|注册|用手机.*|\d.*(?:评|阅|人|赞|次|条).*|微信号.*|功能介绍.*|x|facebook|twitter|line|email|whatsapp|instagram|youtube|weibo|wechat|星期.|周[一二三四五六日]|(?:发布|发表|更新|发稿)?(?:时间|日期)|作者最新文章|.*原创作者|.*(?:账号|帐号|创作者|认证|领域.*作者)|.*(?:时间|日期|方式|类型|状态|编号)|(?:社会|国内|国际|时政|财经|体育|娱乐|科技|教育|本地|地方|滚动|综合|民生|图片|视频|热点|最新)新闻)$",
    re.I,
)
_EDGES = " 　:：/／|｜丨·•【】[]（）()<>《》“”\"'-—_,，。;；"


def unlabelled_source(lines: list[str], title: str = "") -> str:
    """The publisher beside the time in the lines under the headline, or an empty string; words of the title are none."""  # noqa: E501
    found = _beside_time(lines)
    return "" if found and found in title else found


def _beside_time(lines: list[str]) -> str:
    for index, text in enumerate(lines):
        if len(text) > 80 or not _DATE.search(text):
            continue
        words = [word for word in map(_word, _DATE.sub(" ", text).split()) if word]
        if words:
            # Several words are names of authors, unless one of them is a publisher by its name.
            named = next((word for word in words if _OUTLET.search(word)), "")
            return named or (words[0] if len(words) == 1 and not _is_person(words[0]) else "")
        for neighbour in (*lines[max(0, index - 1) : index], *lines[index + 1 : index + 3]):
            if found := _whole_line(neighbour):
                return found
    return ""


def _whole_line(text: str) -> str:
    """The publisher that is a line of its own (``新华社``, ``甲乙/中国青年报``)."""
    if len(text) > 24 or is_button(text) or is_bare_number(text) or is_credit_line(text):
        return ""
    parts = [part for part in map(_word, re.split(r"[/／|｜\s]+", text)) if part]
    named = next((part for part in parts if _OUTLET.search(part)), "")
    return named or (
        parts[0] if len(parts) == 1 and not _is_person(parts[0]) and parts[0] == text.strip(_EDGES) else ""
    )


def _word(word: str) -> str:
    word = re.sub(r"[\[【(（].{0,6}[\]】)）]$", "", word).strip(_EDGES)
    if not _WORD.match(word) or _FURNITURE.match(word) or word.isdigit() or is_button(word):
        return ""
    return word


def _is_person(word: str) -> bool:
    return may_be_name(word) and not _OUTLET.search(word)
