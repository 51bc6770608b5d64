"""Eight small news sites of our own, each in the shape of another CMS, behind one forward proxy on 127.0.0.1.

`SITES` holds for each host's site its home page and the addresses of its articles: what a probe must find.
People and events are invented; counties are real, so that regions can be told.
"""
# ruff: noqa: E501 - pages as a CMS writes them

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Self
from urllib.parse import urlsplit

COUNTIES = ("沂水县", "莒南县", "平邑县", "费县", "兰陵县", "郯城县", "蒙阴县", "沂南县", "临沭县")
TOPICS = (
    ("{c}夏粮收购工作全面展开", "粮食", "收购点昼夜值守，农户售粮平均等候时间缩短到二十分钟以内"),
    ("{c}新增三条城乡公交线路", "交通", "线路覆盖二十六个行政村，首末班车时间与学校作息衔接"),
    ("{c}老旧小区改造年内完成十八个", "住建", "改造内容包括屋面防水、雨污分流和加装电梯，惠及居民四千余户"),
    ("{c}举办春季专场招聘会", "就业", "八十家企业提供岗位一千六百个，现场达成意向三百余人"),
    ("{c}为八十岁以上老人上门体检", "健康", "家庭医生团队携带便携设备入户，建立健康档案并提供用药指导"),
    ("{c}水库除险加固工程通过验收", "水利", "工程完成坝体防渗和溢洪道改建，灌溉面积恢复到两万亩"),
)
DAYS = ("2024-05-06", "2024-05-13", "2024-05-20", "2024-05-27", "2024-06-03", "2024-06-10")


@dataclass
class Site:
    """One site: its pages by URL, and which of them are articles."""

    home_url: str
    pages: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    articles: set[str] = field(default_factory=set)

    def put(self, url: str, text: str, kind: str = "text/html; charset=utf-8", encoding: str = "utf-8") -> None:
        self.pages[url] = (text.encode(encoding), kind)


@dataclass(frozen=True)
class Story:
    """One invented article."""

    number: int
    county: str
    title: str
    day: str
    paragraphs: tuple[str, ...]


def stories(count: int, start: int = 0) -> list[Story]:
    """Articles that differ in county, topic and day."""
    found = []
    for n in range(start, start + count):
        county, (title, field_name, fact) = COUNTIES[n % len(COUNTIES)], TOPICS[n % len(TOPICS)]
        day = DAYS[n % len(DAYS)]
        text = (
            f"本报讯 记者近日从{county}{field_name}部门获悉，{fact}。",
            f"据了解，今年以来，{county}把{field_name}工作列入重点民生实事，先后召开{n + 2}次调度会，逐项明确责任单位和完成时限。",
            f"“群众满意是我们的标准。”{county}有关负责人介绍，下一步将继续听取意见，定期公开进展情况，接受社会监督。",
        )
        found.append(Story(n, county, title.format(c=county), day, text))
    return found


def paragraphs(story: Story) -> str:
    return "".join(f"<p>　　{p}</p>" for p in story.paragraphs)


