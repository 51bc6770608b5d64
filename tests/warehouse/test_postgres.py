"""A PostgreSQL catalogue: commits that DuckLake may not rebase keep two writers' rows apart."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest

from warehouse import Warehouse, WarehouseLocation

CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import Maker
from warehouse import Warehouse, WarehouseLocation
with Warehouse.open(WarehouseLocation(catalog=sys.argv[2], data=sys.argv[3])) as warehouse:
    for n in range(5):
        warehouse.land(Maker().articles(range(n * 10, n * 10 + 10), crawl_id=sys.argv[4]))
"""

needs_postgres = pytest.mark.skipif(
    shutil.which("initdb") is None or importlib.util.find_spec("duckdb_extension_postgres") is None,
    reason="needs PostgreSQL's initdb and pg_ctl, and the wheel duckdb-extension-postgres",
)


@pytest.fixture
def catalog():
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder = Path(mkdtemp(prefix="difang-pg-"))
    folder.chmod(0o777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*arguments: str) -> None:
        subprocess.run(arguments, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

    run("initdb", "-D", f"{folder}/cluster", "-A", "trust", "-U", "difang")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    run("pg_ctl", "-D", f"{folder}/cluster", "-o", options, "-l", f"{folder}/log", "-w", "start")
    try:
        yield f"postgres:dbname=postgres host=127.0.0.1 port={port} user=difang"
    finally:
        run("pg_ctl", "-D", f"{folder}/cluster", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@needs_postgres
def test_two_writers_on_postgres_double_nothing(catalog, tmp_path):
    where = WarehouseLocation(catalog=catalog, data=str(tmp_path / "data"))
    Warehouse.open(where).close()
    arguments = [sys.executable, "-c", CHILD, str(Path(__file__).parent), catalog, where.data]
    children = [subprocess.Popen([*arguments, crawl_id]) for crawl_id in ("a", "b")]
    assert [child.wait(timeout=120) for child in children] == [0, 0]
    with Warehouse.open(where) as warehouse:
        assert [r.check.name for r in warehouse.check() if not r.passed] == []
        assert warehouse.connection.execute("SELECT count(*) FROM core_articles").fetchone() == (50,)
