"""The operators with children of a few lines, without a scheduler; test_daily_crawl runs them for real."""

import datetime as dt
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.filterwarnings("ignore::airflow.sdk.exceptions.RemovedInAirflow4Warning"),
]


class Pushed(dict[str, Any]):
    """Stands for the task instance: remembers what was pushed."""

    run_id = "manual__1"
    try_number = 2

    def xcom_push(self, key: str, value: Any) -> None:
        self[key] = value


class Kept(dict[str, Any]):
    """Stands for the task's store, which outlives a slice and a retry."""

    def set(self, key: str, value: Any, retention: dt.timedelta) -> None:
        self[key] = value


SLICED = {"slice_minutes": 55, "max_minutes": 480}


def context(**params: Any) -> Any:
    from dags.assets import PUBLISHER_LANDED

    run = SimpleNamespace(
        partition_key="2022-01-17",
        run_after=dt.datetime(2022, 1, 16, 22, tzinfo=dt.UTC),
        run_type="manual",
        conf=params,
    )
    return {
        "params": params,
        "dag_run": run,
        "ti": Pushed(),
        "outlet_events": {PUBLISHER_LANDED: SimpleNamespace(extra=None)},
        "task_state_store": Kept(),
    }


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", "import sys\n" + code)


def test_returns_ids_and_counts_only(airflow_home: Any) -> None:
    from dags.operators import DifangOperator

    report = (
        '{"crawl_id": "x", "pages": 3, "rejected": {"gone": 1}, "none": {}, "publishers": ["a", "b"], "body": "%s"}'
    )
    code = f"print('{report}' % ('字' * 200)); print(sys.argv[1:], file=sys.stderr)"
    operator = DifangOperator(task_id="t", arguments=["refresh"], command=python(code))
    given = context()
    expected = {"crawl_id": "x", "pages": 3, "rejected": {"gone": 1}, "publishers_count": 2}
    assert operator.execute(given) == expected
    assert operator._child is not None
    assert list(operator._child.last_words) == ["['refresh', '--json']"]
    assert given["ti"] == {}


@pytest.mark.parametrize(("code", "is_final"), [(1, False), (2, True), (130, False), (-9, False)])
def test_exit_codes(airflow_home: Any, code: int, is_final: bool) -> None:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    from dags.operators import DifangOperator

    end = f"sys.exit({code})" if code > 0 else "import os; os.kill(os.getpid(), 9)"
    operator = DifangOperator(
        task_id="t",
        arguments=["refresh"],
        command=python(f"print('difang: 仓库被占用', file=sys.stderr, flush=True); {end}"),
    )
    with pytest.raises(AirflowException, match=f"exited with {code}: difang: 仓库被占用") as caught:
        operator.execute(context())
    assert isinstance(caught.value, AirflowFailException) is is_final


