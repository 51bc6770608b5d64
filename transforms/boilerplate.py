"""Which lines around and inside an article's container are no part of the article: pure questions about one line.

The patterns are what Chinese content systems print whatever the publisher: credits by label, legal notices,
share and print buttons, promotion of the publisher's own channels, headings of related lists and of comments.
Each answers for a whole line; a sentence of the article that merely contains such a word is not one.
"""

import re
import unicodedata
from functools import lru_cache


def _beginnings(words: str, rest: str) -> tuple[str, ...]:
    return tuple(f"{word}{rest}" for word in words.split())


def _any_of(*alternatives: str) -> re.Pattern[str]:
    """One pattern of alternatives that each begin with a character of their own, no group, no option, no class.

    Then `re` steps from one such character to the next, and a line is searched four to nine times as fast.
    """
    return re.compile("|".join(alternatives))


_LINES_KEPT = 512
"""Verdicts kept: several steps ask about one line, and the pages of a publisher share their furniture."""
_REPRINTED = r".{0,16}(?:转载|复制|镜像|摘编)"
_LEGAL = _any_of(
    *_beginnings("ICP icp", "[备证]"),
    *("备案号", "公网安备", "许可证编?号", "版权所有", "免责声明", "违法和?不良信息", "法律顾问", "侵权必究"),
    *("Copyright", "copyright", "COPYRIGHT", "All [Rr]ights [Rr]eserved", "all rights reserved", "ALL RIGHTS RESERVED"),
    *_beginnings("信息 网站 本网 网上 新闻 本站 内容", "举报(?:电话|邮箱|热线)"),
    *_beginnings("未经 不得 禁止 谢绝", _REPRINTED),
    *("请注明.{0,4}(?:来源|出处)", "注明.{0,20}来源.{0,20}作品", "转载请.{0,6}(?:联系|注明|说明)"),
    *("代表.{0,12}(?:作者|本人|个人|机构)(?:本人|个人)?的?观点", "不代表.{1,16}(?:观点|立场)"),
    *_beginnings("网友 用户 机构", ".{0,16}上传并发布"),
    *("信息存储空间", "如有侵权", "侵犯.{0,12}(?:权益|版权|知识产权)", "版权归.{0,10}所有", "著作权归.{0,10}所有"),
    *("不构成.{0,8}投资建议", "风险自担", "原创文章.{0,4}(?:禁止|未经)", "本网.{0,6}转载.{0,12}目的"),
    *("版权申明", "内容、版权.?(?:其[它他]|等)问题", "如果侵犯.{0,6}[，,]请", "版權所有"),
)
# What a site says about all that it carries: it stands below an article, whatever its own length.
_SITE_NOTICE = re.compile(
    r"^[【\[（(*\s\d.、①]*(?:凡(?:本[网站报]|注明|标注|来源|未注明).{0,40}(?:作品|稿件|文章|内容|文字|图片|转载|均)|"
    r"本[网站]站?(?:转载|所刊载|刊载|部分)(?:的)?(?:图片|文字|稿件|文章|内容|作品|信息))"
)
_NOTICE_START = re.compile(
    r"^[（(【\[*＊\s]*(?:(?:免责|版权|特别|郑重|平台|本网|本站|网站|法律|作者|转载|权利|风险|本报|重要)?(?:声明|免责|免责条款)|风险提示)\s*[】\]]?\s*[:：]|^(?:平台|特别|免责|版权)声明$"
)
_LICENCE = re.compile(
    r"ICP[备证]|备案号|公网安备|许可证编?号|copyright|all rights reserved|举报(?:电话|邮箱|热线)", re.I
)
_QUOTED = re.compile(r"[“\"「][^”\"」]{0,120}[”\"」]")
# Who speaks in a notice: the site, its author, or the law; each stands at the beginning of a clause.
_NOTICE_SPEAKER = re.compile(
    r"(?:^|[。；，！\s（(【*])(?:凡|本[网站报台文刊号页社公平稿]|我[们网站社]|[该此]文|以上|上述|未经|如有|如需|如果|如涉|如发现|若|转载|图片|图文|文章|文中|内容|部分|作品|原创|版权|著作权|侵权|免责|"
    r"平台|网友|用户|机构|欢迎|请|任何|除|所有|投资|仅|来源|部[份分]|[\u4e00-\u9fffA-Za-z]{2,8}(?:网|报社?|社|台|号|平台|公众号)(?:对|所|版权|原创|独家|仅|拥有|刊载|发布)|声明|特别|作者)"
)
_LEGAL_HARD = re.compile(
    r"ICP[备证]|公网安备|版权所有|all rights reserved|上传并发布|信息存储空间|不代表.{1,16}(?:观点|立场)", re.I
)
CREDIT_LABEL = (
    r"(?:本文|信息|文章|稿件|新闻|图片|视频|文图|图文|素材|资料|原文|转载|内容)?(?:来源|稿源|出处)(?:于|自)?|來源|稿源|記者|撰文|責任編輯|編輯|責編|審核|攝影|"
    r"(?:见习|实习|本报|本网|特约|首席|本台)?记者|(?:特约|实习)?通讯员|作者|撰文|撰稿人?|文案|文字|供稿(?:单位)?|供图|摄影|摄像|图片|"
    r"(?:文|图|文图|图文|文字|摄影|文/图|文、图)(?=\s*[/／|｜丨])|"
    r"(?:本文|本期|流程|文字|图片|栏目|视觉|值班|实习|本版|助理|执行|新媒体|网络|视频|见习|运营|高级|内容)?(?:责任|值班|执行)?(?:编辑|责编|主编|编审|美编)|编校|责任编辑|责任校对|责校|校对|校审|校核|"
    r"(?:一|二|三|初|复|终|值班)?(?:审核?|审签|校|读)(?:编辑|人员|人|员)?|审核(?:人|员)?|初审|复审|终审|总?监制|总?策划|总?统筹|签发(?:人)?|制作|制图|设计|排版|剪辑|后期|配音|播音|出品人?|制片人?|"
    r"(?:录入|上传|发布|发稿)(?:人|员|者|单位)?|主办|承办|投稿邮箱|新闻热线|综合(?:来源|整理|自)?"
)
# 【纠错】 stands in front of the editor on one line where both are buttons of the page.
_LABEL_START = re.compile(
    rf"^(?:[【\[]纠错[】\]]\s*)?[（(【\[\s·●■◎▼■*]*(?:{CREDIT_LABEL})\s*[】\]]?\s*(?:[:：/／|｜丨]|(?<=[】\]]))\s*",
    re.I,
)
_LABEL_PAIR = re.compile(rf"(?:{CREDIT_LABEL})\s*[:：/／|｜丨]", re.I)
_ROLE_WORD = r"(?:编辑|校对|责编|美编|审核|终审|复审|初审|监制|审签|主编|摄影|记者|通讯员|统筹|编审)"
_NO_NAME = rf"本报|本网|见习|实习|值班|责任|特约|首席|{_ROLE_WORD}"
# No name begins with a role: else a line of roles could be read in exponentially many ways.
_LABEL_SPACED = re.compile(
    rf"^[（(【\[]?(?:(?:本报|本网|见习|实习|值班|责任|特约|首席){{0,3}}{_ROLE_WORD}"
    rf"\s+(?!{_NO_NAME})[\u4e00-\u9fff·]{{2,4}}(?:[\s、，]+(?!{_NO_NAME})[\u4e00-\u9fff·]{{2,4}}(?![\u4e00-\u9fff]))*"
    r"[\s/／|｜丨]*){1,8}[）)】\]]?$"
)
_FROM_THE_NET = re.compile(
    r"^[（(【\[*]*(?:(?:本文|图片|信息|文章|内容|素材|资料|图文|部分|视频|以上)[、和及]?){0,6}(?:均|皆|都)?(?:来源于|来自于?|源自|源于|转自|综合自?|据)(?:互联)?网络[^。]{0,16}[。]?[）)】\]]*$"
)
_PICTURES_BY = re.compile(
    r"^[（(](?:本文|文中)?(?:图片|照片|视频|图文|配图)(?:均|都)?由[^（）()，。]{2,24}(?:提供|供图|拍摄)[）)]$"
)
_END_MARK = re.compile(
    r"^(?:[-—=*·\s]*(?:THE\s*)?END[-—=*·\s]*|[-—=*·\s]*完[-—=*·\s]*|[（(【]\s*(?:完|全文完|本文完)\s*[)）】])$", re.I
)
_SPEECH = re.compile(r"^(?:记者|主编|作者|编辑|校对|图片|文字|制作|设计|主办|承办|策划)")
_DATE = r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?)"
_TIME_LINE = re.compile(
    rf"^[（(\[【]?(?:(?:发布|发表|更新|发稿|录入|创建|上传|提交|添加|编辑)?(?:时间|日期|于|在)?\s*[:：]?\s*)?{_DATE}[\sT]*(?:星期.|周.)?\s*"
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?\s*[）)\]】]?\s*(?:$|[^，。！？；（(]{0,16}$|[|｜丨/]?\s*(?:来源|稿源|作者|编辑|责任?编|阅读|浏览|点击|评论|字[号体]|分享|我要|文章来源|信息来源|发布|记者|出处).{0,80}$)"
)
_INFO_WORD = _any_of(
    *_beginnings("时间 日期 作者 编辑 文号", r"\s*[:：]"),
    *_beginnings("浏览 点击", r"(?:数|量|次数|率)?\s*[:：]"),
    r"阅读(?:数|量|次数)?\s*[:：(（]",
    r"访问(?:量|次数)\s*[:：]",
    *_beginnings("来源 稿源 出处", r"(?:于)?\s*[:：]"),
    *(r"字[体号]\s*[:：]", "字体大小", "字号", "信息来源", "索引号"),
)
# A name before the time (青岩融媒 2021/10/08 18:26 阅读 2.3万), or a time without a year.
_NAMED_TIME = re.compile(
    r"^[^，。！？；“”]{0,24}?(?<!\d)(?:(?:(?:19|20)?\d{2}\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?)\s{0,4}(?:[（(]?(?:星期|周).[)）]?\s?)?"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?[^，。！？；“”]{0,24}$"
)
_ADDRESS_LINE = re.compile(r"^(?:原文|文章|本文|网页|页面|原始)?(?:链接|地址|网址)\s*[:：]\s*(?:https?:|www\.)", re.I)
_ORIGINAL_TITLE = re.compile(r"^[（(【\[]?\s*(?:本文)?原(?:标)?题(?:目)?(?:为|是)?\s*[:：]?\s*[“《\"「]?.{2,120}$")
_ORIGINAL_TITLE_MARK = re.compile(r"^[（(【\[]?\s*(?:本文)?原(?:标题|题为|题目|题)\s*(?:为|是)?\s*[:：《“\"]")
_BUTTON_EDGE = r"[\s【】\[\](（)）<>《》·|/：:]*"
# Every word stands once in the list and is parted from the next by signs alone: one reading of a line, in linear time.
_BUTTON_WORD = (
    r"(?:打印|关闭|收藏|纠错|返回|举报|投诉|点赞|评论|转发|已关注|关注|订阅|反馈|顶|踩|赞|分享到|分享|复制|听新闻|播放|暂停|超大|大|中|小|标准|默认|放大|正常|缩小|下载|登录|注册|"
    r"更多|首页|正文|图集|视频|组图|目录|展开|收起|全文|繁体|简体|语音播报|无障碍|扫一扫|收听|朗读|发布|刷新|确定|取消|字号|字体|链接|"
    r"本页|本文|窗口|列表|顶部|网页|此页|页面|文章|新闻|微信好友|微信|微博|朋友圈|QQ空间|QQ好友|QQ)"
)
_BUTTON = re.compile(
    rf"^{_BUTTON_EDGE}(?:{_BUTTON_WORD}{_BUTTON_EDGE}){{1,14}}$|"
    r"^[【\[（(]?(?:分享(?:到|至|给)?\s*(?:[:：]|微信|微博|朋友圈|QQ|新浪)|字[号体]\s*[:：【\[（(])[^。！？]{0,40}$|"
    r"^(?:我要(?:反馈|投稿|爆料|报料|评论|跟帖|纠错|投诉|分享|举报|收藏|打印)|不感兴趣|返回(?:列表|首页|顶部|上一页|目录)|上一[篇页条]|下一[篇页条]|上[一]?条|下一条)[^。！？]{0,80}$|"
    r"^(?:打开|下载|前往)[^。，]{0,16}(?:APP|客户端)[^。，！？]{0,4}(?:阅读|查看|看|打开|参与)[^。，！？]{0,10}$|"
    r"^[>＞》▶→\s]*(?:点击(?:[上下]方|文末|加载|查看|进入|播放|展开|阅读|下载|关注|右上角|此处|这里|图片)|加载中|正在加载|请先|已输入|暂无(?:评论|数据)|没有更多|阅读(?:全文|原文)|查看(?:原文|全文|更多|全部)|"
    r"正文已结束|我来说两句|已有\s?\d+\s?(?:人|条)|验证码\s*[:：]|查看(?:原图|大图|高清)|(?:获取|了解)更多|阅读[数量]?\s*[(（]?\d|\d+\s*(?:人|条|次)(?:参与|评论|阅读|跟帖)|(?:推荐|点赞|收藏|评论|赞|阅读)\s*[(（]?\d*[)）]?$)[^。！？]{0,60}$|"
    r"^(?:[-—=*·\s]*(?:THE\s*)?END[-—=*·\s]*|[-—=*·\s]*完[-—=*·\s]*|[（(【]\s*(?:完|全文完|本文完)\s*[)）】])$|"
    r"^(?:微信)?(?:扫码|扫一扫|扫描|微信扫|用微信|打开微信|使用微信|长按|手机扫)[^。！？]{0,60}$",
    re.I,
)
# What a player says where it cannot play, the label over an advertisement, and a pager.
_PLAYER = _any_of(
    *(
        "浏览器(?:版本)?(?:暂)?(?:不支持|版本过低)",
        "HTML5播放器",
        "视频(?:正在)?加载中",
        "[Ff]lash [Pp]layer",
        "enable JavaScript",
    ),
    *(
        "does not support (?:the |HTML5 )?video",
        "^广告$",
        "^推广$",
        r"^共\s?\d{1,3}\s?页(?!。)",
        r"^第\s?\d{1,3}\s?页\s?[/／共]",
    ),
)
_CHANNEL = r"[^。！？]{0,24}(?:公众号|微信|微博|客户端|头条号|抖音)"
_PROMOTION = _any_of(
    *_beginnings(
        "欢迎 敬请 快来 赶快 记得 点击 长按 扫码 扫描",
        "[^。！？]{0,24}(?:关注|订阅|下载|加入|二维码|投稿|报料|爆料)",
    ),
    "请(?:点击|长按|扫码|扫描|关注|下载|订阅)(?:我们|本|微信|公众号|上方|下方|:|：)",
    "请(?:长按|扫码|扫描|关注|下载|订阅)“",
    *_beginnings("关注 订阅 搜索", _CHANNEL),
    "更多(?:精彩|新闻|资讯|猛料|内容|报道|详情|原创)[^。！？]{0,40}(?:关注|点击|下载|请|尽在|看这里|[:：>])",
    *('下载[“"]?.{0,12}(?:客户端|APP|[Aa]pp)', "客户端.{0,10}(?:下载|第一时间)"),
    *_beginnings("报料 爆料 投稿 新闻", "(?:热线|邮箱|电话|微信)"),
    *("发送邮件至", "本文(?:来自|首发|转载自|转自|摘自|由).{0,50}$", "转载自", "转自[:：]"),
    *_beginnings("公众号 微信号 微信 微博", r"\s*[:：]\s*\S"),
    *("【(?:点击|下载|查看|进入)[^】]{0,20}】", "相关(?:资讯|内容)请关注", '进入[“"《].{1,20}[”"》]?>>'),
)
# Who is told where to turn is told so by the article.
_SERVED = re.compile(
    r"(?:广大|各位)?(?:市民|居民|群众|村民|家长|游客|旅客|乘客|考生|学生|用户|车主|司机|企业|申请人|患者|消费者)"
)
_SPOKEN = re.compile(r"“[^”]{10,}”")
_CALL = re.compile(r"【(?:点击|戳|下载|查看|进入|关注)[^】]{0,20}】")
_KEYWORDS = re.compile(
    r"^(?:文章)?(?:关键[词字]|标签|tags?|分类|栏目|所属(?:栏目|专题)|话题|跟踪)\s*(?:[:：>»]|为\s*[:：])|^(?:#[^#\s]{1,20}#?\s*){1,8}$",
    re.I,
)
_CRUMBS = re.compile(
    r"^(?:您?(?:现在|当前)?(?:所在|的)?(?:的)?位置|当前位置|首页|主页|网站首页|位置)\s*(?:是|[:：>》»/→-])|(?:[>》»]\s*(?:正文|详情|内容)\s*$)"
)
_STOP = (
    r"(?:相关|更多|推荐|延伸|热门|热点|精彩|最新|今日|图片|视频|编辑|精选|本[周月日]|[24七一]\S{0,3}(?:小时|天|周)|专题|新闻|点击|阅读|猜你|为你|为您|您可能|你可能|大家|网友|今日|精品|往期|频道|本类|同类|栏目|本栏|本网)"
    r"[^，。！？：:]{0,5}(?:阅读|新闻|链接|推荐|文章|资讯|报道|专题|内容|稿件|信息|排行榜?|热点|热文|图集|组图|视频|喜欢|关注|在看|评论|回顾|图片|话题|跟帖|热评|感兴趣的?(?:文章|新闻|内容)?|导读|热榜|热搜)"
)
_STOP_HEADING = re.compile(
    rf"^[\s■●◆▶►▼◎·【\[/|\-—]*(?:{_STOP}|猜你喜欢|大家都在看|(?:此前|早前)(?:报道|消息)|前情(?:提要|回顾)|热榜|排行榜|延伸阅读|相關(?:新聞|閱讀|報[導道]|文章)|延伸閱讀|更多新聞|熱門(?:新聞|文章)|推薦閱讀|你可能也喜歡|看更多)[\s：:>》»】\]/|\-—.…]*$"
)
_SOFT_STOP = re.compile(
    r"(?:相关链接|延伸阅读|新闻链接|相关新闻|相关报道|新闻回顾|阅读延伸|相关阅读|链接阅读|新闻背景)"
)
_COMMENT_HEADING = re.compile(
    r"^[\s■●◆]*(?:(?:网友|最新|最热|热门|精彩|全部|用户|热|新|发表|我来|文章|参与)?(?:评论|跟帖|留言|热评|评论区)(?:区|列表)?)\s*(?:[(（]?\d*[)）]?(?:条|个)?(?:评论)?)[\s：:>》]*$"
)
# The form for comments, and the row of moods to click.
_COMMENT_FORM = re.compile(
    r"(?:发表|我要|参与)评论\s*[:：]|(?:请)?自觉遵守互联网|(?:您|你)?(?:看完|看到|读完)(?:此|这|本)?[条篇]?(?:新闻|文章|报道)?[^。，]{0,8}(?:心情|感受|感觉|表情)"
)
_NUMBERS = re.compile(r"^[\d\s.:：/\\,|+\-—()（）【】\[\]年月日]+$")
_SIGNS = re.compile(r"^[\W_]+$")
_NO_LETTERS = re.compile(r"[\W_]+")


