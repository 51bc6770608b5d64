"""`difang demo`: the whole way on the two bundled newspapers, then questions to the warehouse.

A first run crawls the morning edition, then the evening edition in which one article was edited, one taken down
and two were added. A later run finds the evening edition, as one would find a newspaper's site on the next day:
it asks for everything conditionally, and nothing has changed. Each crawl is a child process, as under Airflow.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import duckdb
from rich.console import Console
from rich.syntax import Syntax

from pipeline.newspapers import Edition, NewspaperServer
from pipeline.settings import Settings
from pipeline.tables import print_rows
from records import WarehouseError
from warehouse import Warehouse, connect

NEWSPAPERS = ("lufengwang", "yihewanbao")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that the demo asks of the warehouse, and its SQL."""

    title: str
    sql: str


QUESTIONS = (
    Question(
        title="What has landed?",
        sql="""
SELECT publisher_name AS publisher, count(*) AS articles, sum(version - 1)::INTEGER AS revised,
       count(removed_at) AS taken_down, min(published_date) AS first_day, max(published_date) AS last_day
FROM v_articles GROUP BY ALL ORDER BY articles DESC""",
    ),
    Question(
        title="The seed article, as it was read",
        sql="""
SELECT title, published_at, published_evidence AS evidence, event_date, source_name AS source, credit_line, region_name
FROM v_articles WHERE canonical_url LIKE '%/t20220117_4207771.htm'""",
    ),
    Question(
        title="Which regions does it name?",
        sql="""
SELECT region_code, region_name, bool_or(is_primary) AS is_main, count(*) AS mentions,
       string_agg(DISTINCT surface, '、') AS printed
FROM v_article_regions WHERE canonical_url LIKE '%/t20220117_4207771.htm'
GROUP BY ALL ORDER BY is_main DESC, region_code""",
    ),
    Question(
        title="Who took part, in which office, doing what?",
        sql="""
SELECT name, array_to_string(positions_normalised, '、') AS positions, region_name AS jurisdiction,
       array_to_string(roles, '、') AS roles, mentions_count AS mentions
FROM v_officials_timeline WHERE canonical_url LIKE '%/t20220117_4207771.htm' ORDER BY mentions DESC, name""",
    ),
    Question(
        title="An officials' timeline: the benches of 章丘 over the years",
        sql="""
SELECT published_date AS day, name, array_to_string(positions_normalised, '、') AS positions,
       array_to_string(roles, '、') AS roles, title
FROM v_officials_timeline WHERE region_code = '370114' ORDER BY day, name LIMIT 14""",
    ),
    Question(
        title="Articles by region and day: the counties, newest first",
        sql="""
SELECT published_date AS day, region_name AS region, articles_count AS articles
FROM v_region_by_day WHERE level = 'county' ORDER BY day DESC, region LIMIT 10""",
    ),
    Question(
        title="Articles by region, rolled up from township to county to city",
        sql="""
SELECT region_name AS region, level, sum(articles_count)::INTEGER AS articles,
       min(published_date) AS first_day, max(published_date) AS latest_day
FROM v_region_by_day WHERE level <> 'township' GROUP BY ALL ORDER BY articles DESC, region LIMIT 12""",
    ),
    Question(
        title="The seed article's related list, led to the articles that have landed",
        sql="""
SELECT row_number() OVER (ORDER BY l.ordinal) AS n, l.published_date AS day, l.anchor_text, l.resolved_by,
       l.to_article_id
FROM v_related_links AS l JOIN v_articles AS a USING (article_id)
WHERE a.canonical_url LIKE '%/t20220117_4207771.htm' AND l.kind = 'related' ORDER BY n""",
    ),
    Question(
        title="Who reprinted whom, and changed the headline?",
        sql="""
SELECT title, to_publisher_id AS reprinted_by, to_title AS their_headline, is_title_changed AS changed
FROM v_reprints ORDER BY title LIMIT 8""",
    ),
    Question(
        title="What was edited or taken down after publication?",
        sql="""
SELECT 'edited' AS what, title, version AS version, characters_change AS characters FROM v_revisions
UNION ALL
SELECT 'taken down', title, version, NULL FROM v_articles WHERE removed_at IS NOT NULL ORDER BY what, title""",
    ),
    Question(
        title="What was rejected, and why?",
        sql="""
SELECT publisher_id AS publisher, step, reason, detail, url FROM v_rejections ORDER BY publisher, step, reason, url""",
    ),
)


def run_demo(settings: Settings, out: Console, err: Console) -> None:
    """Crawl what is new, then ask the questions and print the answers. Raises WarehouseError where a crawl fails."""
    started = time.monotonic()
    # The crawl's process answers Ctrl-C by landing what is under way: this one has to wait for it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    editions: tuple[Edition, ...] = ("evening",) if _has_articles(settings) else ("morning", "evening")
    for edition in editions:
        with NewspaperServer(edition=edition) as server:
            err.print(
                f"[bold]{edition} edition[/] of {' and '.join(NEWSPAPERS)} at {server.proxy_url}",
                highlight=False,
                soft_wrap=True,
            )
            report = _crawl(settings, server.proxy_url)
        err.print(
            f"  {report['pages']} pages, {report['versions']} article versions landed, "
            f"{report['unchanged']} unchanged, {report['removed']} taken down, "
            f"{sum(report['rejected'].values())} rejected; "
            f"{report['requests']} requests, {report['not_modified']} answered 304 (not modified)",
            highlight=False,
            soft_wrap=True,
        )
    with Warehouse.open(settings.warehouse_location) as warehouse:
        warehouse.refresh_marts()
    with connect(settings.warehouse_location) as connection:
        for question in QUESTIONS:
            answer(connection, question, out)
    err.print(f"done in {time.monotonic() - started:.1f} s. Go on asking:", highlight=False, soft_wrap=True)
    err.print(
        f'  difang --home {settings.home} sql "FROM v_articles SELECT title, region_name LIMIT 5"',
        highlight=False,
        soft_wrap=True,
    )


def answer(connection: duckdb.DuckDBPyConnection, question: Question, out: Console) -> None:
    """Print a question, its SQL and the rows."""
    result = connection.execute(question.sql)
    columns = [d[0] for d in result.description or []]
    out.print(f"\n[bold]{question.title}[/]\n", highlight=False, soft_wrap=True)
    out.print(Syntax(question.sql.strip(), "sql", theme="ansi_dark", background_color="default", word_wrap=True))
    print_rows(out, columns, result.fetchall())


def _has_articles(settings: Settings) -> bool:
    try:
        with connect(settings.warehouse_location) as connection:
            row = connection.execute("SELECT count(*) FROM core_articles").fetchone()
    except WarehouseError:
        return False
    return bool(row and row[0])


def _crawl(settings: Settings, proxy_url: str) -> dict[str, Any]:
    """One crawl in a child process, its progress on this terminal; the child's report."""
    command = [sys.executable, "-m", "pipeline", "ingest", *NEWSPAPERS, "--revisit", "all", "--json"]
    environment = os.environ | {"DIFANG_HOME": str(settings.home.resolve()), "DIFANG_PROXY_URL": proxy_url}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as child:  # noqa: S603
        assert child.stdout is not None
        try:
            printed = child.stdout.read()
        except KeyboardInterrupt:
            # The terminal has interrupted the child too: it lands what is under way, and ends by itself.
            child.wait()
            raise
    if child.returncode:
        raise WarehouseError(f"the crawl ended with exit code {child.returncode}; its own words stand above")
    report: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return report
