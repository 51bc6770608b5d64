"""The way of a survey: home page, robots.txt, feeds, the pages that the navigation leads to, articles on trial.

Which addresses are articles is not believed but tried: of each likely shape a few pages are fetched, and a
judge, given by the caller, says whether they hold an article. Every request is counted and bounded.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from urllib.parse import urljoin, urlsplit

from crawlers.discovery import SourcePage, read_feed, read_sitemap
from crawlers.discovery.days import URL_DAY
from crawlers.discovery.json_listing import json_links, looks_like_json
from crawlers.discovery.links import article_test
from crawlers.discovery.listing import INDEX_PAGE, parse_html
from crawlers.discovery.markup import decode_markup
from crawlers.discovery.page_head import named_feeds
from crawlers.probing.choosing import choose_sections, needs_home, spread
from crawlers.probing.findings import ArticleSample, FoundSource, Survey, SurveyFailed
from crawlers.probing.pages import PageView, data_paths, logo_names, site_names, view_page
from crawlers.probing.session import Answer, Ask, SiteHosts, site_domain
from crawlers.probing.shapes import Shape, joined, learn_shapes
from records import FetchedPage, Publisher, Reason, SourceKind

MAX_PAGES = 45
MAX_FORWARDS = 3
MAX_SHAPES = 8
TRIALS = 3
MAX_ISSUE_PAGES = 4
MAX_DATA = 8
WELL_KNOWN = ("/sitemap.xml", "/rss.xml", "/feed/", "/feed.xml", "/feed.json")
"""Addresses that sites seldom announce and often have; robots.txt and an announced feed come first."""


class SiteSurvey:
    """One survey; await it with a way to ask, then read `result`."""

    def __init__(
        self,
        home_url: str,
        judge: Callable[[FetchedPage], bool],
        *,
        today: date,
        samples: int = 10,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._home_url = home_url
        self._judge = judge
        self._today = today
        self._samples_wanted = samples
        self._tell = tell
        self._hosts = SiteHosts(site_domain(urlsplit(home_url).netloc.lower()))
        self._answers: dict[str, Answer] = {}
        self._tried: dict[str, ArticleSample] = {}
        self._headlines: dict[str, str] = {}
        self._notes: list[str] = []
        self.result: Survey | None = None

    async def __call__(self, ask: Ask) -> None:
        """Survey the site. Raises SurveyFailed."""
        self._ask = ask
        home, view = await self._home()
        self._tell(f"the home page has {len(view.links)} links")
        feeds = await self._feeds(home)
        views = await self._pages(home, view)
        self._tell(f"{len(views) - 1} pages behind its navigation were read")
        lists: dict[str, dict[str, str]] = {}
        shapes = await self._try_shapes(learn_shapes(self._headlines))
        if not shapes:
            lists = await self._data_lists(views)
            shapes = await self._try_shapes(learn_shapes(self._headlines))
        if not shapes:
            raise SurveyFailed(self._no_articles(len(views)))
        pattern = joined(shape.pattern for shape in shapes)
        await self._conclude(home, views, feeds, lists, pattern)

    async def _get(self, url: str) -> Answer:
        if url not in self._answers:
            self._answers[url] = await self._ask(url)
        return self._answers[url]

    async def _home(self) -> tuple[Answer, PageView]:
        url = self._home_url
        step = 0
        while True:
            answer = await self._get(url)
            if answer.page is None:
                raise SurveyFailed(_no_home(url, answer))
            view = view_page(answer.body, answer.url, answer.content_type)
            if view is None:
                raise SurveyFailed(f"{url} answered without any markup: give the address of the site's home page")
            onward = view.forward_url
            is_known = onward is None or onward in self._answers or step >= MAX_FORWARDS
            if onward is None or is_known or urlsplit(onward).netloc not in self._hosts:
                return answer, view
            url, step = onward, step + 1

    async def _feeds(self, home: Answer) -> dict[str, tuple[SourceKind, SourcePage]]:
        """The feeds and sitemaps that answer as such, with what they name."""
        tree = parse_html(decode_markup(home.body, home.content_type))
        publisher = self._publisher("")
        announced = [] if tree is None else list(named_feeds(tree, home.url, publisher))
        found: dict[str, tuple[SourceKind, SourcePage]] = {}
        robots = await self._get(urljoin(home.url, "/robots.txt"))
        if robots.page is not None:
            named = read_sitemap(robots.body, robots.url, publisher, self._today)
            announced += [child.url for child in named.children] if isinstance(named, SourcePage) else []
        for url in dict.fromkeys([*announced, *(urljoin(home.url, path) for path in WELL_KNOWN)]):
            answer = await self._get(url)
            if answer.page is None:
                if url in announced and answer.fault is not None:
                    self._notes.append(f"{url}, which the site announces, cannot be read: {answer.fault.detail}")
                continue
            for kind, page in (
                (SourceKind.SITEMAP, read_sitemap(answer.body, answer.url, publisher, self._today)),
                (SourceKind.FEED, read_feed(answer.body, answer.url, publisher, self._today, answer.content_type)),
            ):
                if isinstance(page, SourcePage) and (page.links or page.children):
                    found[url] = (kind, page)
                    self._headlines.update({link.url: link.text for link in page.links if len(link.text) > 6})
                    break
        return found

    async def _pages(self, home: Answer, view: PageView) -> dict[str, PageView]:
        """The home page and the pages that navigation and frames lead to, two steps deep, by their address."""
        views = {home.url: view}
        self._note_headlines(view)
        waiting = [*view.frames, *self._candidates(view)]
        if URL_DAY.search(urlsplit(home.url).path):
            # A paper's issue: its other pages 版 lie beside the first one and are gone tomorrow, but show articles.
            folder = home.url.rpartition("/")[0]
            beside = [url for url in view.links if url.rpartition("/")[0] == folder and INDEX_PAGE.search(url)]
            waiting += beside[:MAX_ISSUE_PAGES]
        for depth in (1, 2):
            following: list[str] = []
            for url in dict.fromkeys(waiting):
                if url in views or len(views) >= MAX_PAGES or urlsplit(url).netloc not in self._hosts:
                    continue
                answer = await self._get(url)
                seen = view_page(answer.body, answer.url, answer.content_type) if answer.page is not None else None
                if seen is None:
                    continue
                views[url] = replace(seen, url=url)
                self._note_headlines(seen)
                following += [*seen.frames, *self._candidates(seen)]
            waiting = following if depth == 1 else []
        if len(views) >= MAX_PAGES:
            self._notes.append(f"only the first {MAX_PAGES} pages behind the navigation were read")
        return views

    def _candidates(self, view: PageView) -> list[str]:
        likely = {url for shape in learn_shapes(self._headlines)[:3] for url in shape.urls}
        return [url for url in view.navigation if urlsplit(url).netloc in self._hosts and url not in likely]

    def _note_headlines(self, view: PageView) -> None:
        for url, text in view.links.items():
            if urlsplit(url).netloc in self._hosts and len(text) > len(self._headlines.get(url, "")):
                self._headlines[url] = text

    async def _try_shapes(self, shapes: list[Shape]) -> list[Shape]:
        """The shapes whose pages hold articles."""
        accepted: list[Shape] = []
        for shape in shapes[:MAX_SHAPES]:
            held = [await self._try(url) for url in spread(shape.urls, TRIALS)]
            good = sum(held)
            self._tell(f"{good} of {len(held)} pages of the shape {shape.pattern} hold articles")
            if good * 2 > len(held):
                accepted.append(shape)
        return accepted

    async def _try(self, url: str) -> bool:
        if url not in self._tried:
            answer = await self._get(url)
            if answer.page is None:
                return False
            page = answer.page
            self._tried[url] = ArticleSample(page=page, is_article=self._judge(page))
        return self._tried[url].is_article

    async def _data_lists(self, views: dict[str, PageView]) -> dict[str, dict[str, str]]:
        """The JSON lists that the pages' scripts name, with the addresses and headlines in them."""
        urls = [url for view in views.values() for url in view.data_urls]
        for script in dict.fromkeys(s for view in views.values() for s in view.scripts):
            if urlsplit(script).netloc in self._hosts and len(self._answers) < 2 * MAX_PAGES:
                answer = await self._get(script)
                text = answer.body.decode("utf-8", "replace")
                # A script's relative paths are read from the page that runs it, not from the script's folder.
                urls += data_paths(text, next(iter(views)))
        lists: dict[str, dict[str, str]] = {}
        for url in list(dict.fromkeys(urls))[:MAX_DATA]:
            answer = await self._get(url)
            if answer.page is None or not looks_like_json(answer.body, answer.content_type):
                continue
            try:
                document = json.loads(answer.body.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                continue
            links = json_links(document, url, self._today, lambda target: urlsplit(target).netloc in self._hosts)
            lists[url] = {link.url: link.text for link in links}
            self._headlines.update(lists[url])
        return lists

    async def _conclude(
        self,
        home: Answer,
        views: dict[str, PageView],
        feeds: dict[str, tuple[SourceKind, SourcePage]],
        lists: dict[str, dict[str, str]],
        pattern: str,
    ) -> None:
        is_article = article_test(pattern)
        home_key = next(iter(views))
        listed = {url: [u for u in view.links if self._is_ours(u) and is_article(u)] for url, view in views.items()}
        listed |= {url: [u for u in links if is_article(u)] for url, links in lists.items()}
        names = {target: name for view in reversed(views.values()) for target, name in view.navigation.items()}
        sections, sources = choose_sections(listed, names, home_key, is_article)
        for url, (kind, page) in feeds.items():
            count = sum(is_article(link.url) for link in page.links)
            if count or page.children:
                sources.append(FoundSource(kind=kind, url=url, links_count=count))
                listed[url] = [link.url for link in page.links if is_article(link.url)]
        if needs_home(listed, home_key, [source.url for source in sources]):
            # A digital paper's home page leads to the day's issue: the address to come back to is the one before.
            url = self._home_url if URL_DAY.search(urlsplit(home_key).path) else home_key
            sources.append(FoundSource(kind=SourceKind.LISTING, url=url, links_count=len(listed[home_key])))
        rest = [url for url in self._headlines if self._is_ours(url) and is_article(url)]
        samples = await self._samples({**listed, "": rest} if sum(map(len, listed.values())) < len(rest) else listed)
        view = views[home_key]
        assert home.page is not None
        urls = [home.url, *(s.url for s in sources), *(s.page.url for s in samples), *_first_of(listed.values())]
        self.result = Survey(
            home_url=self._home_url if URL_DAY.search(urlsplit(home_key).path) else home_key,
            title=view.title,
            names=site_names(
                [view, *filter(None, (view_page(s.page.body, s.page.url) for s in samples))],
                logo_names(home.body, home.content_type),
            ),
            hosts=tuple(sorted({urlsplit(url).netloc.lower() for url in urls})),
            article_pattern=pattern,
            sections=tuple(sections),
            sources=tuple(sources),
            samples=samples,
            home_page=home.page,
            requests_count=len(self._answers),
            notes=tuple(self._notes),
        )

    async def _samples(self, listed: dict[str, list[str]]) -> tuple[ArticleSample, ...]:
        """Articles for a preview, in turn from each list."""
        queues = [list(dict.fromkeys(urls)) for urls in listed.values() if urls]
        chosen: dict[str, None] = {}
        while any(queues) and len(chosen) < self._samples_wanted:
            for queue in queues:
                if queue and len(chosen) < self._samples_wanted:
                    chosen.setdefault(queue.pop(0))
        for url in chosen:
            await self._try(url)
        return tuple(self._tried[url] for url in chosen if url in self._tried)

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url).netloc in self._hosts

    def _publisher(self, pattern: str) -> Publisher:
        """The site as far as it is known, for the readers of feeds and sitemaps."""
        hosts = {urlsplit(url).netloc.lower() for url in (self._home_url, *self._answers)}
        return Publisher(
            id="probe", name="probe", home_url=self._home_url, allowed_hosts=tuple(hosts), article_pattern=pattern
        )

    def _no_articles(self, pages: int) -> str:
        tried = len(self._tried)
        if not self._headlines:
            return (
                f"{self._home_url} names no pages of its own: it draws itself by scripts whose lists were not found; "
                "look in the browser's network tab for a JSON list and declare it as a listing by hand"
            )
        return (
            f"no article was found on {self._home_url}: {pages} pages with {len(self._headlines)} links were read and "
            f"{tried} pages tried, and none reads as an article; give the home page of a news site, or declare "
            "the publisher by hand (docs/add-a-publisher.md)"
        )


def _first_of(lists: Iterable[list[str]]) -> list[str]:
    return [url for urls in lists for url in urls]


def _no_home(url: str, answer: Answer) -> str:
    fault = answer.fault
    assert fault is not None
    steps = {
        Reason.ROBOTS: "the site does not want to be crawled, and difang obeys",
        Reason.UNREACHABLE: "is the address right, and does a proxy have to be set (DIFANG_PROXY_URL)?",
        Reason.TIMEOUT: "try again later",
        Reason.UNSAFE_URL: "give the address of a site on the public internet",
        Reason.GONE: "give the address of the site's home page",
    }
    return f"{url} cannot be read ({fault.reason}): {fault.detail}; " + steps.get(fault.reason, "try again later")
