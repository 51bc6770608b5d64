"""The lake's current rows as plain hive-partitioned Parquet, for Spark, Trino and whoever reads folders.

::

    export/latest.json                       what is current: as_of, schema version, tables, files with their SHA-256
    export/current -> versions/…             swapped by one rename; a reader that has a file open keeps the old one
    export/versions/<as_of>-<snapshot>/articles/published_month=2024-05/province=370000/data_0.parquet
    export/versions/…/regions/regions.parquet

All tables of one version come from one snapshot. Partition values are months and codes of provinces, never words of a
page; an article without a day or a region lies under ``__HIVE_DEFAULT_PARTITION__``. Dimensions are one file each.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from records import UsageError
from warehouse.erasures import stale_before
from warehouse.landing import current_snapshot
from warehouse.location import literal

SCHEMA_VERSION = 1
"""Raised when a column goes or changes its meaning; columns may be added under the same version."""
DEFAULT_KEPT = 2
ROW_GROUP_ROWS = 50_000
_DRAFT = ".draft-"
_ABANDONED_AFTER_SECONDS = 86_400

_OF_ARTICLE = "SELECT x.*, a.published_month, a.province FROM {} AS x JOIN exported AS a USING (article_id)"
PARTITIONED = {
    "articles": (_OF_ARTICLE.format("v_articles"), "published_at, article_id"),
    "article_regions": (_OF_ARTICLE.format("v_article_regions"), "region_code, published_at"),
    "official_mentions": (_OF_ARTICLE.format("v_official_mentions"), "name, published_at"),
    "related_links": (_OF_ARTICLE.format("v_related_links"), "article_id, ordinal"),
}
WHOLE = {"regions": "dim_regions", "publishers": "dim_publishers", "positions": "dim_positions"}
# a tag lies in the partition of its article, so that a job over one month and province finds both there
_PLACES = """
CREATE OR REPLACE TEMP TABLE exported AS
SELECT article_id, strftime(published_date, '%Y-%m') AS published_month, province_code AS province FROM v_articles
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What is exported now: where, as of when, rows by table; `skipped` where that was so before."""

    folder: str
    version: str
    as_of: datetime
    snapshot_id: int
    counts: dict[str, int]
    files_count: int
    seconds: float
    skipped: bool = False


def export(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, keep: int = DEFAULT_KEPT, force: bool = False
) -> ExportReport:
    """Export the lake's newest snapshot into `folder`, and keep the newest `keep` versions.

    Skipped where the newest version is of the same snapshot and schema. Raises UsageError for a folder that holds
    other things.
    """
    started = time.monotonic()
    versions = folder / "versions"
    if folder.exists() and not versions.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds other files; name an empty folder, or one that was exported into before")
    versions.mkdir(parents=True, exist_ok=True)
    latest = read_manifest(folder)
    connection.execute("BEGIN TRANSACTION")
    try:
        snapshot_id = current_snapshot(connection)
        if latest and (latest["snapshot_id"], latest["schema_version"]) == (snapshot_id, SCHEMA_VERSION) and not force:
            _prune(versions, keep, latest["version"], stale_before(connection))
            return _report(folder, latest, started, skipped=True)
        manifest = _write_version(connection, versions, snapshot_id)
        stale = stale_before(connection)
    finally:
        connection.execute("ROLLBACK")
    _swap(folder, manifest)
    _prune(versions, keep, manifest["version"], stale)
    return _report(folder, manifest, started)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What `latest.json` says, or None where nothing was exported."""
    path = folder / "latest.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write_version(connection: duckdb.DuckDBPyConnection, versions: Path, snapshot_id: int) -> dict[str, Any]:
    """A whole version in a folder of its own, under its final name; nothing points to it yet."""
    row = connection.execute(
        "SELECT epoch_us(snapshot_time) FROM ducklake_snapshots(current_database()) WHERE snapshot_id = ?",
        [snapshot_id],
    ).fetchone()
    assert row is not None
    as_of = datetime.fromtimestamp(row[0] / 1e6, UTC)
    version = f"{as_of:%Y%m%dT%H%M%SZ}-{snapshot_id}"
    draft = Path(mkdtemp(prefix=_DRAFT, dir=versions))
    try:
        tables = [{"name": name, "rows_count": count} for name, count in _write_tables(connection, draft)]
        said: dict[str, Any] = {
            "version": version,
            "as_of": as_of.isoformat(),
            "snapshot_id": snapshot_id,
            "schema_version": SCHEMA_VERSION,
            "exported_at": datetime.now(UTC).isoformat(),
            "tables": tables,
            "files": [_file(draft, path) for path in sorted(draft.rglob("*.parquet"))],
        }
        while (versions / said["version"]).exists():  # exported again with --force: nobody may see a file change
            said["version"] += "a"
        _write_json(draft / "manifest.json", said)
        draft.chmod(0o755)
        draft.rename(versions / said["version"])
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return said


def _write_tables(connection: duckdb.DuckDBPyConnection, draft: Path) -> Iterator[tuple[str, int]]:
    """Each table written, with its rows."""
    parquet = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}"
    connection.execute(_PLACES)
    for name, (query, order) in PARTITIONED.items():
        target = literal(str(draft / name))
        row = connection.execute(
            f"COPY (FROM ({query}) ORDER BY published_month, province, {order}) TO {target} "
            f"({parquet}, PARTITION_BY (published_month, province))"
        ).fetchone()
        (draft / name).mkdir(exist_ok=True)  # a table without rows is an empty folder
        yield name, int(row[0]) if row else 0
    for name, table in WHOLE.items():
        (draft / name).mkdir()
        target = literal(str(draft / name / f"{name}.parquet"))
        row = connection.execute(f"COPY (FROM {table}) TO {target} ({parquet})").fetchone()
        yield name, int(row[0]) if row else 0
    connection.execute("DROP TABLE temp.exported")


def _file(draft: Path, path: Path) -> dict[str, Any]:
    path.chmod(0o444)
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"path": path.relative_to(draft).as_posix(), "bytes_count": path.stat().st_size, "sha256": digest}


def _swap(folder: Path, manifest: dict[str, Any]) -> None:
    """Let `current` and `latest.json` name the new version, each by one rename."""
    pointer = folder / f".current-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("versions") / manifest["version"])
    pointer.replace(folder / "current")
    _write_json(folder / "latest.json", manifest)


def _prune(versions: Path, keep: int, current: str, stale: datetime) -> None:
    """Older versions deleted: those beyond `keep`, and as of before `stale`, which may hold what was taken down.

    Drafts of killed exports go after a day.
    """
    for draft in versions.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)
    found = (json.loads(path.read_text(encoding="utf-8")) for path in versions.glob("[!.]*/manifest.json"))
    by_age = sorted(found, key=lambda m: str(m["exported_at"]), reverse=True)
    others = [m for m in by_age if m["version"] != current]
    for number, said in enumerate(others, 1):
        if number >= keep or datetime.fromisoformat(said["as_of"]) < stale:
            shutil.rmtree(versions / said["version"], ignore_errors=True)


def _write_json(path: Path, value: object) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)


def _report(folder: Path, manifest: dict[str, Any], started: float, *, skipped: bool = False) -> ExportReport:
    return ExportReport(
        folder=str(folder),
        version=manifest["version"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        snapshot_id=manifest["snapshot_id"],
        counts={table["name"]: table["rows_count"] for table in manifest["tables"]},
        files_count=len(manifest["files"]),
        seconds=round(time.monotonic() - started, 3),
        skipped=skipped,
    )
