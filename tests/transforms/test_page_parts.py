"""One article, with one part of its page printed in many ways: headings, the line under them, the end, and pages that are lists."""  # noqa: E501

import datetime as dt

import pytest

from records import Article, FetchedPage, Reason, Rejected, canonicalize
from transforms.assembly import Reading
from transforms.moments import SHANGHAI
from transforms.reading import read_page

T = "青岩县召开春季农业生产现场会"
P = (
    "4月12日，青岩县召开春季农业生产现场会，总结前一阶段工作，部署下一步任务。",
    "会议指出，当前正值春耕关键时期，各镇街要抢抓农时，落实好各项惠农政策，确保小麦稳产增产。",
    "在沙河镇的高标准农田，两台无人机正在喷洒叶面肥。“一上午能打三百亩。”种粮大户说。",
)
B = "".join(f"<p>　　{p}</p>" for p in P)
NAV = (
    "<div class='nav'>"
    + "".join(f"<a href='/{i}/'>{word}</a> " for i, word in enumerate(("首页", "时政", "经济", "社会", "文化", "教育")))
    + "</div>"
)
FOOT = "<div class='footer'><p>关于我们 | 联系我们</p><p>青岩县融媒体中心主办 Copyright 2022</p></div>"


def read(
    markup: str, title: str = f"{T}_青岩网", url: str = "http://www.qingyan.example/a/1.html"
) -> Reading | Rejected:
    body = f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>{NAV}{markup}{FOOT}</body></html>"
    page = FetchedPage(
        url=url,
        canonical_url=canonicalize(url),
        publisher_id=None,
        fetched_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        body=body.encode(),
        body_sha256="0" * 64,
    )
    return read_page(page, None)


def article(
    heading: str = f"<h1>{T}</h1>",
    info: str = "2022-04-12 10:00 来源：青岩日报",
    end: str = "",
    title: str = f"{T}_青岩网",
) -> Article:
    reading = read(
        f"<div class='main'>{heading}<div class='info'>{info}</div><div class='content'>{B}{end}</div></div>", title
    )
    assert isinstance(reading, Reading), reading
    assert reading.article.title == T
    assert reading.article.paragraphs == P
    return reading.article


@pytest.mark.parametrize(
    "heading",
    [
        f"<div class='yinti'>抢抓农时</div><h1>{T}</h1><div class='futi'>三万亩小麦返青</div>",
        f"<p class='introTitle'>抢抓农时</p><p class='title'>{T}</p><p class='subTitle'>三万亩小麦返青</p>",
        f"<h3>抢抓农时</h3><h1>{T}</h1><h3>三万亩小麦返青</h3>",
        f"<h6>抢抓农时</h6><h2>{T}</h2><h6>三万亩小麦返青</h6>",
        f"<h1><small>抢抓农时</small><br>{T}<br><small>三万亩小麦返青</small></h1>",
        f"<table><tr><td class=font02>抢抓农时</td></tr><tr><td class=font01>{T}</td></tr><tr><td class=font02>三万亩小麦返青</td></tr></table>",  # noqa: E501
    ],
)
def test_kicker_and_subtitle_in_the_ways_of_party_papers(heading: str) -> None:
    found = article(heading)
    assert (found.kicker, found.subtitle) == ("抢抓农时", "三万亩小麦返青")


@pytest.mark.parametrize(
    "title",
    [
        f"{T}--青岩新闻网",
        f"{T}　－　青岩要闻　－　青岩新闻网",
        f"青岩新闻网 - {T}",
        f"青岩新闻网_{T}",
        f"{T}-国内-青岩新闻网 Qingyan.com",
        f"{T}_青岩县_青岩新闻网_县级融媒",
        f"{T} | 青岩新闻网",
    ],
)
def test_a_headline_that_is_printed_nowhere_loses_the_sites_names(title: str) -> None:
    assert article("<div></div>", title=title).title == T


