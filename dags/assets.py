"""What the DAGs tell one another: the assets, and the clock by which a day is a day."""

from airflow.sdk import Asset

TIMEZONE = "Asia/Shanghai"
DAY_FORMAT = "%Y-%m-%d"
"""A partition's key is a local day, written so."""

LANDED = (
    "core_articles",
    "core_article_regions",
    "core_official_mentions",
    "core_office_changes",
    "core_related_links",
    "core_rejections",
    "raw_pages",
    "raw_fetches",
)
"""The tables that a landing writes, those that are most asked for first."""
MARTS = "marts"

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

POLL_LANDED = Asset(
    name="poll_landed",
    uri="difang://warehouse/core_articles/polled",
    group="difang",
    extra={"zh": "一次轮询有新内容入库", "en": "a frequent poll has landed something"},
)
"""One event a poll that landed something: the marts follow it as they follow a whole crawl."""

MARTS_CHECKED = Asset(
    name="marts_checked",
    uri="difang://warehouse/mart",
    group="difang",
    extra={"zh": "集市已重算且通过检查", "en": "the marts have been made anew and no rule is broken"},
)
"""What is published afterwards: an event only when every check has passed."""

TABLES_PUBLISHED = Asset(
    name="tables_published",
    uri="difang://published",
    group="difang",
    extra={"zh": "看板所读的文件已更新", "en": "the files for dashboards have been swapped in"},
)
"""For DAGs of other people that read the published files."""
