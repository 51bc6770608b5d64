"""What becomes of a poll: links into the frontier, the next page of the list, a line of the fetch log."""

from dataclasses import replace
from datetime import date, timedelta

from scrapy.http import Response

from crawlers.answers import failed_fetch, fetch_of, header, rejection
from crawlers.clock import now
from crawlers.discovery import SourceFault, SourcePage, read_feed, read_listing, read_sitemap
from crawlers.discovery.attribution import group_by_section, outranked
from crawlers.discovery.feed import SHANGHAI
from crawlers.discovery.years import ListedDay, complete_years
from crawlers.faults import Fault, fault_of_status
from crawlers.frontier_rows import day_number, day_of, url_key
from crawlers.run import CrawlRun
from crawlers.tasks import SourceTask, Walk
from records import Discovery, FetchOutcome, Reason, Source, SourceKind, Step

VIA = {
    SourceKind.LISTING: Discovery.LISTING,
    SourceKind.FEED: Discovery.FEED,
    SourceKind.SITEMAP: Discovery.SITEMAP,
}
MAX_SITEMAP_DEPTH = 2


def take_poll(run: CrawlRun, task: SourceTask, response: Response) -> None:
    """Read a source's answer, feed the frontier, queue what follows."""
    if response.status == 304:
        run.put_fetch(task.lane, fetch_of(run, task, response, outcome=FetchOutcome.NOT_MODIFIED))
        return
    fault = fault_of_status(response.status)
    if fault is not None and fault.reason is Reason.GONE and task.url.endswith("/robots.txt"):
        _note_links(run, task, response, SourcePage())  # a site without robots.txt names no sitemaps
        return
    if fault is not None:
        take_poll_fault(run, task, fault, response)
        return
    today = now().astimezone(SHANGHAI).date()
    page = read_source(task, response, today)
    if isinstance(page, SourcePage) and task.walk.source.kind is SourceKind.LISTING:
        page = with_years(task.walk, page, today)
    if isinstance(page, SourceFault):
        if task.page > 1 and page.reason is Reason.EMPTY_LISTING:
            page = SourcePage()  # the list has come to its end
        else:
            take_poll_fault(run, task, Fault(reason=page.reason, detail=page.detail), response, Step.DISCOVER)
            return
    _note_links(run, task, response, page)


def take_poll_fault(
    run: CrawlRun, task: SourceTask, fault: Fault, response: Response | None = None, step: Step = Step.FETCH
) -> None:
    """Log a poll that brought nothing; a 404 on a later page is the end of the list."""
    at = now()
    run.put_fetch(task.lane, failed_fetch(run, task, fault, at, response))
    if task.page > 1 and fault.reason is Reason.GONE:
        run.frontier.finish_walk(task.walk.state.key, 0)
        return
    run.put_rejected(task.lane, rejection(task, fault, at, step))


def read_source(task: SourceTask, response: Response, today: date) -> SourcePage | SourceFault:
    """What the answer names, by the kind of source."""
    publisher, content_type = task.lane.publisher, header(response, "Content-Type") or ""
    if task.walk.source.kind is SourceKind.FEED:
        return read_feed(response.body, response.url, publisher, today, content_type)
    if task.walk.source.kind is SourceKind.SITEMAP:
        return read_sitemap(response.body, response.url, publisher, today)
    autodiscover = task.walk.source.autodiscover and task.page == 1
    return read_listing(response.body, response.url, publisher, today, content_type, autodiscover=autodiscover)


def with_years(walk: Walk, page: SourcePage, today: date) -> SourcePage:
    """A listing's page with the years that it does not print, as the pages before it tell."""
    keys = [url_key(link.canonical_url) for link in page.links]
    # What earlier pages have named (a box that each page repeats) has its day already.
    new = [link for link, key in zip(page.links, keys, strict=True) if key not in walk.named]
    listed = [ListedDay(link.published_on, link.has_year) if link.published_on else None for link in new]
    told = complete_years(listed, today, walk.reached)
    walk.reached = told.reached
    if all(link.has_year for link in page.links):
        return page
    walk.named.update(keys)
    days = {link.canonical_url: day for link, day in zip(new, told.days, strict=True)}
    links = (replace(link, published_on=days.get(link.canonical_url, link.published_on)) for link in page.links)
    return replace(page, links=tuple(links))


