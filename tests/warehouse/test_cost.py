"""What history may not make dearer, counted without a clock: the statements and files of a landing."""

import json
from pathlib import Path

from warehouse import Warehouse, merging


def logged(warehouse: Warehouse, kind: str, batch) -> list[str]:
    """What DuckDB logs of that kind while the batch lands, its own statements to the catalogue included."""
    connection = warehouse.connection
    connection.execute("CALL truncate_duckdb_logs()")
    connection.execute("CALL enable_logging(?)", [kind])
    warehouse.land(batch)
    connection.execute("CALL disable_logging()")
    return [m for (m,) in connection.execute("SELECT message FROM duckdb_logs WHERE type = ?", [kind]).fetchall()]


def test_a_landing_takes_as_many_statements_and_files_whatever_has_landed(warehouse, make, monkeypatch):
    monkeypatch.setattr(merging, "EVERY", 10**9)  # the worst history: nothing of it was ever merged
    statements, files = [], []
    for number in range(14):
        batches = [make.articles(range(n * 5, n * 5 + 5), crawl_id=f"c{n}") for n in (2 * number, 2 * number + 1)]
        if number in (1, 13):
            statements.append(len(logged(warehouse, "QueryLog", batches[0])))
            opened = [e for m in logged(warehouse, "FileSystem", batches[1]) if (e := json.loads(m))["op"] == "OPEN"]
            files.append(sorted(Path(e["path"]).parent.name for e in opened if e["path"].endswith(".parquet")))
        else:
            for batch in batches:
                warehouse.land(batch)
    assert statements[0] == statements[1]
    assert 50 < statements[0] < 130
    assert files[0] == files[1]
    assert len(files[0]) == len(set(files[0])) == 9, "one file for each of the nine tables"
