"""The frontier's tables (SQLAlchemy Core), laid so that a million known URLs cost little.

A URL's key is its article id read as a signed 64-bit number, so that the primary key is the table itself
(SQLite's rowid) and no second copy of the URL is indexed. Publishers, sections and referrers are numbered
in `labels`. The indexes are partial: they hold only what is waiting, not the landed bulk.
Instants are milliseconds since 1970 (UTC) where they order events, seconds where they schedule; days are
days since 1970.
"""

from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    literal_column,
)


class UrlState(IntEnum):
    """Where a known URL stands. `lease` says on top of it which crawl is at work on it."""

    PENDING = 0  # never answered
    LANDED = 1  # its article is in the warehouse
    REJECTED = 2  # it is no article and will not become one
    FAILED = 3  # tried, to be tried again at due_at
    GONE = 4  # 404 or 410; taken down, where landed_at is set


FORGOTTEN = "forgotten"
"""The reason of a URL that was taken down on request: its row is GONE, holds no address, and is never changed."""


class DatedBy(IntEnum):
    """What `published_on` rests on."""

    NOTHING = 0
    DAY = 1  # the day of publication, as the listing, feed, news sitemap or URL prints it
    LAST_CHANGE = 2  # a sitemap's lastmod: published then or earlier


metadata = MetaData()
_big = BigInteger().with_variant(Integer, "sqlite")

labels = Table(
    "labels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False, unique=True),
)

crawls = Table(
    "crawls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("crawl_id", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_started", Text, nullable=False),
    Column("beat_at", _big, nullable=False),
    Column("finished_at", _big),
)

urls = Table(
    "urls",
    metadata,
    Column("key", _big, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("publisher", Integer, nullable=False),
    Column("section", Integer),
    Column("referrer", Integer),
    Column("discovered_via", SmallInteger, nullable=False),
    Column("first_seen", _big, nullable=False),
    Column("published_on", Integer, nullable=False, default=0),
    Column("dated_by", SmallInteger, nullable=False, default=DatedBy.NOTHING),
    Column("state", SmallInteger, nullable=False, default=UrlState.PENDING),
    Column("lease", Integer),
    Column("due_at", Integer),
    Column("attempts", SmallInteger, nullable=False, default=0),
    Column("reason", Text),
    Column("fetched_at", _big),
    Column("landed_at", _big),
    Column("etag", Text),
    Column("last_modified", Integer),
)

Index(
    "ix_urls_pending",
    urls.c.publisher,
    urls.c.published_on,
    urls.c.first_seen,
    sqlite_where=literal_column("state = 0 AND lease IS NULL"),
    postgresql_where=literal_column("state = 0 AND lease IS NULL"),
)
Index(
    "ix_urls_due",
    urls.c.publisher,
    urls.c.due_at,
    sqlite_where=literal_column("due_at IS NOT NULL"),
    postgresql_where=literal_column("due_at IS NOT NULL"),
)
Index(
    "ix_urls_lease",
    urls.c.lease,
    sqlite_where=literal_column("lease IS NOT NULL"),
    postgresql_where=literal_column("lease IS NOT NULL"),
)

sources = Table(
    "sources",
    metadata,
    Column("key", _big, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("publisher", Integer, nullable=False),
    Column("section", Integer),
    Column("parent", _big),
    Column("first_seen", _big, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("polled_at", _big),
    Column("changed_at", _big),
    Column("interval_seconds", Integer, nullable=False),
    Column("due_at", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("reason", Text),
    # How far back completed walks have read it: a day, 0 for all it offers, NULL while no walk was completed.
    Column("walked_to", Integer),
)
