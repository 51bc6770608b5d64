"""What a surveyed site is called and which region it reports on; what the evidence leaves open stays open. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from crawlers.probing.pages import MASTHEAD
from crawlers.probing.session import site_domain
from transforms.gazetteer import Gazetteer

ICP = re.compile(r"([\u4e00-\u9fff])ICP[备证]")
MAJORITY = 0.6
"""The share of the articles that a region must hold to be the one that the site reports on."""
MIN_ARTICLES = 5


def masthead(names: Sequence[str], home_url: str) -> str:
    """The site's name: the most often told that reads like a masthead, else the most often told, else its host."""
    usual = [name for name in names[:5] if MASTHEAD.search(name)]
    return (usual or list(names[:1]) or [urlsplit(home_url).netloc])[0]


def publisher_id(home_url: str) -> str:
    """An id from the registered domain, with the subdomain where it is no www: ``epaper_sdnews``."""
    host = urlsplit(home_url).netloc.partition(":")[0].lower()
    domain = site_domain(host)
    label = domain.partition(".")[0]
    sub = host.removesuffix(domain).strip(".")
    text = re.sub(r"[^a-z0-9]+", "_", f"{sub}_{label}" if sub not in {"", "www"} else label).strip("_")
    return (text if text[:1].isalpha() else f"p_{text}")[:40].strip("_")


def region_of_site(
    name: str, text: str, article_regions: Sequence[str], gazetteer: Gazetteer
) -> tuple[str | None, str]:
    """The adcode that a site reports on, and the evidence; None where the evidence is weak or contradicts itself."""
    province = _icp_province(text, gazetteer)
    majority = _majority(article_regions, gazetteer)
    named = [c for c in _named_in(name, gazetteer) if province is None or c.startswith(province[:2])]
    if majority is not None and len(named) > 1:
        named = [c for c in named if gazetteer.is_within(c, majority) or gazetteer.is_within(majority, c)]
    if len(named) == 1:
        return named[0], f"its name holds {gazetteer.short_name(named[0])}"
    if majority is None:
        return None, "neither its name nor its articles tell one region"
    if province is not None and not gazetteer.is_within(majority, province):
        return None, f"its articles tell of {gazetteer.name(majority)}, its ICP number of {gazetteer.name(province)}"
    return majority, "most of its articles lie there"


def region_of_section(name: str, publisher_region: str | None, gazetteer: Gazetteer) -> str | None:
    """The adcode that a section's name is, within the publisher's region; None unless exactly one fits."""
    bare = re.sub(r"(?:新闻|频道|要闻|资讯|动态)$", "", name)
    fits = [
        code
        for code in _six_digits(gazetteer)
        if bare in {gazetteer.name(code), gazetteer.short_name(code)}
        and (publisher_region is None or gazetteer.is_within(code, publisher_region))
    ]
    return fits[0] if len(fits) == 1 and (publisher_region is not None or bare == gazetteer.name(fits[0])) else None


def _named_in(name: str, gazetteer: Gazetteer) -> list[str]:
    """The regions whose short name opens a masthead and leaves only the masthead's usual ending."""
    found = []
    for code in _six_digits(gazetteer):
        for form in (gazetteer.name(code), gazetteer.short_name(code)):
            if len(form) >= 2 and name.startswith(form) and MASTHEAD.search(name[len(form) :] or "-"):
                found.append(code)
                break
    longest = max((len(gazetteer.short_name(code)) for code in found), default=0)
    return [code for code in found if len(gazetteer.short_name(code)) == longest]


def _icp_province(text: str, gazetteer: Gazetteer) -> str | None:
    match = ICP.search(text)
    if match is None:
        return None
    codes = [a.region_code for a in gazetteer.aliases if a.form == "abbreviation" and a.name == match[1]]
    return codes[0] if len(codes) == 1 else None


def _majority(codes: Sequence[str], gazetteer: Gazetteer) -> str | None:
    """The narrowest region that holds most of the articles."""
    if len(codes) < MIN_ARTICLES:
        return None
    counts: Counter[str] = Counter()
    for code in codes:
        county = code[:6]
        counts.update({county, *gazetteer.path(county)} if county in gazetteer else set())
    wide = [c for c, n in counts.items() if n >= MAJORITY * len(codes) and len(c) == 6]
    return max(wide, key=lambda c: (len(gazetteer.path(c)), counts[c]), default=None)


def _six_digits(gazetteer: Gazetteer) -> Iterable[str]:
    return (code for code in gazetteer.codes() if len(code) == 6 and gazetteer.is_in_force(code))
