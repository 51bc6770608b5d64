"""轮询快讯 Poll publishers: every ten minutes, what is new at the publishers whose listings are due.

**做什么** 每十分钟询问一次到期的栏目页和订阅源，取回其中的新文章并入库。每个栏目按自己的节奏到期：常有新内容的更频繁，
少有更新的更稀疏；未到期的一个请求也不发。一个站群一个方格，站群内所有媒体由同一个进程轮询。

**What it does** Every ten minutes it asks the listings and feeds that are due, and fetches and lands what is new on
them. Each listing has its own rhythm: the more often it brings something, the more often it is due; one that is not due
costs no request. One square a host group, whose publishers are polled by one process.

| | |
|---|---|
| reads 读 | the listings and feeds that are due, and what is new on them; the frontier |
| writes 写 | the warehouse's `raw_*` and `core_*` tables, one transaction a batch; the frontier |
| emits 触发 | `poll_landed` when something landed, which starts `refresh_marts` |

**Beside the daily crawl 与每日抓取的关系** Both run in the pools of the host groups, so that a site is never asked by
two tasks at a time: a poll waits for the publisher that is being crawled, and goes before the next one. `difang stream`
does the same on one machine without Airflow, in seconds instead of minutes; run one of the two.
两者共用站群的池，同一站点不会被同时访问。

**Re-run 重跑** Never needed: the next poll is due in ten minutes. 无需重跑，十分钟后自有下一次。

**A red square 红格** `hosts_…`: none of the group's publishers answered, or the warehouse refused; it is not tried
again, since the next poll is near. A message is sent when polls begin to fail, not for each.
该站群没有一家媒体应答，或仓库拒绝写入；不重试，等待下一次轮询。

No catch-up: a listing shows what is new now, whenever it is asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, CronTriggerTimetable, Param, TaskGroup, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.assets import POLL_LANDED, TIMEZONE
from dags.crawling import ChoosePublishersOperator, PollOperator, announce
from dags.pools import count_groups, hosts_pool
from dags.telling import deadline, tell_people

PARAMS = {
    "publishers": Param(
        [],
        title="媒体 Publishers",
        description="Ids to poll, one a line; empty: all active ones. 媒体编号，每行一个；留空为全部启用的媒体。",
        type="array",
        items={"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        uniqueItems=True,
    ),
    "max_minutes": Param(
        8,
        title="时长 Minutes",
        description="A poll ends after so many minutes and lands what it has; the next one goes on. "
        "每次轮询最多的分钟数；到时入库，余下的由下一次继续。",
        type="number",
        exclusiveMinimum=0,
        maximum=60,
    ),
}


@task(trigger_rule="all_done", outlets=[POLL_LANDED], task_display_name="宣告入库 Announce landing")
def announce_landing(chosen: Mapping[str, Sequence[str]] | None, reports: Sequence[Any]) -> dict[str, int]:
    """Emit `poll_landed` once, and only when something landed: most polls find nothing, and marts cost time."""
    polls = [report for report in reports if report]
    if not chosen or not any(report.get("versions") or report.get("removed") for report in polls):
        raise AirflowSkipException("nothing new has landed: there is nothing to announce")
    return announce(POLL_LANDED, sum(map(len, chosen.values())), polls)


with DAG(
    dag_id="poll_publishers",
    dag_display_name="轮询快讯 Poll publishers",
    description="每十分钟取回到期栏目中的新文章 · every ten minutes, what is new on the listings that are due",
    schedule=CronTriggerTimetable("*/10 * * * *", timezone=TIMEZONE),
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,  # a poll that takes longer than the interval is its own successor
    max_active_tasks=count_groups() + 4,
    is_paused_upon_creation=True,  # nobody's site is asked before a person switches the polls on
    params=PARAMS,
    tags=["difang", "抓取 crawl"],
    doc_md=__doc__,
    deadline=deadline(2),
    default_args={"owner": "difang"},
) as dag:
    chosen = ChoosePublishersOperator(task_id="choose_publishers", task_display_name="选定媒体 Choose publishers")
    with TaskGroup("poll", group_display_name="轮询 Poll", prefix_group_id=False):
        polls = [
            PollOperator(
                task_id=f"hosts_{group}",
                task_display_name=f"站群 Hosts {group}",
                group=group,
                chosen=chosen.output,
                pool=hosts_pool(group),
                priority_weight=10,  # before the next publisher of a daily crawl
                execution_timeout=timedelta(minutes=70),
            )
            for group in range(1, count_groups() + 1)
        ]
    announced = announce_landing(chosen.output, [poll.output for poll in polls])  # type: ignore[arg-type]  # XCom by the time it runs
    [announced, *polls] >> tell_people(only_first=True)
