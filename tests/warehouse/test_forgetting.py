"""What was taken down is in no table and no file, and does not come back."""

import dataclasses
import datetime as dt
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from records import RelatedLink, UsageError, article_id
from warehouse import Warehouse, connect
from warehouse.namesakes import scope_of
from warehouse.raw import read_pages
from warehouse.tombstones import Scope, person_tombstone, region_prefix

DAY = dt.timedelta(days=1)
SECRET = "绝密供热方案"
TEXT = f"5月13日，章丘区公布{SECRET}。\n区委书记王建国主持会议。王建国指出，要保障供暖。"
EDITED = TEXT.replace("公布", "撤回")


@pytest.fixture
def landed(warehouse, make):
    """An article in two versions with the other articles around it, one of which leads to it."""
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    link = RelatedLink(position=1, anchor_text=f"公布{SECRET}", to_url=make.url(1))
    about = {"title": f"章丘区公布{SECRET}", "text": TEXT}
    others = (make.landed(2, links=(link,)), make.landed(3, source_url=make.url(1)), make.landed(4))
    fetches = tuple(make.fetch(n, detail=make.url(n)) for n in (1, 2, 3))
    warehouse.land(make.batch(make.landed(1, **about), *others, fetches=fetches, removals=(make.removal(1),)))
    warehouse.refresh_marts()
    later = {"fetched_at": make.noon + DAY, "crawl_id": "c2", "title": about["title"]}
    warehouse.land(make.batch(make.landed(1, text=EDITED, **later), make.landed(5), crawl_id="c2"))
    warehouse.refresh_marts()
    return warehouse


def everything(folder: Path) -> dict[str, str]:
    """All that the files of a lake say, decoded: each Parquet file's rows and statistics, the catalogue's bytes."""
    said = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            columns = [
                [v.decode("utf-8", "ignore") if isinstance(v, bytes) else v for v in column.to_pylist()]
                for column in table.columns
            ]
            said[str(path)] = f"{columns}{path.read_bytes().decode('utf-8', 'ignore')}"
        elif path.is_file():
            said[str(path)] = path.read_bytes().decode("utf-8", "ignore")
    return said


def holding(folder: Path, words: str) -> list[str]:
    return [path for path, said in everything(folder).items() if words in said]


def passed(warehouse: Warehouse) -> bool:
    failed = [(r.check.name, r.examples) for r in warehouse.check() if not r.passed]
    assert failed == []
    return True


def characters_in_index(warehouse: Warehouse, words: str) -> int:
    query = "SELECT count(*) FROM index_postings WHERE gram = unicode($1)::BIGINT * 2097152 + unicode(substr($1, 2))"
    return warehouse.connection.execute(query, [words]).fetchone()[0]


@pytest.mark.slow
def test_an_article_is_in_no_file_and_does_not_come_back(landed, make, lake):
    assert characters_in_index(landed, "绝密") == 4  # both versions, though one is superseded
    assert len(holding(lake, SECRET)) > 8
    rehearsed = landed.forget([make.url(1)], dry_run=True)
    assert landed.connection.execute("SELECT count(*) FROM core_tombstones").fetchone() == (0,)
    report = landed.forget([make.url(1)])
    assert {k: v for k, v in report.rows.items() if k != "index_postings"} == rehearsed.rows
    assert report.rows["core_articles"] == report.rows["raw_pages"] == report.rows["core_captures"] == 2
    assert report.rows["core_removals"] == report.rows["raw_fetches"] == report.rows["index_documents"] == 1
    assert landed.erase(grace_seconds=0).is_complete
    assert characters_in_index(landed, "绝密") == 0
    assert holding(lake, SECRET) == []
    assert holding(lake, make.url(1).partition("://")[2]) == []
    assert passed(landed)
    assert landed.connection.execute("SELECT source_url FROM core_articles").fetchall() == [(None,)] * 4

    again = landed.forget([make.url(1)])
    assert (again.rows, again.tombstones_count) == ({}, 0)
    back = make.landed(1, title=f"章丘区公布{SECRET}", text=TEXT, fetched_at=make.noon + 2 * DAY)
    link = RelatedLink(position=1, anchor_text=f"公布{SECRET}", to_url=make.url(1))
    other = make.landed(6, links=(link,), text="新的一篇。", title="新的一篇")
    batch = make.batch(back, other, crawl_id="c3", fetches=(make.fetch(1), make.fetch(6)))
    landing = landed.land(batch)
    assert (landing.counts["core_articles"], landing.counts["core_related_links"]) == (1, 0)
    assert landing.struck_rows_count == 8
    assert landed.land(batch).already_landed
    fetched = landed.connection.execute("SELECT canonical_url FROM raw_fetches WHERE starts_with(url, 'forg')")
    assert fetched.fetchall() == [(f"forgotten:{article_id(make.url(1))}",)] * 2
    pages = read_pages(landed.connection, make.noon.date() - DAY, make.noon.date() + 3 * DAY)
    urls = {page.canonical_url for page in pages}
    assert urls == {make.url(n) for n in (2, 3, 4, 5, 6)}
    assert passed(landed)
    assert holding(lake, SECRET) == []