def plain_width(text: str) -> str:
    """`text` with full-width letters, digits and signs made ASCII, for comparing only."""
    return unicodedata.normalize("NFKC", text)


def letters(text: str) -> str:
    """The letters, digits and Chinese characters of `text`, lower case: what two prints of one headline share."""
    printed = _NO_LETTERS.sub("", text)
    plain = plain_width(printed)
    return (printed if plain == printed else _NO_LETTERS.sub("", plain)).lower()


@lru_cache(maxsize=_LINES_KEPT)
def is_legal_notice(text: str) -> bool:
    """Whether a line is a licence number, a disclaimer or a copyright notice."""
    if len(text) > 500:
        return False
    if _NOTICE_START.match(text):
        return True
    if _LEGAL.search(text) is None:
        return False
    if len(text) > 160:
        return _LEGAL_HARD.search(text) is not None and len(_LEGAL.findall(text)) > 1
    if "，" in text and text.endswith("。") and not _LICENCE.search(text):
        return _is_spoken_as_notice(text)
    return len(text) <= 30 or _LICENCE.search(text) is not None or _is_spoken_as_notice(text)


def _is_spoken_as_notice(text: str) -> bool:
    """Whether a longer line gives notice itself: news about copyright quotes such words, asks, and tells of others."""
    own = _QUOTED.sub("", text)
    hits = len(_LEGAL.findall(own))
    return bool(hits) and "？" not in own and (hits > 1 or _NOTICE_SPEAKER.search(own) is not None)


