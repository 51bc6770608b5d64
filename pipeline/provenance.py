"""What made a run's rows: the code and the data of this very installation."""

from importlib.metadata import version

from records import Provenance
from transforms import lexicon_version, model_version


def provenance_of(crawl_id: str) -> Provenance:
    """The provenance of a run of that id, by today's code, lexicons and model."""
    return Provenance(
        crawl_id=crawl_id,
        code_version=version("difang"),
        lexicon_version=lexicon_version(),
        model_version=model_version(),
    )
