"""What was taken down and must not come back: the digests by which a landing knows it.

An article's tombstone is its id, a digest of its URL. A person's is a digest of the name with the jurisdiction and the
position to which the request was limited, either of which may be open; a mention is struck where one of its own
scopes is among them. No text is kept: but a name is short, and whoever guesses it can prove it (docs/adr/0023).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from records import article_id, canonicalize
from warehouse import model
from warehouse.arrow import Row
from warehouse.model import Table

Filled = Mapping[Table, Sequence[Row]]
Held = Callable[[Iterable[str]], set[str]]

_BY_CANONICAL_URL = (model.RAW_PAGES, model.RAW_FETCHES)
_OF_PERSONS = (model.CORE_OFFICIAL_MENTIONS, model.CORE_OFFICE_CHANGES)
_LEADING = {model.CORE_CAPTURES: "referrer_url", model.CORE_ARTICLES: "source_url"}
"""Columns that may hold the address of another article."""


def region_prefix(region_code: str) -> str:
    """The digits that a region's code shares with all below it: 3701 for 370100, 37 for 370000."""
    if len(region_code) != 6:
        return region_code
    return region_code.removesuffix("00").removesuffix("00")


@lru_cache(maxsize=100_000)
def person_tombstone(name: str, prefix: str = "", position: str = "") -> str:
    """The tombstone of a name within a region (its prefix; empty: anywhere) and a position (empty: any)."""
    return hashlib.sha256(f"{name}\n{prefix}\n{position}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which mentions a request about a person means. Empty regions: everywhere; an empty position: any."""

    name: str
    prefixes: tuple[str, ...] = ()
    """Regions as the digits that all codes below them share."""
    position: str = ""

    @property
    def tombstones(self) -> tuple[str, ...]:
        """The digests that strike these mentions when they come again."""
        return tuple(person_tombstone(self.name, prefix, self.position) for prefix in self.prefixes or ("",))

    @property
    def condition(self) -> str:
        """SQL that finds one of the person's mentions in an article; see `parameters`."""
        return (
            "name = $name"
            " AND ($position = '' OR position = $position OR list_contains(positions_normalised, $position))"
            " AND (len($prefixes::VARCHAR[]) = 0 OR "
            "list_bool_or([starts_with(region_code, p) FOR p IN $prefixes::VARCHAR[]]))"
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What `condition` asks with."""
        return {"name": self.name, "position": self.position, "prefixes": list(self.prefixes)}


def mention_tombstones(row: Row) -> Iterator[str]:
    """Every tombstone that would strike a mention: its name in each region above it, with each of its positions."""
    code = str(row["region_code"] or "")
    positions = {"", str(row["position"]), *map(str, _items(row["positions_normalised"]))}
    for prefix in ("", *(code[:end] for end in (2, 4, 6, 9, 12) if len(code) >= end)):
        for position in positions:
            yield person_tombstone(str(row["name"]), prefix, position)


def fetch_without_url(row: Row) -> Row:
    """A line of the fetch log that says when and how, and no longer what."""
    what = f"forgotten:{article_id(str(row['canonical_url']))}"
    return {**row, "url": what, "canonical_url": what, "etag": None, "last_modified": None, "detail": ""}


def strike(filled: Filled, held: Held) -> tuple[dict[Table, list[Row]], int]:
    """The rows without what has a tombstone, and how many were struck; `held` says which of some ids have one."""
    struck = held(set(_article_ids(filled)))
    mentions = filled.get(model.CORE_OFFICIAL_MENTIONS, ())
    persons = held({t for row in mentions for t in mention_tombstones(row)})
    gone = {_person(row) for row in mentions if not persons.isdisjoint(mention_tombstones(row))}
    result: dict[Table, list[Row]] = {}
    count = 0
    for table, given in filled.items():
        kept = list(_kept(table, given, struck))
        if table in _OF_PERSONS and gone:
            kept = [row for row in kept if _person(row) not in gone]
        result[table] = kept
        count += len(given) - len(kept)
    return result, count


def _kept(table: Table, given: Sequence[Row], struck: set[str]) -> Iterator[Row]:
    for row in given:
        is_struck = bool(struck.intersection(_ids_of(table, row)))
        if table is model.RAW_FETCHES:
            yield fetch_without_url(row) if is_struck else row
        elif not is_struck:
            named = _LEADING.get(table)
            leads = named and row[named] and not struck.isdisjoint(_ids_of_url(str(row[named])))
            yield {**row, named: None} if named and leads else row


def _person(row: Row) -> tuple[object, ...]:
    """Whose row it is: what one article says of one person goes together."""
    return row["article_id"], row["content_sha256"], row["person_key"], row["name"]


def _article_ids(filled: Filled) -> Iterator[str]:
    for table, given in filled.items():
        named = _LEADING.get(table)
        for row in given:
            yield from _ids_of(table, row)
            if named and row[named]:
                yield from _ids_of_url(str(row[named]))


def _ids_of(table: Table, row: Row) -> Iterator[str]:
    """The articles that a row is about."""
    if table in _BY_CANONICAL_URL:
        yield article_id(str(row["canonical_url"]))
    if table is model.RAW_PAGES:
        yield article_id(str(row["part_url"]))
    for name in ("article_id", "to_article_id"):
        if row.get(name) is not None:
            yield str(row[name])


def _ids_of_url(url: str) -> set[str]:
    """The id of the article at an address, as printed and in canonical form."""
    try:
        return {article_id(url), article_id(canonicalize(url))}
    except ValueError:
        return {article_id(url)}


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, Iterable) else ()
