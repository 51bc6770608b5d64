"""A folder of versions, each made whole from one snapshot of the lake, of which one is current.

::

    folder/latest.json                the manifest of what is current
    folder/current -> versions/…      swapped by one rename; a reader that has a file open keeps the old one
    folder/versions/<as_of>-<snapshot>/manifest.json and what was written

`publishing` writes the marts into one, `exporting` the current rows into another.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from records import UsageError
from warehouse.erasures import stale_before
from warehouse.landing import current_snapshot

_ABANDONED_AFTER_SECONDS = 86_400
_DRAFT = ".draft-"

Manifest = dict[str, Any]
Write = Callable[[Path, Manifest], list[dict[str, Any]]]
"""Fills an empty folder, given what is said of the version so far, and returns its tables with their rows."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What `bring_version` did: the manifest of what is current now, whether it was so before, what was deleted."""

    manifest: Manifest
    skipped: bool
    removed: tuple[str, ...]


def bring_version(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    write: Write,
    *,
    done: str,
    schema_version: int,
    keep: int,
    force: bool,
) -> Brought:
    """Make the lake's newest snapshot current in `folder`, and keep the newest `keep` versions.

    `done` is the word for it, such as published; the manifest's `published_at` is named after it. Skipped where the
    newest version is of the same snapshot and schema. Versions as of before the latest erasure go whatever their
    number, for they may hold what was taken down. Raises UsageError for a folder that holds other things.
    """
    if keep < 1:
        raise UsageError(f"keep is {keep}; at least the version that is being {done} is kept: 1 or more")
    versions = folder / "versions"
    if folder.exists() and not versions.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds other files; name an empty folder, or one that was {done} into before")
    versions.mkdir(parents=True, exist_ok=True)
    latest = read_manifest(folder)
    connection.execute("BEGIN TRANSACTION")
    try:
        snapshot_id, as_of = _snapshot(connection)
        stale = stale_before(connection)
        if latest and (latest["snapshot_id"], latest["schema_version"]) == (snapshot_id, schema_version) and not force:
            return Brought(latest, True, _prune(versions, done, keep, latest["version"], stale))
        said: Manifest = {
            "version": f"{as_of:%Y%m%dT%H%M%SZ}-{snapshot_id}",
            "as_of": as_of.isoformat(),
            "snapshot_id": snapshot_id,
            "schema_version": schema_version,
        }
        _write_version(versions, said, write, done)
    finally:
        connection.execute("ROLLBACK")
    _swap(folder, said)
    return Brought(said, False, _prune(versions, done, keep, said["version"], stale))


def read_manifest(folder: Path) -> Manifest | None:
    """What `latest.json` says, or None where there is no version."""
    path = folder / "latest.json"
    if not path.exists():
        return None
    found: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return found


def read_manifests(folder: Path) -> list[Manifest]:
    """The manifests of all versions that are kept, newest first."""
    return list(_manifests(folder / "versions"))


def write_json(path: Path, value: object) -> None:
    """Write a file that is whole or not there."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)


def _snapshot(connection: duckdb.DuckDBPyConnection) -> tuple[int, datetime]:
    snapshot_id = current_snapshot(connection)
    row = connection.execute(
        "SELECT epoch_us(snapshot_time) FROM ducklake_snapshots(current_database()) WHERE snapshot_id = ?",
        [snapshot_id],
    ).fetchone()
    assert row is not None
    return snapshot_id, datetime.fromtimestamp(row[0] / 1e6, UTC)


def _write_version(versions: Path, said: Manifest, write: Write, done: str) -> None:
    """A whole version in a folder of its own, under its final name; nothing points to it yet."""
    draft = Path(mkdtemp(prefix=_DRAFT, dir=versions))
    try:
        said["tables"] = write(draft, said)
        said["files"] = [_file(draft, path) for path in sorted(draft.rglob("*")) if path.is_file()]
        said[f"{done}_at"] = datetime.now(UTC).isoformat()
        while (versions / said["version"]).exists():  # forced: a new name, since nobody may see a file change
            said["version"] += "a"
        write_json(draft / "manifest.json", said)
        draft.chmod(0o755)
        draft.rename(versions / said["version"])
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _file(draft: Path, path: Path) -> dict[str, Any]:
    path.chmod(0o444)
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"path": path.relative_to(draft).as_posix(), "bytes_count": path.stat().st_size, "sha256": digest}


def _swap(folder: Path, manifest: Manifest) -> None:
    """Let `current` and `latest.json` name the new version, each by one rename."""
    pointer = folder / f".current-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("versions") / manifest["version"])
    pointer.replace(folder / "current")
    write_json(folder / "latest.json", manifest)


def _manifests(versions: Path) -> Iterator[Manifest]:
    for path in sorted(versions.glob("[!.]*/manifest.json"), reverse=True):
        yield json.loads(path.read_text(encoding="utf-8"))


def _prune(versions: Path, done: str, keep: int, current: str, stale: datetime) -> tuple[str, ...]:
    """The names of the versions that were deleted; drafts that a killed writer left go after a day."""
    for draft in versions.glob(f"{_DRAFT}*"):
        if time.time() - draft.stat().st_mtime > _ABANDONED_AFTER_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)
    by_age = sorted(_manifests(versions), key=lambda m: str(m[f"{done}_at"]), reverse=True)
    others = [m for m in by_age if m["version"] != current]
    superfluous = tuple(
        str(m["version"]) for n, m in enumerate(others, 1) if n >= keep or datetime.fromisoformat(m["as_of"]) < stale
    )
    for name in superfluous:
        shutil.rmtree(versions / name, ignore_errors=True)
    return superfluous
