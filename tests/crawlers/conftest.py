"""The misbehaving site and crawls of it; tests/site holds both."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))

import misbehaving_resources  # noqa: F401 - registers the resources
from crawl_runs import Crawls, make_publisher
from misbehaving_site import MisbehavingSite

from crawlers import Frontier


@pytest.fixture(scope="module")
def site() -> Iterator[MisbehavingSite]:
    with MisbehavingSite() as started:
        yield started


@pytest.fixture
def crawls(site: MisbehavingSite, tmp_path: Path) -> Crawls:
    site.forget()
    site.state.clear()
    return Crawls(site, tmp_path)


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    opened = Frontier.open(f"sqlite:///{tmp_path}/frontier.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def publisher_of() -> Any:
    return make_publisher
