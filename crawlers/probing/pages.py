"""What one page of a site shows to a survey: its links, where its navigation leads, what it calls itself."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawlers.discovery.days import URL_DAY
from crawlers.discovery.links import absolute
from crawlers.discovery.listing import headline_length, parse_html
from crawlers.discovery.markup import decode_markup, open_datastores
from crawlers.discovery.page_head import forward_address

MAX_LINKS = 3000
MAX_NAVIGATION = 16.0
"""The longest text, in characters, of a link that leads to a section."""
NO_SECTION = re.compile(
    "^\\W*\\d*\\W*$|首页|主页|登录|登陆|注册|关于|联系|广告|版权|招聘|法律|声明|地图|帮助|投稿|举报|备案|客户端|下载|搜索|邮箱|论坛|手机版|"
    "更多|上一|下一|RSS|home|login|about|contact|privacy|copyright|advert|search|sitemap",
    re.IGNORECASE,
)
MORE = re.compile(r"^\W*(?:更多|more|查看全部|全部)\W*$", re.IGNORECASE)
SCRIPT_REDIRECT = re.compile(
    r"""(?:window\.|top\.|self\.|document\.)?location(?:\.href)?\s*(?:=|\.replace\()\s*['"]([^'"]{1,300})['"]"""
)
DATA_PATH = re.compile(
    r"""['"](?P<url>(?:https?:)?/?/?[\w./-]{0,200}?(?:\.json|/api/[\w./-]{1,100})(?:\?[\w=&.-]{0,100})?)['"]"""
)
TITLE_BREAK = re.compile(r"\s*[-_—–|·:：,，>«»]+\s*|\s{2,}")
OWNER = re.compile(r"(?:版权所有|主办单位|主办)\s*[:：]?\s*([\u4e00-\u9fff]{2,14})|([\u4e00-\u9fff]{2,14}?)\s*版权所有")
MASTHEAD = re.compile(r"(?:网|报|在线|新闻|日报|晚报|融媒|中心|传媒|政府|发布|时报|周刊|之窗)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The parts of a page that a survey looks at."""

    url: str
    title: str
    links: dict[str, str]
    """Absolute URLs with their longest anchor text, in page order."""
    navigation: dict[str, str]
    """Links that may lead to sections, with the names printed for them."""
    frames: tuple[str, ...]
    forward_url: str | None
    """Where the page sends its reader at once: a meta refresh or a script's first line."""
    data_urls: tuple[str, ...]
    """JSON addresses that scripts name."""
    scripts: tuple[str, ...]
    text: str


def view_page(body: bytes, url: str, content_type: str = "") -> PageView | None:
    """What a page shows; None where it has no markup."""
    markup = open_datastores(decode_markup(body, content_type))
    tree = parse_html(markup)
    if tree is None:
        return None
    base = tree.find(".//base[@href]")
    base_url = (absolute(base.get("href", ""), url) if base is not None else None) or url
    links, navigation = _links(tree, base_url, url)
    frames = [absolute(f.get("src") or "", base_url) for f in tree.iter("frame", "iframe")]
    scripts = [absolute(s.get("src") or "", base_url) for s in tree.iter("script") if s.get("src")]
    inline = "\n".join(s.text or "" for s in tree.iter("script"))
    return PageView(
        url=url,
        title=" ".join((tree.findtext(".//title") or "").split()),
        links=links,
        navigation=navigation,
        frames=tuple(f for f in frames if f),
        forward_url=_forward(tree, inline, base_url, has_links=len(links) > 3),
        data_urls=data_paths(inline, base_url),
        scripts=tuple(s for s in scripts if s),
        text=" ".join("".join(tree.itertext()).split()),
    )


def data_paths(script: str, base_url: str) -> tuple[str, ...]:
    """The JSON addresses that a script's text names."""
    found = (absolute(match["url"], base_url) for match in DATA_PATH.finditer(script))
    return tuple(dict.fromkeys(u for u in found if u))


def site_names(views: Iterable[PageView], alts: Iterable[str] = ()) -> tuple[str, ...]:
    """The names that pages give their site, the most often told first: in titles, logos, and who owns the rights."""
    votes: Counter[str] = Counter()
    seen = list(views)
    for index, view in enumerate(seen):
        pieces = [piece for piece in TITLE_BREAK.split(view.title) if piece]
        for piece in pieces if index == 0 else pieces[-2:]:
            if 2 <= len(piece) <= 20:
                votes[piece] += 3 if MASTHEAD.search(piece) else 1
        for match in OWNER.finditer(view.text):
            votes[(match[1] or match[2]).removeprefix("由")] += 2
    for alt in alts:
        if 2 <= len(alt) <= 20:
            votes[alt] += 4
    return tuple(name for name, _ in votes.most_common(8))


def logo_names(body: bytes, content_type: str = "") -> tuple[str, ...]:
    """What the page's head and logo call the site: og:site_name, the text of a logo's image."""
    tree = parse_html(decode_markup(body, content_type))
    if tree is None:
        return ()
    named = [
        meta.get("content") or ""
        for meta in tree.iter("meta")
        if (meta.get("property") or meta.get("name") or "").lower() in {"og:site_name", "application-name", "sitename"}
    ]
    for image in tree.iter("img"):
        marks = " ".join((image.get("src") or "", image.get("class") or "", image.get("id") or "")).lower()
        if re.search(r"logo|masthead|banner|bt\.", marks) and image.get("alt"):
            named.append(image.get("alt") or "")
    return tuple(" ".join(name.split()) for name in named if name.strip())[:5]


def _links(tree: HtmlElement, base_url: str, url: str) -> tuple[dict[str, str], dict[str, str]]:
    links: dict[str, str] = {}
    navigation: dict[str, str] = {}
    for anchor in tree.iter("a", "area"):
        target = absolute(anchor.get("href") or "", base_url)
        if target is None or target == url:
            continue
        text = " ".join("".join(anchor.itertext()).split()) or " ".join((anchor.get("title") or "").split())
        if len(text) > len(links.get(target, "")) or target not in links:
            links[target] = text
        name = _heading_of(anchor) if MORE.match(text) else text
        if _may_lead_to_section(target, name) and (target not in navigation or len(name) < len(navigation[target])):
            navigation[target] = name
        if len(links) >= MAX_LINKS:
            break
    return links, navigation


def _may_lead_to_section(url: str, name: str) -> bool:
    parts = urlsplit(url)
    if not name or headline_length(name) > MAX_NAVIGATION or NO_SECTION.search(name):
        return False
    # A page of one day (a digital paper's) is no place to come back to.
    return URL_DAY.search(parts.path) is None and not re.search(r"\.(?:xml|json|pdf|jpe?g|png|apk)$", parts.path)


def _heading_of(anchor: HtmlElement) -> str:
    """The heading beside a 更多 link: the text of its box without the link."""
    box = anchor.getparent()
    for _ in range(2):
        if box is None:
            return ""
        said = " ".join("".join(box.itertext()).split()).replace("更多", "").strip(" >»+·|")
        if 2 <= len(said) <= 8:
            return said
        box = box.getparent()
    return ""


def _forward(tree: HtmlElement, inline: str, base_url: str, *, has_links: bool) -> str | None:
    if (target := forward_address(tree, base_url)) is not None:
        return target
    match = None if has_links else SCRIPT_REDIRECT.search(inline)
    return str(urljoin(base_url, match[1])) if match else None
