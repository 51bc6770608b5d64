"""What the lake already holds of some pages: asked before they are read, so that reading again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb


@dataclass(frozen=True, slots=True)
class Held:
    """Captures, bodies and rejections of the URLs that were asked for."""

    captures: frozenset[tuple[str, datetime]]
    """Canonical URL and instant of fetching."""
    bodies: frozenset[tuple[str, str]]
    """Canonical URL and SHA-256 of the first page's body."""
    rejections: frozenset[tuple[str, str]]
    """Canonical URL and reason, where no body was received."""


def read_held(connection: duckdb.DuckDBPyConnection, canonical_urls: Sequence[str]) -> Held:
    """What the lake holds of the URLs."""
    asked = {"urls": sorted(set(canonical_urls))}
    captures = connection.execute(
        "SELECT canonical_url, fetched_at FROM core_captures WHERE canonical_url IN (SELECT unnest($urls::VARCHAR[]))",
        asked,
    ).fetchall()
    bodies = connection.execute(
        "SELECT canonical_url, body_sha256 FROM raw_pages "
        "WHERE part_number = 1 AND canonical_url IN (SELECT unnest($urls::VARCHAR[]))",
        asked,
    ).fetchall()
    rejections = connection.execute(
        "SELECT canonical_url, reason FROM core_rejections "
        "WHERE body_sha256 IS NULL AND canonical_url IN (SELECT unnest($urls::VARCHAR[]))",
        asked,
    ).fetchall()
    return Held(frozenset(captures), frozenset(bodies), frozenset(rejections))