def _note_links(run: CrawlRun, task: SourceTask, response: Response, page: SourcePage) -> None:
    walk, lane = task.walk, task.lane
    # What this crawl itself has found elsewhere (a feed names the same articles) does not make a page known.
    unknown = run.frontier.count_unknown([link.canonical_url for link in page.links], before=run.known_before(walk))
    following, walked_to = where_next(task, page, unknown, run.options.since)
    if following is not None and task.page == 1:
        run.frontier.finish_walk(walk.state.key, None)  # a crawl that dies on the way leaves the walk open
    new = 0
    for section, links in group_by_section(page.links, lane.publisher, walk.source.section).items():
        added = run.frontier.add_links(
            lane.publisher.id,
            links,
            section=section,
            via=VIA[walk.source.kind],
            referrer_url=response.url,
            seen_at=walk.started_at,
            position=walk.position,
        )
        if section is not None and added < len(links):
            run.frontier.claim(lane.publisher.id, links, section=section, outranked=outranked(lane.publisher, section))
        new += added
    walk.position += len(page.links)
    if new:
        lane.note_new_links()
    followed = _push_children(run, task, page)
    if following is not None:
        walk.asked.add(following)
        lane.push(SourceTask(lane=lane, walk=walk, url=following, page=task.page + 1))
    elif walked_to != walk.state.walked_to or task.page > 1:
        run.frontier.finish_walk(walk.state.key, walked_to)
    fetch = fetch_of(run, task, response, links_count=len(page.links), new_links_count=new, detail=followed)
    run.put_fetch(lane, fetch)


def where_next(task: SourceTask, page: SourcePage, unknown: int, since: date | None) -> tuple[str | None, int | None]:
    """The next page to walk to; or None, and the day back to which the source has then been read."""
    walk = task.walk
    reached = walk.state.walked_to
    days = [link.published_on for link in page.links if link.published_on is not None]
    if since is not None and days and len(days) == len(page.links) and max(days) < since:
        edge = day_number(since)
        return None, edge if reached is None else min(reached, edge)
    # A page without links that leads on (a digital paper's home page) says nothing of what is known.
    if unknown == 0 and page.links and not walk.is_full:
        return None, reached
    if page.next_url is None or page.next_url in walk.asked or task.page >= walk.source.max_pages:
        return None, 0
    return page.next_url, reached


def _push_children(run: CrawlRun, task: SourceTask, page: SourcePage) -> str:
    """Queue the sitemaps of an index, latest changed first, or a page's feeds; a sentence where some are left out."""
    walk, since = task.walk, run.options.since
    if not page.children:
        return ""
    if walk.depth >= MAX_SITEMAP_DEPTH:
        return f"{len(page.children)} sitemaps lie deeper than {MAX_SITEMAP_DEPTH} indexes and were left out"
    wanted = [c for c in page.children if since is None or c.changed_on is None or c.changed_on >= since]
    wanted.sort(key=lambda child: child.changed_on or date.max, reverse=True)
    if walk.state.polled_at is not None and not walk.is_full:
        polled = day_of(walk.state.polled_at // 86_400_000)
        edge = (polled or date.min) - timedelta(days=1)
        wanted = [c for c in wanted if c.changed_on is None or c.changed_on >= edge]
    chosen = wanted[: walk.source.max_pages]
    for child in chosen:
        source = Source(kind=child.kind, url=child.url, section=walk.source.section, max_pages=walk.source.max_pages)
        run.push_source(task.lane, source, walk)
    named = "sitemaps of the index" if walk.source.kind is SourceKind.SITEMAP else "feeds of the page"
    return f"{len(chosen)} of {len(page.children)} {named} are read"
