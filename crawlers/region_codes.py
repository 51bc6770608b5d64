"""Which region codes a publisher may name: those of seeds/gazetteer/regions.tsv that are in force.

Only the codes are read, by ourselves: the gazetteer proper belongs to the transforms.
"""

import csv
from functools import lru_cache

from records import seed_path

REGIONS = "gazetteer/regions.tsv"


@lru_cache(maxsize=1)
def _regions() -> dict[str, dict[str, str]]:
    lines = seed_path(REGIONS).read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if line and not line.startswith("#")), delimiter="\t")
    return {row["region_code"]: row for row in rows}


def region_fault(code: str) -> str | None:
    """What is wrong with an adcode, as the end of a sentence that says what is allowed; None where it is in force."""
    regions = _regions()
    row = regions.get(code)
    if row is None:
        near = [f"{c} {regions[c]['name']}" for c in (code[:4] + "00", code[:2] + "0000") if c in regions]
        return f"an adcode of seeds/{REGIONS}" + (f", for example {near[0]}" if near else "")
    if row["valid_until"]:
        heir = row["successor_code"]
        named = f": {heir} {regions[heir]['name']}" if heir in regions else ""
        return f"a region in force ({row['name']} was one until {row['valid_until']}){named}"
    return None
