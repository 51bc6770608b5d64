"""Which of the pages read are a site's sections, and which of its sources are needed. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from crawlers.discovery.days import URL_DAY
from crawlers.probing.findings import FoundSection, FoundSource
from records import SourceKind

MAX_SECTIONS = 40
COMMON = 0.8
"""A link on this share of the pages is furniture (a list of the latest in the margin), no section's own."""
GENERIC = re.compile(r"^(?:index|default|home|list|main|channel|column)?(?:\.\w+)?$", re.IGNORECASE)


def choose_sections(
    listed: Mapping[str, Sequence[str]], names: Mapping[str, str], home_url: str, is_article: Callable[[str], bool]
) -> tuple[list[FoundSection], list[FoundSource]]:
    """The sections and their listing sources: pages with articles of their own, each set of articles once."""
    counts = Counter(url for links in listed.values() for url in set(links))
    edge = COMMON * len(listed) if len(listed) >= 5 else len(listed) + 1
    sections: list[FoundSection] = []
    sources: list[FoundSource] = []
    seen: set[frozenset[str]] = set()
    for url, links in listed.items():
        own = frozenset(link for link in links if counts[link] < edge)
        if URL_DAY.search(urlsplit(url).path):
            continue  # a page of one day's issue is no place to come back to
        if url == home_url or is_article(url) or not own or own in seen or len(sections) >= MAX_SECTIONS:
            continue
        seen.add(own)
        taken = {section.id for section in sections}
        section = FoundSection(
            id=_unique(section_id(url, home_url), taken), name=names.get(url) or section_id(url, home_url)
        )
        sections.append(section)
        sources.append(FoundSource(kind=SourceKind.LISTING, url=url, section=section.id, links_count=len(set(links))))
    return sections, sources


def needs_home(listed: Mapping[str, Sequence[str]], home_url: str, chosen: Sequence[str]) -> bool:
    """Whether the home page names articles that the chosen sources may miss.

    With a few sections that name half of them, the rest is on the sections' further pages, and the home page
    would only blur which section an article belongs to.
    """
    home = set(listed.get(home_url, ()))
    named = {link for url in chosen for link in listed.get(url, ())}
    if not home:
        return not chosen
    return len(chosen) < 3 or len(home & named) * 2 < len(home)


def section_id(url: str, home_url: str) -> str:
    """A short id from a listing page's address: its folders, the name of its file, its query, or its host's label."""
    parts = urlsplit(url)
    words = [s for s in parts.path.split("/") if s and not GENERIC.match(s)]
    if words:
        words[-1] = re.sub(r"\.\w{2,5}$", "", words[-1])
    words += [value for _, value in parse_qsl(parts.query)]
    if not words or parts.netloc != urlsplit(home_url).netloc:
        words.insert(0, parts.netloc.partition(".")[0])
    text = re.sub(r"[^a-z0-9_]+", "_", "_".join(words).lower()).strip("_")[:36].strip("_")
    return text or "section"


def spread(urls: Sequence[str], count: int) -> list[str]:
    """Up to `count` of the URLs, from the beginning, the middle and the end."""
    if len(urls) <= count:
        return list(urls)
    return [urls[index * (len(urls) - 1) // (count - 1)] for index in range(count)]


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(candidate for n in range(2, 1000) if (candidate := f"{name}_{n}") not in taken)