@pytest.mark.parametrize(
    ("info", "time", "source", "reporters"),
    [
        ("[来源：青岩日报] [作者：高飞] [日期：22-04-12] [热度：33]", "2022-04-12T00:00", "青岩日报", ("高飞",)),
        (
            "<div>来源：</div><div>青岩日报</div><div>时间：</div><div>2022-04-12 10:00</div>",
            "2022-04-12T10:00",
            "青岩日报",
            (),
        ),
        ("今天是2023年5月6日 星期六<br>2022-04-12 10:00 来源：青岩日报", "2022-04-12T10:00", "青岩日报", ()),
        ("更新时间：2022-04-12 10:00 发布时间：2022-04-11 09:00", "2022-04-11T09:00", None, ()),
        ("来源：青岩日报 更新时间：2022-04-12 10:00", "2022-04-12T10:00", "青岩日报", ()),
        ("时间：2022-04-12 10:00来源：青岩日报社作者：高飞", "2022-04-12T10:00", "青岩日报社", ("高飞",)),
        ("<p>来源：青岩日报</p><p>2022-04-12 10:00</p><span>我要投稿</span>", "2022-04-12T10:00", "青岩日报", ()),
    ],
)
def test_the_line_under_the_headline(info: str, time: str, source: str | None, reporters: tuple[str, ...]) -> None:
    found = article(info=info)
    assert found.published_at is not None
    assert found.published_at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M") == time
    assert (found.source_name, found.reporters) == (source, reporters)


@pytest.mark.parametrize(
    ("end", "reporters", "editors"),
    [
        ("<p>(高飞)</p>", ("高飞",), ()),
        ("<p>　　　　　　（高飞　李响）</p>", ("高飞", "李响"), ()),
        ("<p>来源：青岩日报（记者 高飞）</p>", ("高飞",), ()),
        ("<p>青岩融媒记者 高飞 青岩台 周凯 报道</p>", ("高飞", "周凯"), ()),
        ("<p>— END —</p><p>青岩县融媒体中心</p><p>责编/林海 审核/王刚</p>", (), ("林海",)),
        ("<p>责编：林海  （县委宣传部供稿）</p>", (), ("林海",)),
        ("<div>【纠错】<span>【责任编辑:林海】</span></div>", (), ("林海",)),
        ("<p>本文链接：http://www.qingyan.example/a/1.html</p><p>转载请注明来源</p>", (), ()),
        ("<p>点击下方“阅读原文”查看更多</p><p>↓↓↓</p>", (), ()),
        ("<p>（图片由县农业农村局提供）</p>", (), ()),
    ],
)
def test_the_end_of_the_body(end: str, reporters: tuple[str, ...], editors: tuple[str, ...]) -> None:
    found = article(end=end)
    assert (found.reporters, found.editors) == (reporters, editors)


def test_a_footer_that_asks_to_log_in_is_no_wall() -> None:
    article(end="<p>想爆料？请登录《阳光连线》、拨打新闻热线或登录官方微博提供新闻线索。</p>")


def test_the_contact_in_a_notice_is_its_text() -> None:
    reading = read(
        f"<h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'>{B}<p>联系电话：0531-1234567</p></div>"
    )
    assert isinstance(reading, Reading)
    assert reading.article.paragraphs == (*P, "联系电话：0531-1234567")


