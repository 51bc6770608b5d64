"""Names: where each ends is decided by the words around it and by the whole document."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import seed_path
from transforms.name_lexicon import has_surname, load_names
from transforms.names import find_names

LISTS = ("surnames", "words", "after", "after_single", "transliteration", "countries", "syllables")


@pytest.mark.parametrize("name", LISTS)
def test_a_lexicon_is_headed_and_holds_nothing_twice(name: str) -> None:
    text = seed_path(f"names/{name}.txt").read_text("utf-8")
    assert "# Inclusion:" in text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) > 40
    assert lines == sorted(set(lines), key=lambda w: (len(w), w) if name == "surnames" else w)


NAMES = [
    ("会议由县长张国强主持。张国强调度了重点项目。", {"张国强"}),
    ("昨日，王强调研城区防汛工作。区长王强要求压实责任。", {"王强"}),
    ("马保岭、边祥为、黄波参加。区长边祥为主持会议。", {"马保岭", "边祥为", "黄波"}),
    ("李明确提出三点意见。县委书记李明确讲话。", {"李明确"}),
    ("市长晏清和，书记骆明出席。", {"晏清和", "骆明"}),
    ("法国总统杜瓦尔说，他期待访问。", {"杜瓦尔"}),
    ("县长阿布都·卡德尔和副县长多吉才让出席。", {"阿布都·卡德尔", "多吉才让"}),
    ("副市长司徒明远、上官晓月参加。", {"司徒明远", "上官晓月"}),
    ("柏松为率团来访。柏松为抵达。", {"柏松为"}),
    ("卢明在、王强参加。区长卢明在主抓。卢明在分管。", {"卢明在", "王强"}),
    ("县长邵东来主持会议。", {"邵东来"}),
    ("区委副书记、代区长余海潮到街道调研。", {"余海潮"}),
    ("市政府办公室主任束万年一同拜访。", {"束万年"}),
    ("镇党委书记于年初、年中两次到村。", set()),
    ("党委书记和支部要一同拜访。", set()),
    ("县领导来朔州调研。", set()),
    ("教师秦牧野在上课。", {"秦牧野"}),
    ("市长安排部署了工作，书记强调要落实。", set()),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_names_of_a_text(text: str, names: set[str]) -> None:
    assert {n.name for n in find_names(text)} == names


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="区委书记长王强调研、，。李明 　和为张国在·（）a1", max_size=40))
def test_offsets_and_order_hold(text: str) -> None:
    names = find_names(text)
    for name in names:
        assert "".join(text[name.start : name.end].split()) == name.name
        assert 0 < name.confidence <= 1
    assert all(a.end <= b.start for a, b in pairwise(names))


def test_surnames_are_told() -> None:
    assert has_surname("欧阳建国")
    assert has_surname("王强")
    assert not has_surname("王")
    assert not has_surname("的确")
    assert len(load_names().surnames) > 500


def test_a_conjunction_before_a_verb_belongs_to_the_name() -> None:
    assert [n.name for n in find_names("县委书记苗春和主持会议。")] == ["苗春和"]
    assert "苗春" in [n.name for n in find_names("县委书记苗春和出席会议的代表合影。")]
