"""What a person with hundreds of publishers asks: which are there, and which of them need a look."""

import json

from conftest import run_difang


def ids(*options: str, home) -> list[str]:
    done = run_difang("publishers", "list", "--ids", *options, home=home)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_publishers_are_listed_by_region_and_state(tmp_path):
    shandong = ids("--region", "370000", "--unverified", "--inactive", home=tmp_path)
    assert {"luwang", "tengzhouribao", "zhangqiuqurenminzhengfuwang"} <= set(shandong)
    assert "xiaoshanwang" not in shandong
    assert ids("--region", "370114", home=tmp_path) == ["zhangqiuqurenminzhengfuwang"]
    assert ids("--active", home=tmp_path) == [], "what is shipped is crawled only when it is named"
    refused = run_difang("publishers", "list", "--region", "章丘", home=tmp_path)
    assert refused.returncode == 2
    assert "write 37 for 山东, 370114 for 章丘" in refused.stderr


def test_status_leaves_those_that_are_flagged(demo_run):
    everything = run_difang("status", "--days", "4000", "--json", home=demo_run.home)
    flagged = run_difang("status", "--days", "4000", "--json", "--flagged", home=demo_run.home)
    assert everything.returncode == flagged.returncode == 0, flagged.stderr
    whole, part = json.loads(everything.stdout), json.loads(flagged.stdout)
    assert whole["frontier"].keys() == {"lufengwang", "yihewanbao"}
    named = {row["publisher"] for row in whole["flags"]}
    assert part["flags"] == whole["flags"]
    assert part["landed"] == [row for row in whole["landed"] if row["publisher"] in named]
    assert part["frontier"].keys() == named
