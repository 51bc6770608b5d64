"""The examples of the docs are run as they stand, on the warehouse that the demo fills.

- ```` ```sql ```` is run on a connection of `warehouse.connect()` and returns at least one row.
- ```` ```python ```` is run as a program with DIFANG_HOME set.
- ```` ```console ```` : each line `$ difang …` is run by a shell; it exits with 0.

Blocks with another info string (text, sh, toml …) are for reading.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse import connect

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            if match[1] == kind:
                line = text.count("\n", 0, match.start()) + 1
                found.append(pytest.param(match[2], id=f"{page.name}:{line}"))
    return found


def commands() -> list:
    found = []
    for block in blocks("console"):
        lines = [line[2:] for line in block.values[0].splitlines() if line.startswith("$ difang ")]
        found.extend(pytest.param(line, id=f"{block.id} {line[:40]}") for line in lines)
    return found


def test_there_are_examples():
    assert len(PAGES) >= 8
    assert len(blocks("sql")) >= 10
    assert len(commands()) >= 5
    assert len(blocks("python")) >= 2


@pytest.mark.parametrize("sql", blocks("sql"))
def test_sql_returns_rows(demo_run, sql):
    with connect(demo_run.home / "warehouse") as connection:
        for statement in filter(str.strip, sql.split(";")):
            assert connection.execute(statement).fetchall(), statement


@pytest.mark.parametrize("program", blocks("python"))
def test_python_runs(demo_run, tmp_path, program):
    script = tmp_path / "example.py"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=demo_run.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", commands())
def test_command_succeeds(demo_run, command):
    scripts = str(Path(sys.executable).parent)
    environment = demo_run.environment | {"PATH": scripts + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