def is_site_notice(text: str) -> bool:
    """Whether a line begins the notice that a site prints below every article (``凡本网注明…``)."""
    return _SITE_NOTICE.match(text) is not None or (len(text) <= 500 and _NOTICE_START.match(text) is not None)


@lru_cache(maxsize=_LINES_KEPT)
def is_credit_line(text: str) -> bool:
    """Whether a line only names who made the article (``（责任编辑：甲）``, ``编辑 甲 校对 乙``, ``来源：乙报``)."""
    if len(text) > 160:
        return False
    if _LABEL_SPACED.match(text) or _FROM_THE_NET.match(text) or _PICTURES_BY.match(text):
        return True
    start = _LABEL_START.match(text)
    if not start:
        return False
    value = text[start.end() :]
    if _SPEECH.match(text.lstrip("（(【[ ·●■◎▼*")) and not _is_names(value):
        return bool(len(_LABEL_PAIR.findall(text)) > 1 and not re.search(r"[。？！]", text))
    several = len(_LABEL_PAIR.findall(text)) > 1
    if not several and "，" in value and value.endswith("。"):
        return False  # 来源：从田间到餐桌，… is a sentence under a word of its own
    return several or (len(value) <= 40 and not re.search(r"[。？！]\s*\S", value))


def _is_names(value: str) -> bool:
    """Whether a value is a short list of names or of bodies, not a sentence."""
    value = re.sub(r"[）)】\]\s]+$", "", value)
    return 0 < len(value) <= 24 and not re.search(r"[，。？！；,?!;了吗呢吧的]", value)


