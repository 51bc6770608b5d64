"""Arrow schemas and tables of the model, and statements that read them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import duckdb
import pyarrow as pa

from warehouse.model import Table

Row = Mapping[str, object]

_SCALARS: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "BLOB": pa.binary(),
}


def arrow_type(sql_type: str) -> pa.DataType:
    """The Arrow type of a SQL type that the model uses: scalars, lists, and flat structs."""
    if sql_type.endswith("[]"):
        return pa.list_(arrow_type(sql_type[:-2]))
    if sql_type.startswith("STRUCT("):
        fields = (field.strip().split(" ", 1) for field in sql_type[len("STRUCT(") : -1].split(","))
        return pa.struct([pa.field(name, arrow_type(kind)) for name, kind in fields])
    return _SCALARS[sql_type]


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table, not-nulls included."""
    return pa.schema([pa.field(c.name, arrow_type(c.type), nullable=c.nullable) for c in table.columns])


def arrow_table(table: Table, rows: Iterable[Row]) -> pa.Table:
    """The rows as an Arrow table of the model's schema.

    Raises KeyError for a row that lacks a column, ValueError for a null where the model forbids it.
    """
    given: Sequence[Row] = list(rows)
    schema = arrow_schema(table)
    arrays = []
    for field in schema:
        array = pa.array([row[field.name] for row in given], type=field.type)
        if array.null_count and not field.nullable:
            raise ValueError(f"{table.name}.{field.name} is null in {array.null_count} of {len(given)} rows")
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=schema)


def execute_over(connection: duckdb.DuckDBPyConnection, statement: str, given: pa.Table) -> duckdb.DuckDBPyConnection:
    """The statement executed, which reads the rows under the name ``incoming``, once.

    DuckDB finds a stream by the variable's name. It reads a table through pyarrow's scanner, whose threads cost a small
    statement more than its work; and registering it costs twice that.
    """
    incoming = given.__arrow_c_stream__()  # type: ignore[no-untyped-call]  # noqa: F841
    return connection.execute(statement)
