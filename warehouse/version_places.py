"""Where versions lie: `VersionPlace`, and the one that is a folder of this machine. `store_place` is the one in S3.

A folder has `current`, a link that one rename swaps, besides `latest.json`. A store has neither links nor renames:
there `latest.json` is the pointer, swapped by one PUT, and its `version` names the prefix to read.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from records import UsageError

ABANDONED_AFTER_SECONDS = 86_400
"""Age at which what a killed writer left half-made is deleted."""

Manifest = dict[str, Any]


class VersionPlace(Protocol):
    """Versions, and the pointer to the one that is current."""

    address: str
    """The folder or URL, as people name it."""
    holds_readers: bool
    """Whether a reader goes on in a version that is deleted under its hands, as with a file that it has open."""

    faults: tuple[type[Exception], ...]
    """What is raised where disk, network or store fail."""

    def require_own(self, done: str) -> None:
        """Raise UsageError where other things lie here."""

    def read_latest(self) -> Manifest | None:
        """What `latest.json` says, or None where there is no version."""

    def read_manifests(self) -> list[Manifest]:
        """The manifests of all whole versions, newest first."""

    def draft(self, name: str) -> AbstractContextManager[tuple[str, Path]]:
        """A free version's name, like the one proposed, and an empty folder to write it in, gone afterwards."""

    def url_of(self, version: str) -> str:
        """The absolute URL that the version's files will have."""

    def settle(self, draft: Path, manifest: Manifest) -> None:
        """Make the draft a whole version under its final name; nothing points to it yet."""

    def point_to(self, manifest: Manifest) -> None:
        """Make the version the current one."""

    def write_json(self, name: str, value: object) -> None:
        """Write a file beside `latest.json` that is whole or not there."""

    def remove(self, version: str) -> None:
        """Delete a version."""

    def remove_abandoned(self) -> None:
        """Delete what killed writers left half-made a day ago."""


def as_json(value: object) -> bytes:
    """A manifest, or several, as they are stored."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


class FolderPlace:
    """A folder of this machine."""

    holds_readers = True
    faults: tuple[type[Exception], ...] = (OSError,)
    _DRAFT = ".draft-"

    def __init__(self, folder: Path) -> None:
        self.address = str(folder)
        self._folder = folder
        self._versions = folder / "versions"

    def require_own(self, done: str) -> None:
        """Raise UsageError where other things lie here; lay the folder where it is missing."""
        if self._folder.exists() and not self._versions.exists() and any(self._folder.iterdir()):
            raise UsageError(
                f"{self._folder} holds other files; name an empty folder, or one that was {done} into before"
            )
        self._versions.mkdir(parents=True, exist_ok=True)

    def read_latest(self) -> Manifest | None:
        """What `latest.json` says, or None where there is no version."""
        path = self._folder / "latest.json"
        if not path.exists():
            return None
        found: Manifest = json.loads(path.read_bytes())
        return found

    def read_manifests(self) -> list[Manifest]:
        """The manifests of all whole versions, newest first."""
        paths = sorted(self._versions.glob("[!.]*/manifest.json"), reverse=True)
        return [json.loads(path.read_bytes()) for path in paths]

    @contextmanager
    def draft(self, name: str) -> Iterator[tuple[str, Path]]:
        """A name that no version has, for nobody may see a file change, claimed by the folder to write it in."""
        while True:
            draft = self._versions / f"{self._DRAFT}{name}"
            if not (self._versions / name).exists():
                try:
                    draft.mkdir()
                    break
                except FileExistsError:  # another writer is at it, or was killed
                    pass
            name += "a"
        try:
            yield name, draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def url_of(self, version: str) -> str:
        """The absolute URL that the version's files will have."""
        return f"file://{self._versions.resolve() / version}"

    def settle(self, draft: Path, manifest: Manifest) -> None:
        """Make the draft a whole version by one rename."""
        for path in draft.rglob("*"):
            if path.is_file():
                path.chmod(0o444)
        (draft / "manifest.json").write_bytes(as_json(manifest))
        draft.rename(self._versions / manifest["version"])

    def point_to(self, manifest: Manifest) -> None:
        """Let `current` and `latest.json` name the version, each by one rename."""
        pointer = self._folder / f".current-{os.getpid()}"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(Path("versions") / manifest["version"])
        pointer.replace(self._folder / "current")
        self.write_json("latest.json", manifest)

    def write_json(self, name: str, value: object) -> None:
        """Write a file beside `latest.json` that is whole or not there."""
        draft = self._folder / f".{name}-{os.getpid()}"
        draft.write_bytes(as_json(value))
        draft.replace(self._folder / name)

    def remove(self, version: str) -> None:
        """Delete a version; a reader that has a file of it open goes on."""
        shutil.rmtree(self._versions / version, ignore_errors=True)

    def remove_abandoned(self) -> None:
        """Delete the drafts that killed writers left a day ago."""
        for draft in self._versions.glob(f"{self._DRAFT}*"):
            if time.time() - draft.stat().st_mtime > ABANDONED_AFTER_SECONDS:
                shutil.rmtree(draft, ignore_errors=True)
