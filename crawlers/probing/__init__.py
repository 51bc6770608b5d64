"""What a site's pages tell about the site: sections, listings, article addresses, feeds, sitemaps, its name.

`survey_site` asks for the pages, with a crawl's manners; everything that finds something in them is pure.
"""

from crawlers.probing.findings import ArticleSample, FoundSection, FoundSource, Survey, SurveyFailed
from crawlers.probing.session import Answer, survey_site

__all__ = ["Answer", "ArticleSample", "FoundSection", "FoundSource", "Survey", "SurveyFailed", "survey_site"]
