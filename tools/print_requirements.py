"""Print what difang requires, with the named extras, a requirement a line: what an image installs before the code.

`python tools/print_requirements.py cluster objectstore` reads pyproject.toml beside `tools/`. Extras that name other
extras of difang are resolved. Exit code 2 for an extra that does not exist.
"""

import re
import sys
import tomllib
from pathlib import Path

OWN = re.compile(r"difang\[(?P<extras>[a-z0-9,\- ]+)\]")


def requirements(project: dict, extras: list[str]) -> list[str]:
    """The requirements of the project and of the extras, each once, in their order. Raises KeyError for no extra."""
    found = list(project["dependencies"])
    waiting = list(extras)
    seen: set[str] = set()
    while waiting:
        extra = waiting.pop(0)
        if extra in seen:
            continue
        seen.add(extra)
        for requirement in project["optional-dependencies"][extra]:
            if own := OWN.fullmatch(requirement):
                waiting += [name.strip() for name in own["extras"].split(",")]
            else:
                found.append(requirement)
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    declared = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    try:
        print("\n".join(requirements(declared, sys.argv[1:])))
    except KeyError as missing:
        allowed = ", ".join(declared["optional-dependencies"])
        print(f"there is no extra {missing}; pyproject.toml has: {allowed}", file=sys.stderr)
        sys.exit(2)
