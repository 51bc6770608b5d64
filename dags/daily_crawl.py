"""每日抓取 Daily crawl: what is new at every publisher, fetched, tagged and landed.

**做什么** 每天 06:00（北京时间）依次抓取所有启用的媒体：凡未见过的文章、到期该复查的文章，都取回、解析、打标签并入库。
一家媒体一个方格；同一站点的媒体同属一个站群（hosts），站群内逐家抓取。
运行的“日”是分区键（如 `2022-01-17`），不是 UTC 的 `ds`。

**What it does** Every day at 06:00 Asia/Shanghai it crawls all active publishers, one square each: whatever article is
unseen or due is fetched, transformed, tagged and landed. Publishers whose sites share a domain are in one host group,
whose pool has one slot: no two tasks of any DAG ask them at a time. The run's day is its partition key, a local day,
never `ds`.

| | |
|---|---|
| reads 读 | the publishers' sites; `seeds/publishers` (or `DIFANG_PUBLISHERS`); the frontier |
| writes 写 | the warehouse's `raw_*` and `core_*` tables, one transaction a batch; the frontier |
| emits 触发 | `publisher_landed` per publisher; `day_landed` once per run, which starts `refresh_marts` |

**A long crawl 耗时长的抓取** is cut into slices of `slice_minutes`: the square lands what it has, turns to
*up for reschedule* for a minute, lets the group's other publishers in and goes on where it was, until nothing is left
or `max_minutes` are used up. 抓取时间长的媒体分段进行，每段入库后让出站群再继续，总时长以 `max_minutes` 为限。

**Re-run a day 重跑某一天** Clear the run: nothing is doubled, since a URL that has landed is not due and the same
text adds no version. To fetch only what was published on one day, trigger with that day as partition key and
`only_day`; for many days, `airflow backfill create`, whose runs are each restricted to their own day.
清除该次运行即可重跑，不会重复入库；补录多日用 backfill，每次运行只取当日发布的文章。

**A red square 红格**

* `choose_publishers`: a param makes no sense, or a publisher's TOML breaks its schema; the log's last line says which.
* `crawl_publisher`: that publisher could not be crawled; what was fetched before has landed, and the other
  publishers are not affected. It is tried three times. Exit code 2 (bad usage) is not tried again.
  该媒体抓取失败；已取回的部分已入库，其他媒体不受影响。
* `every_publisher_crawled` is orange when a crawl is red: it makes the run red though the marts were refreshed.

**Cancel 取消** Mark the task as failed: the crawl gets SIGTERM and lands what it has fetched; the next run does
the rest. 将任务标记为失败即可取消；已取回的照常入库，余下的由下一次运行完成。

No catch-up: a crawl takes what is there now, so tomorrow's run does the work of a missed one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, CronPartitionTimetable, Param, TaskGroup, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.assets import DAY_FORMAT, DAY_LANDED, PUBLISHER_LANDED, TIMEZONE
from dags.crawling import ChoosePublishersOperator, IngestOperator, announce
from dags.pools import count_groups, hosts_pool
from dags.slices import MOST_MINUTES
from dags.telling import deadline, deadline_hours, tell_people

PARAMS = {
    "publishers": Param(
        [],
        title="媒体 Publishers",
        description="Ids to crawl, one a line; empty: all active ones. 媒体编号，每行一个；留空为全部启用的媒体。",
        type="array",
        items={"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        uniqueItems=True,
    ),
    "since": Param(
        None,
        title="起 Since",
        description="First publication day to fetch. 只取此日（含）之后发布的文章。",
        type=["null", "string"],
        format="date",
    ),
    "until": Param(
        None,
        title="止 Until",
        description="Last publication day to fetch. 只取此日（含）之前发布的文章。",
        type=["null", "string"],
        format="date",
    ),
    "only_day": Param(
        False,
        title="仅当日 Only this day",
        description="Fetch only what was published on the day of the partition key (a backfill always does). "
        "只取分区键当日发布的文章（补录总是如此）。",
        type="boolean",
    ),
    "limit": Param(
        None,
        title="上限 Limit",
        description="At most so many articles a publisher. 每家媒体最多抓取的篇数。",
        type=["null", "integer"],
        minimum=1,
    ),
    "slice_minutes": Param(
        55,
        title="每段时长 Minutes a slice",
        description="A longer crawl is cut: after so many minutes its square lands what it has, lets the other "
        "publishers of its group in, and goes on. 更长的抓取分段进行：每到此时长先入库、让出站群，再接着抓。",
        type="number",
        exclusiveMinimum=0,
        maximum=MOST_MINUTES,
    ),
    "max_minutes": Param(
        480,
        title="总时长 Minutes",
        description="A publisher's slices together take so many minutes at most; what is left is for the next run. "
        "每家媒体各段合计最多的分钟数；余下的由下一次运行继续。",
        type="number",
        exclusiveMinimum=0,
        maximum=1320,
    ),
    "revisit": Param(
        "due",
        title="复查 Revisit",
        description="Articles already landed: those that are due, all of them, or none. 已入库文章的复查范围。",
        type="string",
        enum=["due", "all", "none"],
    ),
}


@task(trigger_rule="all_done", outlets=[DAY_LANDED], task_display_name="宣告入库 Announce landing")
def announce_landing(chosen: Mapping[str, Sequence[str]] | None, reports: Sequence[Any]) -> dict[str, int]:
    """Emit `day_landed` once for the run; also after failed crawls, for what they had fetched has landed."""
    if not chosen:
        raise AirflowSkipException("no publisher was crawled: there is nothing to announce")
    # A group without publishers has no reports at all.
    crawls = [report for group in reports for report in group or () if report]
    return announce(DAY_LANDED, sum(map(len, chosen.values())), crawls)


@task(task_display_name="本组媒体 Publishers of the group")
def list_publishers(chosen: Mapping[str, Sequence[str]], group: int) -> list[str]:
    """The chosen ids of one host group."""
    return list(chosen.get(str(group), ()))


GROUPS = range(1, count_groups() + 1)

with DAG(
    dag_id="daily_crawl",
    dag_display_name="每日抓取 Daily crawl",
    description="抓取各媒体的新文章并入库 · fetch, transform and land what is new, publisher by publisher",
    schedule=CronPartitionTimetable("0 6 * * *", timezone=TIMEZONE, key_format=DAY_FORMAT),
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,  # the next day's run does what this one leaves
    max_active_tasks=len(GROUPS) + 4,  # the pools bound the crawls
    is_paused_upon_creation=True,  # nobody's site is asked before a person switches the crawl on
    params=PARAMS,
    tags=["difang", "抓取 crawl"],
    doc_md=__doc__,
    deadline=deadline(deadline_hours(default=8)),
    default_args={"owner": "difang"},
) as dag:
    chosen = ChoosePublishersOperator(
        task_id="choose_publishers", task_display_name="选定媒体 Choose publishers", retries=1
    )
    crawls = []
    with TaskGroup("crawl", group_display_name="抓取 Crawl", prefix_group_id=False):
        for group in GROUPS:
            with TaskGroup(f"hosts_{group}", group_display_name=f"站群 Hosts {group}"):
                crawl = IngestOperator.partial(
                    task_id="crawl_publisher",
                    task_display_name="抓取 Crawl publisher",
                    map_index_template="{{ task.publisher }}",
                    outlets=[PUBLISHER_LANDED],
                    pool=hosts_pool(group),
                    retries=2,
                    # A worker that died has been silent for 90 s by now, and its crawl gives its URLs back after 180.
                    retry_delay=timedelta(minutes=2),
                    retry_exponential_backoff=3,
                    execution_timeout=timedelta(hours=3),  # of a slice, which ends by itself before
                ).expand(publisher=list_publishers(chosen.output, group))
                crawls.append(crawl)
    announced = announce_landing(chosen.output, [crawl.output for crawl in crawls])  # type: ignore[arg-type]  # XCom by the time it runs
    # A run is judged by its leaves, and announce_landing is green even after a failed crawl.
    every = EmptyOperator(
        task_id="every_publisher_crawled",
        task_display_name="全部完成 Every publisher crawled",
        trigger_rule="none_failed",  # a host group may have no publisher
    )
    crawls >> every
    [announced, every] >> tell_people()
