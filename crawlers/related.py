"""Related lists 相关新闻 as a source: what a landed article names as related is asked for, too.

For publishers that say ``follow_related = true``. Bounded: one step away from what lists, feeds and sitemaps name (an
article that a related list has led to leads no further), and only addresses of the publisher's own articles.
"""

from collections.abc import Mapping
from datetime import date

from crawlers.clock import now
from crawlers.discovery.attribution import group_by_section
from crawlers.discovery.feed import SHANGHAI
from crawlers.discovery.links import allowed_hosts, article_test, found_link, is_allowed
from crawlers.frontier import Frontier
from crawlers.frontier_rows import FoundLink
from records import Batch, Discovery, LinkKind, Publisher, TaggedArticle

MAX_LINKS = 20
"""Links of one article that are taken at most."""


def note_related(frontier: Frontier, publishers: Mapping[str, Publisher], batch: Batch) -> int:
    """How many articles the related lists of a batch have named that were not known; they are pending now.

    Call it before the batch is settled: a crawl that dies in between reads the same lists again.
    """
    today = now().astimezone(SHANGHAI).date()
    new = 0
    for item in batch.items:
        page, result = item.page, item.result
        if page is None or not isinstance(result, TaggedArticle) or page.discovered_via == Discovery.RELATED:
            continue
        publisher = publishers.get(page.publisher_id or "")
        if publisher is None or not publisher.follow_related:
            continue
        for section, links in group_by_section(related_articles(result, publisher, today), publisher, None).items():
            new += frontier.add_links(
                publisher.id, links, section=section, via=Discovery.RELATED, referrer_url=page.url
            )
    return new


def related_articles(tagged: TaggedArticle, publisher: Publisher, today: date) -> list[FoundLink]:
    """The publisher's own articles in an article's related list, in its order; `MAX_LINKS` at most."""
    hosts, is_article = allowed_hosts(publisher), article_test(publisher.article_pattern)
    found: dict[str, FoundLink] = {}
    for related in tagged.related_links:
        url = related.to_url
        if url is None or related.kind is not LinkKind.RELATED or not is_allowed(url, hosts) or not is_article(url):
            continue
        link = found_link(url, related.anchor_text, today, printed=related.published_date)
        if link is not None and link.canonical_url != tagged.article.canonical_url:
            found.setdefault(link.canonical_url, link)
    return list(found.values())[:MAX_LINKS]
