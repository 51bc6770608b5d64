"""The seed article, exactly: from its plain text, from its HTML page, and as a row of the warehouse."""

import json

import pytest
from conftest import ROOT, run_difang

from warehouse import connect

TEXT = ROOT / "seeds" / "articles" / "zhangqiu-2022-01-17.txt"
PAGE = ROOT / "seeds" / "newspapers" / "www.lufengwang.example" / "zq" / "xw" / "202201" / "t20220117_4207771.htm"
URL = "http://www.lufengwang.example/zq/xw/202201/t20220117_4207771.htm"
RELATED = [
    ("喜报!章丘区再添2家国家级科技小院", "2024-05-13"),
    ("稀奇!济南起步区用上“鸟脸识别”系统", "2024-03-10"),
    ("“畅享圣井”亮相“好品山东·品味章丘”2024章丘区特色产品展销推介会", "2024-01-21"),
    ("展望城市示范区副中心⑤ | 生态优先 蓝绿为底 描绘新时代现代化田园城市新图景", "2023-12-26"),
    ("南有CBD 北有EBD,山东首个生态商务区这个样子", "2023-12-20"),
    ("【耕耘在希望的田野上】②生态绿,全域美", "2023-06-14"),
    ("全省首创!山东首家黄河生态保护联防综治办公室在济南市历城区揭牌成立", "2023-04-09"),
    ("槐荫黄河河务局段店管理段:春意暖融融 , 游客打卡忙", "2023-03-23"),
    ("《三泉溪暖》“背景板”硬核呈现章丘良好生态环境", "2022-06-12"),
    ("多彩文旅 云览章丘丨跟我一起云游百脉泉,共享春色!", "2022-04-15"),
]
PEOPLE = {
    "马保岭": (["区委书记"], "讲话"),
    "边祥为": (["区委副书记", "区长"], "主持"),
    "王继民": (["区领导"], "参加"),
    "赵立元": (["区领导"], "参加"),
    "黄波": (["区领导"], "参加"),
}
LATER = {"马保岭": 5, "边祥为": 3, "王继民": 1, "赵立元": 1, "黄波": 1}


@pytest.fixture(scope="module", params=["text", "page"])
def seed(request, tmp_path_factory):
    """The object that `difang extract --json` prints."""
    if request.param == "text":
        # Under another name: the file's name must not be where the day comes from.
        copy = tmp_path_factory.mktemp("seed") / "article.txt"
        copy.write_bytes(TEXT.read_bytes())
        arguments = [str(copy)]
    else:
        arguments = [str(PAGE), "--url", URL]
    done = run_difang("extract", *arguments, "--json", home=tmp_path_factory.mktemp("home"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"given": request.param}


def test_headline_dateline_and_days(seed):
    article = seed["article"]
    assert article["title"] == "章丘区委经济工作会议召开"
    assert article["dateline"]["raw"] == "鲁网1月17日讯"
    assert article["dateline"]["agency"] == "鲁网"
    assert article["dateline"]["date"] == "2022-01-17"
    assert article["published_date"] == "2022-01-17"
    assert article["event_date"] == "2022-01-16"


def test_the_year_says_by_which_evidence(seed):
    evidence = seed["article"]["published_evidence"]
    if seed["given"] == "text":
        assert "dateline" in evidence
        assert "2021" in evidence or "2022" in evidence
        assert seed["article"]["published_precision"] == "day"
    else:
        assert seed["article"]["published_precision"] == "minute"
        assert seed["article"]["published_at"] == "2022-01-17T09:12:00+08:00"


def test_text_is_the_article_and_nothing_else(seed):
    article = seed["article"]
    paragraphs = article["text"].split("\n")
    assert article["paragraphs"] == paragraphs
    assert len(paragraphs) == 17
    assert paragraphs[0].startswith("1月16日上午,章丘区委经济工作会议召开")
    assert paragraphs[-1].endswith("签订了目标责任书。")
    assert article["credit_line"] == "(本网记者)"
    for foreign in ("鲁网1月17日讯", "本网记者", "科技小院", "2024-05-13", "章丘区委经济工作会议召开\n"):
        assert foreign not in article["text"]


def test_regions(seed):
    primary = {r["region_code"] for r in seed["regions"] if r["is_primary"]}
    assert primary == {"370114"}
    names = {r["region_code"]: r["region_name"] for r in seed["regions"]}
    assert names["370114"] == "山东省济南市章丘区"
    townships = {r["surface"]: r["region_code"] for r in seed["regions"] if r["level"] == "township"}
    assert set(townships) == {"圣井街道", "双山街道", "刁镇街道"}
    assert all(code.startswith("370114") and len(code) == 9 for code in townships.values())


def test_officials(seed):
    mentions = {}
    for official in seed["officials"]:
        mentions.setdefault(official["name"], []).append(official)
    assert set(mentions) == set(PEOPLE)
    for name, (positions, role) in PEOPLE.items():
        told = mentions[name]
        assert {o["region_code"] for o in told} == {"370114"}, name
        assert len({o["person_key"] for o in told}) == 1, name
        said = [p for o in told for p in o["positions_normalised"]]
        assert set(positions) <= set(said), (name, said)
        assert role in [o["role"] for o in told], (name, [o["role"] for o in told])
        assert len(told) == LATER[name], (name, [o["surface"] for o in told])


def test_every_surface_stands_where_it_says(seed):
    fields = {"text": seed["article"]["text"], "title": seed["article"]["title"]}
    tags = [*seed["regions"], *seed["officials"]]
    assert len(tags) > 20
    for tag in tags:
        assert fields[tag["field"]][tag["start"] : tag["end"]] == tag["surface"]


def test_related_links(seed):
    related = [x for x in seed["related_links"] if x["kind"] == "related"]
    assert [(x["anchor_text"], x["published_date"]) for x in related] == RELATED
    if seed["given"] == "page":
        assert all(x["to_url"].startswith("http://www.lufengwang.example/") for x in related)


def test_the_row_in_the_warehouse(demo_run):
    with connect(demo_run.home / "warehouse") as connection:
        row = connection.execute(
            "SELECT title, published_date::VARCHAR, region_code, region_name FROM v_articles WHERE canonical_url = ?",
            [URL],
        ).fetchone()
        assert row == ("章丘区委经济工作会议召开", "2022-01-17", "370114", "山东省济南市章丘区")
        resolved = connection.execute(
            "SELECT count(*) FROM v_related_links AS l JOIN v_articles AS a USING (article_id) "
            "WHERE a.canonical_url = ? AND l.kind = 'related' AND l.resolved_by = 'url'",
            [URL],
        ).fetchone()
        assert resolved == (10,)
