"""Dimensions brought in line with the seeds: rewritten in one transaction, and only when they differ."""

from collections.abc import Iterable, Iterator

import duckdb
import pyarrow as pa

from records import Publisher
from records.position import Position
from records.region import Region
from warehouse import model
from warehouse.arrow import Row, arrow_table
from warehouse.model import Table
from warehouse.patience import persist, roll_back


def sync_dimensions(
    connection: duckdb.DuckDBPyConnection,
    publishers: Iterable[Publisher] = (),
    regions: Iterable[Region] = (),
    positions: Iterable[Position] = (),
) -> dict[str, int]:
    """Rows by table that was rewritten. An empty iterable leaves its dimension as it is.

    A publisher that is no longer declared keeps its rows: its articles still name it.
    """
    declared = tuple(publishers)
    wanted = {
        model.DIM_REGIONS: arrow_table(model.DIM_REGIONS, region_rows(regions)),
        model.DIM_PUBLISHERS: arrow_table(model.DIM_PUBLISHERS, map(publisher_row, declared)),
        model.DIM_SECTIONS: arrow_table(model.DIM_SECTIONS, section_rows(declared)),
        model.DIM_POSITIONS: arrow_table(model.DIM_POSITIONS, map(position_row, positions)),
    }
    if not declared:
        del wanted[model.DIM_SECTIONS]
    given = {
        t: rows.sort_by([(n, "ascending") for n in t.key])
        for t, rows in wanted.items()
        if rows.num_rows or t is model.DIM_SECTIONS
    }
    done, _ = persist(
        lambda: _attempt(connection, given), patience_seconds=60.0, what="the dimensions were not synchronised"
    )
    return done


def _attempt(connection: duckdb.DuckDBPyConnection, given: dict[Table, pa.Table]) -> dict[str, int]:
    done: dict[str, int] = {}
    connection.execute("BEGIN TRANSACTION")
    try:
        for table, wanted in given.items():
            rows = wanted
            stored = _stored(connection, table)
            if table in {model.DIM_PUBLISHERS, model.DIM_SECTIONS}:
                rows = _with_undeclared(stored, rows, table, given[model.DIM_PUBLISHERS])
            if stored.equals(rows):
                continue
            connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608
            connection.register("incoming", rows)
            connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM incoming')  # noqa: S608
            connection.unregister("incoming")
            done[table.name] = rows.num_rows
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise
    return done


def _with_undeclared(stored: pa.Table, rows: pa.Table, table: Table, declared: pa.Table) -> pa.Table:
    """The rows, with the stored ones of publishers that are not declared, in the order of the key."""
    ids = set(declared["publisher_id"].to_pylist())
    kept = stored.filter(pa.array([i not in ids for i in stored["publisher_id"].to_pylist()], pa.bool_()))
    return pa.concat_tables([rows, kept]).sort_by([(name, "ascending") for name in table.key])


def _stored(connection: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    keys = ", ".join(f'"{name}"' for name in table.key)
    found = connection.execute(f'SELECT * FROM "{table.name}" ORDER BY {keys}').to_arrow_table()  # noqa: S608
    return found.cast(arrow_table(table, ()).schema)


def region_rows(regions: Iterable[Region]) -> Iterator[Row]:
    """`dim_regions`, with the names of each region's ancestors."""
    known = tuple(regions)
    names = {region.region_code: region.name for region in known}
    for region in known:
        yield {
            "region_code": region.region_code,
            "region_name": region.full_name,
            "local_name": region.name,
            "short_name": region.short_name,
            "level": str(region.level),
            "region_kind": str(region.kind),
            "parent_code": region.parent_code,
            "path_codes": list(region.path),
            "province_code": region.province_code,
            "province_name": names.get(region.province_code, ""),
            "city_code": region.city_code,
            "city_name": names.get(region.city_code or ""),
            "county_code": region.county_code,
            "county_name": names.get(region.county_code or ""),
            "valid_from_date": region.valid_from,
            "valid_until_date": region.valid_until,
            "successor_code": region.successor_code,
            "longitude": region.longitude,
            "latitude": region.latitude,
        }


def publisher_row(publisher: Publisher) -> Row:
    """`dim_publishers`."""
    return {
        "publisher_id": publisher.id,
        "publisher_name": publisher.name,
        "home_url": publisher.home_url,
        "region_code": publisher.region_code,
        "sources_count": len(publisher.sources),
        "is_active": publisher.active,
        "verified_date": publisher.verified_date,
    }


def section_rows(publishers: Iterable[Publisher]) -> Iterator[Row]:
    """`dim_sections`; a section without a region of its own reports on the publisher's."""
    for publisher in publishers:
        for section in publisher.sections:
            yield {
                "publisher_id": publisher.id,
                "section_id": section.id,
                "section_name": section.name,
                "region_code": publisher.region_of(section.id),
            }


def position_row(position: Position) -> Row:
    """`dim_positions`."""
    return {
        "position_name": position.position_name,
        "organisation_kind": position.organisation_kind,
        "category": position.category,
        "unit": position.unit,
        "rank_by_level": [{"level": level, "rank_level": rank} for level, rank in position.rank_by_level],
        "aliases": list(position.aliases),
    }
