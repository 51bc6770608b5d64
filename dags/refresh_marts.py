"""刷新集市 Refresh marts: the tables for people brought up to date after a landing, then every check.

**做什么** 每当 `day_landed`（每日抓取）或 `poll_landed`（轮询）宣告一次入库，更新供分析用的 `mart_*` 表
（只重算受新文章影响的行），然后运行全部数据质量检查。

**What it does** Whenever `day_landed` or `poll_landed` announces a landing, it brings the `mart_*` tables up to what
has landed (only the rows that follow from it) and then runs every check of keys, references and not-nulls. Once a
landing, whatever the number of publishers.

| | |
|---|---|
| reads 读 | the warehouse's `core_*`, `raw_*` and `dim_*` tables |
| writes 写 | its `mart_*` tables |
| started by 由…触发 | the assets `day_landed` and `poll_landed`; the partition key (a local day) comes with them |
| emits 触发 | `marts_checked` when no rule is broken, which starts `publish_tables` |

**Re-run 重跑** Clear the run, or trigger it by hand: the marts follow from the tables, so that doing it twice
changes nothing.
清除或手动触发均可，重复执行结果不变。

**A red square 红格**

* `refresh_marts`: the warehouse could not be read or written (locked beyond its patience, disk full); it is tried
  three times. 仓库无法读写；共尝试三次。
* `check_warehouse`: rows break a rule. The log names each rule with its count and the query that shows them.
  有数据违反规则；日志列出规则、行数与查看这些行的 SQL。
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, AssetAny, PartitionedAssetTimetable

from dags.assets import DAY_LANDED, MARTS_CHECKED, POLL_LANDED, TIMEZONE
from dags.keeping import CheckOperator, RefreshOperator
from dags.telling import deadline, tell_people

with DAG(
    dag_id="refresh_marts",
    dag_display_name="刷新集市 Refresh marts",
    description="入库后更新集市并检查数据 · bring the marts up to a landing, then check the warehouse",
    schedule=PartitionedAssetTimetable(assets=AssetAny(DAY_LANDED, POLL_LANDED)),
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,  # one writer at a time is best for the lake's SQLite catalogue
    is_paused_upon_creation=False,  # it asks nothing of anybody, and a landing should reach the marts
    tags=["difang", "集市 marts"],
    doc_md=__doc__,
    deadline=deadline(2),
    default_args={"owner": "difang", "execution_timeout": timedelta(hours=1)},
) as dag:
    refresh = RefreshOperator(task_id="refresh_marts", task_display_name="刷新集市 Refresh marts")
    check = CheckOperator(
        task_id="check_warehouse", task_display_name="检查数据 Check warehouse", outlets=[MARTS_CHECKED]
    )
    refresh >> check >> tell_people()
