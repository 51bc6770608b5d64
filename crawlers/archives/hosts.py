"""The publisher that a URL belongs to, by its host; nobody where two could claim it."""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawlers.discovery.attribution import section_folders, section_of
from crawlers.discovery.links import PageTest, allowed_hosts, article_test
from records import Publisher


class Hosts:
    """Declared publishers by their hosts."""

    def __init__(self, publishers: Iterable[Publisher]) -> None:
        self._by_host: dict[str, list[Publisher]] = defaultdict(list)
        self._tests: dict[str, PageTest] = {}
        self._folders: dict[str, dict[str, str]] = {}
        for publisher in publishers:
            for host in allowed_hosts(publisher):
                self._by_host[host].append(publisher)
            if publisher.article_pattern:
                self._tests[publisher.id] = article_test(publisher.article_pattern)
            self._folders[publisher.id] = section_folders(publisher)

    def publisher_of(self, url: str) -> Publisher | None:
        """The one publisher on the URL's host; of several there, the one whose article pattern alone matches."""
        parts = urlsplit(url)
        there = self._by_host.get(parts.netloc.lower()) or self._by_host.get(parts.hostname or "") or []
        if len(there) <= 1:
            return there[0] if there else None
        matching = [p for p in there if p.id in self._tests and self._tests[p.id](url)]
        return matching[0] if len(matching) == 1 else None

    def may_be_article(self, url: str, publisher: Publisher | None) -> bool:
        """Whether nothing says that the URL is no article's: True without a publisher or a pattern."""
        test = self._tests.get(publisher.id) if publisher else None
        return test is None or test(url)

    def section_of(self, url: str, publisher: Publisher | None) -> str | None:
        """The section in whose folder the URL lies."""
        return (section_of(url, self._folders[publisher.id]) or None) if publisher else None