def page(title: str, body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>{body}</body></html>"


def listed(links: list[tuple[str, Story]], mark: str = "li") -> str:
    return "".join(f"<{mark}><a href='{url}'>{s.title}</a> <span>{s.day}</span></{mark}>" for url, s in links)


def wordpress() -> Site:
    """Posts under /archives/, categories with paging, a feed that the head announces."""
    base = "http://www.yimengbao.example"
    site = Site(base + "/")
    name, head = "沂蒙日报", f"<link rel='alternate' type='application/rss+xml' href='{base}/feed/'>"
    menu = (
        f"<nav><a href='{base}/'>首页</a><a href='{base}/category/zhengwu/'>政务</a>"
        f"<a href='{base}/category/minsheng/'>民生</a><a href='{base}/about/'>关于我们</a></nav>"
    )
    urls = [(f"{base}/archives/{1200 + s.number}.html", s) for s in stories(14)]
    for url, s in urls:
        body = (
            f"{menu}<article><h1 class='entry-title'>{s.title}</h1><div class='entry-meta'>发布时间：{s.day} 09:30　"
            f"来源：{name}</div><div class='entry-content'>{paragraphs(s)}<p>（责任编辑：周禾）</p></div></article>"
        )
        site.put(url, page(f"{s.title} - {name}", body, head))
        site.articles.add(url)
    for label, slug, part in (("政务", "zhengwu", urls[:8]), ("民生", "minsheng", urls[8:])):
        for number, chunk in enumerate((part[:5], part[5:]), 1):
            following = (
                f"<a class='next' href='{base}/category/{slug}/page/2/'>下一页</a>" if number == 1 and part[5:] else ""
            )
            here = f"{base}/category/{slug}/" + ("" if number == 1 else "page/2/")
            if chunk:
                site.put(here, page(f"{label} - {name}", f"{menu}<ul>{listed(chunk)}</ul>{following}", head))
    site.put(base + "/", page(f"{name} - 沂蒙新闻", f"{menu}<ul>{listed(urls[:4] + urls[9:12])}</ul>", head))
    site.put(base + "/about/", page(f"关于我们 - {name}", f"{menu}<p>本报创办于某年，办公地址在临沂。</p>"))
    items = "".join(
        f"<item><title>{s.title}</title><link>{u}</link><pubDate>Mon, 13 May 2024 01:30:00 +0000</pubDate></item>"
        for u, s in urls[:6]
    )
    site.put(base + "/feed/", f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>", "text/xml")
    return site


def phpcms() -> Site:
    """Lists and articles are one script: only the query tells them apart."""
    base = "http://www.yinanxinwen.example"
    site = Site(base + "/")
    name = "沂南新闻网"
    lists = {6: "时政", 7: "社会"}
    script = "/index.php?m=content&c=index&a="
    menu = "<ul class='nav'><li><a href='/'>首页</a></li>" + "".join(
        f"<li><a href='{script}lists&catid={n}'>{label}</a></li>" for n, label in lists.items()
    )
    menu += "<li><a href='/index.php?m=member&c=index&a=register'>注册</a></li></ul>"
    found = [(f"{script}show&catid={6 + s.number % 2}&id={340 + s.number}", s) for s in stories(12)]
    for url, s in found:
        body = (
            f"{menu}<div id='Article'><h1>{s.title}<br><span>{s.day} 08:15:00&nbsp;&nbsp;来源：{name}&nbsp;评论：<a href='#c'>0</a>"
            f"</span></h1><div class='content'>{paragraphs(s)}</div><p>编辑：林笛</p></div>"
        )
        site.put(base + url, page(f"{s.title}_{lists[6 + s.number % 2]}_{name}", body))
        site.articles.add(base + url)
    for n, label in lists.items():
        own = [(u, s) for u, s in found if f"catid={n}&" in u]
        site.put(
            f"{base}{script}lists&catid={n}", page(f"{label}_{name}", f"{menu}<ul class='list'>{listed(own)}</ul>")
        )
    site.put(base + "/", page(f"{name}-沂南县权威新闻", f"{menu}<div class='new'>{listed(found[:6], 'p')}</div>"))
    return site


def digital_paper() -> Site:
    """The home page sends its reader to the day's first page 版; each page leads to the next one."""
    base = "http://epaper.junanbao.example"
    site = Site(base + "/")
    name = "莒南日报"
    folder = f"{base}/html/2024-06/10"
    site.put(
        base + "/", "<html><head><meta http-equiv='refresh' content='0; url=html/2024-06/10/node_2.htm'></head></html>"
    )
    parts = {2: ("第01版：要闻", stories(5)), 3: ("第02版：综合", stories(5, 5)), 4: ("第03版：民生", stories(4, 10))}
    index = "".join(f"<td><a href='node_{n}.htm'>{label}</a></td>" for n, (label, _) in parts.items())
    for n, (label, own) in parts.items():
        links = [(f"content_{8800 + s.number}.htm", s) for s in own]
        following = f"<a href='node_{n + 1}.htm'>下一版</a>" if n + 1 in parts else ""
        table = "".join(f"<tr><td><a href='{url}'>{s.title}</a></td></tr>" for url, s in links)
        site.put(
            f"{folder}/node_{n}.htm", page(name, f"<table><tr>{index}</tr></table><table>{table}</table>{following}")
        )
        for url, s in links:
            body = (
                f"<table><tr><td>{name} 2024年06月10日 星期一 {label} <a href='node_{n}.htm'>返回</a></td></tr></table>"
                f"<div class='title'><founder-title><h1>{s.title}</h1></founder-title></div><div id='ozoom'><founder-content>"
                f"{paragraphs(s)}</founder-content></div>"
            )
            site.put(f"{folder}/{url}", page(f"{s.title}-{name}", body))
            site.articles.add(f"{folder}/{url}")
    return site


def hanweb() -> Site:
    """A government's site: lists stand as XML in a script, from which the browser draws them."""
    base = "http://www.feixian.example"
    site = Site(base + "/")
    name = "费县人民政府"
    cols = {1201: "今日费县", 1202: "部门动态"}
    menu = "".join(f"<a href='/col/col{n}/index.html'>{label}</a>" for n, label in cols.items())
    found = [
        (f"/art/2024/{int(s.day[5:7])}/{int(s.day[8:])}/art_{1201 + s.number % 2}_{770100 + s.number}.html", s)
        for s in stories(12)
    ]
    for url, s in found:
        body = (
            f"{menu}<div class='artcon'><h1>{s.title}</h1><div class='info'>发布日期：{s.day} 10:02 信息来源：费县融媒体中心 浏览次数：12</div>"
            f"<div id='zoom'>{paragraphs(s)}</div></div>"
        )
        site.put(base + url, page(f"{name} {cols[1201 + s.number % 2]} {s.title}", body))
        site.articles.add(base + url)
    for n, label in cols.items():
        own = [(u, s) for u, s in found if f"/art_{n}_" in u]
        records = "".join(
            f"<record><![CDATA[<li><a href='{u}' title='{s.title}'>{s.title}</a><span>{s.day}</span></li>]]></record>"
            for u, s in own
        )
        data = f"<script type='text/xml'><datastore><totalrecord>6</totalrecord><recordset>{records}</recordset></datastore></script>"
        site.put(f"{base}/col/col{n}/index.html", page(f"{name} {label}", f"{menu}<div id='list'>{data}</div>"))
    foot = "<p>鲁ICP备20990002号 主办：费县人民政府</p>"
    site.put(base + "/", page(name, f"{menu}<ul>{listed(found[:4])}</ul>{foot}"))
    return site


def old_tables() -> Site:
    """GBK without a word in the header, tables, fonts, upper-case tags, ASP."""
    base = "http://www.pingyixw.example"
    site = Site(base + "/")
    name, kind = "平邑新闻网", "text/html"
    head = (
        "<HTML><HEAD><META http-equiv=Content-Type content='text/html; charset=gb2312'><TITLE>{t}</TITLE></HEAD><BODY>"
    )
    menu = "<TABLE width=760><TR><TD><A href='index.asp'>首页</A> | " + " | ".join(
        f"<A href='ShowClass.asp?ClassID={n}'>{label}</A>" for n, label in ((3, "本县新闻"), (4, "乡镇动态"))
    )
    menu += "</TD></TR></TABLE>"
    found = [(f"ShowArticle.asp?ArticleID={61 + s.number}", s) for s in stories(12)]
    for url, s in found:
        body = (
            f"{menu}<TABLE width=760 align=center><TR><TD align=center><FONT size=5><B>{s.title}</B></FONT></TD></TR><TR><TD align=center>"
            f"作者：李一方　来源：{name}　点击数：35　发布时间：{s.day.replace('-0', '-')}</TD></TR><TR><TD>{paragraphs(s)}</TD></TR></TABLE>"
        )
        site.put(f"{base}/{url}", head.format(t=f"{s.title}-{name}") + body + "</BODY></HTML>", kind, "gbk")
        site.articles.add(f"{base}/{url}")
    for n, part in ((3, found[:6]), (4, found[6:])):
        rows = "".join(f"<TR><TD>·<A href='{u}'>{s.title}</A></TD><TD>{s.day[5:]}</TD></TR>" for u, s in part)
        text = head.format(t=name) + f"{menu}<TABLE>{rows}</TABLE></BODY></HTML>"
        site.put(f"{base}/ShowClass.asp?ClassID={n}", text, kind, "gbk")
    rows = "".join(f"<TR><TD>·<A href='{u}'>{s.title}</A></TD></TR>" for u, s in found[2:9])
    foot = f"<CENTER>版权所有：{name} 鲁ICP备05000001号</CENTER>"
    site.put(base + "/", head.format(t=name) + f"{menu}<TABLE>{rows}</TABLE>{foot}</BODY></HTML>", kind, "gbk")
    return site


def single_page() -> Site:
    """The home page draws itself by a script from a JSON list; articles are pages of their own."""
    base = "http://www.lanlingrm.example"
    site = Site(base + "/")
    name = "兰陵融媒"
    home = "<div id='app'></div><script src='/static/app.js'></script>"
    site.put(base + "/", page(name, home))
    script = "const load=async()=>{const r=await fetch('/api/v1/list.json?channel=1');render(await r.json())};load();"
    site.put(base + "/static/app.js", script, "application/javascript")
    entries = []
    for s in stories(12):
        url = f"/p/66f0a1b2c3d4e5f6a7b8{s.number + 4096:04x}.html"
        entries.append(f'{{"title":"{s.title}","url":"{url}","publishTime":"{s.day} 07:00:00"}}')
        body = (
            f"<main><h1>{s.title}</h1><div class='meta'><time>{s.day} 07:00</time><span>来源：{name}</span></div>"
            f"<section>{paragraphs(s)}</section></main>"
        )
        site.put(base + url, page(f"{s.title} | {name}", body))
        site.articles.add(base + url)
    site.put(
        base + "/api/v1/list.json?channel=1",
        f'{{"code":0,"data":{{"list":[{",".join(entries)}]}}}}',
        "application/json",
    )
    return site


def slugs() -> Site:
    """Article addresses are English words; a news sitemap is named in robots.txt alone."""
    base = "http://www.mengyintimes.example"
    site = Site(base + "/")
    name = "蒙阴时报"
    menu = "<header><a href='/'>首页</a><a href='/news/'>新闻</a><a href='/life/'>生活</a></header>"
    words = (
        "summer-grain-harvest",
        "new-bus-routes-open",
        "old-estates-rebuilt",
        "spring-job-fair",
        "doctors-visit-homes",
        "reservoir-works-done",
    )
    found = []
    for s in stories(12):
        folder = "news" if s.number < 6 else "life"
        found.append((f"/{folder}/{words[s.number % 6]}-in-county-{'abcdefghijkl'[s.number] * 2}", s))
    for url, s in found:
        body = (
            f"{menu}<article><h1>{s.title}</h1><p class='byline'>{s.day} 来源：{name} 记者：苏晓</p><div class='body'>{paragraphs(s)}"
            f"</div></article>"
        )
        site.put(base + url, page(f"{s.title} - {name}", body, f"<meta property='og:site_name' content='{name}'>"))
        site.articles.add(base + url)
    for folder in ("news", "life"):
        own = [(u, s) for u, s in found if u.startswith(f"/{folder}/")]
        site.put(f"{base}/{folder}/", page(f"{folder} - {name}", f"{menu}<ul>{listed(own)}</ul>"))
    site.put(base + "/", page(name, f"{menu}<ul>{listed(found[:3] + found[8:11])}</ul>"))
    site.put(base + "/robots.txt", f"User-agent: *\nDisallow: /admin\nSitemap: {base}/news-map.xml\n", "text/plain")
    entries = "".join(f"<url><loc>{base}{u}</loc><lastmod>{s.day}</lastmod></url>" for u, s in found)
    site.put(
        base + "/news-map.xml",
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>",
        "text/xml",
    )
    return site


def subdomains() -> Site:
    """Each channel has a host of its own; the first host has no article."""
    site = Site("http://www.tanchengzx.example/")
    name = "郯城在线"
    channels = {
        "shizheng": ("时政", stories(6)),
        "minsheng": ("民生", stories(6, 6)),
        "xiangzhen": ("乡镇", stories(4, 12)),
    }
    menu = "".join(f"<a href='http://{sub}.tanchengzx.example/'>{label}</a> " for sub, (label, _) in channels.items())
    latest = []
    for sub, (label, own) in channels.items():
        base = f"http://{sub}.tanchengzx.example"
        links = [(f"{base}/system/{s.day.replace('-', '/')}/0112{s.number:05d}.shtml", s) for s in own]
        latest += links[:2]
        site.put(base + "/", page(f"{label}频道_{name}", f"{menu}<ul>{listed(links)}</ul>"))
        for url, s in links:
            body = (
                f"{menu}<h1>{s.title}</h1><div class='from'>{s.day} 11:20:31　来源： {name}　责任编辑： 陈默</div>"
                f"<div class='content'>{paragraphs(s)}</div>"
            )
            site.put(url, page(f"{s.title}--{label}--{name}", body))
            site.articles.add(url)
    site.put(site.home_url, page(name, f"{menu}<ul>{listed(latest)}</ul>"))
    return site


MAKERS = (wordpress, phpcms, digital_paper, hanweb, old_tables, single_page, slugs, subdomains)


class CmsSites:
    """A context manager that serves all sites as a forward proxy."""

    def __init__(self) -> None:
        self.sites = {make.__name__: make() for make in MAKERS}
        pages = {url: answer for site in self.sites.values() for url, answer in site.pages.items()}
        handler = type("BoundHandler", (CmsHandler,), {"pages": pages})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class CmsHandler(BaseHTTPRequestHandler):
    """Answers a page by its whole URL, else 404."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    pages: ClassVar[dict[str, tuple[bytes, str]]]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        url = f"http://{parts.netloc}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        body, kind = self.pages.get(url, (b"<html><title>404 Not Found</title><h1>404</h1></html>", "text/html"))
        self.send_response(200 if url in self.pages else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's parameter
        pass