@lru_cache(maxsize=_LINES_KEPT)
def is_info_line(text: str) -> bool:
    """Whether a line is the one under the headline: time, source, clicks, type size."""
    return len(text) <= 160 and (
        _TIME_LINE.match(text) is not None
        or (_INFO_WORD.search(text) is not None and len(text) <= 120)
        or (len(text) <= 60 and (":" in text or "：" in text) and _NAMED_TIME.match(text) is not None)
        or _ADDRESS_LINE.match(text) is not None
    )


def is_dated_line(text: str) -> bool:
    """Whether a line holds nothing but a date and what goes with it."""
    return len(text) <= 60 and _TIME_LINE.match(text) is not None and not re.search(r"[。！？；]", text)


def is_address_line(text: str) -> bool:
    """Whether a line only prints the page's own or the original's address (``本文链接：http…``)."""
    return len(text) <= 300 and _ADDRESS_LINE.match(text) is not None


def is_end_mark(text: str) -> bool:
    """Whether a line says that the article ends (``— END —``, ``（完）``)."""
    return len(text) <= 24 and _END_MARK.match(text) is not None


def is_original_title(text: str) -> bool:
    """Whether a line gives the headline that a reprint had before (``原标题：…``)."""
    return len(text) <= 140 and _ORIGINAL_TITLE_MARK.match(text) is not None


