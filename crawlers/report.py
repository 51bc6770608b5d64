"""What a crawl did: counted as it goes, read as a CrawlReport."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from records import Fetch, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherReport:
    """One publisher's share of a crawl."""

    publisher_id: str
    finish_reason: str
    """finished, limit, time, interrupted, or the reason for which its home host was left out: unreachable, robots…"""
    requests_count: int
    fetches: Mapping[str, int]
    """Requests by kind and outcome: ``article/fetched``."""
    protocols: Mapping[str, int]
    """Answers by what they came by: h2, http/1.1, http/1.0."""
    links_count: int
    """Article links that its listings, feeds and sitemaps named."""
    new_links_count: int
    pages_count: int
    """Article pages handed to the sink."""
    removals_count: int
    rejected: Mapping[str, int]
    """Rejections by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """The end of one crawl."""

    crawl_id: str
    finish_reason: str
    """finished, time (its seconds were over) or interrupted."""
    started_at: datetime
    finished_at: datetime
    requests_count: int
    bytes_count: int
    fetches: Mapping[str, int]
    protocols: Mapping[str, int]
    rejected: Mapping[str, int]
    publishers: Mapping[str, PublisherReport]


@dataclass(slots=True)
class Tally:
    """The running counts of one publisher."""

    publisher_id: str
    finish_reason: str = "finished"
    bytes_count: int = 0
    links_count: int = 0
    new_links_count: int = 0
    pages_count: int = 0
    removals_count: int = 0
    fetches: Counter[str] = field(default_factory=Counter)
    protocols: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    def add_fetch(self, fetch: Fetch) -> None:
        """Count one line of the fetch log."""
        self.fetches[f"{fetch.kind}/{fetch.outcome}"] += 1
        if fetch.protocol is not None:
            self.protocols[fetch.protocol] += 1
        self.bytes_count += fetch.bytes_count
        self.links_count += fetch.links_count
        self.new_links_count += fetch.new_links_count

    def add_rejected(self, rejected: Rejected) -> None:
        """Count one rejection."""
        self.rejected[str(rejected.reason)] += 1

    def report(self) -> PublisherReport:
        """The counts as they stand."""
        return PublisherReport(
            publisher_id=self.publisher_id,
            finish_reason=self.finish_reason,
            requests_count=self.fetches.total(),
            fetches=dict(sorted(self.fetches.items())),
            protocols=dict(sorted(self.protocols.items())),
            links_count=self.links_count,
            new_links_count=self.new_links_count,
            pages_count=self.pages_count,
            removals_count=self.removals_count,
            rejected=dict(sorted(self.rejected.items())),
        )


def summarise(
    tallies: Mapping[str, Tally], *, crawl_id: str, finish_reason: str, started_at: datetime, finished_at: datetime
) -> CrawlReport:
    """The report of a whole crawl from its publishers' tallies."""
    fetches: Counter[str] = Counter()
    protocols: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for tally in tallies.values():
        fetches.update(tally.fetches)
        protocols.update(tally.protocols)
        rejected.update(tally.rejected)
    return CrawlReport(
        crawl_id=crawl_id,
        finish_reason=finish_reason,
        started_at=started_at,
        finished_at=finished_at,
        requests_count=fetches.total(),
        bytes_count=sum(tally.bytes_count for tally in tallies.values()),
        fetches=dict(sorted(fetches.items())),
        protocols=dict(sorted(protocols.items())),
        rejected=dict(sorted(rejected.items())),
        publishers={publisher_id: tally.report() for publisher_id, tally in tallies.items()},
    )
