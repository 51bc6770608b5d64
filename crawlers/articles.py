"""What becomes of an article's answer: a page for the sink, a rejection, a removal, or the next page first."""

import re
from dataclasses import replace

from scrapy.http import Response

from crawlers.answers import failed_fetch, fetch_of, header, page_of, rejection
from crawlers.article_pages import next_article_page
from crawlers.clock import now
from crawlers.discovery.feed import SHANGHAI
from crawlers.discovery.links import found_link, is_allowed
from crawlers.faults import Fault, fault_of_status
from crawlers.own_addresses import is_kept, move, other_form, own_link, redirect_link, redirected
from crawlers.run import CrawlRun
from crawlers.tasks import ArticleTask
from records import FetchedPage, FetchOutcome, Reason, Removal

HTML_TYPES = ("text/html", "application/xhtml+xml")
UNSPECIFIC_TYPES = ("", "text/plain", "application/octet-stream", "application/xml", "text/xml")
LOOKS_LIKE_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|div|p)\b", re.IGNORECASE)


def take_article(run: CrawlRun, task: ArticleTask, response: Response) -> bool:
    """Hand over what an answer means; True when the article has another page, which `task.url` then names."""
    at = now()
    if response.status == 304 and not task.pages:
        fetch = fetch_of(run, task, response, outcome=FetchOutcome.NOT_MODIFIED, fetched_at=at)
        task.lane.close_url(task.leased)
        run.put_fetch(task.lane, fetch)
        return False
    fault = fault_of_status(response.status) or not_html(response)
    if fault is not None:
        take_article_fault(run, task, fault, response)
        return False
    page = page_of(run, task, response, at)
    run.put_fetch(task.lane, fetch_of(run, task, response, fetched_at=at))
    if task.held is not None:
        if not _keep_own_address(run, task):
            return False
    elif not task.pages and (link := own_link(run, task, response)) is not None:
        if not is_kept(run, link):
            task.held, task.url, task.canonical_url = page, link.url, link.canonical_url
            return True
        task.lane.close_url(task.leased)
        run.put_rejected(task.lane, rejection(task, other_form(link.canonical_url), at))
        return False
    elif not task.pages and (link := redirect_link(task, response)) is not None:
        form = rejection(task, redirected(link.canonical_url), at)
        is_moved = move(run, task, link)
        run.put_rejected(task.lane, form)
        if not is_moved:
            return False
        page = replace(page, canonical_url=link.canonical_url)
    return _go_on(run, task, page)


def _keep_own_address(run: CrawlRun, task: ArticleTask) -> bool:
    """Reject the form that led to the article's own address; False where another request brings that one."""
    held = task.held
    assert held is not None
    form = rejection(task, other_form(task.canonical_url), held.fetched_at or now())
    link = found_link(task.url, "", now().astimezone(SHANGHAI).date(), printed=task.leased.published_on)
    is_moved = link is not None and move(run, task, link)
    run.put_rejected(task.lane, replace(form, url=held.url, canonical_url=held.canonical_url))
    task.held = None
    return is_moved


def _go_on(run: CrawlRun, task: ArticleTask, page: FetchedPage) -> bool:
    """Add a page to its article; True when the article has another one, else what there is is handed over."""
    task.pages.append(page)
    task.asked.update((task.url, page.url))
    following = next_article_page(page.body, page.url, task.pages[0].url, task.asked)
    has_room = len(task.pages) < run.options.max_article_pages
    if following is not None and has_room and is_allowed(following, task.lane.hosts):
        task.url = following
        return True
    hand_over(run, task)
    return False


def take_article_fault(run: CrawlRun, task: ArticleTask, fault: Fault, response: Response | None = None) -> None:
    """Hand over why an article's page could not be had."""
    at = now()
    lane = task.lane
    if task.held is not None:
        # The page names an address as its own that holds none: the page itself is the article, as far as it goes.
        run.put_fetch(lane, failed_fetch(run, task, fault, at, response))
        task.canonical_url = task.held.canonical_url
        task.pages.append(task.held)
        hand_over(run, task)
        return
    if task.pages and fault.reason in {Reason.GONE, Reason.UNSAFE_URL, Reason.ROBOTS, Reason.NOT_HTML}:
        # The page names a next one that does not exist: the article ends here.
        run.put_fetch(lane, failed_fetch(run, task, fault, at, response))
        hand_over(run, task)
        return
    lane.close_url(task.leased)
    if task.pages:
        fault = replace(fault, detail=f"page {len(task.pages) + 1} of the article: {fault.detail}")
    run.put_fetch(lane, failed_fetch(run, task, fault, at, response))
    if fault.reason is Reason.GONE and task.leased.is_landed:
        lane.tally.removals_count += 1
        removal = Removal(
            canonical_url=task.canonical_url,
            publisher_id=lane.publisher.id,
            removed_at=at,
            status=response.status if response is not None else 404,
        )
        run.sink.put_removal(removal)
        return
    run.put_rejected(lane, rejection(task, fault, at))


def hand_over(run: CrawlRun, task: ArticleTask) -> None:
    """Give the joined pages to the sink."""
    first, *further = task.pages
    task.lane.close_url(task.leased)
    task.lane.tally.pages_count += 1
    run.sink.put_page(replace(first, next_pages=tuple(further)) if further else first)


def not_html(response: Response) -> Fault | None:
    """The fault of a body that is no HTML, by its type and, where that says little, by its first bytes."""
    content_type = (header(response, "Content-Type") or "").partition(";")[0].strip().lower()
    if content_type in HTML_TYPES:
        return None
    if content_type in UNSPECIFIC_TYPES and LOOKS_LIKE_HTML.search(response.body[:4096]):
        return None
    return Fault(reason=Reason.NOT_HTML, detail=f"the server sent {content_type or 'no content type'}")
