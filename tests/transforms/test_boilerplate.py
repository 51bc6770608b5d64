"""Lines that are no part of an article, and sentences that only look like them."""

import pytest

from transforms import boilerplate as b
from transforms.language import language_of

FURNITURE = [
    (b.is_legal_notice, "鲁ICP备2099001号-1"),
    (b.is_legal_notice, "免责声明：本文仅代表作者个人观点，与本网无关。"),
    (b.is_legal_notice, "未经授权，任何单位不得转载本网内容。"),
    (b.is_legal_notice, "图片来自网络，如有侵权，请联系删除。"),
    (b.is_legal_notice, "文章提及内容仅供参考，不构成实质性投资建议，据此操作风险自担。"),
    (b.is_credit_line, "（责任编辑：刘一诺）"),
    (b.is_credit_line, "编辑 刘晓阳 校对 李铭"),
    (b.is_credit_line, "来源：乐山日报"),
    (b.is_credit_line, "【编辑：姚昊】"),
    (b.is_credit_line, "信息来源于网络"),
    (b.is_credit_line, "初审：甲乙 复审：丙丁 终审：戊己"),
    (b.is_info_line, "2022-01-17 09:12 来源：鲁网"),
    (b.is_info_line, "发布时间：2022年1月17日"),
    (b.is_info_line, "浏览次数： 123"),
    (b.is_original_title, "（原标题：章丘开会）"),
    (b.is_original_title, "（原题为《章丘开会》）"),
    (b.is_button, "打印 关闭"),
    (b.is_button, "【打印本页】【关闭窗口】"),
    (b.is_button, "上一篇：章丘新增停车位"),
    (b.is_button, "扫一扫在手机打开当前页"),
    (b.is_button, "当前位置：首页 > 新闻 > 正文"),
    (b.is_button, "- THE END -"),
    (b.is_promotion, "更多精彩内容请关注鲁网官方微信"),
    (b.is_promotion, "(本文来自澎湃新闻，更多原创资讯请下载“澎湃新闻”APP)"),
    (b.is_keywords, "关键词：章丘 农业"),
    (b.is_keywords, "#章丘 #农业"),
    (b.is_stop_heading, "相关新闻"),
    (b.is_stop_heading, "■ 相关链接"),
    (b.is_stop_heading, "您可能感兴趣的文章"),
    (b.is_stop_heading, "24小时热点"),
    (b.is_comment_heading, "评论(15)"),
    (b.is_comment_heading, "网友评论"),
    (b.is_bare_number, "2,819"),
]
PROSE = [
    "会议指出，要加强网络信息内容生态治理，维护良好网络秩序。",
    "记者：请问今年有什么安排？",
    "主编说，这本书写了十年。",
    "来源地清楚，去向才清楚。",
    "相关部门负责人表示，将严肃查处。",
    "点评：",
    "一、总体要求",
    "请大家关注道路电子显示屏、交通广播进行绕行。",
    "2022年1月17日，章丘区召开会议，部署工作。",
    "他编辑的报纸发行了三十年。",
    "热门线路的车票已经售完。",
    "评论区里，网友留下了两万多条祝福。",
]
QUESTIONS = (
    b.is_legal_notice,
    b.is_credit_line,
    b.is_info_line,
    b.is_original_title,
    b.is_button,
    b.is_promotion,
    b.is_keywords,
    b.is_stop_heading,
    b.is_comment_heading,
    b.is_bare_number,
)


@pytest.mark.parametrize(("question", "line"), FURNITURE)
def test_furniture(question: object, line: str) -> None:
    assert callable(question)
    assert question(line)


@pytest.mark.parametrize("line", PROSE)
def test_prose(line: str) -> None:
    assert [question.__name__ for question in QUESTIONS if question(line)] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("章丘区委经济工作会议召开。CBD与EBD。", "zh"),
        ("The county government held a meeting in the town.", "en"),
        ("東京都は今日、新しい経済政策を発表しました。", "ja"),
        ("서울시는 오늘 새로운 경제 정책을 발표했다.", "ko"),
        ("Правительство области провело совещание.", "ru"),
        ("བོད་རང་སྐྱོང་ལྗོངས།", "bo"),
        ("", "und"),
        ("12345", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language_of(text) == code
