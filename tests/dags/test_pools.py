import json
import subprocess
import sys
from pathlib import Path

import pytest

from dags.pools import count_groups, describe_pools, group_of
from records import UsageError


def test_sites_of_one_domain_are_in_one_group_whatever_their_host() -> None:
    for count in (1, 2, 4, 16, 128):
        groups = {
            group_of(url, count)
            for url in ("http://www.dzwww.com/", "https://jinan.dzwww.com/news/", "http://dzwww.com")
        }
        assert len(groups) == 1
        assert groups <= set(range(1, count + 1))
    # Under a public suffix of two parts the county's own name is what is registered.
    assert len({group_of(f"http://www.{name}.gov.cn/", 128) for name in ("zhangqiu", "laiwu", "pingyin", "jiyang")}) > 1


def test_groups_are_of_similar_size() -> None:
    sizes = [0] * 16
    for number in range(3000):
        sizes[group_of(f"http://www.paper{number}.cn/", 16) - 1] += 1
    assert min(sizes) > 130
    assert max(sizes) < 245


def test_each_group_has_a_pool_of_one_slot() -> None:
    pools = describe_pools(3)
    assert list(pools) == ["difang_hosts_1", "difang_hosts_2", "difang_hosts_3", "difang_warehouse"]
    assert {pool["slots"] for pool in pools.values()} == {1}


def test_the_number_of_groups_comes_from_the_environment() -> None:
    assert count_groups({}) == count_groups({"DIFANG_HOST_GROUPS": ""}) == 4
    assert count_groups({"DIFANG_HOST_GROUPS": "32"}) == 32
    for wrong in ("0", "129", "four", "-1", "四", "２"):
        with pytest.raises(UsageError, match="from 1 to 128"):
            count_groups({"DIFANG_HOST_GROUPS": wrong})


def test_the_file_is_what_airflow_imports(tmp_path: Path) -> None:
    file = tmp_path / "pools.json"
    done = subprocess.run([sys.executable, "-m", "dags.pools", str(file)], env={"DIFANG_HOST_GROUPS": "2"}, check=False)
    assert done.returncode == 0
    assert json.loads(file.read_text("utf-8")) == describe_pools(2)
    for arguments, environ in (([], {}), ([str(file)], {"DIFANG_HOST_GROUPS": "many"})):
        wrong = subprocess.run(
            [sys.executable, "-m", "dags.pools", *arguments], env=environ, capture_output=True, check=False
        )
        assert wrong.returncode == 2
        assert len(wrong.stderr.splitlines()) == 1
