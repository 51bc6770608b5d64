"""The statements by which DuckDB reaches a lake; tests/dags/test_cluster.py runs them against a real S3 gateway."""

from warehouse.location import WarehouseLocation, attach_statements, secret_statement


def test_the_secret_names_the_store_that_aws_variables_name():
    plain = "CREATE SECRET IF NOT EXISTS difang_data (TYPE s3, PROVIDER credential_chain, VALIDATION 'none'{})"
    assert secret_statement({}) == plain.format("")
    assert secret_statement({"AWS_REGION": "cn-north-1"}) == plain.format(", REGION 'cn-north-1'")
    store = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9000/", "AWS_SECRET_ACCESS_KEY": "never printed"}
    assert secret_statement(store) == plain.format(", ENDPOINT '127.0.0.1:9000', URL_STYLE 'path', USE_SSL False")
    other = store | {"AWS_ENDPOINT_URL_S3": "https://s3.example"}
    assert secret_statement(other) == plain.format(", ENDPOINT 's3.example', URL_STYLE 'path', USE_SSL True")


def test_a_plain_duckdb_is_told_how_to_reach_s3():
    where = WarehouseLocation(catalog="postgres:dbname=difang", data="s3://difang/lake")
    statements = "\n".join(attach_statements(where))
    for words in ("INSTALL postgres;", "INSTALL httpfs;", "CREATE SECRET", "DATA_PATH 's3://difang/lake/'"):
        assert words in statements
    assert "httpfs" not in "\n".join(attach_statements(WarehouseLocation.at("/srv/difang")))


def test_a_shell_keeps_footers_where_it_only_reads():
    where = WarehouseLocation.at("/srv/difang")
    assert "parquet_metadata_cache" in "\n".join(attach_statements(where))
    assert "parquet_metadata_cache" not in "\n".join(attach_statements(where, read_only=False))
