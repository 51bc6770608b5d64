"""An export as Spark reads it: opt-in by `pip install pyspark` and a Java; for Iceberg, its runtime's jars besides.

ICEBERG_SPARK_JARS names them, of the same Spark as pyspark's, parted by commas.
"""

import datetime as dt
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.exporting import export

READING = Path(__file__).parent.parent / "support" / "spark_reading.py"
JARS = os.environ.get("ICEBERG_SPARK_JARS", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed"),
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java on the PATH"),
]


@pytest.mark.parametrize(
    "jars",
    ["", pytest.param(JARS, marks=pytest.mark.skipif(not JARS, reason="no ICEBERG_SPARK_JARS"))],
    ids=["folders", "iceberg"],
)
def test_spark_reads_what_the_views_say(jars, warehouse, make, count, tmp_path):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(make.articles(range(5)))
    late = {"published_at": dt.datetime(2024, 5, 31, 16, 30, tzinfo=dt.UTC), "published_date": dt.date(2024, 6, 1)}
    undated = {"published_at": None, "published_date": None, "published_precision": None, "title": "没有日期"}
    warehouse.land(
        make.batch(
            make.landed(50, crawl_id="c2", title="六月一日零时三十分", **late),
            make.landed(51, crawl_id="c2", **undated),
            make.landed(52, crawl_id="c2", title="没有地区", text="没有地区的一篇。"),
            crawl_id="c2",
        )
    )
    folder = tmp_path / "导出 export"
    report = export(warehouse.connection, folder, iceberg=bool(jars))
    found = read(folder / "versions" / report.version, jars)

    assert found["counts"] == report.counts
    assert found["counts"]["articles"] == 8
    types = found["types"]
    assert (types["published_at"], types["published_date"], types["region_code"]) == ("timestamp", "date", "string")
    assert types["reporters"] == "array<string>"
    assert types["credits"] == "array<struct<role:string,name:string,surface:string,part:string>>"
    if not jars:  # folders' names are columns to Spark, and no part of Iceberg's tables
        assert (types["published_month"], types["province"]) == ("string", "int")
    query = """
        SELECT article_id, title, text, reporters, strftime(published_at, '%Y-%m-%d %H:%M:%S'), published_date::VARCHAR
        FROM v_articles ORDER BY article_id"""
    assert found["rows"] == [list(row) for row in warehouse.connection.execute(query).fetchall()]
    assert [row[4] for row in found["rows"] if row[1].startswith("六月")] == ["2024-06-01 00:30:00"]
    query = """
        SELECT article_id FROM v_articles
        WHERE published_date BETWEEN '2024-05-01' AND '2024-05-31' AND province_code = '370000' ORDER BY article_id"""
    assert found["may"] == [row[0] for row in warehouse.connection.execute(query).fetchall()]
    assert len(found["may"]) == 5
    assert found["may_files"] == 1  # of four
    query = """
        SELECT r.region_name, count(*) FROM v_official_mentions AS m JOIN v_articles USING (article_id)
        JOIN dim_regions AS r ON r.region_code = m.region_code GROUP BY ALL ORDER BY ALL"""
    assert found["mentions"] == [list(row) for row in warehouse.connection.execute(query).fetchall()]
    assert found["mentions"]


def read(version, jars):
    """What a process of Spark's read there."""
    done = subprocess.run(
        [sys.executable, str(READING), str(version), *([jars] if jars else [])],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        env=os.environ | {"TZ": "UTC", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
