"""评判媒体 Judge publishers: after a day's crawl, which publisher needs a look, and the command that shows why.

**做什么** 每日抓取入库之后，将每家媒体与它自身的历史相比：是否沉寂、字段是否退化、剔除是否增多、版式是否变化、
是否久未应答。有的规则使运行失败，有的只警示；两者都在同一条消息里，每一项附上查看具体数据的命令。

**What it does** When a day's crawl has landed, it measures each publisher against its own history: quiet, fields
degraded, more rejects, layout changed, stale. Some rules fail the run, the others warn; both stand in one message, each
with the command that shows its rows.

| | |
|---|---|
| reads 读 | `v_publisher_health`, `raw_fetches`, the declarations of publishers |
| writes 写 | nothing; it tells people (`DIFANG_NOTIFY`) |
| started by 由…触发 | the asset `day_landed`; the partition key (a local day) comes with it |
| settings 设置 | `DIFANG_FAIL_ON`, `DIFANG_IGNORE_RULES`: rules, comma-separated; a run by hand has params |

**Re-run 重跑** Trigger it by hand, with other rules if you like; nothing is changed by it.
可随时手动运行，不改变任何数据。

**A red square 红格** `judge_publishers`: a rule that fails is broken. The log and the message name the publisher, the
rule and the command; usually its TOML wants a new pattern (`difang publishers check ID`).
有媒体违反了会使运行失败的规则；日志与消息列出媒体、规则和查看命令，多半需要更新其 TOML。

No catch-up: it judges the newest days.
"""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Param, PartitionedAssetTimetable

from dags.assets import DAY_LANDED, TIMEZONE
from dags.keeping import HealthOperator
from dags.selection import read_rules
from dags.telling import deadline, tell_people

RULES = {
    "type": "array",
    "items": {
        "type": "string",
        "enum": [
            "quiet",
            "source_degraded",
            "author_degraded",
            "date_degraded",
            "title_degraded",
            "region_degraded",
            "rejects_up",
            "layout_changed",
            "layout_missed",
            "stale",
        ],
    },
    "uniqueItems": True,
}
PARAMS = {
    "fail_on": Param(
        read_rules(os.environ.get("DIFANG_FAIL_ON", "layout_changed,date_degraded,stale"), "DIFANG_FAIL_ON", RULES),
        title="使运行失败的规则 Rules that fail",
        description="The other rules warn. 其余规则只警示。",
        **RULES,
    ),
    "ignore": Param(
        read_rules(os.environ.get("DIFANG_IGNORE_RULES", ""), "DIFANG_IGNORE_RULES", RULES),
        title="忽略的规则 Rules to ignore",
        description="Rules that are not looked at. 不检查的规则。",
        **RULES,
    ),
    "days": Param(
        2, title="天数 Days", description="Local days to look at. 检查最近几天。", type="integer", minimum=1, maximum=90
    ),
    "stale_hours": Param(
        36,
        title="久未应答（小时） Stale after hours",
        description="An active publisher that has answered nothing for so long. 启用的媒体超过此时长没有任何应答。",
        type="number",
        exclusiveMinimum=0,
    ),
}

with DAG(
    dag_id="judge_publishers",
    dag_display_name="评判媒体 Judge publishers",
    description="入库后对照历史评判每家媒体 · measure each publisher against its own history after a crawl",
    schedule=PartitionedAssetTimetable(assets=DAY_LANDED),
    start_date=datetime(2022, 1, 1, tzinfo=ZoneInfo(TIMEZONE)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,  # it asks nothing of anybody
    params=PARAMS,
    tags=["difang", "质量 quality"],
    doc_md=__doc__,
    deadline=deadline(2),
    default_args={"owner": "difang", "execution_timeout": timedelta(minutes=30)},
) as dag:
    judge = HealthOperator(task_id="judge_publishers", task_display_name="评判媒体 Judge publishers")
    judge >> tell_people()
