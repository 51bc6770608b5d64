"""tag_regions as a whole: the seed article, the laws that hold for any text, and what the publisher's region may do."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import Dateline, RegionLevel, RegionRole, RegionTag, TextField, seed_path
from transforms.gazetteer import Gazetteer
from transforms.regions import tag_regions

PIECES = """
济南市 章丘区 章丘 圣井街道 双山街道 刁镇 市中区 鼓楼区 朝阳 海南 吉林 莱芜市 钢城区 青岛经开区
高新区 全区 我县 全市 该镇 、 ， 。 与 和 在 赴 从 召开 举办 大学 路 讯 记者 王 张 区委 县委
扩大 连片 大丰收 天南海北 美国 德州 新华社 1月17日 建成 县级 a 1
""".split()  # noqa: SIM905
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=24).map("".join)


@pytest.fixture(scope="module")
def seed() -> tuple[str, str]:
    article = seed_path("articles/zhangqiu-2022-01-17.txt").read_text("utf-8")
    title, _, body = article.partition("\n")
    return title, body.split("\n- ")[0]


def codes(tags: tuple[RegionTag, ...]) -> set[str]:
    return {tag.region_code for tag in tags}


def primary(tags: tuple[RegionTag, ...]) -> list[str]:
    return [tag.region_code for tag in tags if tag.is_primary]


def test_the_seed_article(seed: tuple[str, str]) -> None:
    tags = tag_regions(*seed, published_on=date(2022, 1, 17))
    assert primary(tags) == ["370114"]
    towns = {tag.surface: tag.region_code for tag in tags if tag.level is RegionLevel.TOWNSHIP}
    assert towns == {"圣井街道": "370114006", "双山街道": "370114002", "刁镇街道": "370114016"}
    qingdao = [tag for tag in tags if tag.region_code == "370200"]
    assert [(tag.surface, tag.role) for tag in qingdao] == [("青岛经开区", RegionRole.MENTION)]
    assert codes(tags) <= {"370114", "370114006", "370114002", "370114016", "370200", "370000", "370100"}
    assert next(tag for tag in tags if tag.is_primary).region_name == "山东省济南市章丘区"


@given(title=texts, text=texts)
@settings(max_examples=100, deadline=None)
def test_laws_of_any_text(title: str, text: str) -> None:
    tags = tag_regions(title, text)
    assert tags == tag_regions(title, text)
    sources = {TextField.TITLE: title, TextField.TEXT: text}
    gazetteer = Gazetteer.load()
    for tag in tags:
        assert sources[tag.field][tag.start : tag.end] == tag.surface != ""
        assert gazetteer.is_in_force(tag.region_code)
        assert gazetteer.level(tag.region_code) is tag.level
        assert gazetteer.full_name(tag.region_code) == tag.region_name
        assert 0 < tag.score <= 1
        assert tag.rule
        assert tag.role is not RegionRole.PUBLISHER
    named = [tag for tag in tags if not tag.rule.startswith("common ancestor")]
    assert len({(tag.field, tag.start) for tag in named}) == len(named), "one tag an occurrence"
    assert len(primary(tags)) == len(set(primary(tags)))


@given(text=texts)
@settings(max_examples=100, deadline=None)
def test_a_publisher_adds_no_mention(text: str) -> None:
    alone = {(tag.start, tag.surface) for tag in tag_regions("", text)}
    helped = tag_regions("", text, publisher_region="370114")
    assert sum(tag.role is RegionRole.PUBLISHER for tag in helped) <= 1
    assert len(primary(helped)) >= 1
    assert alone <= {(tag.start, tag.surface) for tag in helped}


def test_a_lexicon_row_that_matches_nothing_changes_nothing(seed: tuple[str, str], tmp_path: Path) -> None:
    from transforms import region_names, region_surfaces
    from transforms.region_words import Words

    folder = tmp_path / "gazetteer"
    folder.mkdir()
    for path in seed_path("gazetteer").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    with (folder / "not_places.tsv").open("a", encoding="utf-8") as file:
        file.write("齉龘靐齾\n")
    names = [region_names.NameIndex.load(), region_names.NameIndex.load(Gazetteer.load(folder))]
    found = [region_surfaces.find_surfaces(seed[1], TextField.TEXT, index, Words.load()) for index in names]
    assert found[0] == found[1]
    assert len(found[0]) > 10


def test_no_place_and_no_publisher_yields_nothing() -> None:
    assert tag_regions("冬季养生", "专家提醒，天气转冷应注意保暖。") == ()


def test_the_publisher_stands_in_where_the_text_names_no_place() -> None:
    (tag,) = tag_regions("冬季养生", "专家提醒，天气转冷应注意保暖。", publisher_region="370114")
    assert (tag.region_code, tag.role, tag.field, tag.is_primary) == (
        "370114",
        RegionRole.PUBLISHER,
        TextField.PUBLISHER,
        True,
    )
    assert (tag.surface, tag.start, tag.end) == ("", 0, 0)
    assert tag.score < 0.5


def test_the_publisher_never_outvotes_the_text() -> None:
    tags = tag_regions("寿光蔬菜丰收", "寿光市今年蔬菜丰收。", publisher_region="370114")
    assert primary(tags) == ["370783"]


def test_the_publisher_answers_for_our_county() -> None:
    text = "我县召开秋种现场会，全县掀起秋种热潮。"
    tags = tag_regions("", text, publisher_region="371522")
    assert {(tag.surface, tag.region_code) for tag in tags if tag.surface} == {("我县", "371522"), ("全县", "371522")}
    assert primary(tags) == ["371522"]


def test_the_publisher_settles_a_shared_name_near_it() -> None:
    text = "市中区召开创城推进会，部署下一步工作。"
    assert tag_regions("", text) == ()
    assert primary(tag_regions("", text, publisher_region="370400")) == ["370402"]


def test_an_unknown_publisher_region_is_no_region() -> None:
    assert tag_regions("", "专家提醒注意保暖。", publisher_region="999999") == ()


def test_the_dateline_settles_a_shared_name_and_is_tagged_in_its_own_field() -> None:
    dateline = Dateline(raw="本报枣庄1月5日讯", place="枣庄", date=date(2022, 1, 5))
    tags = tag_regions("", "市中区召开创城推进会。", dateline=dateline)
    first = tags[0]
    assert (first.field, first.role, first.surface) == (TextField.DATELINE, RegionRole.DATELINE, "枣庄")
    assert dateline.raw[first.start : first.end] == "枣庄"
    assert primary(tags) == ["370402"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(1995, 5, 1), "320803"), (date(2015, 5, 1), "320800"), (None, "320800")],
)
def test_a_name_is_read_as_of_its_day(day: date | None, expected: str) -> None:
    """淮安市 was a county-level city until 2001 (today's 淮安区); since then it is the prefecture above it."""
    assert primary(tag_regions("", "淮安市举办淮扬菜美食节。", published_on=day)) == [expected]
