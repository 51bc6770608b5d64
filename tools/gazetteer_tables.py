"""Headed tables, read and written: TSV and CSV, sorted and reproducible. Part of tools/build_gazetteer.py."""

import csv
import gzip
from pathlib import Path

Row = dict[str, str]


def read_tsv(path: Path) -> list[Row]:
    """The rows of a headed TSV; lines that begin with # are comments."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def read_csv(path: Path) -> list[Row]:
    """The rows of a headed CSV."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, fields: list[str], rows: list[Row]) -> None:
    """A headed TSV, sorted by its columns; gzip without a time stamp where the name says so."""
    lines = sorted("\t".join(row[field] for field in fields) for row in rows)
    data = ("\t".join(fields) + "\n" + "\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size:,} bytes")
