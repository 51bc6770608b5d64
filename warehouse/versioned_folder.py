"""Versions, each made whole from one snapshot of the lake, of which one is current.

::

    folder/latest.json                the manifest of what is current
    folder/history.json               the manifests of all that are kept, newest first
    folder/current -> versions/…      swapped by one rename; a reader that has a file open keeps the old one
    folder/versions/<as_of>-<snapshot>/manifest.json and what was written

`publishing` writes the marts into one, `exporting` the current rows into another. Under an ``s3://`` address there is
no `current`: `latest.json` is the pointer (`store_place`).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from records import UsageError, WarehouseError
from warehouse.erasures import stale_before
from warehouse.landing import current_snapshot
from warehouse.version_places import FolderPlace, Manifest, VersionPlace

GRACE_SECONDS = 3600.0
"""How long a version in a store outlives its successor's arrival: a reader of many objects holds none of them open."""

Write = Callable[[Path, Manifest, str], list[dict[str, Any]]]
"""Fills an empty folder, given what is said of the version so far and the URL that the folder's content will have, and
returns its tables with their rows."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What `bring_version` did: the manifest of what is current now, whether it was so before, what was deleted."""

    manifest: Manifest
    skipped: bool
    removed: tuple[str, ...]


def open_place(where: Path | str) -> VersionPlace:
    """The folder, or the prefix of a bucket. Raises UsageError for another kind of URL."""
    if isinstance(where, Path) or "://" not in where:
        return FolderPlace(Path(where).resolve())
    try:
        from warehouse.store_place import StorePlace  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        raise UsageError(f"{where} needs {error.name}: pip install 'difang[s3]'") from error
    return StorePlace(where)


def bring_version(
    connection: duckdb.DuckDBPyConnection,
    place: VersionPlace,
    write: Write,
    *,
    done: str,
    schema_version: int,
    keep: int,
    is_enough: Callable[[Manifest], bool],
    grace_seconds: float = GRACE_SECONDS,
) -> Brought:
    """Make the lake's newest snapshot current in a place, and keep the newest `keep` versions.

    `done` is the word for it, such as published; the manifest's `published_at` is named after it. Skipped where the
    newest version is of the same snapshot and schema, and `is_enough` as it is. Versions as of before the latest
    erasure go whatever their number, for they may hold what was taken down. Raises UsageError for a place that holds
    other things, WarehouseError where it cannot be written.
    """
    if keep < 1:
        raise UsageError(f"keep is {keep}; at least the version that is being {done} is kept: 1 or more")
    connection.execute("BEGIN TRANSACTION")
    try:
        place.require_own(done)
        latest = place.read_latest()
        if latest is not None and f"{done}_at" not in latest:
            raise UsageError(f"{place.address} holds versions of another kind; name a place of its own")
        snapshot_id, as_of = _snapshot(connection)
        stale = stale_before(connection)
        state = (snapshot_id, schema_version)
        is_there = latest is not None and (latest["snapshot_id"], latest["schema_version"]) == state
        is_there = is_there and latest is not None and is_enough(latest)
        if latest is None or not is_there:
            said = {"as_of": as_of.isoformat(), "snapshot_id": snapshot_id, "schema_version": schema_version}
            latest = _write_version(place, f"{as_of:%Y%m%dT%H%M%SZ}-{snapshot_id}", said, write, done)
            place.point_to(latest)
        grace = timedelta(seconds=0 if place.holds_readers else grace_seconds)
        return Brought(latest, is_there, _prune(place, done, keep, latest["version"], stale, grace))
    except place.faults as error:
        raise WarehouseError(f"{place.address} cannot be {done} into: {_first_line(error)}") from error
    finally:
        connection.execute("ROLLBACK")


def _snapshot(connection: duckdb.DuckDBPyConnection) -> tuple[int, datetime]:
    snapshot_id = current_snapshot(connection)
    row = connection.execute(
        "SELECT epoch_us(snapshot_time) FROM ducklake_snapshots(current_database()) WHERE snapshot_id = ?",
        [snapshot_id],
    ).fetchone()
    assert row is not None
    return snapshot_id, datetime.fromtimestamp(row[0] / 1e6, UTC)


def _write_version(place: VersionPlace, name: str, said: Manifest, write: Write, done: str) -> Manifest:
    """The manifest of a whole version under a name of its own; nothing points to it yet."""
    with place.draft(name) as (version, draft):
        manifest: Manifest = {"version": version, **said}
        manifest["tables"] = write(draft, manifest, place.url_of(version))
        manifest["files"] = [_file(draft, path) for path in sorted(draft.rglob("*")) if path.is_file()]
        manifest[f"{done}_at"] = datetime.now(UTC).isoformat()
        place.settle(draft, manifest)
    return manifest


def _file(draft: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"path": path.relative_to(draft).as_posix(), "bytes_count": path.stat().st_size, "sha256": digest}


def _prune(
    place: VersionPlace, done: str, keep: int, current: str, stale: datetime, grace: timedelta
) -> tuple[str, ...]:
    """The names of the versions that were deleted: beyond `keep` and the grace, or as of before an erasure."""
    place.remove_abandoned()
    moment = datetime.now(UTC)
    by_age = sorted(place.read_manifests(), key=lambda m: str(m[f"{done}_at"]), reverse=True)
    superfluous = []
    for number, (successor, manifest) in enumerate(pairwise(by_age), 1):
        is_beyond = number >= keep and moment - datetime.fromisoformat(successor[f"{done}_at"]) >= grace
        if manifest["version"] != current and (is_beyond or datetime.fromisoformat(manifest["as_of"]) < stale):
            superfluous.append(str(manifest["version"]))
    place.write_json("history.json", [m for m in by_age if m["version"] not in superfluous])
    for name in superfluous:
        place.remove(name)
    return tuple(superfluous)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
