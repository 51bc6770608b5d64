"""The change feed into a topic of a broker that speaks the protocol: in order, at least once, through kills."""

import datetime as dt
import hashlib
import json
import signal
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from conftest import clean_environment, run_difang
from kafka_broker import Broker

from pipeline.kafka import KafkaTopic, options_of, split_address
from pipeline.verbs.changes import cursor_of
from records import Article, Batch, DifangError, Landed, Provenance, TaggedArticle, UsageError, article_id
from warehouse import Warehouse, connect

ORDER = "SELECT article_id, content_sha256 FROM core_articles"


@pytest.fixture(scope="module")
def broker():
    return Broker()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose lake holds twelve batches of five articles."""
    home = tmp_path_factory.mktemp("kafka") / "home"
    provenance = Provenance(crawl_id="c", code_version="0", lexicon_version="0", model_version="0")
    with Warehouse.open(home / "warehouse") as warehouse:
        for batch in range(12):
            items = tuple(landed_article(5 * batch + number) for number in range(5))
            warehouse.land(Batch(provenance=provenance, items=items))
    return home


def landed_article(number):
    url, text = f"http://www.example.com/{number}.htm", f"章丘区第{number}次供暖工作会议召开。"
    digest = hashlib.sha256(text.encode()).hexdigest()
    article = Article(
        article_id=article_id(url),
        canonical_url=url,
        url=url,
        publisher_id="example",
        title=f"会议{number}",
        text=text,
        paragraphs=(text,),
        content_sha256=digest,
        fingerprint=digest[:16],
        fetched_at=dt.datetime(2024, 5, 13, 4, tzinfo=dt.UTC),
    )
    return Landed(page=None, result=TaggedArticle(article=article))


def rows_of(messages):
    return [json.loads(message.value()) for message in messages]


def landed(home):
    with connect(home / "warehouse") as connection:
        return connection.execute(ORDER).fetchall()


def start_feed(home, to, *arguments):
    command = [sys.executable, "-m", "pipeline", "changes", "--to", to, *arguments]
    environment = clean_environment() | {"DIFANG_HOME": str(home)}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def wait_for(condition, process):
    deadline = time.monotonic() + 200
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)


def test_each_article_comes_in_the_order_of_snapshots_keyed_by_its_id(broker, home, tmp_path):
    to = f"kafka://{broker.address}/articles"
    broker.create("articles")
    cursor = cursor_of(to, tmp_path)
    assert cursor.name == f"127.0.0.1-{broker.address.partition(':')[2]}-articles.cursor"
    done = run_difang("changes", "--since", "1", "--to", to, "--cursor", str(cursor), home=home)
    assert done.returncode == 0, done.stderr
    expected = landed(home)
    messages = broker.messages("articles", len(expected))
    rows = rows_of(messages)
    assert len(rows) == len(expected) > 50
    assert {(r["row"]["article_id"], r["row"]["content_sha256"]) for r in rows} == set(expected)
    assert all(m.key().decode() == r["row"]["article_id"] for m, r in zip(messages, rows, strict=True))
    by_partition = defaultdict(list)
    for message, row in zip(messages, rows, strict=True):
        by_partition[message.partition()].append((message.offset(), row["snapshot_id"]))
    assert len(by_partition) > 1
    for found in by_partition.values():
        snapshots = [snapshot for _, snapshot in sorted(found)]
        assert snapshots == sorted(snapshots)
    # the same objects as the newline JSON of the command without --to
    lines = run_difang("changes", "--since", "1", "--json", home=home).stdout.splitlines()
    assert sorted(lines) == sorted(m.value().decode() for m in messages)
    # the position: nothing is sent again
    assert int(cursor.read_text()) >= max(r["snapshot_id"] for r in rows)
    again = run_difang("changes", "--to", to, "--cursor", str(cursor), home=home)
    assert again.stderr.startswith("0 rows")


def test_killed_feeds_lose_nothing(broker, home, tmp_path):
    """kill -9 at three places; what was not acknowledged comes again, and nothing is missing."""
    to = f"kafka://{broker.address}/killed"
    broker.create("killed")
    cursor = tmp_path / "cursor"
    with connect(home / "warehouse") as connection:
        first, last = connection.execute("SELECT min(snapshot_id), max(snapshot_id) FROM difang.snapshots()").fetchone()
    assert last - first > 3
    for kept in (first, (first + last) // 2, last - 1):
        process = start_feed(home, to, "--since", str(first), "--all", "--follow", "--cursor", str(cursor))
        wait_for(lambda kept=kept: cursor.exists() and int(cursor.read_text()) >= kept, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = run_difang("changes", "--to", to, "--all", "--cursor", str(cursor), home=home)
    assert done.returncode == 0, done.stderr
    lines = run_difang("changes", "--since", str(first), "--all", "--json", home=home).stdout.splitlines()
    found = {m.value().decode() for m in broker.messages("killed")}
    assert set(lines) <= found
    assert int(cursor.read_text()) == last


def test_a_missing_topic_is_said(broker, home, tmp_path):
    kept = ("--cursor", str(tmp_path / "cursor"))
    done = run_difang("changes", "--since", "1", "--to", f"kafka://{broker.address}/nowhere", *kept, home=home)
    assert done.returncode == 1
    assert "has no topic 'nowhere'" in done.stderr
    assert "create it first" in done.stderr


def test_a_broker_that_is_away_is_said(monkeypatch):
    monkeypatch.setattr("pipeline.kafka.OPEN_SECONDS", 2.0)
    with pytest.raises(DifangError, match=r"no broker at 127\.0\.0\.1:9 answered within 2 s"):
        KafkaTopic("kafka://127.0.0.1:9/news", {})


def test_a_row_that_is_too_large_stops_the_feed_with_its_key(broker):
    broker.create("large")
    topic = KafkaTopic(f"kafka://{broker.address}/large", {"DIFANG_KAFKA_MESSAGE_MAX_BYTES": "5000"})
    topic.put("small", "x" * 100)
    with pytest.raises(DifangError, match=r"the row a1 of 6,000 bytes is too large .*DIFANG_KAFKA_MESSAGE_MAX_BYTES"):
        topic.put("a1", "x" * 6000)
    assert topic.confirm()


def test_a_row_that_is_not_acknowledged_is_said():
    broker = Broker()
    broker.create("news")
    environment = {"DIFANG_KAFKA_MESSAGE_TIMEOUT_MS": "2000"}
    topic = KafkaTopic(f"kafka://{broker.address}/news", environment)
    topic.put("a1", "x")
    assert topic.confirm()
    del broker  # the broker goes away
    topic.put("a2", "y")
    with pytest.raises(DifangError, match="did not take the row a2"):
        topic.confirm()


def test_a_feed_that_is_to_stop_does_not_wait_for_a_broker_that_is_away():
    broker = Broker()
    broker.create("news")
    topic = KafkaTopic(f"kafka://{broker.address}/news", {}, is_stopping=lambda: True)
    del broker
    topic.put("a1", "x")
    assert not topic.confirm()


@pytest.mark.parametrize(
    "address", ["kafka://host:9092", "http://host/news", "kafka://user:secret@host/news", "kafka://host/a/b", "news"]
)
def test_what_names_no_topic_is_refused(address):
    with pytest.raises(UsageError, match="names no topic"):
        split_address(address)


def test_several_brokers_and_options_of_the_environment():
    assert split_address("kafka://one:9092,two:9092/gov.news") == ("one:9092,two:9092", "gov.news")
    assert options_of({"DIFANG_KAFKA_SASL_PASSWORD": "p", "DIFANG_HOME": "x"}) == {"sasl.password": "p"}


def test_an_option_that_does_not_exist_is_refused(broker):
    with pytest.raises(UsageError, match='No such configuration property: "nonsense"'):
        KafkaTopic(f"kafka://{broker.address}/news", {"DIFANG_KAFKA_NONSENSE": "1"})
