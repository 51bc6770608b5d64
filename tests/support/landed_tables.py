"""What a warehouse holds, as rows that two runs over the same pages must share."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

# What differs between two crawls of the same pages: clocks, what is named after them, and how rows fell into batches.
CLOCKS = {
    "fetched_at", "fetched_date", "landed_at", "removed_at", "elapsed_ms", "batch_id", "crawl_id", "headers",
    "refreshed_at", "source_snapshot_id", "first_fetched_at", "last_fetched_at", "restored_at", "seen_seconds",
    "last_listing_at", "last_article_at", "hours_since_listing", "silent_hours", "median_lag_minutes",
    "p90_lag_minutes",
}  # fmt: skip
# The place of a line in its batch; and which of the sources that are fetched at once named an article first.
CHANCE = {
    "raw_fetches": {"ordinal", "new_links_count"},
    "core_captures": {"discovered_via", "referrer_url"},
    "mart_publisher_days": {"new_links_count"},
    "mart_completeness": {"promised_count"},
}
LEDGERS = {"core_batches", "core_migrations", "mart_refreshes"}


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """This process's environment with the variables, for libraries that read nothing else."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def read_tables(variables: Mapping[str, str]) -> dict[str, list[str]]:
    """Every table and mart of the warehouse that the variables name, as sorted lines: what two runs must share."""
    from warehouse import WarehouseLocation, connect

    found: dict[str, list[str]] = {}
    with environment(variables), connect(WarehouseLocation.from_environment(variables)) as lake:
        names = lake.sql(
            "SELECT table_name FROM information_schema.tables WHERE regexp_matches(table_name, '^(raw|core|dim|mart)_')"
        ).fetchall()
        for (name,) in names:
            if name in LEDGERS:
                continue
            columns = [column for column in lake.table(name).columns if column not in CLOCKS | CHANCE.get(name, set())]
            rows = lake.table(name).project(", ".join(f'"{column}"' for column in columns)).fetchall()
            found[name] = sorted(map(repr, rows))
    return found
