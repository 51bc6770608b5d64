"""A publisher from a home page: named, placed, declared, saved; end to end on the newspapers and eight other sites."""

import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from conftest import run_difang

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))

from cms_sites import MAKERS, CmsSites, Site

from crawlers import load_publishers
from pipeline.cli import cli
from pipeline.newspapers import NewspaperServer
from pipeline.probing.declaration import declaration_text, marked_as_proved
from pipeline.probing.identity import masthead, publisher_id, region_of_section, region_of_site
from records import Politeness, Publisher, Section, Source, SourceKind, UsageError, canonicalize
from transforms.gazetteer import Gazetteer

IDS = [
    ("http://www.sdnews.com.cn/", "sdnews"),
    ("http://epaper.sdnews.com.cn/x", "epaper_sdnews"),
    ("http://www.66wz.com/", "p_66wz"),
    ("http://www.zhangqiu.gov.cn/", "zhangqiu"),
]
NO_ARTICLES: list[str] = []
REGIONS = [
    ("寿光日报", "鲁ICP备05000001号", NO_ARTICLES, "370783", "its name holds 寿光"),
    ("浙江在线", "", NO_ARTICLES, "330000", "its name holds 浙江"),
    ("鲁风网", "鲁ICP备05000001号", ["370114", "371323", "370883", "370100", "371721"], "370000", "articles"),
    ("沂河晚报", "", ["371302", "371312006", "371328", "371300", "370783"], "371300", "articles"),
    ("大河网", "", ["371302", "330109", "410100", "500000", "530000"], None, "tell one region"),
    ("齐风网", "浙ICP备05000001号", ["371302"] * 6, None, "its ICP number of 浙江省"),
    ("大河网", "", ["371302"] * 4, None, "tell one region"),  # too few to tell
    ("鼓楼新闻网", "", NO_ARTICLES, None, "tell one region"),  # four cities have a 鼓楼区
    ("鼓楼新闻网", "", ["350102"] * 3 + ["350100"] * 3, "350102", "its name holds 鼓楼"),
]


@pytest.mark.parametrize(("home", "expected"), IDS)
def test_an_id_comes_from_the_host(home, expected):
    assert publisher_id(home) == expected


@pytest.mark.parametrize(("name", "text", "articles", "code", "evidence"), REGIONS)
def test_the_region_of_a_site(name, text, articles, code, evidence):
    found, told = region_of_site(name, text, articles, Gazetteer.load())
    assert found == code
    assert evidence in told


SECTIONS = [
    ("章丘", "370000", "370114"),
    ("河东", "371300", "371312"),
    ("河东新闻", "371300", "371312"),
    ("河东", "370000", "371312"),
    ("河东", None, None),
    ("要闻", "371300", None),
    ("鼓楼", None, None),
    ("章丘", "371300", None),
]


@pytest.mark.parametrize(("name", "within", "code"), SECTIONS)
def test_the_region_of_a_section(name, within, code):
    assert region_of_section(name, within, Gazetteer.load()) == code


def test_a_masthead_is_chosen_among_names():
    assert masthead(("要闻", "沂河晚报", "临沂"), "http://a.example/") == "沂河晚报"
    assert masthead(("沂蒙视界",), "http://a.example/") == "沂蒙视界"
    assert masthead((), "http://a.example/") == "a.example"


HOSTILE = '报"\n[politeness]\nobey_robots = false\n#'


def test_a_declaration_reads_back_whatever_the_page_calls_itself(tmp_path):
    publisher = Publisher(
        id="abao",
        name=HOSTILE,
        home_url="http://a.example/",
        region_code="370114",
        article_pattern=r"^/it's/\d+\.html$",
        allowed_hosts=("a.example",),
        sections=(Section(id="zq", name="章丘'\\"),),
        sources=(Source(kind=SourceKind.LISTING, url="http://a.example/zq/", section="zq", max_pages=3),),
        active=False,
    )
    (tmp_path / "abao.toml").write_text(declaration_text(publisher, ["说明\nactive = true"]), encoding="utf-8")
    (read,) = load_publishers(tmp_path).values()
    assert read.name == HOSTILE.replace("\n", " ")
    assert (read.article_pattern, read.sections, read.sources) == (
        publisher.article_pattern,
        publisher.sections,
        publisher.sources,
    )
    assert read.politeness == Politeness()
    assert not read.active


