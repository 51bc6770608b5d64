"""Beyond one machine: a real PostgreSQL for the catalogue, a real S3-compatible store for the data, several writers."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from object_store import BUCKET, JUICEFS, free_port, object_store

from warehouse import Warehouse, WarehouseLocation, connect
from warehouse.location import attach_statements

ROOT = Path(__file__).parents[2]
CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import Maker
from warehouse import Warehouse, WarehouseLocation
with Warehouse.open(WarehouseLocation(catalog=sys.argv[2], data=sys.argv[3])) as warehouse:
    for n in range(5):
        warehouse.land(Maker().articles(range(n * 10, n * 10 + 10), crawl_id=sys.argv[4]))
"""
WRITERS = ("a", "b", "c")

needs_postgres = pytest.mark.skipif(
    shutil.which("initdb") is None or importlib.util.find_spec("duckdb_extension_postgres") is None,
    reason="needs PostgreSQL's initdb and pg_ctl, and the wheel duckdb-extension-postgres",
)
needs_s3 = pytest.mark.skipif(
    not JUICEFS.exists() or importlib.util.find_spec("duckdb_extension_httpfs") is None,
    reason="needs juicefs, whose gateway is an S3-compatible store, and the wheel duckdb-extension-httpfs",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL server of this module's own; called with a name it makes a database and gives its catalogue."""
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder = Path(mkdtemp(prefix="difang-pg-"))
    folder.chmod(0o777)
    port = free_port()

    def run(*arguments: str) -> None:
        subprocess.run(arguments, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)

    run("initdb", "-D", f"{folder}/cluster", "-A", "trust", "-U", "difang")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", f"{folder}/cluster", "-o", options, "-l", f"{folder}/log", "-w", "start")

    def database(name: str) -> str:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "difang", name)
        return f"postgres:dbname={name} host=127.0.0.1 port={port} user=difang"

    try:
        yield database
    finally:
        run("pg_ctl", "-D", f"{folder}/cluster", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket of a real S3-compatible server; the environment says where it is and how to sign."""
    with object_store(tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield f"s3://{BUCKET}/lake"


def write_at_once(where: WarehouseLocation) -> None:
    """Three writers of the same articles, each in crawls of its own: nothing may be doubled, torn or lost."""
    Warehouse.open(where).close()
    arguments = [sys.executable, "-c", CHILD, str(Path(__file__).parent), where.catalog, where.data]
    children = [subprocess.Popen([*arguments, crawl_id]) for crawl_id in WRITERS]
    assert [child.wait(timeout=300) for child in children] == [0] * len(WRITERS)
    with Warehouse.open(where) as warehouse:
        assert [r.check.name for r in warehouse.check() if not r.passed] == []
        assert warehouse.connection.execute("SELECT count(*) FROM core_articles").fetchone() == (50,)
        batches = warehouse.connection.execute("SELECT count(*) FROM core_batches").fetchone()
        assert batches == (5 * len(WRITERS),)


@pytest.mark.slow
@needs_postgres
def test_writers_on_postgres_double_nothing_and_a_record_is_taken_down(server, tmp_path, make):
    where = WarehouseLocation(catalog=server("writers"), data=str(tmp_path / "data"))
    write_at_once(where)
    with Warehouse.open(where) as warehouse:
        assert warehouse.maintain().merged_files_count > 5
        assert warehouse.forget([make.url(7)]).rows["core_articles"] == 1
        assert warehouse.erase(grace_seconds=0).is_complete
        values = warehouse.connection.execute(
            "SELECT count(*) FROM __ducklake_metadata_difang.ducklake_table_column_stats WHERE contains(max_value, $1) "
            "OR contains(min_value, $1)",
            [make.url(7).partition("://")[2]],
        ).fetchone()
        assert values == (0,)
        assert warehouse.land(make.articles(range(7, 8), crawl_id="back")).counts["core_articles"] == 0
        assert [r.check.name for r in warehouse.check() if not r.passed] == []


@pytest.mark.slow
def test_writers_on_sqlite_double_nothing(tmp_path):
    write_at_once(WarehouseLocation.at(tmp_path))


def ask_as_documented(where: WarehouseLocation) -> str:
    """What DuckDB's own shell answers after the three lines of docs/analysts.md, with this catalogue and store."""
    page = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")
    lines = "INSTALL ducklake; INSTALL postgres;" + page.partition("INSTALL ducklake; INSTALL postgres;")[2]
    lines = lines.partition("```")[0]
    assert len(lines.splitlines()) == 3
    host = os.environ["AWS_ENDPOINT_URL"].partition("://")[2]
    for written, here in (
        ("credential_chain", f"credential_chain, ENDPOINT '{host}', URL_STYLE 'path', USE_SSL false"),
        ("postgres:dbname=difang host=db user=analyst", where.catalog),
    ):
        assert written in lines
        lines = lines.replace(written, here)
    # the extensions of this installation, so that INSTALL needs no network
    (folder,) = (line for line in attach_statements(where) if "extension_directory" in line)
    done = subprocess.run(
        [str(Path(sysconfig.get_path("scripts")) / "duckdb"), "-csv", "-noheader"],
        input="\n".join((folder, lines, "SELECT count(*) FROM v_articles;")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@needs_postgres
@needs_s3
def test_postgres_and_s3_by_settings_alone(server, bucket, tmp_path, make):
    where = WarehouseLocation.from_environment({"DIFANG_CATALOG": server("store"), "DIFANG_DATA": bucket})
    write_at_once(where)
    with Warehouse.open(where) as warehouse:
        warehouse.refresh_marts()
        before = warehouse.maintain()
        assert before.merged_files_count > 5
        assert before.counts["core_articles"] == 50
        warehouse.forget([make.url(7)])
        assert warehouse.erase(grace_seconds=0).deleted_files_count > 10
    with connect(where) as reader:
        assert reader.execute("SELECT count(*) FROM v_articles").fetchone() == (49,)
        assert reader.execute("SELECT count(*) FROM search('供暖')").fetchone() == (49,)
        files = reader.execute("SELECT data_file FROM ducklake_list_files('difang', 'core_articles')").fetchall()
        assert all(row[0].startswith("s3://news/lake/") for row in files)
    assert ask_as_documented(where).splitlines()[-1] == "49"
    assert list((tmp_path / "blocks").rglob("*_*")), "the store holds nothing"
