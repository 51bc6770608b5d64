"""Regions of real articles at their date and under any ancestor: the tagger's codes, landed, asked for in SQL."""

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from records import Landed
from transforms.gazetteer import Gazetteer
from transforms.regions import tag_regions
from warehouse import Warehouse

ARTICLES = {
    1: (dt.date(2010, 6, 1), "章丘市大葱喜获丰收", "章丘市绣惠镇的大葱喜获丰收，全市种植面积达十二万亩。", "370114"),
    2: (dt.date(2024, 6, 1), "章丘区大葱喜获丰收", "章丘区绣惠街道的大葱喜获丰收，全区种植面积达十二万亩。", "370114"),
    3: (dt.date(2015, 3, 1), "莱芜市莱城区生姜出口", "莱芜市莱城区的生姜出口量居全省第一。", "370116"),
    4: (dt.date(2019, 3, 1), "莱芜区生姜出口", "济南市莱芜区的生姜出口量居全省第一。", "370116"),
    5: (dt.date(2008, 5, 1), "胶南市举办音乐节", "胶南市昨日举办海滨音乐节，胶南迎来大批游客。", "370211"),
    6: (dt.date(2023, 5, 1), "南阳卧龙区月季盛开", "河南省南阳市卧龙区的月季盛开。", "411303"),
    7: (dt.date(2023, 5, 1), "圣井街道改造管网", "济南市章丘区圣井街道改造供热管网，圣井街道居民受益。", "370114006"),
    8: (
        dt.date(2023, 5, 1),
        "济南高新区签约项目",
        "济南高新技术产业开发区签约十个项目，济南高新区再添动力。",
        "370100",
    ),
}


@pytest.fixture(scope="module")
def landed(make, empty_lake, tmp_path_factory):
    """A lake with the regions of 山东 and 河南 and these articles, tagged by their headline, text and day alone."""
    folder = tmp_path_factory.mktemp("history") / "warehouse"
    shutil.copytree(empty_lake, folder)
    regions = [region for region in Gazetteer.load().rows() if region.path[0] in {"370000", "410000"}]
    assert len(regions) > 4000
    with Warehouse.open(folder) as warehouse:
        warehouse.sync_dimensions(make.publishers(), regions, make.positions())
        items = []
        for number, (day, title, text, _) in ARTICLES.items():
            publisher = "yihewanbao" if number % 2 else "lufengwang"
            item = make.landed(number, publisher=publisher, day=day, title=title, text=text)
            tags = tag_regions(title, text, published_on=day)
            items.append(Landed(page=item.page, result=replace(item.result, regions=tags)))
        warehouse.land(make.batch(*items))
        yield warehouse.connection


def by_number(rows):
    titles = {title: number for number, (_, title, _, _) in ARTICLES.items()}
    return {titles[title]: value for title, value in rows}


def test_the_stored_code_is_todays(landed):
    found = by_number(landed.execute("SELECT title, region_code FROM v_articles").fetchall())
    assert found == {number: code for number, (_, _, _, code) in ARTICLES.items()}


def test_the_code_of_the_day_is_one_join_away(landed):
    rows = landed.execute(
        """
        SELECT a.title, arg_max(h.code_then, h.is_own_code)
        FROM v_articles AS a JOIN v_region_history AS h USING (region_code)
        WHERE a.published_date BETWEEN coalesce(h.valid_from_date, DATE '0001-01-01')
                                   AND coalesce(h.valid_until_date, DATE '9999-12-31')
        GROUP BY a.article_id, a.title"""
    ).fetchall()
    then = by_number(rows)
    assert then[1] == "370181"
    assert then[2] == "370114"
    assert then[3] in {"371200", "371202"}  # 莱芜市 and 莱城区 were both there
    assert then[4] == "370116"
    assert then[5] in {"370284", "370211"}  # 胶南市 and 黄岛区 were both there
    assert then[7] == "370114006"
    assert set(then) == set(ARTICLES)


def test_every_day_of_a_place_has_a_code(landed):
    """Between 章丘市's last day and 章丘区's first, or 莱芜's, lies no gap."""
    days = [dt.date(2016, 11, 30), dt.date(2016, 12, 1), dt.date(2019, 1, 8), dt.date(2019, 1, 9), dt.date(2019, 3, 1)]
    for day in days:
        rows = landed.execute(
            "SELECT region_code FROM v_region_history WHERE region_code IN ('370114', '370116', '370117') "
            "AND $day BETWEEN coalesce(valid_from_date, DATE '0001-01-01') "
            "AND coalesce(valid_until_date, DATE '9999-12-31')",
            {"day": day},
        ).fetchall()
        assert {code for (code,) in rows} == {"370114", "370116", "370117"}, day


@pytest.mark.parametrize(
    ("ancestor", "numbers"),
    [
        ("370000", {1, 2, 3, 4, 5, 7, 8}),
        ("370100", {1, 2, 3, 4, 7, 8}),
        ("370114", {1, 2, 7}),
        ("370114006", {7}),
        ("410000", {6}),
        ("411300", {6}),
    ],
)
def test_any_ancestor_by_its_code_alone(landed, ancestor, numbers):
    rows = landed.execute(
        "SELECT a.title, 1 FROM v_articles AS a JOIN dim_regions AS d USING (region_code) "
        "WHERE list_contains(d.path_codes, ?)",
        [ancestor],
    ).fetchall()
    assert set(by_number(rows)) == numbers


def test_the_publishers_region_is_another_column(landed):
    rows = landed.execute(
        "SELECT a.title, list_contains(own.path_codes, '370000') AND NOT list_contains(r.path_codes, '370000') "
        "FROM v_articles AS a JOIN dim_publishers AS p USING (publisher_id) "
        "JOIN dim_regions AS own ON own.region_code = p.region_code "
        "JOIN dim_regions AS r ON r.region_code = a.region_code"
    ).fetchall()
    assert by_number(rows) == {number: number == 6 for number in ARTICLES}
