"""From a publisher to its pages: declarations, frontier, discovery and the Scrapy crawl."""

from crawlers.crawling import crawl
from crawlers.following import follow
from crawlers.frontier import Frontier
from crawlers.options import CrawlOptions
from crawlers.publishers import find_publisher, load_publishers
from crawlers.report import CrawlReport, PublisherReport

__all__ = [
    "CrawlOptions",
    "CrawlReport",
    "Frontier",
    "PublisherReport",
    "crawl",
    "find_publisher",
    "follow",
    "load_publishers",
]
