"""Whom a name means: the places and positions it is recorded with, and the one that a request has chosen."""

from dataclasses import dataclass
from datetime import date

import duckdb

from records import UsageError
from warehouse.tombstones import Scope, region_prefix

_NAMESAKES = """
SELECT m.region_code, any_value(d.region_name), list_distinct(flatten(list(m.positions_normalised))),
       count(DISTINCT m.article_id), min(m.published_date), max(m.published_date)
FROM core_official_mentions AS m LEFT JOIN dim_regions AS d USING (region_code)
WHERE m.name = $1
GROUP BY m.region_code
ORDER BY count(DISTINCT m.article_id) DESC, m.region_code
"""
_REGIONS = "SELECT region_code FROM dim_regions WHERE $1 IN (region_code, region_name, local_name, short_name)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """One jurisdiction in which a name is recorded; without a code where no text said which."""

    region_code: str | None
    region_name: str | None
    positions: tuple[str, ...]
    articles_count: int
    first_date: date | None
    last_date: date | None

    def __str__(self) -> str:
        """One line for a person who has to choose."""
        where = f"{self.region_name or self.region_code}" if self.region_code else "no region"
        days = f", {self.first_date} to {self.last_date}" if self.first_date else ""
        return f"{where}: {'、'.join(self.positions) or 'no position'} ({self.articles_count} articles{days})"


def namesakes(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[Namesake, ...]:
    """The jurisdictions that the name is recorded with, the one with most articles first."""
    return tuple(
        Namesake(
            region_code=code,
            region_name=region,
            positions=tuple(sorted(p for p in positions or () if p)),
            articles_count=int(count),
            first_date=first,
            last_date=last,
        )
        for code, region, positions, count, first, last in connection.execute(_NAMESAKES, [name]).fetchall()
    )


def scope_of(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    region: str = "",
    position: str = "",
    all_namesakes: bool = False,
) -> Scope:
    """The mentions that a request means: of the name in a region (code or name, with all below it) and a position.

    Without either, the one jurisdiction that the name is recorded with. Raises UsageError where there are several
    (unless `all_namesakes`), and for a region that the warehouse does not know.
    """
    if region:
        codes = [str(row[0]) for row in connection.execute(_REGIONS, [region]).fetchall()]
        if not codes:
            raise UsageError(f'--region {region}: no such code or name; look it up with: difang sql "FROM dim_regions"')
        return Scope(name=name, prefixes=tuple(sorted({region_prefix(code) for code in codes})), position=position)
    if position or all_namesakes:
        return Scope(name=name, position=position)
    found = namesakes(connection, name)
    if len(found) > 1:
        lines = "\n".join(f"  {one}" for one in found)
        raise UsageError(
            f"{name} is recorded in {len(found)} jurisdictions and may be several persons; say which with --region or "
            f"--position, or take them all with --all-namesakes:\n{lines}"
        )
    code = found[0].region_code if found else None
    return Scope(name=name, prefixes=(region_prefix(code),) if code else ())