def test_marks_of_a_check_change_nothing_else(tmp_path):
    text = Path(load_path("shunwang")).read_text(encoding="utf-8")
    marked = marked_as_proved(text, date(2026, 11, 24))
    (tmp_path / "shunwang.toml").write_text(marked, encoding="utf-8")
    (read,) = load_publishers(tmp_path).values()
    assert (read.active, read.verified_date) == (True, date(2026, 11, 24))
    assert marked_as_proved(marked, date(2026, 11, 24)) == marked
    kept = [line for line in text.splitlines() if not line.startswith(("active", "verified"))]
    assert [line for line in marked.splitlines() if not line.startswith(("active", "verified"))] == kept


def load_path(publisher_id: str) -> Path:
    return Path(__file__).parent.parent.parent / "seeds" / "publishers" / f"{publisher_id}.toml"


def rows_of(printed: str) -> list[dict]:
    """The rows that `difang sql --json` prints, one a line."""
    return [json.loads(line) for line in printed.splitlines()]


def set_manners(declaration: Path) -> None:
    """Let a local site be asked without pauses."""
    text = declaration.read_text(encoding="utf-8")
    declaration.write_text(text + "\n[politeness]\ndelay_seconds = 0.0\nconcurrency = 4\n", encoding="utf-8")


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    """The TOML that a probe writes for 沂河晚报, and a check with it."""
    folder = tmp_path_factory.mktemp("probed")
    with NewspaperServer() as server:
        environment = {"DIFANG_PROXY_URL": server.proxy_url, "DIFANG_PUBLISHERS": str(folder / "pub")}
        new = ["publishers", "new", "http://www.yihewanbao.example", "--delay", "0", "--json"]
        done = run_difang(*new, home=folder, **environment)
        assert done.returncode == 0, done.stderr
        again = run_difang(*new, home=folder, **environment)
        set_manners(folder / "pub" / "yihewanbao.toml")
        check = run_difang("publishers", "check", "yihewanbao", "--json", "--activate", home=folder, **environment)
    return json.loads(done.stdout), folder / "pub", again, check


def test_a_newspaper_is_declared_from_its_home_page(probed):
    printed, folder, _, _ = probed
    declared = load_publishers(folder)["yihewanbao"]
    bundled = load_publishers()["yihewanbao"]
    assert (declared.name, declared.region_code) == (bundled.name, bundled.region_code)
    assert {s.url for s in declared.sources} == {s.url for s in bundled.sources}
    regions = {s.name: s.region_code for s in declared.sections}
    assert (regions["兰山"], regions["河东"], regions["县区"]) == ("371302", "371312", None)
    assert printed["encodings"] == ["gb18030"]
    assert len(printed["preview"]) == 10
    assert all(row["date"] and row["source"] and row["characters"] and row["region"] for row in printed["preview"])


def test_pages_and_goldens_are_saved_unreviewed(probed):
    _, folder, _, _ = probed
    goldens = sorted((folder / "goldens" / "yihewanbao").glob("*.json"))
    assert len(goldens) == 2
    for path in goldens:
        golden = json.loads(path.read_text(encoding="utf-8"))
        assert golden["reviewed"] is False
        assert golden["title"]
        assert golden["paragraphs"]
        page = folder / "pages" / "yihewanbao" / f"{path.stem}.html"
        assert golden["title"].encode("gb18030") in page.read_bytes(), "the page as received"


def test_a_declaration_is_not_overwritten_unasked(probed):
    assert probed[2].returncode == 2
    assert "exists already" in probed[2].stderr
    assert "pages" not in probed[2].stderr, "said before the site is asked for anything"


