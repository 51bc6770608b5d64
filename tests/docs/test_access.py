"""The ways into the warehouse that need nothing of difang's Python: DuckDB's own shell, and a snapshot of before."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

from warehouse import connect
from warehouse.location import WarehouseLocation, attach_statements


def test_duckdbs_shell_opens_the_lake_in_three_lines(demo_run):
    page = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
    printed = page.partition("```text\nINSTALL ducklake")[2].partition("```")[0].splitlines()
    assert len(printed) == 3
    catalog = str(demo_run.home / "warehouse" / "catalog.sqlite")
    opening = ("INSTALL ducklake" + "\n".join(printed)).replace("difang-home/demo/warehouse/catalog.sqlite", catalog)
    # the extensions of this installation, so that INSTALL needs no network
    where = next(
        line
        for line in attach_statements(WarehouseLocation.at(demo_run.home / "warehouse"))
        if "extension_directory" in line
    )
    query = "SELECT title, region_name FROM v_articles WHERE canonical_url LIKE '%/t20220117_4207771.htm';"
    done = subprocess.run(
        [str(Path(sysconfig.get_path("scripts")) / "duckdb"), "-json"],
        input="\n".join((where, opening, query, "SELECT count(*) AS found FROM search('供暖');")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, found = (json.loads(part + "]") for part in done.stdout.split("]") if part.strip())
    assert first == [{"title": "章丘区委经济工作会议召开", "region_name": "山东省济南市章丘区"}]
    assert found[0]["found"] > 0


def test_difang_sql_asks_a_snapshot_of_before(demo_run):
    with connect(demo_run.home / "warehouse") as lake:
        snapshots = "SELECT min(snapshot_id) FROM ducklake_snapshots('difang') WHERE changes::VARCHAR LIKE '%inserted%'"
        (first,) = lake.execute(snapshots).fetchone()

    def ask(*options: str) -> subprocess.CompletedProcess:
        query = "SELECT count(*) AS n FROM core_articles"
        command = [sys.executable, "-m", "pipeline", "sql", *options, "--json", query]
        return subprocess.run(
            command, env=demo_run.environment, capture_output=True, text=True, timeout=120, check=False
        )

    then, now = (json.loads(done.stdout)["n"] for done in (ask("--at", str(first)), ask()))
    assert then < now
    refused = ask("--at", "1999-01-01")
    assert refused.returncode == 1
    assert "no snapshot is kept of" in refused.stderr
