"""What an entry of an archive is, where it is neither a page nor a rejection."""

from dataclasses import dataclass

from records import DifangError


class DamagedArchive(DifangError):
    """An archive that cannot be read to its end; what came before has been handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """One entry that was never meant to become an article; only counted."""

    reason: str
    """One of `SKIPS`."""
    where: str


SKIPS = {
    "no_response": "a WARC record that holds no page: warcinfo, request, metadata, continuation",
    "revisit": "a WARC record that says a page was unchanged: its text stands in an earlier record",
    "unusable_url": "a WARC record without an http or https URL",
    "unknown_host": "a page of a host that no declared publisher has",
    "other_publisher": "a page of another publisher than the one asked for",
    "not_an_article_url": "a URL that the publisher's article_pattern does not match: a listing, a picture",
    "redirect": "an answer that sends the reader on",
    "not_html": "a picture, a script, an office file that no article_pattern asks for",
    "other_kind": "a file that is neither HTML nor text, by its suffix",
    "companion": "a file in the folder that a browser saves beside a page",
}
"""Why entries are skipped; docs/reference.md explains each."""
