"""The address under which an article is to be kept, where the page that came is another form of it (mobile, AMP).

So is an address that redirects to another article's: the article is kept where it leads to.

``rel=canonical`` is believed only where all of it fits: the publisher's own host, the form of its articles, and the
same number or name in both addresses. Then that address is asked at once; where it holds no page, the form is the
article: sites copy that element by mistake, and nothing may be lost to it.
Works on bytes: most pages name themselves, and parsing each to learn that would cost more than fetching it.
"""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from scrapy.http import Response

from crawlers.clock import now
from crawlers.discovery.feed import SHANGHAI
from crawlers.discovery.links import article_test, found_link
from crawlers.discovery.listing import parse_html, url_template
from crawlers.discovery.page_head import own_address
from crawlers.faults import Fault
from crawlers.frontier_rows import FoundLink, url_key
from crawlers.frontier_schema import UrlState
from crawlers.run import CrawlRun
from crawlers.tasks import ArticleTask
from records import Publisher, Reason, canonicalize

HEAD_BYTES = 64 * 1024
LINK = re.compile(rb"<link\b[^>]{0,500}>", re.IGNORECASE)
NUMBER = re.compile(r"\d{4,}")
FORMS = frozenset({"amp", "m", "mip", "wap", "index", "mobile"})
LOST = frozenset({UrlState.REJECTED, UrlState.GONE})


def own_link(run: CrawlRun, task: ArticleTask, response: Response) -> FoundLink | None:
    """The other address that a page gives as its own; None where it is the article itself, or that one holds none."""
    if task.leased.is_landed or task.leased.key in run.own_addresses:
        return None  # landed before, or named by another form itself
    target = article_address(response.body, response.url, task.lane.publisher)
    link = found_link(target, "", now().astimezone(SHANGHAI).date()) if target is not None else None
    if link is None or link.canonical_url in {task.canonical_url, canonicalize(response.url)}:
        return None
    return None if run.frontier.state_of(link.canonical_url) in LOST else link


def redirect_link(task: ArticleTask, response: Response) -> FoundLink | None:
    """The address of the article to which redirects have led; None where they led to none, or to the same one.

    A page that names the address which was asked as its own is kept there.
    """
    publisher, url = task.lane.publisher, response.url
    if task.leased.is_landed or canonicalize(url) == task.canonical_url:
        return None
    pattern = publisher.article_pattern
    if not (article_test(pattern)(url) if pattern else url_template(url)):
        return None
    named = article_address(response.body, url, publisher)
    if named is not None and canonicalize(named) == task.canonical_url:
        return None
    return found_link(url, "", now().astimezone(SHANGHAI).date(), printed=task.leased.published_on)


def is_kept(run: CrawlRun, link: FoundLink) -> bool:
    """Whether the article has landed under its own address, or comes from there in this crawl."""
    return url_key(link.canonical_url) in run.own_addresses or (
        run.frontier.state_of(link.canonical_url) is UrlState.LANDED
    )


def move(run: CrawlRun, task: ArticleTask, link: FoundLink) -> bool:
    """Make a task one for the address under which its article is kept; False where another request brings that one.

    The address is in the frontier before the form is rejected: a crawl that dies in between loses nothing.
    """
    leased, lane = task.leased, task.lane
    is_taken = run.frontier.take(
        run.crawl,
        leased.publisher_id,
        link,
        section=leased.section,
        via=leased.discovered_via,
        referrer_url=leased.referrer_url,
    )
    run.own_addresses.add(url_key(link.canonical_url))
    lane.close_url(leased)
    if is_taken:
        task.leased = replace(leased, key=url_key(link.canonical_url), url=link.url, etag=None, last_modified=None)
        task.canonical_url = link.canonical_url
        lane.exchange(leased, task.leased)
    return is_taken


def other_form(canonical_url: str) -> Fault:
    """Why a form of an article is not kept."""
    return Fault(
        reason=Reason.OTHER_FORM, detail=f"the article is kept under the address that it names: {canonical_url[:200]}"
    )


def redirected(canonical_url: str) -> Fault:
    """Why an address that redirects to an article's is not kept."""
    return Fault(reason=Reason.OTHER_FORM, detail=f"it redirects to the article at {canonical_url[:200]}")


def article_address(body: bytes, url: str, publisher: Publisher) -> str | None:
    """The address that a page gives as its own, where it can be another one of the same article."""
    for match in LINK.finditer(body, 0, HEAD_BYTES):
        if b"canonical" not in match[0].lower():
            continue
        tree = parse_html(match[0].decode("utf-8", "replace"))
        target = own_address(tree, url, publisher) if tree is not None else None
        if target is None:
            continue
        fits = not publisher.article_pattern or article_test(publisher.article_pattern)(target)
        return target if fits and article_mark(target) == article_mark(url) != "" else None
    return None


def article_mark(url: str) -> str:
    """What the addresses of one article share: its last long number, else the name of the page; empty for none."""
    parts = urlsplit(url)
    numbers = NUMBER.findall(f"{parts.path}?{parts.query}")
    if numbers:
        return str(numbers[-1])
    names = [name.partition(".")[0] for name in parts.path.lower().split("/")]
    return next((name for name in reversed(names) if name and name not in FORMS), "")
