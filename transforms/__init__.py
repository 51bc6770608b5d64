"""From a fetched page to a tagged article, or a reason why not. Pure: no network, no clock.

The stable Python interface (docs/python.md): `extract`, `tag_regions`, `tag_officials`,
`tag_office_changes`.
"""

from transforms.extraction import extract, lexicon_version, model_version, transform_page
from transforms.officials import tag_office_changes, tag_officials
from transforms.regions import tag_regions

__all__ = [
    "extract",
    "lexicon_version",
    "model_version",
    "tag_office_changes",
    "tag_officials",
    "tag_regions",
    "transform_page",
]
