"""Data files that are missing or not whole, such as a power cut leaves them; a killed process leaves none."""

import re

import duckdb

_FILE = re.compile(r"[^\s'\"]+\.parquet")


def damaged_file(error: BaseException) -> str:
    """The data file that an error of DuckDB is about, or nothing where it is about something else."""
    if not isinstance(error, duckdb.IOException | duckdb.InvalidInputException | duckdb.HTTPException):
        return ""
    found = _FILE.search(str(error))
    return found[0] if found else ""
