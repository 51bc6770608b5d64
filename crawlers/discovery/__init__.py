"""What a listing page, a feed or a sitemap names: article links with day hints, and where to read on. Pure."""

from crawlers.discovery.feed import read_feed
from crawlers.discovery.listing import read_listing
from crawlers.discovery.sitemap import read_sitemap
from crawlers.discovery.source_page import SourceFault, SourcePage

__all__ = ["SourceFault", "SourcePage", "read_feed", "read_listing", "read_sitemap"]
