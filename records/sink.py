"""Where a crawl hands over what it fetched: the seam between the crawlers and the pipeline."""

from typing import Protocol

from records.batch import Removal
from records.page import Fetch, FetchedPage
from records.rejection import Rejected


class PageSink(Protocol):
    """What the pipeline gives to a crawl. All calls come from the crawl's thread and return at once."""

    def room(self) -> int:
        """How many more article pages may be under way (scheduled, downloading or queued) now; 0 or less: wait."""

    def put_page(self, page: FetchedPage) -> None:
        """Take an article's page. The crawl keeps its URL pending until `Frontier.mark_landed` is called for it."""

    def put_rejected(self, rejected: Rejected) -> None:
        """Take a page that cannot become an article for a reason known while fetching."""

    def put_removal(self, removal: Removal) -> None:
        """Take the news that an article landed earlier now answers 404 or 410."""

    def put_fetch(self, fetch: Fetch) -> None:
        """Take a line of the fetch log."""