def test_a_person_goes_with_every_mention_and_the_texts_stay(landed, make, lake):
    mentions = "SELECT count(*) FROM core_official_mentions"
    before = landed.connection.execute(mentions).fetchone()[0]
    elsewhere = dataclasses.replace(
        make.tagged(7, text="济南市区长王建国到会。", title="济南"), regions=(), related_links=()
    )
    namesake = dataclasses.replace(
        elsewhere.officials[0], region_code="370100", position="区长", positions_normalised=("区长",)
    )
    kept = make.landed(7, text="济南市区长王建国到会。", title="济南")
    landed.land(
        make.batch(
            dataclasses.replace(kept, result=dataclasses.replace(elsewhere, officials=(namesake,))), crawl_id="c4"
        )
    )
    with pytest.raises(UsageError, match=r"王建国 is recorded in 2 jurisdictions[\s\S]*章丘区: 区委书记"):
        scope_of(landed.connection, "王建国")
    scope = scope_of(landed.connection, "王建国", region="章丘", position="区委书记")
    assert scope == Scope(name="王建国", prefixes=("370114",), position="区委书记")
    report = landed.forget(person=scope)
    assert report.rows == {"core_official_mentions": before}
    assert landed.connection.execute("SELECT region_code FROM core_official_mentions").fetchall() == [("370100",)]
    landed.land(make.batch(make.landed(8, fetched_at=make.noon + DAY, title="又一篇"), crawl_id="c5"))
    landed.land(make.articles(range(2, 5), crawl_id="again"), replace_tags=True)  # as `difang reprocess` does
    assert landed.connection.execute(mentions).fetchone() == (1,)
    landed.erase(grace_seconds=0)
    assert landed.connection.execute("SELECT name FROM mart_officials_timeline").fetchall() == [("王建国",)]
    assert passed(landed)
    assert landed.connection.execute("SELECT count(*) FROM search('王建国')").fetchone()[0] == 7
    everybody = landed.forget(person=scope_of(landed.connection, "王建国", all_namesakes=True), with_articles=True)
    assert everybody.rows["core_official_mentions"] == everybody.rows["core_articles"] == 1


@pytest.mark.slow
def test_forgetting_goes_on_beside_a_writer(lake, make):
    child = Path(__file__).with_name("writer_child.py")
    writer = subprocess.Popen(
        [sys.executable, str(child), str(lake), "0", "12", "c1"], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    assert writer.stdout.readline() == "0\n"
    gone = [make.url(n) for n in (3, 57, 118)]  # landed, about to land, far ahead
    with Warehouse.open(lake) as warehouse:
        warehouse.forget(gone)
        warehouse.erase(grace_seconds=0)
        writer.communicate()
        assert writer.returncode == 0
        warehouse.erase(grace_seconds=0)
        assert warehouse.connection.execute("SELECT count(*) FROM core_articles").fetchone() == (117,)
        assert passed(warehouse)
    assert [path for url in gone for path in holding(lake, url.partition("://")[2] + "'")] == []


@pytest.mark.slow
def test_the_catalogue_opens_without_difang_and_keeps_no_deleted_value(landed, make, lake):
    landed.forget([make.url(1)])
    landed.erase(grace_seconds=0)
    landed.close()
    with sqlite3.connect(lake / "catalog.sqlite") as catalog:
        assert catalog.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert catalog.execute("SELECT count(*) FROM ducklake_snapshot").fetchone()[0] <= 3
    with connect(lake) as reader:
        assert reader.execute("SELECT count(*) FROM v_articles").fetchone() == (4,)


def test_scopes_strike_what_lies_below_them():
    assert [region_prefix(code) for code in ("370000", "370100", "370114", "370114007")] == [
        "37",
        "3701",
        "370114",
        "370114007",
    ]
    assert len({person_tombstone("王建国", p) for p in ("", "37", "3701")}) == 3
