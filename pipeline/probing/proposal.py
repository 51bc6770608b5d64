"""A proposed publisher with a preview of its articles, from the survey of its site."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from crawlers import CrawlOptions
from crawlers.discovery.attribution import section_folders, section_of
from crawlers.discovery.markup import decode_markup
from crawlers.probing import ArticleSample, Survey, survey_site
from crawlers.probing.pages import view_page
from crawlers.probing.survey import SiteSurvey
from pipeline.probing.identity import masthead, publisher_id, region_of_section, region_of_site
from records import FetchedPage, Publisher, Rejected, Section, Source, TaggedArticle
from transforms import transform_page
from transforms.gazetteer import Gazetteer
from transforms.reading import read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One sampled page and what the transforms make of it."""

    page: FetchedPage
    result: TaggedArticle | Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A publisher as the survey proposes it."""

    publisher: Publisher
    previews: tuple[Preview, ...]
    survey: Survey
    region_evidence: str

    @property
    def encodings(self) -> tuple[str, ...]:
        """The encodings in which its articles are written."""
        found = [p.result.article.encoding for p in self.previews if isinstance(p.result, TaggedArticle)]
        return tuple(dict.fromkeys(found))


def propose(
    home_url: str,
    options: CrawlOptions,
    *,
    today: date,
    delay: float,
    chosen_id: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Proposal:
    """Survey a site and propose its declaration.

    Runs Scrapy's reactor, so it can be called once in a process. Raises SurveyFailed where the site yields none.
    """
    survey = SiteSurvey(home_url, _holds_article, today=today, tell=tell)
    survey_site(home_url, survey, options, delay)
    assert survey.result is not None
    return proposal_of(survey.result, chosen_id)


def proposal_of(survey: Survey, chosen_id: str | None = None) -> Proposal:
    """The proposal that a survey leads to. Pure."""
    gazetteer = Gazetteer.load()
    draft = Publisher(
        id=chosen_id or publisher_id(survey.home_url),
        name=masthead(survey.names, survey.home_url),
        home_url=survey.home_url,
        article_pattern=survey.article_pattern,
        allowed_hosts=survey.hosts,
        sections=tuple(Section(id=s.id, name=s.name) for s in survey.sections),
        sources=tuple(Source(kind=s.kind, url=s.url, section=s.section) for s in survey.sources),
        active=False,
    )
    previews = _previews(survey.samples, draft)
    primary = [
        tag.region_code
        for preview in previews
        if isinstance(preview.result, TaggedArticle)
        for tag in preview.result.regions
        if tag.is_primary
    ]
    home = survey.home_page
    view = view_page(home.body, home.url)
    footer = view.text if view else decode_markup(home.body)
    region, evidence = region_of_site(draft.name, footer, primary, gazetteer)
    placed = tuple(replace(s, region_code=region_of_section(s.name, region, gazetteer)) for s in draft.sections)
    publisher = replace(draft, region_code=region, sections=placed)
    return Proposal(
        publisher=publisher, previews=_previews(survey.samples, publisher), survey=survey, region_evidence=evidence
    )


def _previews(samples: Sequence[ArticleSample], publisher: Publisher) -> tuple[Preview, ...]:
    folders = section_folders(publisher)
    pages = [
        replace(s.page, publisher_id=publisher.id, section=section_of(s.page.url, folders) or None) for s in samples
    ]
    return tuple(Preview(page=page, result=transform_page(page, publisher)) for page in pages)


def _holds_article(page: FetchedPage) -> bool:
    return not isinstance(read_page(page, None), Rejected)
