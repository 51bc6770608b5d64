"""The stream: the run of `ingest`, kept alive for days in one process (docs/adr/0026).

It adds what a run that ends does not need: a crawl that goes on (`crawlers.following`), a window that keeps articles
in time (`pace`), upkeep of the warehouse, a health endpoint, events for Airflow, and a look at the declarations of
publishers. Killed at any moment it loses nothing: the next one starts from the frontier, as every run does.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crawlers import CrawlOptions, follow
from pipeline.ingest import IngestReport, Tally, Way, ingest
from pipeline.pace import Pace
from pipeline.settings import Settings
from pipeline.streaming_events import AirflowApi, Events, telling_airflow
from pipeline.streaming_health import Health, health_endpoint
from pipeline.streaming_upkeep import Upkeep
from records import Publisher, UsageError, seed_path

log = logging.getLogger("difang.stream")
QUIET_SECONDS = 10.0
"""How long lines of the fetch log wait for an article to land with: a commit for each poll would be a waste."""
LOOK_SECONDS = 5.0
PUBLISHERS_CHANGED = "publishers changed"
UPKEEP_FAILED = "upkeep failed"
START_SECONDS = 180.0
"""Beyond a page's own time: what starting workers and a busy lake may take before the stream counts as stalled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """How a stream runs; None switches a part off."""

    target_seconds: float = 10.0
    """Within which an article is to be queryable after its page was fetched: fewer pages are taken on when late."""
    marts_seconds: float | None = 300.0
    maintain_seconds: float | None = 86_400.0
    keep_days: float = 7.0
    """Age of kept snapshots: how long `difang changes` can be followed from."""
    health_host: str = "127.0.0.1"
    health_port: int | None = None


def stream(
    choose: Callable[[], Sequence[Publisher]],
    settings: Settings,
    options: CrawlOptions,
    stream_options: StreamOptions,
    tally: Tally | None = None,
) -> IngestReport:
    """Follow the publishers until a signal and land what they publish; `finish_reason` says what ended it.

    `choose` reads the declarations and picks the publishers; it is called again when a file has changed, and a
    different answer ends the stream with the reason PUBLISHERS_CHANGED, for the caller to start it anew. Once in a
    process, as `ingest`. Raises WarehouseError when landing fails beyond retries, or when maintenance finds a fault.
    """
    tally = tally or Tally()
    publishers = choose()
    pace = Pace(settings.pages_under_way, stream_options.target_seconds)
    patience = START_SECONDS + 2 * settings.page_seconds
    health = Health(tally, pace, patience_seconds=patience, publishers_count=len(publishers))
    upkeep = Upkeep(
        settings,
        tally,
        marts_seconds=stream_options.marts_seconds,
        maintain_seconds=stream_options.maintain_seconds,
        keep_days=stream_options.keep_days,
        publisher_ids=[publisher.id for publisher in publishers],
        report=health.report,
    )
    health.details["upkeep"] = upkeep.state
    settings.home.mkdir(parents=True, exist_ok=True)
    watch = Declarations(choose, publishers, settings.publishers)
    host, port = stream_options.health_host, stream_options.health_port
    with telling_airflow(AirflowApi()) as events, health_endpoint(health, host, port) as opened:
        teller = Teller(events, tally, options.crawl_id)
        if events is not None:
            health.details["airflow"] = events.report
        if opened is not None:
            log.info("health: http://%s:%d/health", host, opened)

        def heed() -> str | None:
            health.turn()
            teller.tell()
            return UPKEEP_FAILED if upkeep.fatal is not None else watch.changed()

        way = Way(
            crawl=partial(follow, heed=heed),
            pace=pace,
            quiet_seconds=QUIET_SECONDS,
            is_warm=True,
            beside=upkeep.running,
        )
        report = ingest(publishers, settings, options, tally, way)
        teller.tell()
    if upkeep.fatal is not None:
        raise upkeep.fatal
    return report


class Teller:
    """Tells Airflow's events what has landed since it was last asked."""

    def __init__(self, events: Events | None, tally: Tally, crawl_id: str) -> None:
        self._events = events
        self._tally = tally
        self._crawl_id = crawl_id
        self._told = (0, 0)

    def tell(self) -> None:
        """Hand over an event where articles or removals have landed."""
        tally = self._tally
        landed = (tally.versions, tally.removed)
        if self._events is None or landed == self._told:
            return
        self._told = landed
        versions, removed = landed
        extra = {"crawl_id": self._crawl_id, "versions": versions, "removed": removed, "snapshot_id": tally.snapshot_id}
        self._events.tell(extra)


class Declarations:
    """The publishers' files, looked at every few seconds."""

    def __init__(
        self, choose: Callable[[], Sequence[Publisher]], chosen: Sequence[Publisher], folder: Path | None
    ) -> None:
        self._choose = choose
        self._chosen = list(chosen)
        self._folder = folder or seed_path("publishers")
        self._looked_at = time.monotonic()
        self._seen = self._stamps()

    def changed(self) -> str | None:
        """The reason to start anew where the chosen publishers are no longer those; None otherwise.

        A declaration that cannot be read is said once and changes nothing.
        """
        now = time.monotonic()
        if now < self._looked_at + LOOK_SECONDS:
            return None
        self._looked_at = now
        stamps = self._stamps()
        if stamps == self._seen:
            return None
        self._seen = stamps
        try:
            chosen = list(self._choose())
        except UsageError as error:
            log.warning("the declarations of publishers have changed and cannot be used: %s; the old ones stay", error)
            return None
        if chosen == self._chosen:
            return None
        return PUBLISHERS_CHANGED

    def _stamps(self) -> frozenset[tuple[str, int, int]]:
        found = set()
        for path in self._folder.glob("**/*.toml"):
            try:
                stat = path.stat()
            except FileNotFoundError:  # an editor swaps files while we look
                continue
            found.add((str(path), stat.st_mtime_ns, stat.st_size))
        return frozenset(found)
