"""Views and macros: SQL files that open with what one row means, in Chinese and in English, stored in the lake itself.

A plain DuckDB that attaches the lake finds them too. A file's header is

::

    -- 中文说明
    -- English description
    -- = SELECT … FROM v_name         an example, which docs/tables.md shows and the tests run
    -- @column 中文 | English          a column that the model does not describe, or describes otherwise

(a macro has a line ``-- (parameters)`` besides); what follows is one SELECT.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from records import InvalidSeed
from warehouse.columns import COLUMNS
from warehouse.location import literal

SQL_FOLDER = Path(__file__).parent / "sql"

# in the order of their needs: a view comes after the views it reads
VIEW_NAMES = (
    "v_captures",
    "v_tag_generations",
    "v_article_versions",
    "v_articles",
    "v_article_regions",
    "v_official_mentions",
    "v_announced_changes",
    "v_officials_timeline",
    "v_person_appearances",
    "v_tenures",
    "v_persons",
    "v_office_changes",
    "v_region_bench",
    "v_co_appearances",
    "v_region_by_day",
    "v_region_history",
    "v_related_links",
    "v_rejections",
    "v_rejection_counts",
    "v_revisions",
    "v_reprints",
    "v_reprint_clusters",
    "v_removals",
    "v_trending_terms",
    "v_publisher_profiles",
    "v_publisher_freshness",
    "v_publisher_days",
    "v_completeness",
    "v_publisher_health",
    "v_batches",
)
MACRO_NAMES = ("search",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One SQL file: what its rows mean, what its columns say, and its SELECT."""

    name: str
    zh: str
    en: str
    column_comments: dict[str, tuple[str, str]]
    parameters: str
    select: str
    example: str = ""

    @property
    def comment(self) -> str:
        """Both languages, as COMMENT ON VIEW stores them."""
        return f"{self.zh} | {self.en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """A view made solid: the same columns as a table, sorted for the questions put to it."""

    name: str
    view: str
    sorted_by: tuple[str, ...]
    reads: tuple[str, ...] = ()
    """Views whose marts, made before it in the same refresh, stand in for them: what costs most is computed once."""


MARTS = (
    Mart(name="mart_articles", view="v_articles", sorted_by=("published_at", "article_id")),
    Mart(name="mart_article_regions", view="v_article_regions", sorted_by=("region_code", "published_at")),
    Mart(name="mart_announced_changes", view="v_announced_changes", sorted_by=("name", "published_at")),
    Mart(name="mart_officials_timeline", view="v_officials_timeline", sorted_by=("name", "published_at")),
    Mart(
        name="mart_person_appearances",
        view="v_person_appearances",
        sorted_by=("name", "published_at"),
        reads=("v_officials_timeline",),
    ),
    Mart(
        name="mart_tenures",
        view="v_tenures",
        sorted_by=("region_code", "first_seen_date"),
        reads=("v_announced_changes", "v_person_appearances"),
    ),
    Mart(name="mart_persons", view="v_persons", sorted_by=("name", "person_id"), reads=("v_person_appearances",)),
    Mart(
        name="mart_office_changes",
        view="v_office_changes",
        sorted_by=("region_code", "changed_date"),
        reads=("v_announced_changes", "v_person_appearances", "v_tenures"),
    ),
    Mart(
        name="mart_region_bench",
        view="v_region_bench",
        sorted_by=("region_code", "from_date"),
        reads=("v_person_appearances", "v_tenures"),
    ),
    Mart(
        name="mart_co_appearances",
        view="v_co_appearances",
        sorted_by=("person_id", "with_person_id"),
        reads=("v_person_appearances",),
    ),
    Mart(
        name="mart_region_by_day",
        view="v_region_by_day",
        sorted_by=("region_code", "published_date"),
        reads=("v_articles",),
    ),
    Mart(name="mart_related_links", view="v_related_links", sorted_by=("article_id", "ordinal")),
    Mart(name="mart_revisions", view="v_revisions", sorted_by=("seen_at",)),
    Mart(name="mart_reprints", view="v_reprints", sorted_by=("article_id",)),
    Mart(name="mart_reprint_clusters", view="v_reprint_clusters", sorted_by=("cluster_id",), reads=("v_reprints",)),
    Mart(
        name="mart_trending_terms",
        view="v_trending_terms",
        sorted_by=("region_code", "week_date"),
        reads=("v_articles",),
    ),
    Mart(
        name="mart_publisher_profiles",
        view="v_publisher_profiles",
        sorted_by=("publisher_id",),
        reads=("v_articles", "v_reprints"),
    ),
    Mart(name="mart_publisher_days", view="v_publisher_days", sorted_by=("publisher_id", "fetched_date")),
    Mart(name="mart_publisher_freshness", view="v_publisher_freshness", sorted_by=("publisher_id",)),
    Mart(name="mart_completeness", view="v_completeness", sorted_by=("publisher_id", "fetched_date", "section_id")),
    Mart(name="mart_removals", view="v_removals", sorted_by=("removed_at",)),
)


@cache
def views() -> tuple[Statement, ...]:
    """The views, in the order of their needs."""
    return tuple(read_statement(SQL_FOLDER / "views" / f"{name}.sql") for name in VIEW_NAMES)


@cache
def macros() -> tuple[Statement, ...]:
    """The table macros."""
    return tuple(read_statement(SQL_FOLDER / "macros" / f"{name}.sql") for name in MACRO_NAMES)


def read_statement(path: Path) -> Statement:
    """A SQL file with its header read. Raises InvalidSeed for a header that is not as this module says."""
    header: list[str] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines and lines[0].startswith("-- "):
        header.append(lines.pop(0)[3:].strip())
    prose = [line for line in header if not line.startswith(("@", "(", "= "))]
    if len(prose) != 2:
        raise InvalidSeed(f"{path.name}: the header must hold one Chinese and one English line, found {len(prose)}")
    return Statement(
        name=path.stem,
        zh=prose[0],
        en=prose[1],
        column_comments=dict(_column_comment(line, path) for line in header if line.startswith("@")),
        parameters=next((line.strip("()") for line in header if line.startswith("(")), ""),
        select="\n".join(lines).strip(),
        example=" ".join(line[2:] for line in header if line.startswith("= ")),
    )


def _column_comment(line: str, path: Path) -> tuple[str, tuple[str, str]]:
    name, _, rest = line[1:].partition(" ")
    zh, bar, en = rest.partition(" | ")
    if not bar:
        raise InvalidSeed(f"{path.name}: the line '@{name}' must read '中文 | English'")
    return name, (zh.strip(), en.strip())


def describe_column(statement: Statement, name: str) -> tuple[str, str]:
    """What a view's column says: its own header line, else the model's. Raises InvalidSeed where neither says it."""
    if name in statement.column_comments:
        return statement.column_comments[name]
    if name not in COLUMNS:
        raise InvalidSeed(f"{statement.name}.sql: the header lacks a line '-- @{name} 中文 | English'")
    return COLUMNS[name].zh, COLUMNS[name].en


def views_sha256() -> str:
    """What changes when a view, a macro or a mart does: stored in the lake, so that an older one is renewed."""
    said = [f"{s.name}{s.parameters}{s.comment}{s.select}" for s in (*views(), *macros())]
    said += [f"{mart.name}{mart.view}{mart.sorted_by}" for mart in MARTS]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create or replace views and macros, and lay the marts whose columns are new; within the caller's transaction."""
    for view in views():
        connection.execute(f'CREATE OR REPLACE VIEW "{view.name}" AS {view.select}')
        connection.execute(f'COMMENT ON VIEW "{view.name}" IS {literal(view.comment)}')
    for macro in macros():
        connection.execute(f'CREATE OR REPLACE MACRO "{macro.name}"({macro.parameters}) AS TABLE {macro.select}')
    for mart in MARTS:
        _lay_mart(connection, mart)
        _comment_columns(connection, mart)


def _lay_mart(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    wanted = _shape(connection, mart.view)
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = ?", [mart.name]
    ).fetchone()
    if found and _shape(connection, mart.name) == wanted:
        return
    view = next(view for view in views() if view.name == mart.view)
    connection.execute(f'CREATE OR REPLACE TABLE "{mart.name}" AS SELECT * FROM "{mart.view}" LIMIT 0')  # noqa: S608
    connection.execute(f'COMMENT ON TABLE "{mart.name}" IS {literal(view.comment)}')
    keys = ", ".join(f'"{name}"' for name in mart.sorted_by)
    connection.execute(f'ALTER TABLE "{mart.name}" SET SORTED BY ({keys})')


def _comment_columns(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    """What each column means, in the mart itself: DuckDB keeps no comment for a column of a view."""
    view = next(view for view in views() if view.name == mart.view)
    for name, _ in _shape(connection, mart.name):
        meaning = " | ".join(describe_column(view, name))
        connection.execute(f'COMMENT ON COLUMN "{mart.name}"."{name}" IS {literal(meaning)}')


def _shape(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f'DESCRIBE "{relation}"').fetchall()]
