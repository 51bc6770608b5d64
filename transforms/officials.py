"""The officials whom an article names: each mention with position, jurisdiction, rank, status and role.

A mention asserts that these characters name a person in public office (or a leading post of a body), and that the
article itself says so, there or elsewhere: a name without a position anywhere in the article is no official
(docs/adr/0006-public-office-only.md). Later bare mentions (马保岭强调) and surnames with a title (周书记) belong to the
person introduced in full. Bylines are not officials. What the text does not settle stays empty.
"""

from datetime import date

from records import OfficialMention, RegionTag
from transforms.gazetteer import Gazetteer
from transforms.official_findings import read_findings
from transforms.official_mentions import MentionWriter
from transforms.official_offices import OfficeReader
from transforms.official_persons import join_persons
from transforms.official_places import Jurisdictions, order_of
from transforms.official_sentences import split_sentences
from transforms.regions import tag_regions


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
    sentences = split_sentences(title, text)
    if regions is None:
        regions = tag_regions(title, text, published_on, publisher_region)
    findings, words = read_findings(sentences)
    gazetteer = Gazetteer.load()
    places = Jurisdictions(regions, gazetteer, publisher_region)
    for sentence, tokens in words:
        places.add_opening(order_of(sentence.field, sentence.span(0, 1)[0]), sentence.text)
        for token in tokens:
            if token.tag in {"LOC", "ORG"}:
                start, _ = sentence.span(token.start, token.end)
                places.add_name(order_of(sentence.field, start), token.word)
    writer = MentionWriter(title, text)
    offices = OfficeReader(places, gazetteer, writer.original)
    told = [(finding, offices.read(finding)) for finding in findings]
    persons = join_persons(told, lambda f: writer.original(f.sentence, f.name.start, f.name.end))
    return writer.write(persons, findings)
