"""Pages that are not Chinese, read by trafilatura: on English pages and on pages that are no news it is the best there is."""  # noqa: E501

from functools import cache, partial

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from trafilatura.settings import Extractor

from transforms.assembly import Draft, Origin, Reading, assemble
from transforms.document import Document
from transforms.moments import read_moment
from transforms.publication_time import PublicationTime, find_publication_time
from transforms.related_links import number

_CHARS_MIN = 120


@cache
def _options() -> Extractor:
    """One options object for the process: building it reads trafilatura's configuration."""
    return Extractor(output_format="python", comments=False, with_metadata=True)


def read_foreign(document: Document, text: str, origin: Origin) -> Reading | None:
    """The article as trafilatura reads it, or None where it finds too little."""
    parser = lxml_html.HTMLParser(encoding="utf-8")
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        found = trafilatura.bare_extraction(tree, url=origin.url or None, options=_options())
    except (etree.LxmlError, ValueError, RecursionError):
        return None  # a tree that only our own walk stands
    if found is None or isinstance(found, dict) or not found.text or len(found.text) < _CHARS_MIN:
        return None
    time = find_publication_time(document, origin.url, [], [], origin.fetched_at)
    if found.date and (moment := read_moment(found.date)) and (time.moment is None or time.moment.day != moment.day):
        time = PublicationTime(moment, "trafilatura", time.updated_at)
    draft = Draft(
        title=found.title or document.title,
        paragraphs=[line for line in found.text.splitlines() if line.strip()],
        time=time,
        meta_source=partial(str, found.sitename or ""),
        related_links=number(()),
        flags=["read_by_trafilatura"],
    )
    return assemble(draft, origin)
