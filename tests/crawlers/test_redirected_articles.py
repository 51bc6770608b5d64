"""An address that redirects to another article's: one article, where it leads to, however often it is named."""

import signal
import time
from collections import Counter

import pytest
from crawl_runs import read_ledger

from records import Politeness

SLOW_ENOUGH = Politeness(delay_seconds=0.0, concurrency=2)
LANDED = {
    "/a/2024-07/01/content_820001.html": 1,
    "/a/2024-07/02/content_820002.html": 1,
    "/a/2024-07/03/content_820003.html": 1,
    "/old/content_820004.html": 1,  # the page that answers names this address as its own
    "/old/content_820005.html": 1,  # what a home page is read as is for the transforms to say
}


def paths(records) -> Counter:
    return Counter(record.canonical_url.partition(".example")[2] for record in records)


def test_source_and_target_of_a_redirect_are_one_article(crawls, site, publisher_of):
    moved = publisher_of("moved", "listing:/moved/index.htm", politeness=SLOW_ENOUGH)
    first = crawls.run([moved])
    assert paths(first.pages) == LANDED
    assert {str(r.reason) for r in first.rejected} == {"other_form"}
    assert paths(first.rejected) == {f"/old/content_8200{n}.html": 1 for n in ("01", "02", "03", "13", "06")}
    assert "redirects to the article at http://moved.example/a/2024-07/" in first.rejected[0].detail
    frontier = crawls.frontier()
    assert frontier.counts("moved") == {"pending": 0, "landed": 5, "rejected": 5, "failed": 0, "gone": 0}

    # Known for good: nothing is asked by its old address again, and the article is revisited where it is.
    site.forget()
    again = crawls.run([moved], revisit="all")
    assert again.report["publishers"]["moved"]["new_links_count"] == 0
    asked = {path for path in site.paths() if path.startswith("/old/")}
    assert asked == {"/old/content_820004.html", "/old/content_820005.html"}
    assert "/a/2024-07/01/content_820001.html" in site.paths()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_an_interrupted_crawl_of_redirects_loses_and_doubles_nothing(crawls, site, publisher_of, how):
    site.state.update(moved=200, pause=0.01)
    moved = publisher_of("moved", "listing:/moved/index.htm", politeness=SLOW_ENOUGH)
    child, ledger = crawls.start([moved], settle_every=7)
    while not (ledger.exists() and ledger.stat().st_size > 60_000):
        assert child.poll() is None, "the crawl ended before it could be interrupted"
        time.sleep(0.01)
    child.send_signal(how)
    child.communicate(timeout=20)
    first = read_ledger(ledger, {})
    assert 0 < len(first.pages) < 200
    site.state["pause"] = 0
    second = crawls.run([moved])
    landed = paths(first.pages + second.pages)
    assert {path for path in landed if "2024-08" in path} == {
        f"/a/2024-08/01/content_{n}.html" for n in range(830_000, 830_200)
    }
    assert landed.keys() >= LANDED.keys()
    # What was committed but not settled when the process was killed may come twice: the warehouse knows it.
    assert sum(count - 1 for count in landed.values()) <= (7 if how is signal.SIGKILL else 0)
    assert crawls.frontier().counts("moved")["landed"] == 205
