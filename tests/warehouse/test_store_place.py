"""The published copy and the export in a real S3-compatible store: whole, pinned by readers, swapped by one PUT."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time

import duckdb
import pytest
from object_store import BUCKET, JUICEFS, object_store

from records import UsageError, WarehouseError
from warehouse import store_place
from warehouse.exporting import export
from warehouse.extensions import load_extension
from warehouse.location import secret_statement
from warehouse.publishing import publish
from warehouse.store_place import StorePlace, open_client

pytestmark = pytest.mark.skipif(
    not JUICEFS.exists() or importlib.util.find_spec("duckdb_extension_httpfs") is None,
    reason="needs juicefs, whose gateway is an S3-compatible store, and the wheel duckdb-extension-httpfs",
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    with object_store(tmp_path_factory.mktemp("store")) as variables:
        yield variables


@pytest.fixture
def place(environment, monkeypatch, request):
    """An empty prefix; the environment says where the store is."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{request.node.name}"


@pytest.fixture
def filled(warehouse, make):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    warehouse.land(make.batch(make.landed(1), make.landed(2), crawl_id="c1"))
    return warehouse


def read(address):
    return get(address)["Body"].read()


def get(address):
    return open_client(os.environ).get_object(Bucket=BUCKET, Key=address.removeprefix(f"s3://{BUCKET}/"))


def below(address):
    prefix = address.removeprefix(f"s3://{BUCKET}/") + "/"
    pages = open_client(os.environ).get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return {found["Key"].removeprefix(prefix) for page in pages for found in page.get("Contents", ())}


def plain_duckdb(*packages):
    connection = duckdb.connect()
    for package in ("httpfs", "aws", *packages):
        load_extension(connection, package)
    connection.execute(secret_statement(os.environ))
    return connection


def test_a_copy_is_whole_named_with_its_hashes_and_read_through_its_pointer(filled, place):
    report = publish(filled.connection, place)
    latest = json.loads(read(f"{place}/latest.json"))
    assert (report.folder, report.version) == (place, latest["version"])
    copy = f"{place}/versions/{latest['version']}"
    assert below(copy) == {file["path"] for file in latest["files"]} | {"manifest.json"}
    for file in latest["files"]:
        assert hashlib.sha256(read(f"{copy}/{file['path']}")).hexdigest() == file["sha256"], file["path"]
    assert json.loads(read(f"{place}/history.json")) == [latest]
    assert publish(filled.connection, place).skipped
    said = get(f"{place}/latest.json")
    assert (said["ContentType"], said["CacheControl"]) == ("application/json", "no-cache")

    with plain_duckdb() as reader:  # as docs/dashboards.md has it
        (version,) = reader.execute(f"SELECT version FROM read_json('{place}/latest.json')").fetchone()
        reader.execute(f"ATTACH '{place}/versions/{version}/news.duckdb' AS news (READ_ONLY)")
        assert reader.execute("SELECT count(*) FROM news.articles").fetchone() == (2,)
        rows = reader.execute(f"SELECT count(*) FROM '{place}/versions/{version}/parquet/articles.parquet'")
        assert rows.fetchone() == (2,)


READER = """
import os, sys
import duckdb
from warehouse.extensions import load_extension
from warehouse.location import secret_statement
place, seen = sys.argv[1], set()
with duckdb.connect() as reader:
    for package in ("httpfs", "aws"):
        load_extension(reader, package)
    reader.execute(secret_statement(os.environ))
    print("ready", flush=True)
    while len(seen) < 4:
        (version,) = reader.execute(f"SELECT version FROM read_json('{place}/latest.json')").fetchone()
        counts = {
            reader.execute(
                f"SELECT count(DISTINCT article_id) FROM '{place}/versions/{version}/{name}/*/*/*.parquet'"
            ).fetchone()
            for name in ("articles", "article_regions", "official_mentions")
        }
        assert len(counts) == 1, counts
        seen.add(version)
"""


@pytest.mark.slow
def test_a_reader_goes_on_while_versions_are_replaced_in_the_store(filled, make, place):
    export(filled.connection, place)
    reader = subprocess.Popen([sys.executable, "-c", READER, place], stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "ready\n"
    number = 10
    while reader.poll() is None and number < 200:
        filled.land(make.batch(make.landed(number), crawl_id=f"c{number}"))
        export(filled.connection, place, keep=1)
        number += 1
    reader.communicate(timeout=120)
    assert reader.returncode == 0


def test_older_versions_stay_for_the_grace_and_what_was_taken_down_goes_at_once(filled, make, place):
    versions = [export(filled.connection, place, keep=1).version]
    for number in (10, 11):
        filled.land(make.batch(make.landed(number), crawl_id=f"c{number}"))
        versions.append(export(filled.connection, place, keep=1).version)
    kept = StorePlace(place).read_manifests
    assert [m["version"] for m in kept()] == versions[::-1]
    time.sleep(0.01)
    assert export(filled.connection, place, keep=1, grace_seconds=0).skipped
    assert [m["version"] for m in kept()] == versions[-1:]
    assert {path.split("/")[0] for path in below(f"{place}/versions")} == {versions[-1]}
    assert [m["version"] for m in json.loads(read(f"{place}/history.json"))] == versions[-1:]
    filled.forget([make.url(10)])
    last = export(filled.connection, place, keep=9).version
    assert [m["version"] for m in kept()] == [last]


def test_what_a_killed_writer_left_is_no_version_and_goes_after_a_day(filled, place, monkeypatch):
    left = f"{place}/versions/20240513T040000Z-1-ffffff/articles/data.parquet".removeprefix(f"s3://{BUCKET}/")
    open_client(os.environ).put_object(Bucket=BUCKET, Key=left, Body=b"half")
    version = export(filled.connection, place).version
    assert [m["version"] for m in StorePlace(place).read_manifests()] == [version]
    assert any("ffffff" in path for path in below(place))
    monkeypatch.setattr(store_place, "ABANDONED_AFTER_SECONDS", -60)
    export(filled.connection, place)
    assert not any("ffffff" in path for path in below(place))


def test_icebergs_metadata_are_read_without_a_catalogue(filled, place):
    pytest.importorskip("pyiceberg")
    from pyiceberg.table import StaticTable

    version = export(filled.connection, place, iceberg=True).version
    (said,) = StorePlace(place).read_manifests()
    paths = {table["name"]: f"{place}/versions/{version}/{table['iceberg_metadata']}" for table in said["tables"]}
    counts = {table["name"]: table["rows_count"] for table in said["tables"]}
    endpoint = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"]}
    with plain_duckdb("avro", "iceberg") as reader:
        for name, path in paths.items():
            assert reader.execute(f"SELECT count(*) FROM iceberg_scan('{path}')").fetchone() == (counts[name],), name
            assert StaticTable.from_metadata(path, endpoint).scan().count() == counts[name], name


def test_what_is_wrong_with_a_place_is_said_in_a_sentence(filled, place, monkeypatch):
    for address in ("gs://news/published", "s3://news"):
        with pytest.raises(UsageError, match="name a folder, or s3://bucket/prefix"):
            export(filled.connection, address)
    export(filled.connection, place)
    with pytest.raises(UsageError, match="versions of another kind"):
        publish(filled.connection, place)
    with pytest.raises(UsageError, match="holds other objects"):
        export(filled.connection, f"{place}/versions")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(WarehouseError, match=r"cannot be exported into: .*SignatureDoesNotMatch"):
        export(filled.connection, place, force=True)
