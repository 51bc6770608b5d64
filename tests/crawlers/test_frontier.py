"""The frontier on SQLite and, where its server is installed, on PostgreSQL: the same tests."""

import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers import Frontier
from crawlers.frontier_rows import FoundLink, pack_http_date, unpack_http_date, url_key
from crawlers.frontier_schema import DatedBy, UrlState
from records import (
    Article,
    Batch,
    Discovery,
    Fetch,
    FetchedPage,
    FetchKind,
    FetchOutcome,
    Landed,
    Provenance,
    Reason,
    Rejected,
    Removal,
    SourceKind,
    Step,
    TaggedArticle,
    UsageError,
    article_id,
)

NOW = datetime.now(UTC)
BINARIES = ("initdb", "postgres", "pg_ctl")


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of this test's own on a free port, in a temporary folder."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="difang_pg_"))
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    binaries = {name: shutil.which(name, path=str(found[-1]) if found else None) for name in BINARIES}
    if not all(binaries.values()):
        pytest.skip("no PostgreSQL server is installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The server refuses to run as root.
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if _is_root() else []
    if prefix:
        shutil.chown(folder, 65534, 65534)
    data = str(folder / "data")
    subprocess.run(
        [*prefix, binaries["initdb"], "-D", data, "-U", "difang", "-A", "trust"], check=True, capture_output=True
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*prefix, binaries["pg_ctl"], "-D", data, "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
    try:
        yield f"postgresql+psycopg://difang@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _is_root() -> bool:
    import os

    return os.getuid() == 0


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def frontier(request, tmp_path) -> Iterator[Frontier]:
    if request.param == "sqlite":
        opened = Frontier.open(f"sqlite:///{tmp_path}/frontier.sqlite")
    else:
        from sqlalchemy import create_engine

        from crawlers.frontier_schema import metadata

        url = request.getfixturevalue("postgresql_url")
        engine = create_engine(url)
        metadata.drop_all(engine)
        engine.dispose()
        opened = Frontier.open(url)
    yield opened
    opened.close()


def link(number: int, day: date | None = None, dated_by: DatedBy | None = None) -> FoundLink:
    url = f"http://a.example/{number}.htm"
    by = dated_by or (DatedBy.DAY if day else DatedBy.NOTHING)
    return FoundLink(url=url, canonical_url=url, published_on=day, dated_by=by)


def page(number: int, at: datetime = NOW, **headers: str) -> FetchedPage:
    url = f"http://a.example/{number}.htm"
    kept = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return FetchedPage(
        url=url, canonical_url=url, publisher_id="a", fetched_at=at, body=b"", body_sha256="0", headers=kept
    )


def landed(number: int, at: datetime = NOW, **headers: str) -> Landed:
    found = page(number, at, **headers)
    url = found.canonical_url
    article = Article(article_id=article_id(url), canonical_url=url, url=url, title="", text="", content_sha256="0")
    return Landed(page=found, result=TaggedArticle(article=article))


def rejected(number: int, reason: Reason, at: datetime = NOW) -> Landed:
    url = f"http://a.example/{number}.htm"
    return Landed(
        page=None,
        result=Rejected(url=url, canonical_url=url, publisher_id="a", step=Step.FETCH, reason=reason, fetched_at=at),
    )


def fetch(number: int, outcome: FetchOutcome, at: datetime = NOW, reason: str | None = None) -> Fetch:
    url = f"http://a.example/{number}.htm"
    return Fetch(
        url=url,
        canonical_url=url,
        publisher_id="a",
        kind=FetchKind.ARTICLE,
        outcome=outcome,
        fetched_at=at,
        reason=reason,
    )


def removal(number: int, at: datetime = NOW) -> Removal:
    return Removal(canonical_url=f"http://a.example/{number}.htm", publisher_id="a", removed_at=at, status=410)


def batch(*items: Landed | Fetch | Removal) -> Batch:
    return Batch(
        provenance=Provenance(crawl_id="c", code_version="", lexicon_version="", model_version=""),
        items=tuple(x for x in items if isinstance(x, Landed)),
        fetches=tuple(x for x in items if isinstance(x, Fetch)),
        removals=tuple(x for x in items if isinstance(x, Removal)),
    )


def numbers(leased) -> list[int]:
    return [int(url.url.rpartition("/")[2].removesuffix(".htm")) for url in leased]


def test_links_are_added_once_and_leased_newest_first(frontier):
    first = [link(1, date(2024, 1, 1)), link(2, date(2024, 1, 3)), link(3), link(4, date(2024, 1, 3))]
    assert frontier.add_links("a", first, section="zq", via=Discovery.FEED, referrer_url="http://a.example/rss") == 4
    assert frontier.add_links("a", [*first, link(5, date(2024, 1, 2))]) == 1
    assert frontier.known([link(1).canonical_url, link(9).canonical_url]) == {link(1).canonical_url}
    crawl = frontier.begin_crawl("c")
    leased = frontier.lease_pending(crawl, "a", 4)
    # By day, then in the order of the page; an unknown day last.
    assert numbers(leased) == [2, 4, 5, 1]
    assert leased[0].section == "zq"
    assert leased[0].referrer_url == "http://a.example/rss"
    assert leased[0].discovered_via is Discovery.FEED
    assert numbers(frontier.lease_pending(crawl, "a", 4)) == [3]
    assert frontier.lease_pending(crawl, "b", 4) == []
    frontier.release(crawl, [leased[1].key])
    assert numbers(frontier.lease_pending(crawl, "a", 4)) == [4]


def test_days_choose_links_and_a_sitemaps_last_change_is_only_an_upper_bound(frontier):
    links = [link(n, date(2024, 1, n)) for n in range(1, 6)]
    frontier.add_links("a", [*links, link(8), link(9, date(2024, 2, 1), DatedBy.LAST_CHANGE)])
    crawl = frontier.begin_crawl("c")
    found = frontier.lease_pending(crawl, "a", 9, since=date(2024, 1, 2), until=date(2024, 1, 4))
    assert sorted(numbers(found)) == [2, 3, 4, 8, 9]


def test_what_becomes_of_a_url(frontier):
    frontier.add_links("a", [link(n) for n in range(1, 9)])
    crawl = frontier.begin_crawl("c")
    frontier.lease_pending(crawl, "a", 9)
    done = batch(
        landed(1, etag='"e"', last_modified="Fri, 01 Mar 2024 02:00:00 GMT"),
        rejected(2, Reason.NOT_HTML),
        rejected(3, Reason.TIMEOUT),
        fetch(3, FetchOutcome.FAILED, reason="timeout"),
        rejected(4, Reason.GONE),
        fetch(5, FetchOutcome.FETCHED),
        landed(77),
    )
    frontier.settle(done)
    counts = {"pending": 4, "landed": 2, "rejected": 1, "failed": 1, "gone": 1}
    assert frontier.counts("a") == counts
    frontier.settle(done)
    assert frontier.counts() == counts
    # A day later the article is looked at again, the failed one tried again; both conditionally or not.
    later = NOW + timedelta(days=2)
    frontier.settle(batch(landed(6, later), fetch(1, FetchOutcome.NOT_MODIFIED, later)))
    due = frontier.lease_landed(crawl, "a", 9, after_key=-(2**63))
    assert sorted(numbers(due)) == [1, 6, 77]
    one = next(url for url in due if url.url.endswith("/1.htm"))
    assert (one.etag, one.last_modified, one.is_landed) == ('"e"', "Fri, 01 Mar 2024 02:00:00 GMT", True)
    frontier.settle(
        batch(removal(1, later + timedelta(hours=1)), rejected(6, Reason.UNREACHABLE, later + timedelta(hours=1)))
    )
    assert frontier.state_of(link(1).canonical_url) is UrlState.GONE
    assert frontier.state_of(link(6).canonical_url) is UrlState.LANDED, "one silence does not undo an article"


def test_revisits_and_retries_come_when_due(frontier):
    frontier.add_links("a", [link(n) for n in range(1, 5)])
    crawl = frontier.begin_crawl("c")
    hours = [NOW - timedelta(hours=n) for n in (0, 2, 24 * 30)]
    frontier.settle(
        batch(landed(1, hours[0]), landed(2, hours[1]), landed(3, hours[2]), rejected(4, Reason.TIMEOUT, hours[1]))
    )
    assert sorted(numbers(frontier.lease_due(crawl, "a", 9))) == [2, 3, 4]
    frontier.settle(batch(fetch(2, FetchOutcome.NOT_MODIFIED), fetch(3, FetchOutcome.NOT_MODIFIED)))
    other = frontier.begin_crawl("d")  # the same process: its earlier crawl has ended
    assert numbers(frontier.lease_due(other, "a", 9)) == [4]


def test_a_url_that_never_answers_is_given_up(frontier):
    frontier.add_links("a", [link(1)])
    for attempt in range(8):
        frontier.settle(batch(rejected(1, Reason.TIMEOUT, NOW + timedelta(days=attempt))))
        expected = UrlState.FAILED if attempt < 6 else UrlState.REJECTED
        assert frontier.state_of(link(1).canonical_url) is expected


def test_a_dead_process_loses_its_leases_and_a_live_one_keeps_them(frontier, tmp_path):
    if frontier._engine.dialect.name != "sqlite":
        pytest.skip("the same statements: one database is enough for two processes")
    frontier.add_links("a", [link(n) for n in range(4)])
    code = (
        "import sys, time; from crawlers import Frontier; f = Frontier.open(sys.argv[1]);"
        "print(len(f.lease_pending(f.begin_crawl('other'), 'a', 3)), flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, f"sqlite:///{tmp_path}/frontier.sqlite"], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "3\n"
    assert len(frontier.lease_pending(frontier.begin_crawl("c"), "a", 9)) == 1
    other.kill()
    other.communicate()
    assert len(frontier.lease_pending(frontier.begin_crawl("d"), "a", 9)) == 4


def test_publishers_are_counted_in_one_pass(frontier):
    frontier.add_links("a", [link(n) for n in range(5)])
    frontier.add_links("b", [link(9)])
    frontier.settle(batch(landed(1), rejected(2, Reason.NOT_ARTICLE)))
    counted = frontier.counts_by_publisher()
    assert counted == {p: frontier.counts(p) for p in ("a", "b")}
    assert counted["a"] == {"pending": 3, "landed": 1, "rejected": 1, "failed": 0, "gone": 0}


def test_the_address_that_another_leads_to_is_leased_in_its_place(frontier):
    first = frontier.begin_crawl("first")
    assert frontier.take(first, "a", link(1), section="s", via=Discovery.LISTING), "a new one"
    assert not frontier.take(first, "a", link(1)), "it is under way"
    assert not frontier.lease_pending(first, "a", 10)
    # A process runs one crawl after another: the second knows that the first has died, and asks for the address itself.
    second = frontier.begin_crawl("second")
    leased = frontier.lease_pending(second, "a", 10)
    assert [(found.url, found.section) for found in leased] == [(link(1).url, "s")]
    frontier.add_links("a", [link(2), link(3)])
    frontier.settle(batch(landed(1), rejected(2, Reason.OTHER_FORM), rejected(3, Reason.NOT_ARTICLE)))
    assert not frontier.take(second, "a", link(1)), "it has landed"
    assert not frontier.take(second, "a", link(2)), "it is a form itself"
    assert frontier.take(second, "a", link(3)), "it was no article before"
    assert frontier.state_of(link(3).url) is UrlState.PENDING


def test_sources_keep_their_validators_and_find_their_pace(frontier):
    url = "http://a.example/index.htm"
    state = frontier.source("a", SourceKind.LISTING, url, section="zq")
    assert (state.etag, state.walked_to, state.due_at) == (None, None, 0)
    frontier.finish_walk(state.key, 0)

    def poll(at: datetime, new: int, outcome: FetchOutcome = FetchOutcome.FETCHED) -> Fetch:
        return Fetch(
            url=url,
            canonical_url=url,
            publisher_id="a",
            kind=FetchKind.LISTING,
            outcome=outcome,
            fetched_at=at,
            etag='"v"',
            new_links_count=new,
        )

    pauses = []
    for n in range(12):
        at = NOW + timedelta(hours=n)
        frontier.settle(batch(poll(at, 0 if n > 5 else 3)))
        due = frontier.source("a", SourceKind.LISTING, url).due_at
        pauses.append(due - int(at.timestamp()))
    assert pauses[0] > pauses[3] == pauses[4] == 300 < pauses[-1] < 86400
    before = frontier.source("a", SourceKind.LISTING, url)
    assert (before.etag, before.walked_to) == ('"v"', 0)
    failed = poll(NOW + timedelta(hours=20), 0, FetchOutcome.FAILED)
    frontier.settle(batch(failed))
    frontier.settle(batch(failed))
    after = frontier.source("a", SourceKind.LISTING, url)
    assert after.etag == '"v"'
    assert after.due_at - int((NOW + timedelta(hours=20)).timestamp()) == 300


def test_several_threads_work_on_one_frontier(frontier):
    errors = []

    def work(start: int) -> None:
        try:
            crawl = frontier.begin_crawl(f"c{start}")
            for n in range(start, start + 50, 10):
                frontier.add_links(f"p{start}", [link(k) for k in range(n, n + 10)])
                frontier.lease_pending(crawl, f"p{start}", 5)
                frontier.settle(batch(*(landed(k) for k in range(n, n + 5))))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 50, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert frontier.counts()["landed"] == 75


def test_another_database_is_refused():
    with pytest.raises(UsageError, match="allowed: sqlite"):
        Frontier.open("mysql://a/b")


EVENTS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(0, 20),
        st.sampled_from(["landed", "timeout", "gone", "not_html", "removal", "not_modified"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, cut=st.integers(0, 12), again=st.integers(0, 12))
def test_settling_in_any_batches_and_again_ends_in_the_same_rows(tmp_path_factory, events, cut, again):
    """Law: events in the order of time, however batched and however often repeated, give the same states."""

    def item(number: int, hour: int, what: str) -> Landed | Fetch | Removal:
        at = NOW + timedelta(hours=hour)
        if what == "landed":
            return landed(number, at)
        if what == "removal":
            return removal(number, at)
        if what == "not_modified":
            return fetch(number, FetchOutcome.NOT_MODIFIED, at)
        return rejected(number, Reason(what), at)

    ordered = list({(n, h): item(n, h, w) for n, h, w in sorted(events, key=lambda e: e[1])}.values())
    folder = tmp_path_factory.mktemp("law")
    states = []
    for name, parts in (
        ("whole", [ordered]),
        ("cut", [ordered[:cut], ordered[cut:], ordered[:again], ordered]),
    ):
        opened = Frontier.open(f"sqlite:///{folder}/{name}.sqlite")
        opened.add_links("a", [link(n) for n in range(1, 4)])
        for part in parts:
            opened.settle(batch(*part))
        with opened._engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT url, state, due_at, attempts, fetched_at, landed_at FROM urls ORDER BY url"
            ).all()
        states.append([tuple(row) for row in rows])
        opened.close()
    assert states[0] == states[1]


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_http_dates_survive_packing(moment):
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    assert pack_http_date(unpack_http_date(seconds)) == seconds


def test_a_section_claims_what_waits_from_weaker_ones(frontier):
    links = [link(n) for n in range(1, 6)]
    frontier.add_links("a", links[:1])
    frontier.add_links("a", links[1:2], section="weak")
    frontier.add_links("a", links[2:3], section="strong")
    frontier.add_links("b", links[3:4])
    crawl = frontier.begin_crawl("c")
    frontier.claim("a", links, section="mine", outranked=["weak"])
    sections = {url.url: url.section for url in frontier.lease_pending(crawl, "a", 9)}
    assert sections == {links[0].url: "mine", links[1].url: "mine", links[2].url: "strong"}
    frontier.claim("a", links, section="other", outranked=["mine", "strong"])
    frontier.release(crawl, [url_key(x.canonical_url) for x in links])
    again = {url.url: url.section for url in frontier.lease_pending(crawl, "a", 9)}
    assert again == sections, "what is being fetched keeps its section"


def test_what_waits_is_counted_by_section_day_and_reason_and_named(frontier):
    crawl = frontier.begin_crawl("c")
    first = int(datetime(2024, 4, 1, 15, 59, tzinfo=UTC).timestamp() * 1000)  # 23:59 in Shanghai
    frontier.add_links("a", [link(n) for n in (1, 2, 3)], section="zq", seen_at=first)
    frontier.add_links("a", [link(n) for n in (4, 5)], seen_at=first + 120_000)
    frontier.add_links("b", [link(9)], seen_at=first)
    assert len(frontier.lease_pending(crawl, "a", 5)) == 5, "what is under way waits, too"
    frontier.settle(batch(rejected(3, Reason.TIMEOUT), landed(5)))
    found = frontier.waiting(["a", "nobody"], examples=1)
    assert [(w.section, str(w.promised_on), w.state, w.reason, w.links_count) for w in found] == [
        ("zq", "2024-04-01", "pending", None, 2),
        ("zq", "2024-04-01", "failed", "timeout", 1),
        (None, "2024-04-02", "pending", None, 1),
    ]
    assert [w.example_urls for w in found] == [(link(1).url,), (link(3).url,), (link(4).url,)]
    assert [w.next_try_at is not None for w in found] == [False, True, False]
