"""The published copy: marts as files for dashboards, swapped in whole, never locked by a writer.

::

    published/latest.json                 what is current: as_of, schema version, and each file with its SHA-256
    published/history.json                the same of every copy that is kept, newest first
    published/current -> versions/…       swapped by one rename; a reader that has a file open keeps the old one
    published/versions/<as_of>-<snapshot>/news.duckdb, parquet/, csv/, json/, regions.geojson, boundaries*

All of one copy comes from one snapshot of the lake. `SCHEMA_VERSION` is raised when a column goes or changes its
meaning; columns may be added under the same version.
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
from warehouse.published_files import write_database, write_files

SCHEMA_VERSION = 1
DEFAULT_KEPT = 3
ABANDONED_AFTER_SECONDS = 86_400
_DRAFT = ".draft-"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What is published now: where, as of when, rows by table; `skipped` where that was so before."""

    folder: str
    version: str
    as_of: datetime
    snapshot_id: int
    counts: dict[str, int]
    seconds: float
    skipped: bool = False
    removed_versions: tuple[str, ...] = ()


def publish(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, keep: int = DEFAULT_KEPT, force: bool = False
) -> PublishReport:
    """Publish the lake's newest snapshot into `folder` and keep the newest `keep` copies.

    Skipped where the newest copy is of the same snapshot and schema. Raises UsageError for a folder that holds
    other things.
    """
    started = time.monotonic()
    if keep < 1:
        raise UsageError(f"keep is {keep}; at least the copy that is being published is kept: 1 or more")
    versions = folder / "versions"
    if folder.exists() and not versions.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds other files; name an empty folder, or one that was published into before")
    versions.mkdir(parents=True, exist_ok=True)
    latest = read_manifest(folder)
    connection.execute("BEGIN TRANSACTION")
    try:
        snapshot_id, as_of = _snapshot(connection)
        same = latest and (latest["snapshot_id"], latest["schema_version"]) == (snapshot_id, SCHEMA_VERSION)
        if latest and same and not force:
            removed = _prune(versions, keep, latest["version"], stale_before(connection))
            return _report(folder, latest, started, skipped=True, removed=removed)
        manifest = _draft(connection, versions, snapshot_id, as_of)
        stale = stale_before(connection)
    finally:
        connection.execute("ROLLBACK")
    _swap(folder, manifest)
    removed = _prune(versions, keep, manifest["version"], stale)
    _write_json(folder / "history.json", list(_manifests(versions)))
    return _report(folder, manifest, started, removed=removed)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What `latest.json` says, or None where nothing was published."""
    path = folder / "latest.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _snapshot(connection: duckdb.DuckDBPyConnection) -> tuple[int, datetime]:
    snapshot_id = current_snapshot(connection)
    row = connection.execute(
        "SELECT epoch_us(snapshot_time) FROM ducklake_snapshots(current_database()) WHERE snapshot_id = ?",
        [snapshot_id],
    ).fetchone()
    assert row is not None
    return snapshot_id, datetime.fromtimestamp(row[0] / 1e6, UTC)


def _draft(connection: duckdb.DuckDBPyConnection, versions: Path, snapshot_id: int, as_of: datetime) -> dict[str, Any]:
    """A whole copy in its own folder, under its final name; nothing points to it yet."""
    draft = Path(mkdtemp(prefix=_DRAFT, dir=versions))
    said: dict[str, Any] = {
        "version": f"{as_of:%Y%m%dT%H%M%SZ}-{snapshot_id}",
        "as_of": as_of.isoformat(),
        "snapshot_id": snapshot_id,
        "schema_version": SCHEMA_VERSION,
    }
    try:
        said["tables"] = write_database(connection, draft / "news.duckdb", said)
        write_files(draft)
        said["files"] = [_file(draft, path) for path in sorted(draft.rglob("*")) if path.is_file()]
        said["published_at"] = datetime.now(UTC).isoformat()
        final = versions / said["version"]
        while final.exists():  # published again with --force: a new name, since nobody may see a file change
            said["version"] += "a"
            final = versions / said["version"]
        _write_json(draft / "manifest.json", said)
        draft.chmod(0o755)
        draft.rename(final)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return said


def _file(draft: Path, path: Path) -> dict[str, Any]:
    path.chmod(0o444)
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"path": path.relative_to(draft).as_posix(), "bytes_count": path.stat().st_size, "sha256": digest}


def _swap(folder: Path, manifest: dict[str, Any]) -> None:
    """Let `current` and `latest.json` name the new copy, each by one rename."""
    pointer = folder / f".current-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("versions") / manifest["version"])
    pointer.replace(folder / "current")
    _write_json(folder / "latest.json", manifest)


def _manifests(versions: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(versions.glob("*/manifest.json"), reverse=True):
        if not path.parent.name.startswith(_DRAFT):
            yield json.loads(path.read_text(encoding="utf-8"))


def _prune(versions: Path, keep: int, current: str, stale: datetime) -> tuple[str, ...]:
    """The names of older copies beyond `keep`, and of those as of before `stale`, which may hold what was taken down.

    They are deleted; drafts of killed publishers go after a day.
    """
    for draft in versions.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > ABANDONED_AFTER_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)
    by_age = sorted(_manifests(versions), key=lambda m: m["published_at"], reverse=True)
    others = [m for m in by_age if m["version"] != current]
    superfluous = [
        m["version"] for n, m in enumerate(others, 1) if n >= keep or datetime.fromisoformat(m["as_of"]) < stale
    ]
    for name in superfluous:
        shutil.rmtree(versions / name, ignore_errors=True)
    return tuple(superfluous)


def _write_json(path: Path, value: object) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)


def _report(
    folder: Path, manifest: dict[str, Any], started: float, *, removed: tuple[str, ...], skipped: bool = False
) -> PublishReport:
    return PublishReport(
        folder=str(folder),
        version=manifest["version"],
        as_of=datetime.fromisoformat(manifest["as_of"]),
        snapshot_id=manifest["snapshot_id"],
        counts={table["name"]: table["rows_count"] for table in manifest["tables"]},
        seconds=round(time.monotonic() - started, 3),
        skipped=skipped,
        removed_versions=removed,
    )
