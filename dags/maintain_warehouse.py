"""维护仓库 Maintain warehouse: small files merged, old snapshots and orphaned files gone, then every check.

**做什么** 每天 03:30（北京时间）合并小文件，清除过期快照与无主文件，然后运行全部数据质量检查。读写照常进行。

**What it does** Every day at 03:30 Asia/Shanghai it merges the small files that landings leave, expires snapshots older
than the params say, deletes files that nothing names any more, and then runs every check. Readers and writers go on.

| | |
|---|---|
| reads 读 | the warehouse's catalogue and files |
| writes 写 | the same rows in fewer files |
| started by 由…触发 | its clock, before the morning's crawl; or by hand |

**Re-run 重跑** Clear the run, or trigger it by hand: doing it twice changes nothing. 可随时重跑，重复执行结果不变。

**A red square 红格**

* `maintain_warehouse`: the warehouse could not be read or written; it is tried twice more. 仓库无法读写；共尝试三次。
* `check_warehouse`: rows break a rule. The log names each rule with its count and the query that shows them.
  有数据违反规则；日志列出规则、行数与查看这些行的 SQL。

No catch-up: one run does the work of those that were missed.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, CronTriggerTimetable, Param

from dags.assets import TIMEZONE
from dags.keeping import CheckOperator, MaintainOperator
from dags.pools import WAREHOUSE_POOL
from dags.telling import deadline, tell_people

PARAMS = {
    "keep_days": Param(
        7,
        title="快照保留天数 Days to keep snapshots",
        description="Time travel reaches back so far. 可回看的历史天数。",
        type="number",
        minimum=0,
    ),
    "orphan_days": Param(
        1,
        title="无主文件天数 Age of orphans in days",
        description="Younger files may belong to a transaction that is still open. 较新的文件可能属于未提交的事务。",
        type="number",
        minimum=0.1,
    ),
}

with DAG(
    dag_id="maintain_warehouse",
    dag_display_name="维护仓库 Maintain warehouse",
    description="合并小文件、清除过期快照并检查数据 · merge small files, expire old snapshots, check",
    schedule=CronTriggerTimetable("30 3 * * *", timezone=TIMEZONE),
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # it asks nothing of anybody, and landings leave small files every day
    params=PARAMS,
    tags=["difang", "维护 maintenance"],
    doc_md=__doc__,
    deadline=deadline(4),
    default_args={"owner": "difang", "execution_timeout": timedelta(hours=2)},
) as dag:
    maintain = MaintainOperator(
        task_id="maintain_warehouse",
        task_display_name="维护仓库 Maintain warehouse",
        pool=WAREHOUSE_POOL,
        retries=2,
        retry_delay=timedelta(minutes=5),
        retry_exponential_backoff=3,
    )
    check = CheckOperator(task_id="check_warehouse", task_display_name="检查数据 Check warehouse")
    maintain >> check >> tell_people()
