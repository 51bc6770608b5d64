"""Names for crawls."""

import uuid
from datetime import UTC, datetime


def new_crawl_id() -> str:
    """An id for a crawl that sorts by time: 20240513T060000-1a2b3c4d."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
