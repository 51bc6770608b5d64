"""Floors over all goldens of the bundled newspapers: regions and officials as they stand in the warehouse."""

import json
from pathlib import Path

import pytest

from warehouse import connect

GOLDENS = Path(__file__).parents[1] / "goldens"
PRIMARY_FLOOR = 0.91  # 68 of 74 when it was set
NAME_FLOOR = 0.96  # recall and precision: 87 of 89, one too many


@pytest.fixture(scope="module")
def goldens():
    """The goldens of articles by URL; those of the evening edition replace the morning's."""
    files = [*sorted(GOLDENS.glob("*/*.json")), *sorted(GOLDENS.glob("editions/*/*/*.json"))]
    told = {g["url"]: g for g in (json.loads(f.read_text(encoding="utf-8")) for f in files) if "rejected" not in g}
    assert len(told) >= 74
    return told


@pytest.fixture(scope="module")
def lake(demo_run):
    with connect(demo_run.home / "warehouse") as connection:
        yield connection


def test_every_golden_article_has_landed_and_no_other(goldens, lake):
    landed = {row[0] for row in lake.execute("SELECT url FROM v_articles").fetchall()}
    assert landed == set(goldens)


def test_primary_region(goldens, lake):
    rows = lake.execute(
        "SELECT a.url, list(DISTINCT left(r.region_code, 6)) FROM v_article_regions AS r JOIN v_articles AS a "
        "USING (article_id) WHERE r.is_primary GROUP BY a.url"
    ).fetchall()
    found = dict(rows)
    right = [
        u for u, g in goldens.items() if found.get(u, []) == ([g["primary_region"]] if g["primary_region"] else [])
    ]
    assert len(right) / len(goldens) >= PRIMARY_FLOOR, sorted(set(goldens) - set(right))


def test_officials(goldens, lake):
    rows = lake.execute(
        "SELECT a.url, list(DISTINCT o.name) FROM v_official_mentions AS o JOIN v_articles AS a USING (article_id) "
        "GROUP BY a.url"
    ).fetchall()
    found = {(url, name) for url, names in rows for name in names}
    want = {(url, official[0]) for url, golden in goldens.items() for official in golden.get("officials", [])}
    assert len(want) >= 80
    assert len(found & want) / len(want) >= NAME_FLOOR, sorted(want - found)
    assert len(found & want) / len(found) >= NAME_FLOOR, sorted(found - want)
