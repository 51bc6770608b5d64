"""Between a landed batch and the frontier: what a batch settles, and what still waits, noted in the warehouse."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from crawlers import Frontier
from crawlers.related import note_related
from records import Batch, Publisher
from warehouse import Warehouse


def settle_with_related(frontier: Frontier, publishers: Sequence[Publisher]) -> Callable[[Batch], None]:
    """What settles a landed batch: first what its related lists name is noted, then what it holds moves on."""
    by_id = {publisher.id: publisher for publisher in publishers}

    def settle(batch: Batch) -> None:
        note_related(frontier, by_id, batch)
        frontier.settle(batch)

    return settle


def bring_waiting(frontier: Frontier, warehouse: Warehouse, publisher_ids: Sequence[str]) -> int:
    """How many rows of what was promised and not brought stand: at the end of a crawl, and now and then in a stream."""
    return warehouse.note_waiting(publisher_ids, frontier.waiting(publisher_ids), datetime.now(UTC))