ENTRY = "青岩县召开第{i}次乡村振兴工作推进会议"
SUMMARY = "4月{i}日，青岩县召开乡村振兴工作推进会议，各镇街主要负责同志参加会议，会议由县委办公室主持召开"
LISTINGS = {
    "home page": "".join(
        f"<ul>{''.join(f'<li><a href=/{i}>{ENTRY.format(i=i)}</a></li>' for i in range(20))}</ul>" for _ in range(3)
    ),
    "videos": "".join(
        f"<div><a href=/v/{i}><img src=/{i}.jpg></a><p><a href=/v/{i}>青岩新闻 2022年4月{i}日</a></p></div>"
        for i in range(1, 25)
    ),
    "summaries": "".join(
        f"<div class=item><h4><a href=/{i}>{ENTRY.format(i=i)}</a></h4><p>{SUMMARY.format(i=i)}[<a href=/{i}>详细</a>]</p><i>2022-04-{i}</i></div>"  # noqa: E501
        for i in range(10, 20)
    ),
    "search results": "<div>搜索“春耕”的结果，约有 120 条</div>"
    + "".join(
        f"<div class=r><a href=/{i}>{ENTRY.format(i=i)}</a><p>{SUMMARY.format(i=i)}</p><p>青岩网 2022-04-{i}</p></div>"
        for i in range(10, 20)
    ),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_a_list_of_articles_is_none(name: str) -> None:
    found = read(LISTINGS[name], title="青岩新闻 - 青岩网")
    assert isinstance(found, Rejected)
    assert found.reason is Reason.NOT_ARTICLE


def test_an_article_above_a_list_of_summaries_stays_one() -> None:
    reading = read(
        f"<h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'>{B}</div><div>{LISTINGS['summaries']}</div>"
    )
    assert isinstance(reading, Reading)
    assert reading.article.paragraphs == P


def test_a_table_under_a_headline_is_an_article() -> None:
    rows = "".join(f"<tr><td>{i}</td><td>第{i}村</td><td>{i * 7}</td><td>合格</td></tr>" for i in range(1, 9))
    markup = f"<table><tr><td>序号</td><td>水厂</td><td>样本</td><td>结果</td></tr>{rows}</table>"
    reading = read(f"<h1>{T}</h1><div>发布时间：2022-04-12 09:00 来源：县卫健局</div><div class='con'>{markup}</div>")
    assert isinstance(reading, Reading), reading
    assert reading.article.paragraphs[:2] == ("序号\t水厂\t样本\t结果", "1\t第1村\t7\t合格")
    assert len(reading.article.paragraphs) == 9


ASKED = "东关小区3号楼家里温度只有十五度，给供热公司打电话一直没有解决，请领导帮忙协调处理。"
ANSWERED = "您好，您反映的问题已收悉。经核实，管道内有气体，工作人员已上门排气，目前室温已达到二十度。"
LETTER = "关于东关小区供暖温度不达标的问题"


@pytest.mark.parametrize(
    "form",
    [
        f"""<table><tr><th>信件标题</th><td>{LETTER}</td></tr><tr><th>来信人</th><td>赵**</td><th>来信时间</th><td>2022-01-10</td></tr>
        <tr><th>来信内容</th><td>{ASKED}</td></tr><tr><th>答复单位</th><td>县住建局</td><th>答复时间</th><td>2022-01-12</td></tr>
        <tr><th>答复内容</th><td>{ANSWERED}</td></tr></table>""",
        f"<div><p>标题：{LETTER}</p><p>留言时间：2022-01-10</p><p>留言内容：</p><p>{ASKED}</p><p>回复单位：县住建局</p><p>回复内容：{ANSWERED}</p></div>",
    ],
)
def test_a_letter_to_an_office_and_its_answer(form: str) -> None:
    reading = read(form, title="县长信箱_青岩县人民政府")
    assert isinstance(reading, Reading), reading
    assert (reading.article.title, reading.article.paragraphs) == (LETTER, (ASKED, ANSWERED))


@pytest.mark.parametrize(
    ("end", "teaser"),
    [
        ("<p>会议指出，当前正值春耕…</p><a>展开全文</a>", True),
        ("<p>会议指出，当前正值春耕</p><div>打开青岩融媒APP阅读全文</div>", True),
        ("<p>会议指出，当前正值春耕关键时期。</p><div>展开全文</div>", False),
        ("<p>会议指出，当前正值春耕……</p><p>编辑：林海</p>", False),
    ],
)
def test_a_beginning_without_its_end_is_flagged(end: str, teaser: bool) -> None:
    reading = read(f"<h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'><p>{P[0]}</p>{end}</div>")
    assert isinstance(reading, Reading)
    assert ("teaser" in reading.article.quality_flags) is teaser


def test_a_page_of_the_two_thousands_whose_title_is_the_papers_name() -> None:
    reading = read(
        f"<table><tr><td><font color=red size=5>{T}</font></td></tr><tr><td><font size=3>　　{'<br>　　'.join(P)}</font></td></tr></table>",  # noqa: E501
        title="青岩晚报 2001年4月12日",
        url="http://www.qingyan.example/gb/2001/04/12/a1.htm",
    )
    assert isinstance(reading, Reading)
    assert (reading.article.title, reading.article.paragraphs) == (T, P)
    assert str(reading.article.published_date) == "2001-04-12"


LINKED = "<a href='/a/9.html'>青岩县农技下乡忙，三千农户得实惠</a>"
FIRST, REST = f"<p>{P[0]}</p>", f"<p>{P[1]}</p><p>{P[2]}</p>"


@pytest.mark.parametrize(
    "content",
    [
        f"<p>您当前的浏览器不支持HTML5播放器，请更换浏览器再试试哦~</p><div>视频加载中，请稍候...</div>{B}",
        f"<p>To view this video please enable JavaScript, and consider upgrading to a web browser</p>{B}",
        f"{FIRST}<p>广告</p>{REST}",
        f"{FIRST}<p>相关阅读：</p><p>{LINKED}</p><p>{LINKED}</p>{REST}",
        f"{B}<div>共3页 当前第1页 <a href='1_2.html'>下一页</a></div><div>【1】【<a href='1_2.html'>2</a>】</div>",
        f"{B}<p>综合：新华社、央视新闻、中国天气网</p>",
        f"{B}<div>我来说两句</div><div>已有0人参与，点击查看</div><div>验证码：</div>",
        f"{B}<p>凡本网注明“来源：XXX（非青岩网）”的作品，均转载自其它媒体。</p><p>如因作品内容、版权和其它问题需要同本网联系的，请在30日内进行。</p>",
        f"{B}<p>本网站转载图片、文字之类版权申明，本网站无法鉴别所上传图片或文字的知识版权，如果侵犯，请及时通知我们。</p>",
        f"{B}<p>扫码关注“青岩发布”微信公众号</p><p>获取更多资讯</p>",
        f"<div><p>青岩日报</p><p>青岩县委机关报，关注本地民生，服务群众。</p><a>关注</a></div>{B}",
        f"<p>核心提示：青岩县召开春季农业生产现场会，总结前一阶段工作。</p>{B}",
        f"{B}<p>&gt;&gt;&gt;点击进入<a href='/zt'>春耕专题</a></p>",
        f"<p>□ 青岩日报/青岩新闻 记者 高飞</p>{B}",
        f"<p>高飞 李响</p>{B}",
    ],
)
def test_what_stands_around_and_between_paragraphs_is_no_text(content: str) -> None:
    reading = read(f"<h1>{T}</h1><div>2022-04-12 10:00 来源：青岩网</div><div class='content'>{content}</div>")
    assert isinstance(reading, Reading), reading
    assert reading.article.paragraphs == P


def test_a_page_in_traditional_script() -> None:
    title = "青巖縣召開春季農業生產現場會"
    text = "4月12日，青巖縣召開春季農業生產現場會，縣長出席並講話，要求各鎮搶抓農時，確保小麥穩產增產。"
    reading = read(
        f"<h1>{title}</h1><div><span>發佈時間：2022-04-12 10:00</span><span>來源：香港文匯網</span></div>"
        f"<div class='article'><p>香港文匯網訊（記者 王小明）{text}</p></div><div>責任編輯：李大同</div>"
        "<div>延伸閱讀</div><ul><li><a href='/2'>農民忙春耕新聞標題</a></li></ul>",
        title=f"{title} - 香港文匯網",
    )
    assert isinstance(reading, Reading)
    article = reading.article
    assert (article.title, article.paragraphs, article.source_name) == (title, (text,), "香港文匯網")
    assert (article.reporters, article.editors) == (("王小明",), ("李大同",))
    assert article.published_at == dt.datetime(2022, 4, 12, 2, 0, tzinfo=dt.UTC)


def test_one_sentence_above_a_long_footer() -> None:
    footer = (
        "<div><p>本网站所刊登的各种信息，均为青岩网版权所有，未经协议授权，禁止下载使用。</p>"
        "<p>地址：青岩县人民路1号 电话：0531-1234567，欢迎投稿，稿件一经采用，稿酬从优。</p></div>"
    )
    reading = read(f"<div><h1>{T}</h1><div>2022-04-12 10:00</div><div class='con'><p>{P[0]}</p></div></div>{footer}")
    assert isinstance(reading, Reading), reading
    assert reading.article.paragraphs == (P[0],)


def test_a_list_above_the_headline_dates_nothing() -> None:
    above = "<ul><li><a href='/1'>关于放假的通知</a> 2023-05-01</li></ul>"
    reading = read(f"{above}<h1>{T}</h1><div>来源：青岩网</div>{B}", url="http://www.qingyan.example/2022/0412/1.html")
    assert isinstance(reading, Reading)
    assert (str(reading.article.published_date), reading.article.published_evidence) == ("2022-04-12", "url")


@pytest.mark.parametrize(
    "kept",
    [
        "<p>1.抓好田间管理；</p><p>2.抓好病虫防治；</p><p>3.抓好技术指导。</p>",
        "<p>——抓好田间管理。</p><p>——抓好病虫防治。</p>",
        "<p>市民如有问题可拨打新闻热线0531-6666123，也可关注“青岩供水”微信公众号查询停水信息。</p>",
        "<p>问：今年小麦长势怎么样？</p><p>答：总体不错。</p><p>记者：病虫害呢？</p><p>王立新：已经防治两遍。</p>",
        "<p>报名网址：http://www.qingyan.example/bm</p>",
        "<p>青岩县人民政府</p><p>2022年4月12日</p>",
        "<p>时间：4月13日上午9:00</p><p>地点：县文化馆</p><p>内容：春耕摄影展</p>",
        "<p>来源：从田间到餐桌，追溯体系记录了每一粒小麦的来源，消费者扫码就能看到。</p>",
        "<p>“欢迎大家关注我们的直播间，下载APP就能下单。”种粮大户赵志强对着镜头吆喝。</p>",
        "<p>考生可下载“青岩教育”APP查询成绩。</p>",
        f"<p>{P[1]}</p><p>热点关注</p><p>{P[2]}</p>",
        "<p>法律顾问在现场为群众解答土地流转问题，发放宣传册。</p><p>获奖名单：</p><p>一等奖：高飞</p>",
    ],
)
def test_lines_that_look_like_furniture_and_are_text(kept: str) -> None:
    reading = read(f"<h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'><p>{P[0]}</p>{kept}</div>")
    assert isinstance(reading, Reading)
    assert reading.article.paragraphs == (P[0], *kept.removeprefix("<p>").removesuffix("</p>").split("</p><p>"))


@pytest.mark.parametrize(
    ("headline", "heading", "title"),
    [
        ("春耕忙", "<h2>春耕忙</h2>", "春耕忙_青岩网"),
        ("“三新”谱新篇——春耕一线见闻", "<div></div>", "“三新”谱新篇——春耕一线见闻_青岩网"),
        (T, "<h1>青岩县召开<br>春季农业生产现场会</h1>", f"{T}_青岩网"),
        ("CBA-山东108-99广东 赛季第12胜", "<div></div>", "CBA-山东108-99广东 赛季第12胜_青岩网"),
        (T, f"<h1 class='logo'><a href='/'>青岩网</a></h1><h2>{T}</h2>", f"{T}_青岩网"),
        (T, f"<h1>青岩要闻</h1><p align=center><b>{T}</b></p>", f"{T}_青岩网"),
        (f"组图：{T}", f"<h2>组图：{T}</h2>", f"{T}_青岩网"),
    ],
)
def test_headlines(headline: str, heading: str, title: str) -> None:
    reading = read(f"{heading}<div>2022-04-12 10:00</div><div class='content'>{B}</div>", title)
    assert isinstance(reading, Reading), reading
    assert reading.article.title == headline


@pytest.mark.parametrize(
    "below",
    [
        f"<div class='m-show'>{B}</div>",
        "<p>此前报道：</p><p><a href='/2'>青岩县小麦返青，农户忙管理</a></p>",
        "<form><p>发表评论：请自觉遵守互联网相关的政策法规，严禁发布暴力的言论。</p><p>评价：中立好评</p></form>",
        f"<h3>推荐阅读</h3><div><p>亲历一个时代</p><p>{P[1][4:]}</p></div><div><p>{P[2][1:]}</p></div>",
        "<div>您看完此新闻的心情<ul><li>支持 0</li><li>高兴 0</li></ul></div>",
    ],
)
def test_copies_and_forms_below_are_no_text(below: str) -> None:
    reading = read(f"<div><h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'>{B}</div>{below}</div>")
    assert isinstance(reading, Reading), reading
    assert reading.article.paragraphs == P


def test_a_subtitle_that_opens_the_body() -> None:
    reading = read(f"<h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'><p>——三万亩小麦返青</p>{B}</div>")
    assert isinstance(reading, Reading), reading
    assert (reading.article.subtitle, reading.article.paragraphs) == ("——三万亩小麦返青", P)


@pytest.mark.parametrize(
    ("end", "links"),
    [
        (
            "<p>- 青岩县农技下乡忙2022-04-10</p><p>- 青岩县小麦返青忙2022-04-09</p>",
            [("青岩县农技下乡忙", None), ("青岩县小麦返青忙", None)],
        ),
        ("<p>（<a href='/d/4.html'>此前报道：青岩县部署春耕工作</a>）</p>", [("青岩县部署春耕工作", "/d/4.html")]),
        (
            "<h2>推荐阅读</h2><ul><li><a href='/c/5.html' title='青岩县夏粮丰收在望'>青岩县夏粮丰…</a></li></ul>",
            [("青岩县夏粮丰收在望", "/c/5.html")],
        ),
    ],
)
def test_related_articles_at_the_end_of_the_body(end: str, links: list[tuple[str, str | None]]) -> None:
    reading = read(f"<h1>{T}</h1><div>2022-04-12 10:00</div><div class='content'>{B}{end}</div>")
    assert isinstance(reading, Reading)
    assert reading.article.paragraphs == P
    host = "http://www.qingyan.example"
    assert [(r.anchor_text, r.to_url) for r in reading.related_links] == [(t, u and host + u) for t, u in links]
