"""`difang forget` on the demo's warehouse: what it says, what it refuses, and that nothing comes back."""

import json
import shutil

import pytest
from conftest import run_difang

from crawlers import Frontier
from crawlers.frontier_schema import UrlState
from warehouse import connect

URL = "http://www.lufengwang.example/zq/xw/202201/t20220117_4207771.htm"


@pytest.fixture
def home(demo_run, tmp_path):
    return shutil.copytree(demo_run.home, tmp_path / "home")


def forget(home, *arguments: str) -> dict:
    done = run_difang("forget", *arguments, "--grace", "0", "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_an_article_goes_and_a_crawl_does_not_bring_it_back(home):
    rehearsed = forget(home, URL, "--dry-run")
    assert (rehearsed["files"], rehearsed["is_dry_run"], rehearsed["frontier_urls_count"]) == (None, True, 1)
    said = forget(home, URL.replace("http:", "https:"))  # whatever form of the address is given
    assert said["rows"]["core_articles"] == rehearsed["rows"]["core_articles"] == 1
    assert said["tombstones_count"] == said["frontier_urls_count"] == 1
    again = forget(home, URL)
    assert (again["rows"], again["tombstones_count"], again["frontier_urls_count"]) == ({}, 0, 0)
    frontier = Frontier.open(f"sqlite:///{home}/frontier.sqlite")
    assert frontier.state_of(URL) is UrlState.GONE
    frontier.close()
    with connect(home / "warehouse") as reader:
        assert reader.execute("SELECT count(*) FROM v_articles WHERE canonical_url = ?", [URL]).fetchone() == (0,)
        mart = reader.execute("SELECT count(*) FROM mart_articles WHERE canonical_url = ?", [URL]).fetchone()
        assert mart == (0,)
    assert run_difang("check", home=home).returncode == 0


@pytest.mark.slow
def test_a_name_borne_by_several_is_refused_with_the_list(home):
    """As though an article of another county named an official of the same name."""
    query = "SELECT min(name) FROM core_official_mentions WHERE region_code LIKE '3701%'"
    double = (
        "INSERT INTO core_official_mentions SELECT * REPLACE ('431021' AS region_code, ordinal + 9000 AS ordinal) "
        "FROM core_official_mentions WHERE name = ?"
    )
    with connect(home / "warehouse", read_only=False) as writer:
        found = writer.execute(query).fetchone()
        assert found is not None
        writer.execute(double, [found[0]])
    done = run_difang("forget", found[0], "--dry-run", home=home)
    assert done.returncode == 2
    assert "jurisdictions and may be several persons" in done.stderr
    assert forget(home, found[0], "--all-namesakes", "--dry-run")["rows"]["core_official_mentions"] > 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([URL, "--region", "章丘区"], "go with a name, not with a URL"),
        (["ftp://www.lufengwang.example/a"], "is no http or https URL"),
    ],
)
def test_bad_usage_is_said_in_one_sentence(arguments, says, tmp_path):
    done = run_difang("forget", *arguments, home=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