def test_a_check_proves_it_and_switches_it_on(probed):
    _, folder, _, check = probed
    assert check.returncode == 0, check.stderr
    (found,) = json.loads(check.stdout)
    assert found["holds"]
    assert found["completeness"] == dict.fromkeys(("title", "date", "source", "author", "body", "region"), 1.0)
    declared = load_publishers(folder)["yihewanbao"]
    assert declared.active
    assert declared.is_verified


def test_a_site_that_cannot_be_surveyed_says_why(tmp_path):
    new = ["publishers", "new"]
    with NewspaperServer() as server:
        done = run_difang(*new, "http://nobody.example/", home=tmp_path, DIFANG_PROXY_URL=server.proxy_url)
    assert done.returncode == 1
    assert "cannot be read (gone)" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.toml"))
    with pytest.raises(UsageError, match="http:// or https://"):
        cli.main(["--home", str(tmp_path), *new, "ftp://a.example/"], standalone_mode=False)


@dataclass
class EightSites:
    """What probes of the eight sites wrote, and the articles that crawls with it landed, by publisher."""

    sites: dict[str, Site]
    printed: dict[str, dict]
    landed: dict[str, set[str]]


@pytest.fixture(scope="module")
def eight(tmp_path_factory) -> EightSites:
    folder = tmp_path_factory.mktemp("eight")
    with CmsSites() as server:
        environment = {"DIFANG_PROXY_URL": server.proxy_url, "DIFANG_PUBLISHERS": str(folder / "pub")}
        printed = {}
        for name, site in server.sites.items():
            done = run_difang(
                "publishers", "new", site.home_url, "--delay", "0", "--json", home=folder, timeout=300, **environment
            )
            assert done.returncode == 0, (name, done.stderr)
            printed[name] = json.loads(done.stdout)
            set_manners(Path(printed[name]["written"]))
        ids = [found["publisher"]["id"] for found in printed.values()]
        done = run_difang("ingest", *ids, home=folder, timeout=300, **environment)
        assert done.returncode == 0, done.stderr
        query = "SELECT publisher_id, canonical_url FROM v_articles"
        rows = rows_of(run_difang("sql", "--json", query, home=folder, **environment).stdout)
    landed: dict[str, set[str]] = {}
    for row in rows:
        landed.setdefault(row["publisher_id"], set()).add(row["canonical_url"])
    return EightSites(server.sites, printed, landed)


@pytest.mark.slow
@pytest.mark.parametrize("name", [make.__name__ for make in MAKERS])
def test_a_probe_makes_a_working_publisher_of_every_shape(eight, name):
    site, found = eight.sites[name], eight.printed[name]
    assert len(site.articles) >= 12
    assert eight.landed[found["publisher"]["id"]] == {canonicalize(url) for url in site.articles}
    assert found["publisher"]["region_code"], "each of them says where it is"
    assert len(found["goldens"]) == len(found["pages"]) == 2
    assert sum(bool(row.get("date")) for row in found["preview"]) == len(found["preview"]) == 10


@pytest.mark.slow
def test_a_probe_finds_the_articles_of_the_other_newspaper(tmp_path):
    """鲁风网 crawled with the bundled declaration and with the one that a probe writes lands the same articles."""
    landed = {}
    with NewspaperServer() as server:
        environment = {"DIFANG_PROXY_URL": server.proxy_url}
        new = ["publishers", "new", "http://www.lufengwang.example/", "--delay", "0", "--out", str(tmp_path / "pub")]
        done = run_difang(*new, home=tmp_path, **environment)
        assert done.returncode == 0, done.stderr
        set_manners(tmp_path / "pub" / "lufengwang.toml")
        for name, extra in (("bundled", {}), ("probed", {"DIFANG_PUBLISHERS": str(tmp_path / "pub")})):
            home = tmp_path / name
            assert run_difang("ingest", "lufengwang", home=home, **environment, **extra).returncode == 0
            rows = run_difang(
                "sql", "--json", "SELECT canonical_url FROM v_articles", home=home, **environment, **extra
            )
            landed[name] = {row["canonical_url"] for row in rows_of(rows.stdout)}
    assert len(landed["bundled"]) >= 50
    assert landed["probed"] == landed["bundled"]