def test_a_child_without_a_report_is_no_success(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowException

    from dags.operators import DifangOperator

    with pytest.raises(AirflowException, match="no JSON report"):
        DifangOperator(task_id="t", arguments=["refresh"], command=python("print('done')")).execute(context())


def test_ingest_names_its_crawl_and_gives_the_asset_its_counts(airflow_home: Any) -> None:
    from dags.assets import PUBLISHER_LANDED
    from dags.crawling import IngestOperator

    code = 'print(sys.argv[1:], file=sys.stderr); print(\'{"versions": 7, "finish_reason": "finished"}\')'
    operator = IngestOperator(task_id="t", publisher="lufengwang", command=python(code))
    given = context(only_day=True, **SLICED)
    counts = operator.execute(given)
    assert counts["publisher_id"] == "lufengwang"
    assert counts["versions"] == 7
    assert given["outlet_events"][PUBLISHER_LANDED].extra == counts
    assert operator._child is not None
    expected = "ingest lufengwang --revisit due --since 2022-01-17 --until 2022-01-17 --max-minutes 55.0"
    expected += " --crawl-id manual__1.lufengwang.2"
    assert operator._child.last_words[0] == str([*expected.split(), "--json"])


def test_a_crawl_that_was_cut_asks_to_be_scheduled_again_and_sums_up_at_its_end(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowRescheduleException

    from dags.assets import PUBLISHER_LANDED
    from dags.crawling import IngestOperator

    report = {"versions": 7, "pages": 9, "pending": 5, "seconds": 3300, "rejected": {"gone": 1}, "snapshot_id": 4}
    given = context(**SLICED)

    def run_slice(finish_reason: str) -> Any:
        code = f"print(sys.argv, file=sys.stderr); print({json.dumps(report | {'finish_reason': finish_reason})!r})"
        operator = IngestOperator(task_id="t", publisher="lufengwang", command=python(code))
        try:
            return operator.execute(given), operator._child.last_words[0]  # type: ignore[union-attr]
        except AirflowRescheduleException as again:
            return again, operator._child.last_words[0]  # type: ignore[union-attr]

    first, _ = run_slice("time")
    pause = first.reschedule_date - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=30) < pause <= dt.timedelta(minutes=1), "sooner, the scheduler kills the next slice"
    assert given["outlet_events"][PUBLISHER_LANDED].extra is None, "the event is for the whole crawl"
    counts, words = run_slice("finished")
    assert "'--crawl-id', 'manual__1.lufengwang.2.2'" in words
    expected = {"versions": 14, "pages": 18, "pending": 5, "rejected": {"gone": 2}, "snapshot_id": 4}
    assert {name: counts[name] for name in expected} == expected
    assert given["outlet_events"][PUBLISHER_LANDED].extra == counts


def test_params_that_contradict_each_other_fail_before_anything_starts(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from dags.crawling import ChoosePublishersOperator

    operator = ChoosePublishersOperator(task_id="t", command=python("raise SystemExit('started')"))
    with pytest.raises(AirflowFailException, match="swap them"):
        operator.execute(context(since="2022-02-01", until="2022-01-01"))
    assert operator._child is None


def test_a_misspelt_param_would_crawl_everything_and_is_refused(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from dags.crawling import ChoosePublishersOperator

    given = context(publishers=[])
    given["dag_run"].conf = {"publisher": "lufengwang"}
    operator = ChoosePublishersOperator(task_id="t", command=python("raise SystemExit('started')"))
    with pytest.raises(AirflowFailException, match="no param 'publisher'; the params are: publishers"):
        operator.execute(given)


def test_choosing_an_unknown_publisher_is_not_tried_again(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from dags.crawling import ChoosePublishersOperator

    operator = ChoosePublishersOperator(
        task_id="t", command=python('print(\'[{"id": "a", "active": true, "home_url": "http://a.example/"}]\')')
    )
    with pytest.raises(AirflowFailException, match="'b'; param 'publishers' takes: a"):
        operator.execute(context(publishers=["b"]))
    assert list(operator.execute(context(publishers=[])).values()) == [["a"]]


def test_a_timeout_of_airflows_lets_the_child_land(airflow_home: Any, tmp_path: Any) -> None:
    """The way of execution_timeout: SIGALRM raises inside execute."""
    from airflow.sdk.exceptions import AirflowTaskTimeout
    from airflow.sdk.execution_time.timeout import timeout

    from dags.operators import DifangOperator

    landed = tmp_path / "landed"
    code = f"""
import pathlib, signal, time
def land(*_):
    time.sleep(1); pathlib.Path({str(landed)!r}).write_text('landed'); sys.exit(0)
signal.signal(signal.SIGTERM, land); time.sleep(60)
"""
    operator = DifangOperator(task_id="t", arguments=["ingest"], command=python(code))
    with pytest.raises(AirflowTaskTimeout), timeout(1):
        operator.execute(context())
    assert landed.read_text() == "landed"


def test_a_broken_check_is_explained(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowException

    from dags.keeping import CheckOperator

    failed = '{"check": "core_articles_key", "says": "键重复", "sql": "SELECT 1", "offending_count": 3, "examples": []}'
    code = f'print(\'{{"checks_count": 9, "failed": [{failed}]}}\'); sys.exit(1)'.replace("'{", "'''{").replace(
        "}'", "}'''"
    )
    given = context()
    with pytest.raises(AirflowException, match="exited with 1"):
        CheckOperator(task_id="t", command=python(code)).execute(given)
    assert given["ti"]["report_of_failure"] == {"checks_count": 9, "failed_count": 1}


def test_maintenance_and_reprocessing_take_the_runs_params(airflow_home: Any) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from dags.keeping import MaintainOperator, ReprocessOperator

    echo = python("import json; print(json.dumps({'said': ' '.join(sys.argv[1:])}))")
    maintain = MaintainOperator(task_id="m", command=echo)
    assert maintain.execute(context(keep_days=30, orphan_days=0.5)) == {
        "said": "maintain --keep-days 30 --orphan-days 0.5 --json"
    }
    reprocess = ReprocessOperator(task_id="r", command=echo)
    days = {"from": "2024-05-01", "to": "2024-05-31", "publishers": ["a", "b"]}
    assert reprocess.execute(context(**days)) == {
        "said": "reprocess --from 2024-05-01 --to 2024-05-31 --publisher a --publisher b --json"
    }
    given = context(**days)
    given["dag_run"].conf = {"publisher": "a"}
    with pytest.raises(AirflowFailException, match="no param 'publisher'"):
        reprocess.execute(given)
