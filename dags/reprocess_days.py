"""重新解析 Reprocess days: raw pages that have landed, read again by today's rules; no site is asked.

**做什么** 规则、词表或地名库更新后，用今天的规则重新解析已入库的原始网页，更新标签与版本，
然后刷新集市并检查。不发任何请求。

**What it does** After a rule, a lexicon or the gazetteer has changed, it reads the raw pages of some days again: tags
get a new generation, a text that is read otherwise becomes a new version. Then the marts and the checks.

| | |
|---|---|
| reads 读 | the warehouse's `raw_pages` of the days on which they were fetched |
| writes 写 | `core_*` tables, one transaction a batch; then `mart_*` |
| started by 由…触发 | a person, who names the days |

**Re-run 重跑** Clear the run: the same rules give the same tags, so that doing it twice changes nothing.
清除该次运行即可重跑，规则相同则结果不变。

**A red square 红格**

* `reprocess_days`: a param makes no sense (the log's last line says which), or the warehouse could not be read or
  written; what was read again before has landed. 参数有误，或仓库无法读写；已重新解析的部分已入库。
* `refresh_marts`, `check_warehouse`: see *刷新集市 Refresh marts*. 见“刷新集市”。
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Param

from dags.assets import TIMEZONE
from dags.keeping import CheckOperator, RefreshOperator, ReprocessOperator
from dags.pools import WAREHOUSE_POOL
from dags.telling import deadline, tell_people

PARAMS = {
    "from": Param(
        title="起 From",
        description="First day of fetching. 抓取日期的第一天。",
        type="string",
        format="date",
    ),
    "to": Param(
        title="止 To",
        description="Last day of fetching. 抓取日期的最后一天。",
        type="string",
        format="date",
    ),
    "publishers": Param(
        [],
        title="媒体 Publishers",
        description="Ids, one a line; empty: all. 媒体编号，每行一个；留空为全部媒体。",
        type="array",
        items={"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        uniqueItems=True,
    ),
}

with DAG(
    dag_id="reprocess_days",
    dag_display_name="重新解析 Reprocess days",
    description="用今天的规则重新解析原始网页 · raw pages of some days read again by today's rules",
    schedule=None,
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # it has no clock: it runs when a person asks for it
    params=PARAMS,
    tags=["difang", "解析 transforms"],
    doc_md=__doc__,
    deadline=deadline(24),
    default_args={"owner": "difang", "execution_timeout": timedelta(hours=12)},
) as dag:
    reprocess = ReprocessOperator(
        task_id="reprocess_days",
        task_display_name="重新解析 Reprocess days",
        pool=WAREHOUSE_POOL,
        retries=1,
        retry_delay=timedelta(minutes=5),
    )
    refresh = RefreshOperator(task_id="refresh_marts", task_display_name="刷新集市 Refresh marts")
    check = CheckOperator(task_id="check_warehouse", task_display_name="检查数据 Check warehouse")
    reprocess >> refresh >> check >> tell_people()
