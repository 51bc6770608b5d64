"""The codes of the places of one article, by name and by kind of jurisdiction; and what is a functional zone."""

from collections.abc import Iterable
from dataclasses import dataclass

from records import RegionKind, RegionTag
from transforms.gazetteer import Gazetteer
from transforms.official_place_names import is_zone
from transforms.positions import unit_of


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction: its name as the text or the gazetteer has it, and its code where that is certain."""

    name: str
    code: str | None
    shown: str = ""
    """The name in the text's own characters, where they are others (遂水縣)."""


class PlaceCodes:
    """The regions of one article and those above them, by name."""

    def __init__(self, tags: Iterable[RegionTag], gazetteer: Gazetteer) -> None:
        self._gazetteer, self._tags = gazetteer, tuple(tags)
        self._codes = {part for tag in self._tags for part in gazetteer.path(tag.region_code)}

    def is_zone(self, place: Place) -> bool:
        """Whether the place is a zone and no district that bears a zone's name (滨海新区)."""
        code = place.code
        own = code is not None and self._gazetteer.kind(code) == RegionKind.DISTRICT
        return is_zone(place.name) and not (own and code and place.name.endswith(self._gazetteer.name(code)))

    def ancestor(self, code: str, unit: str) -> Place | None:
        """The region itself or the next one above it that is of the unit; any where the unit is empty."""
        if not unit:
            return self.of_code(code)
        for part in reversed(self._gazetteer.path(code)):
            if unit_of(self._gazetteer.name(part)) == unit and not (unit == "区" and len(part) > 6):
                return self.of_code(part)
        return None

    def county_of(self, code: str) -> Place | None:
        """The county in which a township lies."""
        counties = [c for c in self._gazetteer.path(code) if len(c) == 6 and not c.endswith("00")]
        return self.of_code(counties[-1]) if counties else None

    def of_code(self, code: str) -> Place:
        """The region of that code, by its full name."""
        return Place(self._gazetteer.name(code), code)

    def find(self, name: str) -> str | None:
        """The code of a name, where only one region of the article bears it."""
        found = {
            c for c in self._codes if self._gazetteer.name(c) == name or self._gazetteer.full_name(c).endswith(name)
        }
        found |= {tag.region_code for tag in self._tags if tag.surface == name}
        return found.pop() if len(found) == 1 else None

    def find_ending(self, name: str) -> str | None:
        """The code where the name is a region's behind a short one above it (宁夏同心县), or a zone's."""
        found = set()
        for tag in self._tags:
            if name != tag.surface and name.endswith(tag.surface):
                above = name.removesuffix(tag.surface)
                path = map(self._gazetteer.name, self._gazetteer.path(tag.region_code))
                if is_zone(name) or any(part.startswith(above) or above.endswith(part) for part in path):
                    found.add(tag.region_code)
        return found.pop() if len(found) == 1 else None
