"""What a check holds against a publisher: failing sources, missing fields, drift from its history."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.checking import FIELDS, judge, read_history
from pipeline.settings import Settings
from records import Batch, Fetch, FetchedPage, FetchKind, FetchOutcome, Provenance, Publisher, Source, SourceKind
from warehouse import Warehouse

AT = datetime(2024, 6, 11, tzinfo=UTC)
LISTING = "http://a.example/zq/index.htm"
PUBLISHER = Publisher(
    id="a",
    name="沂河晚报",
    home_url="http://a.example/",
    region_code="371300",
    allowed_hosts=("a.example",),
    sources=(Source(kind=SourceKind.LISTING, url=LISTING),),
)
INFO = "<div class='info'>2024-06-10 09:30 来源：沂河晚报</div>"
BODY = (
    "<p>沂水县水库除险加固工程通过验收，灌溉面积恢复到两万亩，下游三个乡镇的群众从中受益。</p>"
    "<p>据了解，工程于去年秋后开工，先后完成坝体防渗、溢洪道改建和管理房修缮，总投资九百余万元。</p>"
    "<p>下一步，当地将建立巡查制度，汛期每天上坝查看，确保工程长期发挥效益。</p>"
)


def page(number: int, info: str = INFO) -> FetchedPage:
    title = f"沂水县第{number}处水库除险加固工程通过验收"
    body = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{info}<div>{BODY}</div></body></html>".encode()
    )
    url = f"http://a.example/zq/{number}.htm"
    return FetchedPage(
        url=url,
        canonical_url=url,
        publisher_id="a",
        fetched_at=AT,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        declared_encoding="utf-8",
    )


def poll(outcome: FetchOutcome = FetchOutcome.FETCHED, reason: str | None = None, at: datetime = AT) -> Fetch:
    return Fetch(
        url=LISTING,
        canonical_url=LISTING,
        publisher_id="a",
        kind=FetchKind.LISTING,
        outcome=outcome,
        fetched_at=at,
        links_count=5,
        reason=reason,
        detail="none of 9 links is an article's" if reason else "",
    )


def test_a_declaration_that_holds():
    found = judge(PUBLISHER, [page(n) for n in range(5)], [], [poll()], {})
    assert found.holds
    assert (found.pages, found.articles) == (5, 5)
    assert found.completeness == dict.fromkeys(FIELDS, 1.0) | {"author": 0.0}
    assert found.sources[0].links_count == 5


FAULTS = [
    ([page(1)], [poll(FetchOutcome.FAILED, "empty_listing")], {}, "does not hold (empty_listing)"),
    ([], [poll()], {}, "no article could be read from 0 pages"),
    ([page(1)], [], {}, "not asked"),
    ([page(1, info="")], [poll()], {}, "date is filled in 0%"),
    ([page(1)], [poll()], {"author": 0.9}, "author has drifted: filled in 0%, in what has landed in 90%"),
]


@pytest.mark.parametrize(("pages", "fetches", "history", "told"), FAULTS)
def test_what_does_not_hold_is_said(pages, fetches, history, told):
    found = judge(PUBLISHER, pages, [], fetches, history)
    assert not found.holds
    assert any(told in fault for fault in found.faults), found.faults


def test_only_its_own_answers_count():
    found = judge(PUBLISHER, [page(1)], [], [poll()], {})
    other = judge(Publisher(id="b", name="b", home_url="http://b.example/"), [page(1)], [], [poll()], {})
    assert found.pages == 1
    assert other.pages == 0


def test_what_the_ledger_flags_is_told_beside_it(tmp_path):
    """Ten days of polls, on the last of which the listing names no article any more."""
    settings = Settings(home=tmp_path)
    assert read_history(["a"], settings) == ({}, {}), "nothing has landed"
    polls = [poll(at=AT + timedelta(days=n)) for n in range(9)]
    polls.append(poll(FetchOutcome.FAILED, "empty_listing", at=AT + timedelta(days=9)))
    made = Provenance(crawl_id="c", code_version="1", lexicon_version="1", model_version="1")
    with Warehouse.open(settings.warehouse_location) as warehouse:
        warehouse.land(Batch(provenance=made, fetches=tuple(polls)))
    assert read_history(["a", "b"], settings) == ({}, {"a": ("2024-06-20 layout_changed",), "b": ()})
