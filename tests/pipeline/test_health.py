import datetime as dt
import json
import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import ROOT, run_difang

from pipeline.health import FAILING, RULES, command_for, find_faults
from records import UsageError

NOW = dt.datetime(2024, 5, 2, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai


@pytest.fixture
def flagged() -> duckdb.DuckDBPyConnection:
    """The view's columns with flags of five days, and a fetch log; tests/warehouse/test_health.py makes the flags."""
    connection = duckdb.connect()
    connection.execute(
        """CREATE TABLE v_publisher_health AS SELECT * FROM (VALUES
            ('a', DATE '2024-04-25', 0, 5e0, 0, ['quiet']),
            ('a', DATE '2024-05-01', 0, 5e0, 0, ['quiet', 'layout_changed']),
            ('a', DATE '2024-05-02', 0, 5e0, 0, ['quiet', 'layout_changed']),
            ('b', DATE '2024-05-02', 1, 5e0, 6, ['quiet', 'rejects_up']),
            ('c', DATE '2024-05-02', 5, NULL, 0, []::VARCHAR[])
        ) AS t(publisher_id, fetched_date, articles_count, expected_count, rejected_count, flags);
        CREATE TABLE raw_fetches AS SELECT * FROM (VALUES
            ('a', TIMESTAMPTZ '2024-05-02 01:00:00+00', 'fetched', 'listing'),
            ('b', TIMESTAMPTZ '2024-04-30 01:00:00+00', 'not_modified', 'listing'),
            ('b', TIMESTAMPTZ '2024-05-02 01:00:00+00', 'failed', 'listing'),
            ('b', TIMESTAMPTZ '2024-05-02 01:00:00+00', 'fetched', 'robots')
        ) AS t(publisher_id, fetched_at, outcome, kind)"""
    )
    return connection


def test_each_rule_once_a_publisher_those_that_fail_first(flagged) -> None:
    found = find_faults(flagged, ["a", "b", "new"], now=NOW)
    assert [(f.publisher_id, f.rule, str(f.day), f.fails) for f in found] == [
        ("a", "layout_changed", "2024-05-02", True),
        ("b", "stale", "2024-05-02", True),
        ("new", "stale", "2024-05-02", True),
        ("a", "quiet", "2024-05-01", False),  # not of the 2nd, which is not over
        ("b", "rejects_up", "2024-05-02", False),
    ]
    assert "no answer since 2024-04-30 09:00" in found[1].says
    assert "no answer ever" in found[2].says
    assert "1 articles (5 expected), 6 rejected" in found[4].says


def test_rules_are_the_callers_choice(flagged) -> None:
    def of(**options: object) -> set[tuple[str, bool]]:
        return {(f"{f.publisher_id} {f.rule}", f.fails) for f in find_faults(flagged, ["a", "b"], now=NOW, **options)}

    assert of(fail_on=["quiet"], ignore=["layout_changed", "stale"]) == {("a quiet", True), ("b rejects_up", False)}
    assert ("b stale", True) not in of(stale_hours=72)
    assert of(days=1) == of()
    with pytest.raises(UsageError, match="no rule 'quite'; the rules are: quiet"):
        of(fail_on=["quite"])


def test_the_rules_are_the_flags_of_the_view() -> None:
    view = (ROOT / "warehouse" / "sql" / "views" / "v_publisher_health.sql").read_text("utf-8")
    flags = set(re.findall(r"THEN '(\w+)' END", view))
    assert len(flags) >= 7
    assert flags | {"stale"} == set(RULES)
    assert set(FAILING) <= set(RULES)


def test_every_command_shows_rows_of_the_warehouse_it_was_said_of(demo_run) -> None:
    for rule in RULES:
        program, *arguments = shlex.split(command_for(rule, "lufengwang"))
        assert program == "difang"
        done = run_difang(*arguments, home=demo_run.home)
        assert done.returncode == 0, (rule, done.stderr)


def test_the_verb_fails_or_warns(demo_run, tmp_path: Path) -> None:
    """In the demo's warehouse both newspapers have just answered, and a third publisher never has."""
    publishers = shutil.copytree(ROOT / "seeds" / "publishers", tmp_path / "publishers")
    other = publishers / "luwang.toml"
    other.write_text(other.read_text("utf-8").replace("active = false", "active = true"), "utf-8")
    environ = {"DIFANG_PUBLISHERS": str(publishers)}
    done = run_difang("health", "--json", home=demo_run.home, **environ)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert [(f["publisher_id"], f["rule"]) for f in told["failed"]] == [("luwang", "stale")]
    assert run_difang("health", "--only-warn", home=demo_run.home, **environ).returncode == 0
    well = run_difang("health", "--ignore", "stale", "--ignore", "region_degraded", home=demo_run.home)
    assert well.returncode == 0
    assert "nothing is wrong" in well.stdout
