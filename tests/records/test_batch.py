from datetime import UTC, datetime

import pytest

from records import (
    Batch,
    Fetch,
    FetchedPage,
    FetchKind,
    FetchOutcome,
    InvalidSeed,
    Landed,
    Provenance,
    Reason,
    Rejected,
    Step,
    seed_path,
)

NOW = datetime(2024, 5, 13, 1, 2, 3, tzinfo=UTC)
PROVENANCE = Provenance(crawl_id="c1", code_version="1", lexicon_version="1", model_version="1")


def page(body: bytes = b"x") -> FetchedPage:
    url = "http://a.example/1.htm"
    return FetchedPage(url=url, canonical_url=url, publisher_id="a", fetched_at=NOW, body=body, body_sha256=body.hex())


def landed(body: bytes = b"x") -> Landed:
    rejected = Rejected(url="u", canonical_url="u", step=Step.CLEAN, reason=Reason.EMPTY_PAGE)
    return Landed(page=page(body), result=rejected)


def test_the_same_content_has_the_same_id():
    first = Batch(provenance=PROVENANCE, items=(landed(),))
    assert first.batch_id == Batch(provenance=PROVENANCE, items=(landed(),)).batch_id
    assert len(first.batch_id) == 32


def test_other_content_has_another_id():
    fetch = Fetch(
        url="u", canonical_url="u", publisher_id="a", kind=FetchKind.FEED, outcome=FetchOutcome.FETCHED, fetched_at=NOW
    )
    batches = [
        Batch(provenance=PROVENANCE, items=(landed(),)),
        Batch(provenance=PROVENANCE, items=(landed(b"y"),)),
        Batch(provenance=PROVENANCE, items=(landed(), landed(b"y"))),
        Batch(provenance=PROVENANCE, items=(landed(),), fetches=(fetch,)),
        Batch(provenance=PROVENANCE),
    ]
    assert len({b.batch_id for b in batches}) == len(batches)


def test_a_missing_seed_is_named():
    with pytest.raises(InvalidSeed, match=r"nothing/here.*missing"):
        seed_path("nothing/here")
