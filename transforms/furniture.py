"""Which elements of a page are furniture by their name: navigation, share buttons, comments, footers.

A name is a hint that the container's choice weighs, not a verdict. Classes and ids are compared as whole words, split
at hyphen, underscore, case and digits: "editor" must not hit TRS_Editor.
"""

import re
from functools import lru_cache

from lxml import etree

_NAMING = frozenset({"class", "id"})
# Elements that name no furniture of their own: the page itself, and the parts of lists and tables.
_PLAIN_TAGS = frozenset(["body", "html", "tr", "tbody", "thead", "h1", "h2", "h3", "dt", "li"])
# No form: whole pages of ASP.NET stand in one.
_NOISE_TAGS = frozenset({"nav", "footer", "aside"})
# Whole words of class and id, split at hyphen, underscore, case and digits: "editor" must not hit TRS_Editor.
_NOISE = re.compile(
    r"(?:^|[\s_-])(?:nav|navs|navbar|navi|navigation|menu|menus|submenu|topbar|toolbar|crumbs?|breadcrumbs?|foot|footer|"
    r"copyright|copy|sidebar|aside|comments?|cmt|pinglun|reply|replies|gentie|tie|share|shares|sharing|bdshare\w*|"
    r"social|sns|related?|relevant|xiangguan|recommend\w*|recom|tuijian|hot|hots|rank|ranking|rankings|ads?|adv|"
    r"advert\w*|gg|guanggao|banner|sponsor|login|register|search|qrcode|qr|ewm|erweima|pager|pagination|tags?|"
    r"keywords?|disclaimer|mianze|shengming|statement|feedback|report|jubao|gotop|backtop|popup|modal|dialog|"
    r"subscribe|app-?down\w*|download-?app|links|friendlink|youlian|like|likes|zan|dianzan|vote|attitude|weather|"
    r"hidden|hide|guess|more-?news|hotnews|prev-?next|prenext|author-?info|about-?author|editor-?info|zrbj|bianji)"
    r"(?:$|[\s_-])",
)
# WordPress names a post's tags and categories in the class of its container: they are no names of furniture.
_POST_TERMS = re.compile(r"(?<![\w-])(?:tag|category|format|status|topic)-[\w%-]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


def is_furniture(element: etree._Element, tag: str) -> bool:
    """Whether an element is furniture by its tag, its class, its id, or because it is hidden."""
    return tag in _NOISE_TAGS or (tag not in _PLAIN_TAGS and _is_named_so(element))


def _is_named_so(element: etree._Element) -> bool:
    names = ""
    for name, value in element.items():
        if name in _NAMING:
            names += f" {value!s}"
        elif name == "style" and _HIDDEN.search(str(value)):
            return True
    return bool(names) and _names_furniture(names)


@lru_cache(maxsize=20_000)
def _names_furniture(names: str) -> bool:
    if "post" in names or "hentry" in names:
        names = _POST_TERMS.sub("", names)
    return _NOISE.search(_CAMEL.sub("-", names[:300]).lower()) is not None


def is_hidden(element: etree._Element) -> bool:
    """Whether an element is printed by no browser until a script shows it."""
    return _HIDDEN.search(element.get("style") or "") is not None
