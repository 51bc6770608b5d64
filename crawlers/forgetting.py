"""URLs taken down on request: the frontier keeps the key, a digest, and no address, so that none is asked again."""

from collections.abc import Collection

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crawlers.clock import now_ms
from crawlers.frontier_engine import open_engine
from crawlers.frontier_schema import FORGOTTEN, DatedBy, UrlState, labels, metadata, urls
from records import Discovery


def forget_urls(frontier_url: str, article_ids: Collection[str], *, dry_run: bool = False) -> int:
    """How many URLs were struck out, or would be: those that were known keep their key, the others get one.

    Repeating it strikes none. A crawl that is at work on one of them may land it; the warehouse's tombstone drops it
    there, and settling leaves the row as it is. The addresses are cleared from the database file too.
    """
    engine = open_engine(frontier_url)
    try:
        with engine.execution_options(writes=not dry_run).begin() as connection:
            metadata.create_all(connection)
            count = sum(_strike(connection, article_id, dry_run) for article_id in article_ids)
        if count and not dry_run:
            _clear_file(engine)
    finally:
        engine.dispose()
    return count


def _clear_file(engine: Engine) -> None:
    """Clear the pages that the database has freed; its own connection, since VACUUM stands outside transactions."""
    pooled = engine.raw_connection()
    try:
        raw = pooled.driver_connection
        assert raw is not None
        is_sqlite = engine.dialect.name == "sqlite"
        if not is_sqlite:
            raw.autocommit = True
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)") if is_sqlite else ("VACUUM urls, labels",):
            raw.execute(statement).close()
    finally:
        pooled.invalidate()


def _strike(connection: Connection, article_id: str, dry_run: bool) -> bool:
    """Whether the URL was not struck out before."""
    key = int.from_bytes(bytes.fromhex(article_id), "big", signed=True)
    row = connection.execute(select(urls.c.url, urls.c.reason).where(urls.c.key == key)).first()
    if row is not None and row.reason == FORGOTTEN:
        return False
    if dry_run:
        return True
    struck = {
        "url": "",
        "referrer": None,
        "published_on": 0,
        "dated_by": int(DatedBy.NOTHING),
        "state": int(UrlState.GONE),
        "lease": None,
        "due_at": None,
        "attempts": 0,
        "reason": FORGOTTEN,
        "fetched_at": None,
        "landed_at": None,
        "etag": None,
        "last_modified": None,
    }
    if row is None:
        connection.execute(urls.insert().values(**_unknown(connection), **struck, key=key))
    else:
        # pages that it had named know it by a label
        _, _, rest = row.url.partition("://")
        named = labels.c.text.in_([row.url, f"http://{rest}", f"https://{rest}"])
        for number in connection.scalars(select(labels.c.id).where(named)).all():
            text = f"forgotten:{article_id}:{number}"
            connection.execute(update(labels).where(labels.c.id == number).values(text=text))
        connection.execute(update(urls).where(urls.c.key == key).values(**struck))
    return True


def _unknown(connection: Connection) -> dict[str, int]:
    """What a row needs that no crawl has found."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(labels).values(text="").on_conflict_do_nothing(index_elements=["text"]))
    publisher = connection.scalar(select(func.min(labels.c.id)).where(labels.c.text == ""))
    assert publisher is not None
    via = list(Discovery).index(Discovery.MANUAL)
    return {"publisher": publisher, "discovered_via": via, "first_seen": now_ms()}
