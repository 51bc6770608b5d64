"""The regions that an article names, and the one that it is about.

A region tag asserts that these characters of the article name that region, today's code for a name of its day.
Dateline outranks headline, headline lede, lede body; the publisher's region breaks ties and stands in where the text
names no place at all, and never outvotes the text. Nothing is guessed: a name that several regions share and that
the article does not settle gets no tag.
"""

import re
from datetime import date

from records import Dateline, RegionRole, RegionTag, TextField
from transforms.gazetteer import Gazetteer
from transforms.region_anaphora import Antecedents, resolve_anaphora
from transforms.region_names import NameIndex
from transforms.region_primary import find_primary
from transforms.region_resolution import Resolver
from transforms.region_surfaces import Surface, extend_zone, find_surfaces, without_persons
from transforms.region_weights import Weights, weigh
from transforms.region_words import Words
from transforms.traditional import simplify

DATELINE = re.compile(
    r"^\s*(?:[\u4e00-\u9fff]{2,10}(?:网|社|报|台|客户端|记者))?[^，。！？\n]{0,22}?"
    r"(?:(?:讯|电|消息|报道)(?=[\s　:：（(])|[日晚][电讯])"
)
PUBLISHER_SCORE = 0.3


def tag_regions(
    title: str,
    text: str,
    published_on: date | None = None,
    publisher_region: str | None = None,
    dateline: Dateline | None = None,
) -> tuple[RegionTag, ...]:
    """The region tags of an article: dateline, title, then text, each in order; empty where nothing is certain.

    `published_on` picks among names that changed over the years; `publisher_region` is the adcode of the area that
    the publisher or section reports on. `is_primary` stands on one tag per primary region, its best evidence;
    all tags of a primary region have the role subject. Traditional script is read as simplified; surfaces keep it.
    """
    printed = {TextField.DATELINE: dateline.raw if dateline else "", TextField.TITLE: title, TextField.TEXT: text}
    sources = {where: simplify(source) for where, source in printed.items()}
    title, text = sources[TextField.TITLE], sources[TextField.TEXT]
    names, words = NameIndex.load(), Words.load()
    gazetteer = names.gazetteer
    surfaces = [s for where, source in sources.items() for s in find_surfaces(source, where, names, words)]
    surfaces = without_persons(surfaces, sources)
    Resolver(gazetteer, published_on, publisher_region).resolve(surfaces)
    mark_dateline(text, surfaces)
    extend_zones(title, text, surfaces)
    named = [s for s in surfaces if s.code and (not s.media or s.rule.startswith("dateline"))]
    weights = weigh(named, f"{title}\n{text}", gazetteer, publisher_region)
    primary = find_primary(weights, gazetteer)
    antecedents = Antecedents(tuple(named), primary[0] if len(primary) == 1 else None, publisher_region, gazetteer)
    named += resolve_anaphora(title, TextField.TITLE, antecedents, words)
    named += resolve_anaphora(text, TextField.TEXT, antecedents, words)
    for surface in named:
        surface.text = printed[surface.where][surface.start : surface.end]
    tags = make_tags(named, primary, weights, gazetteer)
    return tags if any(tag.is_primary for tag in tags) else tags + publisher_tag(publisher_region, tags, gazetteer)


def mark_dateline(text: str, surfaces: list[Surface]) -> None:
    """Mark the places inside a dateline that the text itself opens with (本报枣庄讯)."""
    match = DATELINE.match(text)
    for surface in surfaces:
        if surface.code and (
            surface.where is TextField.DATELINE
            or (match and surface.where is TextField.TEXT and surface.end <= match.end())
        ):
            surface.rule = f"dateline, {surface.rule}"


def extend_zones(title: str, text: str, surfaces: list[Surface]) -> None:
    """Let settled names take in the functional zone behind them."""
    for index, surface in enumerate(surfaces):
        if surface.where is TextField.DATELINE or not surface.code:
            continue
        source = title if surface.where is TextField.TITLE else text
        after = surfaces[index + 1] if index + 1 < len(surfaces) else None
        limit = after.start if after and after.where is surface.where else len(source)
        extend_zone(source, surface, limit)


def make_tags(
    named: list[Surface], primary: tuple[str, ...], weights: Weights, gazetteer: Gazetteer
) -> tuple[RegionTag, ...]:
    """The tags in order, with each primary region marked on its best evidence."""
    order = [TextField.DATELINE, TextField.TITLE, TextField.TEXT]
    named = sorted(named, key=lambda s: (order.index(s.where), s.start))
    best = {id(found): code for code in primary if (found := best_evidence(named, code, gazetteer)) is not None}
    tags = []
    for surface in named:
        about = best.get(id(surface), "")
        if surface.code != about:
            tags.append(make_tag(surface, surface.code, gazetteer, is_subject=surface.code in primary))
        if about:
            evidence = ", ".join(f"{place} {count}" for place, count in weights.evidence[about].items())
            tags.append(make_tag(surface, about, gazetteer, is_subject=True, evidence=evidence or "publisher"))
    return tuple(tags)


def best_evidence(named: list[Surface], primary: str, gazetteer: Gazetteer) -> Surface | None:
    """The mention that shows a primary region best: its own, else one below it; None for the publisher's alone."""
    own = [s for s in named if s.code == primary]
    within = own or [s for s in named if gazetteer.is_within(s.code, primary)]
    return within[0] if within else None


def make_tag(surface: Surface, code: str, gazetteer: Gazetteer, *, is_subject: bool, evidence: str = "") -> RegionTag:
    """One tag of a surface; `evidence` is given for the primary region's best mention alone."""
    role = RegionRole.SUBJECT if is_subject else RegionRole.MENTION
    if surface.rule.startswith("dateline") and not evidence:
        role = RegionRole.DATELINE
    rule = surface.rule if code == surface.code else f"common ancestor of {surface.text} and others"
    return RegionTag(
        region_code=code,
        region_name=gazetteer.full_name(code),
        level=gazetteer.level(code),
        is_primary=bool(evidence),
        role=role,
        field=surface.where,
        surface=surface.text,
        start=surface.start,
        end=surface.end,
        score=round(surface.score, 3),
        rule=f"{rule}; about: {evidence}" if evidence else rule,
    )


def publisher_tag(
    publisher_region: str | None, tags: tuple[RegionTag, ...], gazetteer: Gazetteer
) -> tuple[RegionTag, ...]:
    """The tag of an article that its own words place nowhere: its publisher's region, a guess with a low score."""
    if publisher_region is None or publisher_region not in gazetteer:
        return ()
    why = "the text settles on none of the places it names" if tags else "the text names no place"
    return (
        RegionTag(
            region_code=publisher_region,
            region_name=gazetteer.full_name(publisher_region),
            level=gazetteer.level(publisher_region),
            is_primary=True,
            role=RegionRole.PUBLISHER,
            field=TextField.PUBLISHER,
            surface="",
            start=0,
            end=0,
            score=PUBLISHER_SCORE / 2 if tags else PUBLISHER_SCORE,
            rule=f"publisher's region, {why}",
        ),
    )
