"""What a survey of a site has found."""

from dataclasses import dataclass, field

from records import DifangError, FetchedPage, SourceKind


class SurveyFailed(DifangError):
    """The site cannot be surveyed; the message says what stands in the way and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSection:
    """A listing page of the site, as a section 栏目."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSource:
    """A page that names articles, and how many of the pattern it names."""

    kind: SourceKind
    url: str
    section: str | None = None
    links_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSample:
    """An article page that was fetched, and whether the judge has found an article in it."""

    page: FetchedPage
    is_article: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the pages of a site tell."""

    home_url: str
    """The home page's address, after redirects."""
    title: str
    names: tuple[str, ...]
    """Names that the site gives itself, the most often told first."""
    hosts: tuple[str, ...]
    article_pattern: str
    sections: tuple[FoundSection, ...]
    sources: tuple[FoundSource, ...]
    samples: tuple[ArticleSample, ...]
    home_page: FetchedPage
    requests_count: int
    notes: tuple[str, ...] = field(default=())
    """What a person should know: faults on the way, pages that were left out."""
