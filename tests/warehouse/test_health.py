"""The ledger and the flags, on histories that are landed as a crawl lands them."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from records import Batch, Fetch, FetchKind, FetchOutcome, Landed, Provenance, Reason, Rejected, Removal, Step, Waiting
from warehouse import Warehouse
from warehouse.waiting import note_waiting

START = dt.datetime(2024, 4, 1, 1, 0, tzinfo=dt.UTC)
MADE = Provenance(crawl_id="c1", code_version="1", lexicon_version="1", model_version="1")


def poll(at: dt.datetime, promised: int, publisher: str, reason: str | None = None) -> Fetch:
    url = f"http://www.{publisher}.example/zq/xw/index.htm"
    return Fetch(
        url=url,
        canonical_url=url,
        publisher_id=publisher,
        section="xw",
        kind=FetchKind.LISTING,
        outcome=FetchOutcome.FAILED if reason else FetchOutcome.FETCHED,
        fetched_at=at,
        links_count=promised,
        new_links_count=promised,
        reason=reason,
    )


def landed(make, number: int, at: dt.datetime, publisher: str, **article: object) -> Landed:
    page = make.page(number, publisher=publisher, fetched_at=at)
    return Landed(page=page, result=make.tagged(number, publisher=publisher, fetched_at=at, **article))


def rejected(make, number: int, at: dt.datetime, publisher: str) -> Landed:
    page = make.page(number, publisher=publisher, fetched_at=at)
    result = Rejected(
        url=page.url,
        canonical_url=page.canonical_url,
        publisher_id=publisher,
        section="xw",
        body_sha256=page.body_sha256,
        step=Step.CLEAN,
        reason=Reason.NOT_ARTICLE,
        fetched_at=at,
    )
    return Landed(page=page, result=result)


LOST = {
    "sihao": {"reporters": (), "correspondents": ()},
    "wuhao": {"published_at": None, "published_date": None},
    "liuhao": {"title": ""},
    "qihao": {},  # its regions are taken away
}
"""What the articles of a publisher lack on the last day."""


def lacking(item: Landed) -> Landed:
    publisher, result = item.page.publisher_id, item.result
    regions = () if publisher == "qihao" else result.regions
    return replace(item, result=replace(result, article=replace(result.article, **LOST[publisher]), regions=regions))


@pytest.fixture(scope="module")
def history(make, empty_lake, tmp_path_factory):
    """Thirty days of five articles a day each; then one falls silent, one loses sources and layout, one goes on."""
    folder = shutil.copytree(empty_lake, tmp_path_factory.mktemp("history") / "warehouse")
    items: list[Landed] = []
    fetches: list[Fetch] = []
    number = 0
    for day in range(31):
        at = START + dt.timedelta(days=day)
        for publisher in ("lufengwang", "yihewanbao", "sanhao", *LOST):
            silent = day == 30 and publisher == "lufengwang"
            fetches.append(poll(at, 5, publisher, "empty_listing" if silent else None))
            for _ in range(0 if silent else 5):
                number += 1
                source = None if day == 30 and publisher == "yihewanbao" else "鲁风网"
                flags = () if source else ("layout_miss",)
                item = landed(make, number, at, publisher, source_name=source, quality_flags=flags)
                items.append(lacking(item) if day == 30 and publisher in LOST else item)
    last = START + dt.timedelta(days=30)
    items += [rejected(make, 9000 + n, last, "yihewanbao") for n in range(6)]
    removal = Removal(canonical_url=make.url(1), publisher_id="lufengwang", removed_at=last, status=404)
    with Warehouse.open(folder) as warehouse:
        warehouse.land(Batch(provenance=MADE, items=tuple(items), fetches=tuple(fetches), removals=(removal,)))
        yield warehouse.connection


def test_flags_compare_each_publisher_with_its_own_history(history):
    rows = history.execute(
        "SELECT publisher_id, expected_count, flags FROM v_publisher_health "
        "WHERE fetched_date = '2024-05-01' ORDER BY publisher_id"
    ).fetchall()
    assert rows == [
        ("liuhao", 5.0, ["title_degraded"]),
        ("lufengwang", 5.0, ["quiet", "layout_changed"]),
        ("qihao", 5.0, ["region_degraded"]),
        ("sanhao", 5.0, []),
        ("sihao", 5.0, ["author_degraded"]),
        ("wuhao", 5.0, ["date_degraded"]),
        ("yihewanbao", 5.0, ["source_degraded", "rejects_up", "layout_missed"]),
    ]


def test_no_day_is_flagged_without_a_history_or_without_a_change(history):
    flagged = (
        "SELECT count(*), count(*) FILTER (len(flags) > 0) FROM v_publisher_health WHERE fetched_date < '2024-05-01'"
    )
    assert history.execute(flagged).fetchone() == (30 * (3 + len(LOST)), 0)


def test_the_ledger_holds_what_was_promised_against_what_came(history):
    rows = history.execute(
        "SELECT publisher_id, promised_count, landed_count, rejected_count, rejected_by_reason, removed_count "
        "FROM v_completeness WHERE section_id = 'xw' AND fetched_date = '2024-05-01' "
        "AND publisher_id IN ('lufengwang', 'sanhao', 'yihewanbao') ORDER BY 1"
    ).fetchall()
    assert rows == [
        ("lufengwang", 5, 0, 0, None, 1),
        ("sanhao", 5, 5, 0, None, 0),
        ("yihewanbao", 5, 5, 6, {"not_article": 6}, 0),
    ]


def test_what_waits_is_counted_and_named_beside_what_landed(make, empty_lake, tmp_path):
    folder = shutil.copytree(empty_lake, tmp_path / "warehouse")
    day = START.date()
    waits = [
        waiting(day, "pending", None, 3, "http://www.lufengwang.example/zq/xw/1.htm"),
        waiting(day, "failed", "timeout", 1, "http://www.lufengwang.example/zq/xw/2.htm", next_try_at=START),
    ]
    with Warehouse.open(folder) as warehouse:
        fetches = (poll(START, 9, "lufengwang"),)
        items = tuple(landed(make, n, START, "lufengwang") for n in range(1, 6))
        warehouse.land(Batch(provenance=MADE, items=items, fetches=fetches))
        lake = warehouse.connection
        assert note_waiting(lake, ["lufengwang", "yihewanbao"], waits, START) == 2
        ledger = (
            "SELECT promised_count, landed_count, pending_count, retry_count FROM v_completeness "
            "WHERE publisher_id = 'lufengwang' AND section_id = 'xw' AND fetched_date = '2024-04-01'"
        )
        assert lake.execute(ledger).fetchall() == [(9, 5, 3, 1)]
        named = lake.execute("SELECT example_urls FROM mart_waiting_links WHERE waiting_state = 'failed'").fetchall()
        assert named == [(["http://www.lufengwang.example/zq/xw/2.htm"],)]
        # The same again writes nothing; a crawl of another publisher leaves these; what has come is no longer here.
        noted = "SELECT count(*), max(noted_at) FROM mart_waiting_links"
        before = lake.execute(noted).fetchone()
        note_waiting(lake, ["lufengwang"], waits, START + dt.timedelta(days=1))
        note_waiting(lake, ["yihewanbao"], [], START + dt.timedelta(days=1))
        assert lake.execute(noted).fetchone() == before
        note_waiting(lake, ["lufengwang"], waits[:1], START + dt.timedelta(days=1))
        assert lake.execute(ledger).fetchall() == [(9, 5, 3, 0)]


def waiting(day: dt.date, state: str, reason: str | None, count: int, *urls: str, **more: object) -> Waiting:
    return Waiting(
        publisher_id="lufengwang",
        section="xw",
        promised_on=day,
        state=state,
        reason=reason,
        links_count=count,
        example_urls=urls,
        **more,
    )
