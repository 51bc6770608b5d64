"""Pages on which many people write: threads of forums and questions with their answers. They are no news.

A page is taken for one by what its system says of it, never by its text: the view of a thread in Discuz, which has
article pages too, in phpwind, phpBB, vBulletin, NodeBB and Discourse, or schema.org's types for them.
"""

import re

from transforms.document import Document

_TYPES = re.compile(r'"@type"\s*:\s*"(?:QAPage|DiscussionForumPosting)"')
_SYSTEM_TITLE = re.compile(r"powered by (?:discuz|phpwind|phpbb|vbulletin|nodebb|mybb|xenforo)", re.I)
_SYSTEM = re.compile(r"discuz|phpwind|phpbb|vbulletin|nodebb|discourse|flarum|mybb|xenforo", re.I)
_THREAD_ADDRESS = re.compile(
    r"/(?:thread-\d+-|viewthread\.php|showthread\.php|viewtopic\.php|read\.php\?tid=|t/topic/\d|topic/\d)|mod=viewthread",
    re.I,
)
_THREAD_VIEW = re.compile(r"\bpg_viewthread\b|\bviewthread\b|\bviewtopic\b")
_ARTICLE_VIEW = re.compile(r"\bpg_view\b|\bpg_portal\b|mod=view&|/article-\d+-")


def is_conversation(document: Document, url: str) -> bool:
    """Whether a page shows a thread or a question with its answers, as its system says."""
    if any(_TYPES.search(text) for text in document.json_texts):
        return True
    body = document.root.find("body")
    view = "" if body is None else f"{body.get('class') or ''} {body.get('id') or ''}"
    if _ARTICLE_VIEW.search(f"{view} {url}"):
        return False
    if _THREAD_VIEW.search(view):
        return True
    system = _SYSTEM.search(document.metas.get("generator", "")) or _SYSTEM_TITLE.search(document.title)
    return bool(system) and (_THREAD_ADDRESS.search(url) is not None or _has_posts(document))


def _has_posts(document: Document) -> bool:
    """Whether several posts stand on the page, each under its number."""
    posts = document.root.xpath("count(//*[starts-with(@id, 'post_') or starts-with(@id, 'postmessage_')])")
    return isinstance(posts, float) and posts >= 2
