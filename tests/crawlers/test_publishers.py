"""Publishers from TOML: what is bundled is valid, what is wrong is said so that a person can correct it."""

from urllib.parse import urlsplit

import pytest

from crawlers import find_publisher, load_publishers
from records import InvalidSeed, SourceKind, UnknownPublisher

GOOD = """
id = "luwang"
name = "鲁网"
home_url = "http://www.sdnews.com.cn/"
region_code = "370000"
allowed_hosts = ["www.sdnews.com.cn"]
verified_date = 2026-11-01
[[sections]]
id = "zq"
name = "章丘"
region_code = "370114"
[[sources]]
kind = "listing"
url = "http://www.sdnews.com.cn/zq/"
section = "zq"
"""

MISTAKES = [
    ('name = "鲁网"', 'nome = "鲁网"', ["nome", "home_url", "name"]),
    ('kind = "listing"', 'kind = "liste"', ["sources[0].kind", "'liste'", "listing, feed, sitemap"]),
    ('"370114"', '"3701"', ["sections[0].region_code", "'3701'", "matching"]),
    ('section = "zq"', 'section = "zp"', ["sources[0].section", "'zp'", "zq"]),
    ('id = "luwang"', 'id = "dazhong"', ["id", "'dazhong'", "'luwang'"]),
    ('name = "鲁网"', 'name = "鲁网"\narticle_pattern = "t(\\\\d+"', ["article_pattern", "regular expression"]),
    ('kind = "listing"', 'kind = "listing"\nmax_pages = 0', ["sources[0].max_pages", "0", "1"]),
    ('name = "鲁网"', "name = 鲁网", ["no TOML"]),
    ('"370114"', '"370181"', ["sections[0].region_code", "'370181'", "章丘市", "370114 章丘区"]),
    ('"370000"', '"370999"', ["region_code", "'370999'", "370900 泰安市"]),
    ('name = "鲁网"', 'name = "鲁网"\nverified = false', ["verified", "'false'", "verified_date"]),
    ('kind = "listing"', 'kind = "feed"\nautodiscover = true', ["sources[0].autodiscover", "listing"]),
]


def test_the_real_publishers_are_many_and_wait_for_their_proof():
    real = [p for p in load_publishers().values() if not p.home_url.endswith(".example/")]
    assert len(real) >= 25
    assert len({p.region_code[:2] for p in real}) >= 15
    assert sum(p.region_code.startswith("37") for p in real) >= 10
    assert len({p.article_pattern for p in real}) >= 12, "many CMSs"
    counties = [p.region_code for p in real if not p.region_code.endswith("00")]
    assert len(counties) >= 25
    assert len([code for code in counties if code.startswith("37")]) >= 10
    for publisher in real:
        assert not publisher.is_verified
        assert not publisher.active, "what is not proved live is crawled only when it is named"
        hosts = {urlsplit(source.url).netloc for source in publisher.sources}
        assert hosts <= set(publisher.allowed_hosts)
    luwang = load_publishers()["luwang"]
    assert len({s.region_code for s in luwang.sections if s.region_code and not s.region_code.endswith("0000")}) == 16


def test_bundled_publishers_are_valid():
    publishers = load_publishers()
    assert len(publishers) >= 2
    for publisher_id, publisher in publishers.items():
        assert publisher.id == publisher_id
        assert publisher.sources


def test_a_declaration_becomes_a_record(tmp_path):
    (tmp_path / "luwang.toml").write_text(GOOD, encoding="utf-8")
    (publisher,) = load_publishers(tmp_path).values()
    assert publisher.sources[0].kind is SourceKind.LISTING
    assert publisher.region_of("zq") == "370114"
    assert publisher.verified_date.isoformat() == "2026-11-01"
    assert publisher.politeness.obey_robots


@pytest.mark.parametrize(("before", "after", "told"), MISTAKES)
def test_a_mistake_is_told_with_file_field_value_and_next_step(tmp_path, before, after, told):
    assert before in GOOD
    (tmp_path / "luwang.toml").write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InvalidSeed) as caught:
        load_publishers(tmp_path)
    for part in [*told, "luwang.toml", "difang publishers list"]:
        assert part in str(caught.value)


def test_an_unknown_id_names_its_neighbours():
    with pytest.raises(UnknownPublisher, match="did you mean lufengwang"):
        find_publisher(load_publishers(), "lufenwang")
    with pytest.raises(UnknownPublisher, match=r"known ids: .*lufengwang"):
        find_publisher(load_publishers(), "zzz")


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(InvalidSeed, match="no folder of publishers"):
        load_publishers(tmp_path / "none")
