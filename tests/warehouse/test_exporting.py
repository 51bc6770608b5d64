"""The exported folder, read as others read it: by pyarrow's hive partitions, never half."""

import datetime as dt
import hashlib
import json

import duckdb
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest

from records import UsageError
from warehouse.exporting import export
from warehouse.extensions import load_extension


def table(folder, name):
    return ds.dataset(folder / "current" / name, partitioning="hive", format="parquet").to_table()


def test_what_is_exported_is_what_the_views_say_by_month_and_province(warehouse, make, count, tmp_path):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(make.articles(range(5)))
    june = {"day": dt.date(2024, 6, 2), "crawl_id": "c2", "title": "没有地区", "text": "没有地区的一篇。"}
    undated = {"published_at": None, "published_date": None, "published_precision": None, "title": "没有日期"}
    warehouse.land(make.batch(make.landed(50, **june), make.landed(51, crawl_id="c2", **undated), crawl_id="c2"))
    folder = tmp_path / "export"
    report = export(warehouse.connection, folder)
    assert report.counts["articles"] == count("v_articles") == 7
    articles = table(folder, "articles")
    assert articles.num_rows == 7
    places = {
        (r["published_month"], r["province"]) for r in articles.select(["published_month", "province"]).to_pylist()
    }
    assert places == {("2024-05", 370000), ("2024-06", None), (None, 370000)}
    texts = warehouse.connection.execute("SELECT article_id, text FROM v_articles ORDER BY 1").fetchall()
    assert sorted(zip(articles["article_id"].to_pylist(), articles["text"].to_pylist(), strict=True)) == texts
    may = articles.filter(pc.field("published_month") == "2024-05")
    tags = table(folder, "official_mentions").filter(pc.field("published_month") == "2024-05")
    assert set(tags["article_id"].to_pylist()) == set(may["article_id"].to_pylist())
    for name in ("article_regions", "official_mentions", "related_links"):
        assert table(folder, name).num_rows == count(f"v_{name}") > 0
    assert table(folder, "regions").num_rows == 4
    assert export(warehouse.connection, folder).skipped

    said = json.loads((folder / "latest.json").read_text())
    assert len(said["files"]) == report.files_count > 10
    for file in said["files"]:
        content = (folder / "current" / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    old = ds.dataset(folder / "current" / "articles", partitioning="hive", format="parquet")
    names = {file["path"] for file in said["files"]}
    for number in (60, 61, 62):
        warehouse.land(make.batch(make.landed(number, title=f"又{number}"), crawl_id=f"c{number}"))
        assert export(warehouse.connection, folder, keep=2).counts["articles"] == number - 52
        assert len(list((folder / "versions").iterdir())) == 2
        newer = {file["path"] for file in json.loads((folder / "latest.json").read_text())["files"]}
        assert not names & newer  # a job that has listed the one version opens no file of the other
        names |= newer
    assert table(folder, "articles").num_rows == 10
    assert old.schema.names[0] == "article_id"


def test_a_table_without_rows_keeps_its_columns(warehouse, make, tmp_path):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    assert set(export(warehouse.connection, tmp_path / "export").counts.values()) >= {0}
    for name in ("articles", "official_mentions"):
        empty = table(tmp_path / "export", name)
        assert (empty.num_rows, set(empty.schema.names) > {"article_id", "published_month", "province"}) == (0, True)


def test_icebergs_metadata_name_the_exported_files_and_no_others(warehouse, make, count, tmp_path):
    pytest.importorskip("pyiceberg")
    from pyiceberg.table import StaticTable

    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(make.articles(range(5)))
    warehouse.land(make.batch(make.landed(50, day=dt.date(2024, 6, 2), crawl_id="c2"), crawl_id="c2"))
    folder = tmp_path / "导出 export"
    assert not export(warehouse.connection, folder).skipped
    report = export(warehouse.connection, folder, iceberg=True)
    assert not report.skipped
    assert export(warehouse.connection, folder, iceberg=True).skipped
    assert export(warehouse.connection, folder).skipped
    said = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    held = {file["path"] for file in said["files"]}
    for described in said["tables"]:
        metadata = folder / "versions" / report.version / described["iceberg_metadata"]
        assert described["iceberg_metadata"] in held
        found = StaticTable.from_metadata(f"file://{metadata}").scan()
        named = {
            task.file.file_path.removeprefix(f"file://{folder}/versions/{report.version}/")
            for task in found.plan_files()
        }
        parquet = {path for path in held if path.startswith(f"{described['name']}/") and path.endswith(".parquet")}
        assert named == (parquet if described["rows_count"] else set())
        assert found.count() == described["rows_count"]
    articles = StaticTable.from_metadata(
        f"file://{folder}/versions/{report.version}/articles/metadata/v1.metadata.json"
    )
    june = articles.scan(row_filter="published_date >= '2024-06-01'", selected_fields=("article_id", "published_at"))
    assert len(list(june.plan_files())) == 1  # the other month's file is passed over by its least and greatest day
    assert june.to_arrow()["published_at"].to_pylist() == [dt.datetime(2024, 6, 2, 2, 30, tzinfo=dt.UTC)]
    with duckdb.connect() as reader:
        for package in ("icu", "avro", "iceberg"):
            load_extension(reader, package)
        path = folder / "versions" / report.version / "articles"
        rows = reader.execute(f"SELECT article_id FROM iceberg_scan('{path}') ORDER BY 1").fetchall()
    assert rows == warehouse.connection.execute("SELECT article_id FROM v_articles ORDER BY 1").fetchall()


def test_a_folder_of_others_is_refused(warehouse, tmp_path):
    (tmp_path / "mine.txt").write_text("")
    with pytest.raises(UsageError, match="holds other files"):
        export(warehouse.connection, tmp_path)
