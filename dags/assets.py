"""What the DAGs tell one another: the assets, and the clock by which a day is a day."""

from airflow.sdk import Asset

TIMEZONE = "Asia/Shanghai"
DAY_FORMAT = "%Y-%m-%d"
"""A partition's key is a local day, written so."""

PUBLISHER_LANDED = Asset(
    name="publisher_landed",
    uri="difang://warehouse/core_articles",
    group="difang",
    extra={"zh": "一家媒体的一次抓取已入库", "en": "one publisher's crawl has landed"},
)
"""One event a publisher and crawl, with its counts: for whoever follows a single publisher."""

DAY_LANDED = Asset(
    name="day_landed",
    uri="difang://warehouse/core_batches",
    group="difang",
    extra={"zh": "一次每日抓取已入库", "en": "a whole crawl over the publishers has landed"},
)
"""One event a crawl over all publishers, so that marts are made once per landing and not once per publisher."""
