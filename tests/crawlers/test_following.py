"""A crawl that goes on: new articles found while it runs, hosts tried again, sources not asked twice."""

import json
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawl_runs import read_ledger

from crawlers import CrawlOptions
from crawlers.faults import Fault
from crawlers.following import Agenda
from crawlers.frontier_rows import FoundLink
from crawlers.lane import DOWN_SECONDS, Gauge, Lane
from crawlers.run import is_due
from crawlers.tasks import ArticleTask
from records import Batch, Fetch, FetchKind, FetchOutcome, Provenance, Reason, SourceKind, canonicalize


def wait_for(child, ledger, count):
    """What has been committed, once it holds so many pages."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert child.poll() is None, child.communicate()
        found = read_ledger(ledger, {}) if ledger.exists() else None
        if found is not None and len(found.pages) >= count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{count} pages have not come")


def test_new_articles_are_found_while_the_crawl_goes_on(crawls, site, publisher_of):
    good = publisher_of("good", "listing:/good/index.htm")
    child, ledger = crawls.start([good], settle_every=1, follow=True, max_poll_seconds=1.0)
    try:
        assert len(wait_for(child, ledger, 30).pages) == 30
        site.state["new_articles"] = 2
        assert len(wait_for(child, ledger, 32).pages) == 32
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 0, err
    result = read_ledger(ledger, json.loads(out.splitlines()[-1]))
    assert result.report["finish_reason"] == "interrupted"
    assert site.paths("good.example").count("/robots.txt") == 1
    # What is known ends the walk: the deeper pages are read by the first walk alone.
    assert [f.outcome for f in result.fetches if f.url.endswith("index_2.htm")] == [FetchOutcome.FETCHED]
    polls = [line for line in site.log if line.path == "/good/index.htm"]
    assert sum("if-none-match" in line.headers for line in polls) == len(polls) - 1 >= 1


@dataclass
class Run:
    """As much of a crawl as an agenda looks at."""

    frontier: object
    lanes: list
    options: CrawlOptions
    pushed: list = field(default_factory=list)

    def push_source(self, lane, source):
        self.pushed.append(source.url)


OPTIONS = CrawlOptions(crawl_id="c", breaker_failures=2)


def lane_of(publisher, frontier):
    return Lane(publisher, frontier, frontier.begin_crawl("c"), OPTIONS, Gauge())


def test_a_source_is_queued_once_until_its_poll_is_settled(frontier, publisher_of):
    publisher = publisher_of("good", "listing:/good/index.htm", "feed:/feed.xml")
    run = Run(frontier, [lane_of(publisher, frontier)], OPTIONS)
    for source in publisher.sources:
        frontier.source("good", source.kind, source.url)
    agenda = Agenda(run)
    agenda.turn(100.0)
    assert run.pushed == [], "the crawl queues what is due as it begins"
    agenda.turn(102.0)
    assert run.pushed == []
    agenda.turn(500.0)
    assert sorted(run.pushed) == sorted(s.url for s in publisher.sources), "what never came to be polled"
    settle_poll(frontier, "http://good.example/feed.xml", new=0)
    run.pushed.clear()
    agenda.turn(900.0)
    assert run.pushed == ["http://good.example/good/index.htm"]


def settle_poll(frontier, url, new):
    fetch = Fetch(
        url=url,
        canonical_url=canonicalize(url),
        publisher_id="good",
        kind=FetchKind.FEED,
        outcome=FetchOutcome.FETCHED,
        fetched_at=datetime.now(UTC),
        new_links_count=new,
    )
    made = Provenance(crawl_id="c", code_version="", lexicon_version="", model_version="")
    frontier.settle(Batch(provenance=made, fetches=(fetch,)))


def test_the_longest_pause_outranks_the_interval(frontier):
    frontier.source("good", SourceKind.FEED, "http://good.example/feed.xml")
    assert len(frontier.due_sources()) == 1
    settle_poll(frontier, "http://good.example/feed.xml", new=1)
    state = frontier.source("good", SourceKind.FEED, "http://good.example/feed.xml")
    assert frontier.due_sources() == {}
    assert frontier.due_sources(max_seconds=0.0) == {state.key: state.polled_at}
    assert not is_due(state, state.polled_at + 900, 1.0)
    assert is_due(state, state.polled_at + 1000, 1.0)
    assert not is_due(state, state.polled_at + 1000, None)


def test_a_host_that_was_down_is_asked_again_and_longer_left_alone_each_time(frontier, publisher_of):
    lane = lane_of(publisher_of("good", "listing:/good/index.htm"), frontier)
    silent = Fault(reason=Reason.TIMEOUT, detail="no answer")
    url, host = "http://good.example/good/index.htm", "good.example"
    assert [lane.note_fault(url, silent, is_silent=True) for _ in range(2)] == [False, True]
    now = time.monotonic()
    assert lane.take_back(now + DOWN_SECONDS - 60) == set()
    assert lane.take_back(now + DOWN_SECONDS + 1) == {host}
    assert lane.note_fault(url, silent, is_silent=True), "one more silence takes it out again"
    assert lane.take_back(time.monotonic() + 2 * DOWN_SECONDS - 60) == set()
    assert lane.take_back(time.monotonic() + 2 * DOWN_SECONDS + 1) == {host}
    lane.note_answer(url)
    assert not lane.note_fault(url, silent, is_silent=True)


def test_urls_of_a_host_that_is_down_are_given_back(frontier, publisher_of):
    publisher = publisher_of("good", "listing:/good/index.htm")
    urls = [f"http://good.example/content_{n}.html" for n in range(5)]
    links = [FoundLink(url=url, canonical_url=url) for url in urls]
    frontier.add_links("good", links)
    lane = lane_of(publisher, frontier)
    first = lane.next_task(lambda: True)
    assert isinstance(first, ArticleTask)
    lane.note_fault(first.url, Fault(reason=Reason.UNREACHABLE, detail="", is_of_host=True), is_silent=True)
    lane.leave(first.leased)
    lane.finish(first)
    assert lane.next_task(lambda: True) is None
    lane.take_back(time.monotonic() + DOWN_SECONDS + 1)
    again = lane.next_task(lambda: True)
    assert isinstance(again, ArticleTask)
    assert again.url == first.url
