"""The identity of an article: its canonical URL 规范网址, and the id made from it.

The rules are w3lib's (`canonicalize_url`, the ones that Scrapy deduplicates by): fragment dropped, query
sorted, percent-encoding made uniform *without* decoding GBK escapes. courlan, tried first, turns
``?q=%D5%C2%C7%F0`` (章丘 in GBK) into four replacement characters, so that different pages would collide.
On top of it: the scheme is always ``http`` (publishers serve the same page under both), default ports go,
and the parameters that only say how a reader came, or which session is theirs, are removed. A parameter
that is not on that list stays: on many Chinese sites the query carries the article's id.
"""

import hashlib
import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, url_query_cleaner

TRACKING_PARAMETERS = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "spm",
    "fbclid",
    "gclid",
    "msclkid",
    "isappinstalled",
    "share_token",
    "sharer_shareid",
    "sharer_sharetime",
    "hmsr",
    "hmpl",
    "bd_vid",
)

SESSION_PARAMETERS = ("PHPSESSID", "phpsessid", "JSESSIONID", "jsessionid", "ASPSESSIONID", "aspsessionid")
"""Parameters that hold the visitor's session: each visit would make another URL of the same article."""

DROPPED_PARAMETERS = TRACKING_PARAMETERS + SESSION_PARAMETERS

_DROPPED = frozenset(DROPPED_PARAMETERS)

SESSION_IN_PATH = re.compile(r";jsessionid=[^/?;]*", re.IGNORECASE)


_PAIR = r"[\w.-]{1,60}=[\w.-]{1,200}"
_PLAIN = re.compile(rf"https?://([a-z0-9.-]{{1,253}}/[\w~./-]{{0,2000}})(?:\?({_PAIR}(?:&{_PAIR}){{0,20}}))?", re.ASCII)


def canonicalize(url: str, base_url: str = "") -> str:
    """The canonical form of a URL, absolute when `base_url` is; applying it twice changes nothing.

    Raises ValueError for what is no http or https URL.
    """
    joined = urljoin(base_url, url.strip()) if base_url else url.strip()
    # Most links hold nothing that the long way would change but the scheme, and it takes thirty times as long.
    plain_url = _PLAIN.fullmatch(joined)
    if plain_url and "/." not in joined:
        address, query = plain_url.groups()
        if not query:
            return f"http://{address}"
        pairs = sorted(pair.split("=") for pair in query.split("&"))
        if _DROPPED.isdisjoint(name for name, _ in pairs):
            return f"http://{address}?{'&'.join(f'{name}={value}' for name, value in pairs)}"
    parts = urlsplit(joined)
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no http or https URL")
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    plain = urlunsplit(("http", host + port, parts.path or "/", parts.query, ""))
    canonical = canonicalize_url(url_query_cleaner(plain, DROPPED_PARAMETERS, remove=True, unique=False))
    without_session = SESSION_IN_PATH.sub("", canonical)
    # What is left is canonicalised once more: w3lib drops a lone semicolon, for one.
    return canonical if without_session == canonical else canonicalize(without_session)


def article_id(canonical_url: str) -> str:
    """The stable id of an article: the first 16 hexadecimal digits of SHA-256 of its canonical URL."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:16]
