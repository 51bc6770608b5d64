"""Data files that are missing or not whole, such as a power cut leaves them; a killed process leaves none."""

import re

import duckdb

_FILE = re.compile(r"[^\s'\"]+\.parquet")


def tell_damage(error: BaseException) -> str:
    """Which data file an error of DuckDB is about and what to do, in a sentence; nothing where it is about no file."""
    if not isinstance(error, duckdb.IOException | duckdb.InvalidInputException | duckdb.HTTPException):
        return ""
    found = _FILE.search(str(error))
    why = str(error).partition("\n")[0]
    if not found:
        return ""
    step = "put it back from a copy: docs/operations.md, 'Back up and restore'"
    return f"a data file is missing or not whole, {found[0]}: {why}; {step}"
