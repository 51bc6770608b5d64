"""What Spark reads in a version of an export, as one line of JSON; a process of its own, for its JVM ends with it.

``python spark_reading.py VERSION [JARS]``: with the jars of Iceberg's runtime the tables are read by their metadata.
"""

import json
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

TABLES = (
    *("articles", "article_regions", "official_mentions", "office_changes", "related_links"),
    *("regions", "publishers", "positions"),
)
MENTIONS = """
SELECT r.region_name, count(*) FROM official_mentions AS m JOIN articles USING (article_id)
JOIN regions AS r ON r.region_code = m.region_code GROUP BY r.region_name ORDER BY r.region_name
"""


def session(jars):
    """One core, one gigabyte, no page of its own, instants shown in Asia/Shanghai."""
    settings = {
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
        **({"spark.jars": jars} if jars else {}),
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def main(version, jars=""):
    """Print it."""
    spark = session(jars)
    spark.sparkContext.setLogLevel("OFF")

    def table(name):
        if jars:
            metadata = f"{version}/{name}/metadata/v1.metadata.json"
            # a file a task, so that tasks tell how many files are read
            return spark.read.format("iceberg").option("file-open-cost", 1 << 30).load(metadata)
        return spark.read.parquet(f"{version}/{name}")

    for name in TABLES:
        table(name).createOrReplaceTempView(name)
    articles = spark.table("articles")
    may = articles.where(
        "published_date BETWEEN '2024-05-01' AND '2024-05-31' AND province_code = '370000'"
        if jars
        else "published_month = '2024-05' AND province = 370000"
    )
    found = {
        "counts": {name: spark.table(name).count() for name in TABLES},
        "types": {field.name: field.dataType.simpleString() for field in articles.schema.fields},
        "rows": articles.select(
            "article_id",
            "title",
            "text",
            "reporters",
            f.col("published_at").cast("string").alias("published_at"),
            f.col("published_date").cast("string").alias("published_date"),
        )
        .orderBy("article_id")
        .collect(),
        "may": [row[0] for row in may.select("article_id").orderBy("article_id").collect()],
        "may_files": files_read(may, is_iceberg=bool(jars)),
        "mentions": spark.sql(MENTIONS).collect(),
    }
    print(json.dumps(found, ensure_ascii=False))
    sys.stdout.flush()
    spark.stop()


def files_read(frame, *, is_iceberg):
    """How many files the scan opens, after partitions or files that cannot match were passed over."""
    if is_iceberg:
        return frame.rdd.getNumPartitions()
    frame.collect()
    scan = frame._jdf.queryExecution().executedPlan().collectLeaves().apply(0)
    return scan.metrics().apply("numFiles").value()


if __name__ == "__main__":
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    main(*sys.argv[1:])
