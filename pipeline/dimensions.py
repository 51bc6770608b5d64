"""The warehouse's dimensions, kept in line with what the crawlers and transforms know."""

from collections.abc import Iterable

from records import Publisher
from transforms import lexicon_version
from transforms.gazetteer import Gazetteer
from transforms.positions import load_positions
from warehouse import Warehouse

LATEST = "SELECT lexicon_version FROM core_batches ORDER BY landed_at DESC LIMIT 1"


def bring_dimensions(warehouse: Warehouse, declared: Iterable[Publisher]) -> None:
    """Publishers as they are declared now; regions and positions where the last batch landed with other lexicons.

    Comparing 48,000 regions takes most of a second, so a frequent poll must not do it every time.
    """
    warehouse.sync_dimensions(publishers=declared)
    latest = warehouse.connection.execute(LATEST).fetchone()
    if latest is None or latest[0] != lexicon_version():
        warehouse.sync_dimensions(regions=Gazetteer.load().rows(), positions=load_positions())