@lru_cache(maxsize=_LINES_KEPT)
def is_button(text: str) -> bool:
    """Whether a line is a control of the page: print, share, close, previous, end mark."""
    if len(text) > 160:
        return False
    if len(text) <= 100 and (_BUTTON.match(text) is not None or _CRUMBS.search(text) is not None):
        return True
    return "。" not in text and _PLAYER.search(text) is not None


@lru_cache(maxsize=_LINES_KEPT)
def is_promotion(text: str) -> bool:
    """Whether a line advertises the publisher's own channels or another page."""
    if len(text) > 120 or _PROMOTION.search(text) is None:
        return False
    if (_SERVED.match(text) and text.endswith("。")) or not _PROMOTION.search(_SPOKEN.sub("", text)):
        return False
    if len(text) <= 40 or _CALL.search(text):
        return True
    # One sentence of several that advertises does not make the paragraph an advertisement.
    sentences = [sentence for sentence in re.split(r"(?<=[。！？])", text) if sentence]
    return 2 * sum(len(sentence) for sentence in sentences if _PROMOTION.search(sentence)) >= len(text)


def is_keywords(text: str) -> bool:
    """Whether a line lists the page's keywords or tags."""
    return len(text) <= 160 and _KEYWORDS.match(text) is not None


def is_bare_number(text: str) -> bool:
    """Whether a line is a counter, a clock or a mark without words."""
    return len(text) <= 24 and (_NUMBERS.match(text) is not None or _SIGNS.match(text) is not None)


def is_stop_heading(text: str) -> bool:
    """Whether a line heads a list of other articles."""
    return len(text) <= 20 and _STOP_HEADING.match(text) is not None


def is_soft_heading(text: str) -> bool:
    """Whether such a heading may also head a box that belongs to the article (相关链接 with prose below it)."""
    return _SOFT_STOP.search(text) is not None


def is_comment_heading(text: str) -> bool:
    """Whether a line heads the readers' comments."""
    return (len(text) <= 20 and _COMMENT_HEADING.match(text) is not None) or _COMMENT_FORM.match(text) is not None
