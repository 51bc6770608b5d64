"""The pools that the DAGs run in, as `airflow pools import` reads them: ``python -m dags.pools FILE``.

A host group is a share of the publishers: those whose sites have the same registered domain are always in the same
one. Its pool has one slot, so that no two tasks of any DAG, run or backfill ask one publisher's servers at a time,
and the number of groups is the number of crawls at a time. Airflow is not imported here.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from records import UsageError

if TYPE_CHECKING:
    from tldextract import TLDExtract

VARIABLE = "DIFANG_HOST_GROUPS"
DEFAULT_GROUPS = 4
MOST_GROUPS = 128
WAREHOUSE_POOL = "difang_warehouse"


def count_groups(environ: Mapping[str, str] = os.environ) -> int:
    """How many host groups there are: `DIFANG_HOST_GROUPS`, 4 where it is not set. Raises UsageError."""
    said = environ.get(VARIABLE) or str(DEFAULT_GROUPS)
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= MOST_GROUPS):
        raise UsageError(
            f"{VARIABLE}={said!r} is no number of host groups; give a whole number from 1 to {MOST_GROUPS}"
        )
    return int(said)


def hosts_pool(group: int) -> str:
    """The name of a host group's pool; groups are counted from 1."""
    return f"difang_hosts_{group}"


def group_of(home_url: str, count: int) -> int:
    """The host group of a publisher, from 1: the same for all sites of one registered domain, in every process."""
    site = registered_domain(urlsplit(home_url).hostname or home_url)
    return int.from_bytes(hashlib.blake2s(site.encode()).digest()[:8], "big") % count + 1


def registered_domain(host: str) -> str:
    """What was registered with a registry: ``dzwww.com``, ``zhangqiu.gov.cn``; the host where it is an address."""
    found = suffixes()(host)
    if found.ipv4 or found.ipv6:
        return host
    return found.top_domain_under_public_suffix or ".".join(host.split(".")[-2:])


@cache
def suffixes() -> "TLDExtract":
    """The public suffixes as the package brings them: no request, no file written; a tenth of a second to read."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def describe_pools(count: int) -> dict[str, dict[str, object]]:
    """Every pool by name."""
    pools: dict[str, dict[str, object]] = {
        hosts_pool(group): {
            "slots": 1,
            "description": f"站群 {group}：同一时刻只有一个任务访问 · one task at a time asks the sites of {group}",
            "include_deferred": False,
        }
        for group in range(1, count + 1)
    }
    pools[WAREHOUSE_POOL] = {
        "slots": 1,
        "description": "重算集市、维护与重新解析不并行 · marts, maintenance and reprocessing take turns",
        "include_deferred": False,
    }
    return pools


def main(arguments: list[str]) -> int:
    """Write the pools' file; 2 for bad usage."""
    if len(arguments) != 1:
        print("python -m dags.pools FILE: name the file to write", file=sys.stderr)
        return 2
    try:
        pools = describe_pools(count_groups())
    except UsageError as wrong:
        print(f"difang: {wrong}", file=sys.stderr)
        return 2
    Path(arguments[0]).write_text(json.dumps(pools, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
