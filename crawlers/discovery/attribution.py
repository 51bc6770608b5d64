"""Which section an article belongs to where several sources name it: always the same one, whoever answers first.

The article's own address outranks the page that named it: the section whose source lies in the nearest folder
above the article (``/zq/xw/index.htm`` above ``/zq/xw/202201/t20220117_1.htm``), or alone on its host. Where the
address tells nothing, the section that is declared first has it, and any section before none (a feed's): a lane
fetches no article before the first page of every source has been read.
"""

from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawlers.frontier_rows import FoundLink
from records import Publisher


def group_by_section(
    links: Sequence[FoundLink], publisher: Publisher, read_section: str | None
) -> dict[str | None, list[FoundLink]]:
    """The links, in order, by the section that each belongs to; `read_section` is the source's own."""
    folders = section_folders(publisher)
    grouped: dict[str | None, list[FoundLink]] = defaultdict(list)
    for link in links:
        grouped[section_of(link.url, folders) or read_section].append(link)
    return dict(grouped)


def outranked(publisher: Publisher, section: str) -> tuple[str, ...]:
    """The sections that are declared after one, which it takes articles from."""
    declared = [s.id for s in publisher.sections]
    return tuple(declared[declared.index(section) + 1 :]) if section in declared else ()


def section_folders(publisher: Publisher) -> dict[str, str]:
    """The sections by the host and folder that one section alone lists, without scheme."""
    owners: dict[str, set[str | None]] = defaultdict(set)
    for source in publisher.sources:
        owners[_folder(source.url)].add(source.section)
    return {folder: next(iter(own)) or "" for folder, own in owners.items() if len(own) == 1 and None not in own}


def section_of(url: str, folders: dict[str, str]) -> str | None:
    """The section in whose folder a URL lies, the deepest first; None where its address tells nothing."""
    folder = _folder(url)
    while folder:
        if folder in folders:
            return folders[folder]
        folder = folder[:-1].rpartition("/")[0]
        folder = f"{folder}/" if folder else ""
    return None


def _folder(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{parts.path.rpartition('/')[0]}/"
