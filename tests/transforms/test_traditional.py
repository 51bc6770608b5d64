"""simplify: same length, simplified script untouched, and regions found in either script."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.regions import tag_regions
from transforms.traditional import simplify


@given(st.text())
def test_offsets_stay(text: str) -> None:
    assert len(simplify(text)) == len(text)
    assert simplify(simplify(text)) == simplify(text)


def test_names_that_keep_a_traditional_character() -> None:
    assert simplify("陕西省乾县与杭州於潜镇") == "陕西省乾县与杭州於潜镇"


def test_a_region_in_traditional_script_keeps_its_surface() -> None:
    text = "本報訊 昨日，濟南市章丘區雙山街道召開會議，瀋陽客人到會。"
    found = {tag.surface: tag.region_code for tag in tag_regions("", text)}
    assert found == {"濟南市": "370100", "章丘區": "370114", "雙山街道": "370114002", "瀋陽": "210100"}
    assert [t.surface for t in tag_regions("", text) if t.is_primary] == ["雙山街道"]
