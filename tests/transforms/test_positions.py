"""The lexicon of positions: its files keep their own rules, forms are normalised, ranks follow the jurisdiction."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import InvalidSeed, Position, seed_path
from transforms.gazetteer import Gazetteer
from transforms.positions import jurisdiction_level, load_lexicon, load_positions

LISTS = ("positions/heads.txt", "positions/modifiers.txt", "positions/subprovincial_cities.txt")


def body(name: str) -> list[str]:
    lines = seed_path(name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_headed_sorted_and_holds_nothing_twice(name: str) -> None:
    assert "Inclusion:" in seed_path(name).read_text("utf-8") or name.endswith("cities.txt")
    lines = body(name)
    assert len(lines) > 10
    assert lines == sorted(set(lines))


def test_positions_are_many_sorted_and_unique() -> None:
    positions = load_positions()
    assert len(positions) > 500
    names = [p.position_name for p in positions]
    assert len(set(names)) == len(names)
    keys = [(p.organisation_kind, p.position_name) for p in positions]
    assert keys == sorted(keys)
    kinds = {p.organisation_kind for p in positions}
    assert {"党委", "人大", "政府", "政协", "纪委监委", "法院", "检察院", "人武部", "群团"} <= kinds
    assert {"开发区", "街道", "乡镇", "村社", "企业", "高校"} <= kinds


def test_no_alias_is_the_name_of_another_position() -> None:
    lexicon = load_lexicon()
    for position in lexicon.positions.values():
        for alias in position.aliases:
            assert lexicon.forms[alias] in {position.position_name, alias}


NORMALISED = [
    ("章丘区委书记", "章丘区", "区委书记"),
    ("温泉县县长", "温泉县", "县长"),
    ("区委副书记", "", "区委副书记"),
    ("组织部长", "", "组织部部长"),
    ("市委组织部长", "", "市委组织部部长"),
    ("县人大主任", "", "县人大常委会主任"),
    ("省政协原副主席", "", "省政协副主席"),
    ("原市委书记", "", "市委书记"),
    ("代区长", "", "区长"),
    ("挂职副县长", "", "副县长"),
    ("县人民政府副县长", "", "副县长"),
    ("石头山村支书", "石头山村", "村党支部书记"),
    ("公安局长", "", "公安局局长"),
    ("致盛集团董事长", "", "董事长"),
    ("驻村第一书记", "", "第一书记"),
    ("区级领导", "", "区领导"),
    ("草原站站长", "", "站长"),
    ("种子繁育员", "", "种子繁育员"),
]


@pytest.mark.parametrize(("written", "place", "name"), NORMALISED)
def test_normalised_form(written: str, place: str, name: str) -> None:
    assert load_lexicon().normalise(written, place) == name


@given(st.sampled_from(sorted(load_lexicon().positions)))
def test_normalising_a_normalised_name_changes_nothing(name: str) -> None:
    assert load_lexicon().normalise(name) == name


RANKS = [
    ("区长", "370114", "厅局级副职"),  # 济南 is a 副省级 city
    ("区长", "370802", ""),  # abolished code or unknown: no rank is guessed
    ("区长", "371702", "县处级正职"),
    ("区长", "110101", "厅局级正职"),
    ("县长", "370124", "县处级正职"),
    ("副县长", "370124", "县处级副职"),
    ("市长", "370100", "省部级副职"),
    ("市长", "371700", "厅局级正职"),
    ("市长", "370481", "县处级正职"),
    ("省长", "370000", "省部级正职"),
    ("财政局局长", "370000", "厅局级正职"),
    ("财政局局长", "371721", "乡科级正职"),
    ("财政局局长", "370114", ""),  # practice differs from city to city
    ("一级调研员", "371721", "县处级正职"),
    ("村党支部书记", "371721", ""),
]


@pytest.mark.parametrize(("name", "code", "rank"), RANKS)
def test_rank_follows_the_jurisdiction(name: str, code: str, rank: str) -> None:
    gazetteer = Gazetteer.load()
    level = jurisdiction_level(code if gazetteer.is_in_force(code) else None, gazetteer) if code in gazetteer else ""
    assert load_lexicon().rank(name, level) == rank


def test_a_broken_row_is_refused_with_its_reason(tmp_path: Path) -> None:
    for name in ("ranks.tsv", "levels.tsv"):
        (tmp_path / name).write_text(seed_path(f"positions/{name}").read_text("utf-8"), "utf-8")
    head = "position\tkind\tcategory\tunits\trank\taliases\n"
    (tmp_path / "positions.tsv").write_text(head + "县长\t政府\t正职\t国\t0\t\n", "utf-8")
    with pytest.raises(InvalidSeed, match="unit '国'"):
        load_positions(tmp_path)
    (tmp_path / "positions.tsv").write_text(head + "县长\t政府\n", "utf-8")
    with pytest.raises(InvalidSeed, match="columns"):
        load_positions(tmp_path)
    (tmp_path / "positions.tsv").write_text(head + "县长\t政府\t正职\t\t0\t\n" * 2, "utf-8")
    with pytest.raises(InvalidSeed, match="twice"):
        load_positions(tmp_path)


def test_positions_are_records() -> None:
    assert all(isinstance(p, Position) for p in load_positions())
