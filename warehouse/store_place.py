"""Versions in S3, or a store that speaks its language: `latest.json` is the pointer, swapped by one PUT.

::

    s3://bucket/prefix/latest.json, history.json
    s3://bucket/prefix/versions/<as_of>-<snapshot>-<random>/…    never changed once `latest.json` has named it

Keys, region and the store's address come from AWS's own variables, as for the lake's data. The random end of a name
keeps two writers of one snapshot apart, since a store cannot claim a name; the `manifest.json` of a version is put
last, so that a prefix without one is what a killed writer left. Needs boto3, of the extra ``difang[s3]``.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from records import UsageError
from warehouse.version_places import ABANDONED_AFTER_SECONDS, Manifest, as_json

REQUESTS_AT_ONCE = 8
_ALONE = TransferConfig(use_threads=False)
"""Many files are put at once, the parts of one after the other."""
_POINTER = {"ContentType": "application/json", "CacheControl": "no-cache"}
_TYPES = {".json": "application/json", ".geojson": "application/geo+json", ".csv": "text/csv; charset=utf-8"}


class StorePlace:
    """A prefix of a bucket."""

    holds_readers = False
    faults: tuple[type[Exception], ...] = (OSError, BotoCoreError, Boto3Error, ClientError)

    def __init__(self, address: str, environment: Mapping[str, str] = os.environ) -> None:
        self._bucket, _, root = address.removeprefix("s3://").strip("/").partition("/")
        if not address.startswith("s3://") or not root:
            raise UsageError(f"{address} is no place for versions: name a folder, or s3://bucket/prefix")
        self.address = f"s3://{self._bucket}/{root}"
        self._root, self._versions = f"{root}/", f"{root}/versions/"
        self._client = open_client(environment)

    def require_own(self, done: str) -> None:
        """Raise UsageError where other things lie under the prefix."""
        own = (self._versions, f"{self._root}latest.json", f"{self._root}history.json")
        if any(not str(found["Key"]).startswith(own) for found in self._list(self._root)):
            raise UsageError(f"{self.address} holds other objects; name an empty prefix, or one {done} into before")

    def read_latest(self) -> Manifest | None:
        """What `latest.json` says, or None where there is no version."""
        try:
            return self._read(f"{self._root}latest.json")
        except self._client.exceptions.NoSuchKey:
            return None

    def read_manifests(self) -> list[Manifest]:
        """The manifests of all whole versions, newest first."""
        found = sorted((v for v, keys in self._objects().items() if self._manifest(v) in keys), reverse=True)
        return [self._read(self._manifest(version)) for version in found]

    @contextmanager
    def draft(self, name: str) -> Iterator[tuple[str, Path]]:
        """A version's name of its own, and a folder of this machine to write it in, under TMPDIR."""
        with TemporaryDirectory(prefix="difang-") as folder:
            yield f"{name}-{secrets.token_hex(3)}", Path(folder)

    def url_of(self, version: str) -> str:
        """The absolute URL that the version's files will have."""
        return f"{self.address}/versions/{version}"

    def settle(self, draft: Path, manifest: Manifest) -> None:
        """Put every file, and the manifest when all of them are there."""
        target = f"{self._versions}{manifest['version']}/"

        def put(path: Path) -> None:
            key = target + path.relative_to(draft).as_posix()
            self._client.upload_file(str(path), self._bucket, key, ExtraArgs=_kept(path.suffix), Config=_ALONE)

        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            list(pool.map(put, [path for path in sorted(draft.rglob("*")) if path.is_file()]))
        self._put(self._manifest(manifest["version"]), as_json(manifest), _kept(".json"))

    def point_to(self, manifest: Manifest) -> None:
        """Let `latest.json` name the version: one PUT."""
        self.write_json("latest.json", manifest)

    def write_json(self, name: str, value: object) -> None:
        """Put a file beside the versions."""
        self._put(f"{self._root}{name}", as_json(value), _POINTER)

    def remove(self, version: str) -> None:
        """Delete a version's objects, its manifest first: what is left if this is interrupted is abandoned."""
        self._delete([self._manifest(version)])
        self._delete(self._objects(version).get(version, {}))

    def remove_abandoned(self) -> None:
        """Delete the prefixes without a manifest whose newest object is a day old."""
        now = datetime.now(UTC)
        for version, keys in self._objects().items():
            is_old = (now - max(keys.values())).total_seconds() > ABANDONED_AFTER_SECONDS
            if self._manifest(version) not in keys and is_old:
                self._delete(keys)

    def _manifest(self, version: str) -> str:
        return f"{self._versions}{version}/manifest.json"

    def _objects(self, version: str = "") -> dict[str, dict[str, datetime]]:
        """The keys below each version, or below one, with the instants of their last change."""
        found: dict[str, dict[str, datetime]] = {}
        for item in self._list(f"{self._versions}{version}"):
            name = str(item["Key"]).removeprefix(self._versions).partition("/")[0]
            found.setdefault(name, {})[item["Key"]] = item["LastModified"]
        return found

    def _list(self, prefix: str) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            yield from page.get("Contents", ())

    def _read(self, key: str) -> Manifest:
        found: Manifest = json.loads(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        return found

    def _put(self, key: str, content: bytes, headers: dict[str, str]) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content, **headers)

    def _delete(self, keys: "list[str] | dict[str, datetime]") -> None:
        # one by one: many at once need a checksum that stores other than AWS refuse
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            list(pool.map(lambda key: self._client.delete_object(Bucket=self._bucket, Key=key), keys))


def _kept(suffix: str) -> dict[str, str]:
    """The headers of a file that never changes, so that a browser or a cache may keep it."""
    return {
        "ContentType": _TYPES.get(suffix, "application/octet-stream"),
        "CacheControl": "public, max-age=31536000, immutable",
    }


def open_client(environment: Mapping[str, str]) -> Any:
    """S3 by AWS's own chain of keys; region and endpoint from AWS's own variables, as in `location.secret_statement`.

    Another store's buckets are paths there, and it may know no checksums in trailers.
    """
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    settings: dict[str, Any] = {"connect_timeout": 10, "max_pool_connections": REQUESTS_AT_ONCE}
    if endpoint:
        settings |= {"s3": {"addressing_style": "path"}, "request_checksum_calculation": "when_required"}
    return boto3.Session().client(  # the default session would remember keys
        "s3",
        region_name=environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION"),
        endpoint_url=endpoint,
        config=Config(**settings),
    )
