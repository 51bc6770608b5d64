"""The published copy: whole, readable by others' tools, and swapped under a reader's hands."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from records import UsageError
from warehouse.published_files import write_files
from warehouse.publishing import publish

FROZEN = json.loads(Path(__file__).with_name("published_1.json").read_text(encoding="utf-8"))


@pytest.fixture
def filled(warehouse, make):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(make.batch(make.landed(1, title='=HYPERLINK("http://x","章丘")'), make.landed(2), crawl_id="c1"))
    return warehouse


def test_everything_of_a_copy_is_named_with_its_hash(filled, tmp_path):
    report = publish(filled.connection, tmp_path / "p")
    latest = json.loads((tmp_path / "p" / "latest.json").read_text(encoding="utf-8"))
    current = tmp_path / "p" / "current"
    assert latest["version"] == report.version == current.resolve().name
    assert len(latest["files"]) >= 3 * 9 + 2
    for file in latest["files"]:
        assert hashlib.sha256((current / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    on_disk = {p.relative_to(current).as_posix() for p in current.rglob("*") if p.is_file()}
    assert on_disk == {file["path"] for file in latest["files"]} | {"manifest.json"}
    assert json.loads((tmp_path / "p" / "history.json").read_text(encoding="utf-8")) == [latest]
    assert report.counts["articles"] == 2


def test_every_published_column_says_what_it_means_in_both_languages(filled, tmp_path):
    publish(filled.connection, tmp_path / "p")
    with duckdb.connect(str(tmp_path / "p" / "current" / "news.duckdb"), read_only=True) as news:
        columns = news.execute("SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal")
        found = columns.fetchall() + news.execute("SELECT table_name, '', comment FROM duckdb_tables()").fetchall()
    assert {"articles", "regions", "published"} <= {table for table, *_ in found}
    assert not [row for row in found if not row[2] or " | " not in row[2]]


def test_every_format_holds_the_same_rows(filled, tmp_path):
    publish(filled.connection, tmp_path / "p")
    current = tmp_path / "p" / "current"
    with duckdb.connect(str(current / "news.duckdb"), read_only=True) as database:
        titles = {r[0] for r in database.execute("SELECT title FROM articles").fetchall()}
        assert database.execute("SELECT schema_version FROM published").fetchone() == (1,)
        comments = database.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'articles'").fetchall()
        assert all(" | " in comment for (comment,) in comments)
        parquet = f"SELECT title FROM '{current}/parquet/articles.parquet'"
        assert {r[0] for r in database.execute(parquet).fetchall()} == titles
    raw = (current / "csv" / "articles.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    cells = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert {c["title"].removeprefix("'") for c in cells} == titles
    assert not any(value.startswith(("=", "+", "@")) for c in cells for value in c.values())
    assert cells[0]["reporters"] == "李小明"
    told = json.loads((current / "json" / "articles.json").read_text(encoding="utf-8"))
    assert {row["title"] for row in told} == titles
    points = json.loads((current / "regions.geojson").read_text(encoding="utf-8"))
    assert {f["id"] for f in points["features"]} == {"370000", "370100", "370114"}


def test_a_spreadsheet_keeps_what_looks_like_a_number_and_knows_an_instant(tmp_path):
    (tmp_path / "out").mkdir()
    with duckdb.connect(str(tmp_path / "out" / "news.duckdb")) as database:
        database.execute(
            "CREATE TABLE regions (region_code VARCHAR, region_name VARCHAR, local_name VARCHAR, level VARCHAR, "
            "longitude DOUBLE, latitude DOUBLE)"
        )
        database.execute("CREATE TABLE region_by_day (region_code VARCHAR, articles_count BIGINT)")
        database.execute(
            "CREATE TABLE articles AS SELECT unnest($1) AS article_id, "
            "TIMESTAMPTZ '2024-05-13 10:18:00.5+08' AS published_at, '370114' AS region_code",
            [["6571266421408893", "12e4567890123456", "123456e789012345", "f34ae2a0ee4b6729"]],
        )
    write_files(tmp_path / "out")
    text = (tmp_path / "out" / "csv" / "articles.csv").read_text(encoding="utf-8-sig")
    assert [tuple(row.values()) for row in csv.DictReader(text.splitlines())] == [
        ("'6571266421408893", "2024-05-13 10:18:00", "370114"),
        ("'12e4567890123456", "2024-05-13 10:18:00", "370114"),
        ("'123456e789012345", "2024-05-13 10:18:00", "370114"),
        ("f34ae2a0ee4b6729", "2024-05-13 10:18:00", "370114"),
    ]


def test_published_columns_are_only_ever_added(filled, tmp_path):
    publish(filled.connection, tmp_path / "p")
    latest = json.loads((tmp_path / "p" / "latest.json").read_text(encoding="utf-8"))
    assert latest["schema_version"] == FROZEN["schema_version"]
    published = {t["name"]: {(c["name"], c["type"]) for c in t["columns"]} for t in latest["tables"]}
    assert len(FROZEN["tables"]) >= 9
    for name, columns in FROZEN["tables"].items():
        gone = {(c, kind) for c, kind in columns.items()} - published.get(name, set())
        assert not gone, f"{name}: a column that goes or changes its type raises publishing.SCHEMA_VERSION"


def test_nothing_new_is_skipped_and_old_copies_go(filled, make, tmp_path):
    first = publish(filled.connection, tmp_path / "p", keep=2)
    assert publish(filled.connection, tmp_path / "p", keep=2).skipped
    names = [first.version]
    for number in range(3, 6):
        filled.land(make.batch(make.landed(number), crawl_id=f"c{number}"))
        names.append(publish(filled.connection, tmp_path / "p", keep=2).version)
    assert len(set(names)) == 4
    kept = {p.name for p in (tmp_path / "p" / "versions").iterdir()}
    assert kept == set(names[-2:])
    history = json.loads((tmp_path / "p" / "history.json").read_text(encoding="utf-8"))
    assert {m["version"] for m in history} == kept


def test_a_folder_with_other_things_is_refused(filled, tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="holds other files"):
        publish(filled.connection, tmp_path)


READER = """
import json, sys, duckdb
folder, seen = sys.argv[1], set()
print("ready", flush=True)
while len(seen) < 4:
    with duckdb.connect(folder + "/current/news.duckdb", read_only=True) as database:
        row = database.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(DISTINCT article_id) FROM article_regions), "
            "(SELECT snapshot_id FROM published)"
        ).fetchone()
    assert row[0] == row[1], row
    seen.add(row[2])
    assert json.load(open(folder + "/latest.json"))["files"]
"""


def test_a_reader_goes_on_while_copies_are_replaced(filled, make, tmp_path):
    publish(filled.connection, tmp_path / "p", keep=3)
    reader = subprocess.Popen([sys.executable, "-c", READER, str(tmp_path / "p")], stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    number = 10
    while reader.poll() is None and number < 200:
        filled.land(make.batch(make.landed(number), crawl_id=f"c{number}"))
        publish(filled.connection, tmp_path / "p", keep=2)
        number += 1
    reader.communicate(timeout=60)
    assert reader.returncode == 0


def test_copies_that_hold_what_was_taken_down_go_with_the_next_one(filled, make, tmp_path):
    filled.refresh_marts()
    publish(filled.connection, tmp_path / "p")
    filled.forget([make.url(2)])
    filled.refresh_marts(whole=True)
    report = publish(filled.connection, tmp_path / "p", keep=9)
    assert len(report.removed_versions) == 1
    assert report.counts["articles"] == 1
    assert [path.name for path in (tmp_path / "p" / "versions").iterdir()] == [report.version]
