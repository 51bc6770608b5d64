"""Between a landed batch and the frontier: what a batch settles, and what still waits, noted in the warehouse."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from crawlers import Frontier
from crawlers.related import note_related
from records import Batch, Publisher
from warehouse import Warehouse
from warehouse.waiting import note_waiting


def settle_with_related(frontier: Frontier, publishers: Sequence[Publisher]) -> Callable[[Batch], None]:
    """What settles a landed batch: first what its related lists name is noted, then what it holds moves on."""
    by_id = {publisher.id: publisher for publisher in publishers}

    def settle(batch: Batch) -> None:
        note_related(frontier, by_id, batch)
        frontier.settle(batch)

    return settle


def bring_waiting(frontier: Frontier, warehouse: Warehouse, publisher_ids: Sequence[str]) -> int:
    """Note what these publishers have promised and no crawl has brought; call it when a crawl has landed."""
    return note_waiting(warehouse.connection, publisher_ids, frontier.waiting(publisher_ids), datetime.now(UTC))
