"""What waits in the frontier, by section, day and reason: the open side of the completeness ledger."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from crawlers.frontier_schema import UrlState, labels, urls
from records import Waiting

SHANGHAI_MS, DAY_MS = 8 * 3_600_000, 86_400_000
WAITING = (UrlState.PENDING, UrlState.FAILED)
MAX_EXAMPLES = 20


def waiting_links(
    connection: Connection, publisher_ids: Sequence[str], examples: int = MAX_EXAMPLES
) -> tuple[Waiting, ...]:
    """The pending and failed links of publishers, by section, local day of their first naming, and reason.

    Beyond the counts, `examples` of each are named.
    """
    day: ColumnElement[int] = (urls.c.first_seen + SHANGHAI_MS) // DAY_MS
    keys = (urls.c.publisher, urls.c.section, day.label("day"), urls.c.state, urls.c.reason)
    count = select(*keys, func.count().label("links"), func.min(urls.c.due_at).label("due"))
    numbers = dict(
        connection.execute(select(labels.c.id, labels.c.text).where(labels.c.text.in_(publisher_ids))).tuples().all()
    )
    found: list[Waiting] = []
    for number in sorted(numbers, key=lambda n: numbers[n]):
        mine = (urls.c.publisher == number) & urls.c.state.in_([int(state) for state in WAITING])
        rows = connection.execute(count.where(mine).group_by(*keys).order_by(day, urls.c.state)).all()
        sections = _texts(connection, {row.section for row in rows if row.section is not None})
        for row in rows:
            same = mine & (day == row.day) & (urls.c.state == row.state)
            same &= urls.c.section.is_not_distinct_from(row.section) & urls.c.reason.is_not_distinct_from(row.reason)
            latest = select(urls.c.url).where(same).order_by(urls.c.first_seen.desc()).limit(examples)
            found.append(_waiting(row, numbers[number], sections, tuple(connection.scalars(latest))))
    return tuple(found)


def _waiting(row: Row[Any], publisher_id: str, sections: dict[int, str], example_urls: tuple[str, ...]) -> Waiting:
    has_failed = row.state == UrlState.FAILED
    return Waiting(
        publisher_id=publisher_id,
        section=sections.get(row.section),
        promised_on=date.fromordinal(date(1970, 1, 1).toordinal() + int(row.day)),
        state=UrlState(row.state).name.lower(),
        reason=row.reason,
        links_count=row.links,
        example_urls=example_urls,
        next_try_at=datetime.fromtimestamp(row.due, UTC) if has_failed and row.due is not None else None,
    )


def _texts(connection: Connection, numbers: set[int]) -> dict[int, str]:
    query = select(labels.c.id, labels.c.text).where(labels.c.id.in_(numbers))
    return dict(connection.execute(query).tuples().all()) if numbers else {}
