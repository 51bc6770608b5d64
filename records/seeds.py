"""Paths of the files under seeds/, wherever the project is installed."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from records.errors import InvalidSeed


@cache  # finding the folder lists it, four times an article
def seed_path(name: str) -> Path:
    """The absolute path of a seed such as ``"gazetteer/regions.parquet"``.

    Raises InvalidSeed when the installation lacks that file.
    """
    path = Path(str(files("seeds").joinpath(name)))
    if not path.exists():
        raise InvalidSeed(f"the seed {name!r} is missing from this installation ({path}); install difang again")
    return path
