"""Why a page did not become an article: a closed list, so that every loss can be counted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    """The step of the way at which a page was given up."""

    FETCH = "fetch"
    DISCOVER = "discover"
    DECODE = "decode"
    CLEAN = "clean"
    TAG = "tag"


class Reason(StrEnum):
    """The closed list of reasons; docs/reference.md explains each to a data engineer."""

    UNREACHABLE = "unreachable"  # no connection: DNS, refused, TLS
    TIMEOUT = "timeout"  # no whole answer within the download time
    GONE = "gone"  # 404 or 410
    HTTP_ERROR = "http_error"  # any other status that is not a page
    TRUNCATED = "truncated"  # fewer bytes than were promised
    TOO_LARGE = "too_large"  # over the size limit, before or after decompression
    ROBOTS = "robots"  # disallowed by robots.txt
    UNSAFE_URL = "unsafe_url"  # a private address, another scheme, a redirect off the publisher's hosts
    NOT_HTML = "not_html"  # PDF, image, office file…
    NOT_A_FEED = "not_a_feed"  # a feed or sitemap that cannot be read as one
    EMPTY_LISTING = "empty_listing"  # a listing page on which no article link was recognised
    ENCODING = "encoding"  # no decoding is trustworthy
    EMPTY_PAGE = "empty_page"  # no text at all
    ERROR_PAGE = "error_page"  # a 404 in a 200 skin
    LOGIN_WALL = "login_wall"
    ANTI_BOT = "anti_bot"
    OTHER_FORM = "other_form"  # a mobile or AMP form, or a redirect, of an article that is kept under its own address
    NOT_ARTICLE = "not_article"  # a listing, a portal, a form: text, but no article
    TRANSFORM_ERROR = "transform_error"  # a fault of our own; the raw page is kept for reprocessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One page that was not stored as an article, and why.

    `detail` is one sentence for a person. `body_sha256` names the raw page where one was received.
    """

    url: str
    canonical_url: str
    publisher_id: str | None = None
    section: str | None = None
    body_sha256: str | None = None
    step: Step
    reason: Reason
    detail: str = ""
    fetched_at: datetime | None = None
