"""Several hundred articles, tagged and landed: timeline, changes, bench and company are what was written into them.

Two counties over five years. 秦牧野 of 平阴县 rises to 县委书记 in July 2020, where 兰若溪 leaves and 翟云帆 comes;
another 秦牧野 heads the water bureau of 曹县 all the while.
"""

import datetime as dt
import re
from dataclasses import replace

import pytest

from tests.warehouse.conftest import sha256
from transforms.officials import tag_persons
from transforms.positions import load_positions
from warehouse import Warehouse
from warehouse.views import MARTS

pytestmark = pytest.mark.slow
TURN = dt.date(2020, 7, 1)
DAYS = [dt.date(2018 + i // 12, i % 12 + 1, day) for i in range(12, 72) for day in (3, 12, 24)]
PERSON_MARTS = [m for m in MARTS if {"v_officials_timeline", "v_person_appearances"} & set(m.reads)]


def told(day: dt.date) -> tuple[str, ...]:
    """The articles of one day: one of each county."""
    head, second = ("兰若溪", "秦牧野") if day < TURN else ("秦牧野", "翟云帆")
    one = f"平阴县召开会议。平阴县委书记{head}主持会议，县长{second}出席。"
    other = "曹县召开防汛会议。曹县县委书记柏松年讲话，县水利局局长秦牧野汇报。"
    if day == TURN.replace(day=3):
        one = (
            "平阴县召开干部会议，宣布：秦牧野同志任平阴县委书记，翟云帆同志任平阴县县长；"
            "免去兰若溪同志的平阴县委书记职务。"
        )
    return one, other


@pytest.fixture(scope="module")
def lake(tmp_path_factory, make):
    made, tags = [], {}
    for day in DAYS:
        for text in told(day):
            tail = "".join(chr(0x4E00 + int(x, 16)) for x in re.findall("...", sha256(str(len(made))) * 3))
            landed = make.landed(len(made) + 1, text=f"{text}\n{tail}", title=tail[:9], day=day)
            tags[text] = tags.get(text) or tag_persons(text)
            officials, changes = tags[text]
            tagged = replace(landed.result, officials=officials, office_changes=changes, regions=())
            made.append(replace(landed, result=tagged))
    assert len(made) == 360
    with Warehouse.open(tmp_path_factory.mktemp("persons") / "warehouse") as warehouse:
        warehouse.sync_dimensions(make.publishers(), make.regions(), load_positions())
        for start in range(0, len(made), 120):
            warehouse.land(make.batch(*made[start : start + 120], crawl_id=f"c{start}"))
        warehouse.refresh_marts()
        yield warehouse


def ask(lake: Warehouse, query: str) -> list[tuple[object, ...]]:
    return lake.connection.execute(query).fetchall()


def test_namesakes_are_two_and_a_promotion_is_one(lake):
    found = ask(lake, "SELECT region_code, articles_count FROM mart_persons WHERE name = '秦牧野' ORDER BY region_code")
    assert found == [("370124", 180), ("371721", 180)]


def test_the_timeline_shows_both_posts_of_one_person(lake):
    found = ask(
        lake,
        "SELECT position, first_seen_date < DATE '2020-07-01' FROM mart_tenures "
        "WHERE name = '秦牧野' AND region_code = '370124' ORDER BY first_seen_date",
    )
    assert found == [("县长", True), ("县委书记", False)]


def test_changes_are_announced_and_observed(lake):
    found = ask(
        lake,
        "SELECT name, change_kind, from_position, to_position, changed_date FROM mart_office_changes "
        "WHERE region_code = '370124' ORDER BY ALL",
    )
    assert found == [
        ("兰若溪", "dismissed", None, "县委书记", dt.date(2020, 7, 3)),
        ("秦牧野", "appointed", "县长", "县委书记", dt.date(2020, 7, 3)),
        ("翟云帆", "appointed", None, "县长", dt.date(2020, 7, 3)),
    ]


@pytest.mark.parametrize(
    ("day", "bench"),
    [
        ("2020-03-01", {("县委书记", "兰若溪"), ("县长", "秦牧野")}),
        ("2021-03-01", {("县委书记", "秦牧野"), ("县长", "翟云帆")}),
    ],
)
def test_the_bench_of_a_day(lake, day, bench):
    found = ask(
        lake,
        "SELECT position, name FROM mart_region_bench "
        f"WHERE region_code = '370124' AND DATE '{day}' BETWEEN from_date AND until_date",
    )
    assert set(found) == bench
    assert len(found) == len(bench)


def test_who_stands_beside_whom(lake):
    found = ask(
        lake,
        "SELECT list_sort([name, with_name]), articles_count FROM mart_co_appearances ORDER BY articles_count DESC, 1",
    )
    assert found == [
        (["柏松年", "秦牧野"], 180),
        (["秦牧野", "翟云帆"], 126),
        (["兰若溪", "秦牧野"], 55),
        (["兰若溪", "翟云帆"], 1),
    ]


def test_marts_made_from_marts_hold_what_their_views_say(lake):
    assert len(PERSON_MARTS) == 6
    for mart in PERSON_MARTS:
        differing = (
            f"SELECT count(*) FROM (FROM (FROM {mart.name} EXCEPT ALL FROM {mart.view}) "
            f"UNION ALL FROM (FROM {mart.view} EXCEPT ALL FROM {mart.name}))"
        )
        assert ask(lake, f"SELECT count(*) > 0 FROM {mart.name}") == [(True,)]
        assert ask(lake, differing) == [(0,)], mart.name
