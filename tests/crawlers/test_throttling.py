"""The delay of a host that slows down, by the delays that the engine sets: no clock decides."""

from types import SimpleNamespace

import pytest
from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawlers.settings import EXTENSIONS
from records import Politeness

HOST = "www.manbao.example"
OURS = {"EXTENSIONS": EXTENSIONS}


@pytest.fixture
def answered():
    """A function that says how long an answer took, and returns the delay that its host then has."""
    crawler = get_crawler(settings_dict={"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_MAX_DELAY": 60.0, **OURS})
    slot = Slot(concurrency=1, delay=2.0, jitter=0.0)
    settings = {HOST: {"concurrency": 1, "delay": 2.0}}
    downloader = SimpleNamespace(slots={HOST: slot}, per_slot_settings=settings)
    crawler.engine = SimpleNamespace(downloader=downloader)
    crawler.signals.send_catch_log(signals.spider_opened, spider=None)

    def note(latency: float, status: int = 200, *, is_left: bool = False) -> float:
        meta = {"download_slot": HOST, "download_latency": latency, "autothrottle_dont_adjust_delay": is_left}
        request, response = Request(f"http://{HOST}/", meta=meta), Response(f"http://{HOST}/", status=status)
        crawler.signals.send_catch_log(signals.response_downloaded, response=response, request=request, spider=None)
        return slot.delay

    note.settings = settings[HOST]
    return note


def test_a_host_that_slows_down_is_asked_less_often_and_never_more_than_is_declared(answered):
    assert answered(0.01) == answered(0.01) == 2.0, "the declared delay is the least"
    assert answered(8.0) == 8.0
    assert answered(30.0) == 30.0
    assert answered(500.0) == 60.0, "the longest that is waited"
    assert answered(0.5, status=500) == 60.0, "an error page that comes at once is no sign of health"
    falling = [answered(0.5) for _ in range(8)]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] == pytest.approx(30.25)
    assert falling[-1] == 2.0


def test_a_crawl_delay_that_is_read_later_is_the_least_from_then_on(answered):
    answered.settings["delay"] = 10.0
    assert answered(0.01) == 10.0


def test_publishers_that_do_not_ask_for_it_keep_their_delay(answered):
    assert answered(30.0, is_left=True) == 2.0


def test_a_slow_site_is_throttled_and_crawled_to_its_end(crawls, site, publisher_of):
    site.state.update(articles=6, pause=0.5)
    manners = Politeness(delay_seconds=0.0, concurrency=2, autothrottle=True)
    slow = publisher_of("big", "listing:/big/index.htm", politeness=manners)
    plain = publisher_of("good", "listing:/gb/index.htm")
    result = crawls.run([slow, plain])
    assert len(result.pages) == 6 + 3
    assert result.stderr.count("big.example answers slowly: its requests are now") == 1
    assert "good.example answers slowly" not in result.stderr
