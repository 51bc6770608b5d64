"""The surfaces that can name a region, each with its senses, and the automaton that finds them all in a text.

A sense is one reading of a surface: 朝阳 has the senses 朝阳市 and two 朝阳区, each by its short name. Former names
lead to the code in force that took over; names of functional zones lead to the region that they lie in.
"""

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from transforms.gazetteer import Gazetteer, read_rows
from transforms.region_words import Words

FULL, SHORT, FORMER, TOWNSHIP, ZONE = "full", "short", "former", "township", "zone"
VAGUE = {"市区", "城区", "新区", "郊区", "矿区", "东区", "西区", "南区", "北区", "市郊区", "老城区", "新城区"}
"""Names of districts that are also words for a part of any town: they count only right behind their city."""
_ZONE_NAME = re.compile(r".{2,}(开发区|园区|新区|示范区|保税区|度假区|合作区|管理区|新城|农场|林场|牧场|景区|名胜区)$")
_OWN_RULE = re.compile(r"(?:自治)?(县|旗)$")
_PEOPLE = re.compile(r"族(?:自治[县旗])?$")
_PREFECTURE = re.compile(r"(.{2,}?)(?:[^自]{1,9}族|哈萨克|柯尔克孜|蒙古)+自治州$")


class Sense(NamedTuple):
    """One reading of a surface: the code it leads to, how it names it, and until when a former name was official."""

    code: str
    form: str
    valid_until: date | None = None
    origin: str = ""
    """The abolished code that a former name belonged to, where it differs from `code`."""


class NameIndex:
    """Surface -> senses, and the automaton over all surfaces. Build it with `NameIndex.load`."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Collect every name of a gazetteer and the false friends beside it."""
        self.gazetteer = gazetteer
        self._words = Words.load(gazetteer.folder)
        self.senses: dict[str, tuple[Sense, ...]] = {}
        self._add_regions()
        self._add_former_names()
        self._add_townships()
        for alias in gazetteer.aliases:
            if alias.form != "abbreviation":
                self._add(alias.name, Sense(alias.region_code, ZONE if alias.form == "zone" else SHORT))
        self.abbreviations = {
            a.name: Sense(a.region_code, SHORT) for a in gazetteer.aliases if a.form == "abbreviation"
        }
        """鲁 -> 山东省; read only where several stand together, see `find_abbreviations`."""
        common = {row["word"]: row["kind"] for row in read_rows(gazetteer.folder / "common_words.tsv")}
        self.common = common
        """Short names that are ordinary words, and of which kind: word, ordinary, verb or landmark."""
        landmarks = {word for word, kind in common.items() if kind == "landmark"}
        false_friends = {row["word"] for row in read_rows(gazetteer.folder / "not_places.tsv")}
        self.blocked = frozenset(landmarks | false_friends)
        """Words that a name's characters may belong to and that name no region: 天南海北, 西湖."""
        for word in self.blocked:
            self.senses.pop(word, None)
        self.patterns = sorted(self.senses.keys() | self.blocked)
        self._automaton = ahocorasick_rs.AhoCorasick(self.patterns, store_patterns=False)

    @staticmethod
    def load(gazetteer: Gazetteer | None = None) -> "NameIndex":
        """The index of a gazetteer (default: the bundled one), built once per process."""
        return _load((gazetteer or Gazetteer.load()).folder)

    def find(self, text: str) -> list[tuple[int, int]]:
        """All occurrences of all surfaces as (start, end), overlapping ones included, in text order."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return sorted((start, end) for _, start, end in found)

    def _add(self, surface: str, sense: Sense) -> None:
        """Add a sense; of two former ones that lead to the same code, the later stays (莱芜市 the prefecture)."""
        known = self.senses.get(surface, ())
        same = next((other for other in known if other.code == sense.code), None)
        if same is None:
            self.senses[surface] = (*known, sense)
        elif same.valid_until and sense.valid_until and sense.valid_until > same.valid_until:
            self.senses[surface] = tuple(sense if other is same else other for other in known)

    def _add_regions(self) -> None:
        gazetteer = self.gazetteer
        for code in gazetteer.codes():
            if len(code) > 6 or not gazetteer.is_in_force(code):
                continue
            name, short = gazetteer.name(code), gazetteer.short_name(code)
            if gazetteer.kind(code) == "zone":
                self._add(name, Sense(gazetteer.parent(code) or code, ZONE))
                continue
            self._add(name, Sense(code, FULL))
            if short != name and short not in VAGUE:
                self._add(short, Sense(code, SHORT))
            if "自治" in name and (ending := _OWN_RULE.search(name)):
                stem = _PEOPLE.sub("", short)
                for everyday in (stem + ending[1], stem + ending[0]):  # 融水县, 融水自治县
                    self._add(everyday, Sense(code, FULL))
            if match := _PREFECTURE.match(name):
                self._add(match[1] + "州", Sense(code, SHORT))

    def _add_former_names(self) -> None:
        gazetteer = self.gazetteer
        for code in gazetteer.codes():
            if len(code) == 6 and not gazetteer.is_in_force(code):
                self._add_former(code, gazetteer.name(code), gazetteer.valid_until(code))
        for former in gazetteer.former_names:
            self._add_former(former.region_code, former.name, former.valid_until)

    def _add_former(self, code: str, name: str, until: date | None) -> None:
        """Add a former name; its bare stem too, where nobody else is called so today."""
        current = self.gazetteer.current(code)
        if current is None or len(name) < 2:
            return
        sense = Sense(current, FORMER, until, code if code != current else "")
        self._add(name, sense)
        stem = name[:-1] if name.endswith(("市", "县", "区")) and not name.endswith("地区") else ""
        if len(stem) >= 2 and stem not in VAGUE and stem not in self.senses and stem not in self._words.costs:
            self._add(stem, sense)

    def _add_townships(self) -> None:
        gazetteer = self.gazetteer
        for code in gazetteer.codes():
            if len(code) == 6:
                continue
            name = gazetteer.name(code)
            if gazetteer.kind(code) == "zone":
                parent = gazetteer.parent(code)
                if parent and self._is_telling(name, parent) and name not in self.senses:
                    self._add(name, Sense(_above_zone(gazetteer, parent), ZONE))
                continue
            self._add(name, Sense(code, TOWNSHIP))
            if name.endswith("镇街道") and len(name) >= 4:
                self._add(name[:-2], Sense(code, TOWNSHIP))
            elif name.endswith("街道") and len(name) >= 4:
                self._add(name[:-2] + "镇", Sense(code, TOWNSHIP))
                self._add(name + "办事处", Sense(code, TOWNSHIP))

    def _is_telling(self, name: str, parent: str) -> bool:
        """Whether a zone's name says by itself where it lies: 经济技术开发区 does not."""
        above = self.gazetteer.path(parent)
        return bool(_ZONE_NAME.match(name)) and any(self.gazetteer.short_name(code) in name for code in above)


def _above_zone(gazetteer: Gazetteer, code: str) -> str:
    return (gazetteer.parent(code) or code) if gazetteer.kind(code) == "zone" else code


@lru_cache(maxsize=4)
def _load(folder: Path) -> NameIndex:
    return NameIndex(Gazetteer.load(folder))
