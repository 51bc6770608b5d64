"""The officials whom an article names: each mention with position, jurisdiction, rank, status and role.

A mention asserts that these characters name a person in public office (or a leading post of a body), and that the
article itself says so, there or elsewhere: a name without a position anywhere in the article is no official
(docs/adr/0006-public-office-only.md). Later bare mentions (马保岭强调) and surnames with a title (周书记) belong to the
person introduced in full. Bylines are not officials. What the text does not settle stays empty.
"""

from datetime import date
from itertools import zip_longest

from records import OfficeChange, OfficialMention, RegionTag
from transforms.gazetteer import Gazetteer
from transforms.office_changes import ChangeReader
from transforms.official_findings import read_findings
from transforms.official_mentions import MentionWriter
from transforms.official_offices import OfficeReader
from transforms.official_persons import join_persons
from transforms.official_places import Jurisdictions, order_of
from transforms.official_sentences import split_sentences
from transforms.regions import tag_regions

_PARTED = frozenset({"社区", "村", "镇", "乡", "街道"})
"""Kinds of places that LAC parts from the name."""


def tag_officials(
    text: str,
    title: str = "",
    published_on: date | None = None,
    publisher_region: str | None = None,
    regions: tuple[RegionTag, ...] | None = None,
) -> tuple[OfficialMention, ...]:
    """The mentions of officials in title and text, in reading order; empty where none is certain.

    `regions` are the article's region tags, made here where they are not given; `publisher_region` is the adcode of
    the area that the publisher reports on.
    """
    return tag_persons(text, title, published_on, publisher_region, regions)[0]


def tag_office_changes(
    text: str,
    title: str = "",
    published_on: date | None = None,
    publisher_region: str | None = None,
    regions: tuple[RegionTag, ...] | None = None,
) -> tuple[OfficeChange, ...]:
    """The changes of office that title and text announce, in reading order; see `tag_officials`."""
    return tag_persons(text, title, published_on, publisher_region, regions)[1]


def tag_persons(
    text: str,
    title: str = "",
    published_on: date | None = None,
    publisher_region: str | None = None,
    regions: tuple[RegionTag, ...] | None = None,
) -> tuple[tuple[OfficialMention, ...], tuple[OfficeChange, ...]]:
    """Mentions of officials and their changes of office, read in one go."""
    sentences = split_sentences(title, text)
    if regions is None:
        regions = tag_regions(title, text, published_on, publisher_region)
    findings, words = read_findings(sentences)
    gazetteer = Gazetteer.load()
    places = Jurisdictions(regions, gazetteer, publisher_region, title, text)
    names = {(f.sentence.field, f.sentence.number, at) for f in findings for at in range(f.name.start + 1, f.name.end)}
    for sentence, tokens in words:
        places.add_opening(order_of(sentence.field, sentence.span(0, 1)[0]), sentence.text)
        for token, after in zip_longest(tokens, tokens[1:]):
            if (sentence.field, sentence.number, token.start) in names:
                continue  # 任命张 | 华为县财政局 | 局长
            if token.tag in {"LOC", "ORG"} or (token.tag == "n" and token.word[-1] in "镇乡村" and len(token.word) > 2):
                start, _ = sentence.span(token.start, token.end)
                parted = after is not None and after.word in _PARTED  # 百瑞 | 社区
                places.add_name(order_of(sentence.field, start), token.word + (after.word if parted and after else ""))
    writer = MentionWriter(title, text)
    offices = OfficeReader(places, gazetteer, writer.original)
    told = [(finding, offices.read(finding)) for finding in findings]
    persons = join_persons(told, lambda f: writer.original(f.sentence, f.name.start, f.name.end))
    changes = ChangeReader(title, text, offices, gazetteer, published_on).read(sentences, words, findings, persons)
    return writer.write(persons, findings), changes
