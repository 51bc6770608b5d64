"""Raw pages read back from the lake, as they were fetched: what reprocessing starts from."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb

from records import Discovery, FetchedPage

CHUNK = 200
"""Captures whose bodies are held at once: about 20 MB of pages of 100 kB."""

CAPTURES = """
SELECT canonical_url, fetched_at, body_sha256s, discovered_via, referrer_url, crawl_id
FROM v_captures
WHERE fetched_date BETWEEN $since AND $until
  AND (len($publishers::VARCHAR[]) = 0 OR publisher_id IN (SELECT unnest($publishers::VARCHAR[])))
ORDER BY fetched_at, canonical_url"""

PARTS = """
SELECT canonical_url, body_sha256, part_number, part_url, url, publisher_id, section_id, http_status, headers,
       declared_encoding, body
FROM raw_pages
WHERE canonical_url IN (SELECT unnest($urls::VARCHAR[]))"""


def read_pages(
    connection: duckdb.DuckDBPyConnection, since: date, until: date, publisher_ids: Sequence[str] = ()
) -> Iterator[FetchedPage]:
    """Every page that was fetched on the local days from `since` to `until`, oldest first, with its further pages.

    Memory stays at `CHUNK` pages. A page whose bytes are no longer kept is left out.
    """
    days = {"since": since, "until": until, "publishers": list(publisher_ids)}
    captures = connection.execute(CAPTURES, days).fetchall()
    for chunk in chunks(captures, CHUNK):
        found = connection.execute(PARTS, {"urls": sorted({row[0] for row in chunk})}).fetchall()
        parts = {(row[0], row[1], row[2]): row for row in found}
        for capture in chunk:
            page = _page(capture, parts)
            if page is not None:
                yield page


def _page(capture: tuple[Any, ...], parts: dict[tuple[str, str, int], tuple[Any, ...]]) -> FetchedPage | None:
    canonical_url, _, digests, *_ = capture
    rows = [parts.get((canonical_url, digest, number)) for number, digest in enumerate(digests, start=1)]
    held = [_part(row, capture) for row in rows if row is not None]
    if not held or len(held) < len(rows):
        return None
    first, *rest = held
    return FetchedPage(**{**first, "canonical_url": canonical_url, "next_pages": tuple(FetchedPage(**r) for r in rest)})


def _part(row: tuple[Any, ...], capture: tuple[Any, ...]) -> dict[str, Any]:
    _, digest, _, part_url, url, publisher_id, section, status, headers, declared, body = row
    _, fetched_at, _, discovered_via, referrer_url, crawl_id = capture
    return {
        "url": url,
        "canonical_url": part_url,
        "publisher_id": publisher_id,
        "section": section,
        "fetched_at": fetched_at,
        "status": status,
        "headers": tuple((h["name"], h["value"]) for h in headers),
        "declared_encoding": declared,
        "body": body,
        "body_sha256": digest,
        "discovered_via": Discovery(discovered_via),
        "referrer_url": referrer_url,
        "crawl_id": crawl_id,
    }


def chunks(rows: Sequence[tuple[Any, ...]], size: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The rows in lists of `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
