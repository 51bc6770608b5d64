"""发布数据 Publish tables: the files that dashboards read, swapped in after the marts have passed every check.

**做什么** 集市重算且全部检查通过之后，写出看板所读的文件（只读的 DuckDB、Parquet、CSV、JSON），写完后一次换入；
检查不通过时不发布，看板继续读上一份完好的数据。

**What it does** When the marts have been made anew and no rule is broken, it writes the files that dashboards read (a
read-only DuckDB, Parquet, CSV, JSON) and swaps them in at once. After a broken check nothing is published: dashboards
go on with the last copy that was sound.

| | |
|---|---|
| reads 读 | the warehouse's `mart_*` tables |
| writes 写 | `DIFANG_HOME/published` |
| started by 由…触发 | the asset `marts_checked`; the partition key (a local day) comes with it |
| emits 触发 | `tables_published`, for DAGs of your own |

**Re-run 重跑** Clear the run, or trigger it by hand: where nothing has landed since, nothing is written.
可随时重跑；没有新内容则不写。

**A red square 红格** `publish_tables`: the disk is full, or the warehouse could not be read; it is tried three times,
and dashboards keep the last copy. 磁盘已满或仓库无法读取；共尝试三次，看板仍读上一份。

No catch-up: it has no clock, and the newest copy holds everything.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, PartitionedAssetTimetable

from dags.assets import MARTS_CHECKED, TABLES_PUBLISHED, TIMEZONE
from dags.keeping import PublishOperator
from dags.telling import deadline, tell_people

with DAG(
    dag_id="publish_tables",
    dag_display_name="发布数据 Publish tables",
    description="检查通过后更新看板所读的文件 · swap in the files for dashboards once every check has passed",
    schedule=PartitionedAssetTimetable(assets=MARTS_CHECKED),
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # it asks nothing of anybody
    tags=["difang", "发布 publish"],
    doc_md=__doc__,
    deadline=deadline(2),
    default_args={"owner": "difang", "execution_timeout": timedelta(hours=1)},
) as dag:
    publish = PublishOperator(
        task_id="publish_tables",
        task_display_name="发布数据 Publish tables",
        outlets=[TABLES_PUBLISHED],
        retries=2,
        retry_delay=timedelta(minutes=1),
        retry_exponential_backoff=3,
    )
    publish >> tell_people()
