"""Profiles, freshness and trending terms, on one history of two publishers."""

import datetime as dt
import shutil

import pytest

from records import FetchKind
from warehouse import Warehouse
from warehouse.marts import refresh_marts
from warehouse.terms import terms_of
from warehouse.text_index import refresh_texts
from warehouse.views import MARTS

MONDAY = dt.datetime(2024, 5, 13, 0, 30, tzinfo=dt.UTC)  # 8:30 in Shanghai
DAY = dt.timedelta(days=1)
STEADY = ("章丘区推进管网改造", "章丘区召开经济工作会议", "章丘区整治河道")


@pytest.fixture(scope="module")
def history(make, empty_lake, tmp_path_factory):
    """Twelve weeks of three steady subjects; in the last one 冰雹 comes four times, once as a reprint."""
    folder = shutil.copytree(empty_lake, tmp_path_factory.mktemp("profiles") / "warehouse")
    items = []

    def publish(number, at, title, publisher="lufengwang", text="", **other):
        lede = f"{title}，圣井街道组织力量推进，第{number}号现场已经完工。"
        body = text or lede + "\n" + "".join(
            f"第{number}号工地{part}段由{number}班施工，" for part in "甲乙丙丁戊己庚辛"
        )
        items.append(
            make.landed(
                number,
                publisher=publisher,
                title=title,
                text=body,
                day=at.date(),
                published_at=at,
                fetched_at=at + dt.timedelta(minutes=30),
                **other,
            )
        )

    for week in range(12):
        for n, title in enumerate(STEADY):
            publish(week * 10 + n, MONDAY + (7 * week + n) * DAY, title)
    last = MONDAY + 77 * DAY
    for n, title in enumerate(("章丘区遭遇冰雹", "冰雹过后章丘区组织补种", "章丘区冰雹受灾农户获理赔"), 900):
        publish(n, last + (n - 900) * DAY, title)
    copied = items[-1].result.article
    publish(990, last + 3 * DAY, copied.title, "yihewanbao", copied.text, source_name="鲁风网", reporters=())
    fetches = tuple(
        make.fetch(n, publisher=publisher, kind=FetchKind.LISTING, fetched_at=at, links_count=3)
        for n, (publisher, at) in enumerate(
            (("lufengwang", MONDAY), ("yihewanbao", MONDAY), ("lufengwang", last + 4 * DAY))
        )
    )
    with Warehouse.open(folder) as warehouse:
        warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
        warehouse.land(make.batch(*items, fetches=fetches))
        refresh_texts(warehouse.connection)
        yield warehouse.connection


def test_what_is_new_in_a_region_trends_and_what_is_always_there_does_not(history):
    rows = history.execute(
        "SELECT term, articles_count, history_articles_count, score > 2 FROM v_trending_terms "
        "WHERE region_code = '370114' AND week_date = '2024-07-29' ORDER BY rank"
    ).fetchall()
    assert rows[0] == ("冰雹", 3, 0, True)  # the reprint is no fourth article
    assert {"章丘区", "管网", "会议"}.isdisjoint(row[0] for row in rows)
    assert history.execute("SELECT count(*) FROM v_trending_terms WHERE week_date < '2024-07-29'").fetchone() == (0,)
    levels = "SELECT DISTINCT level FROM v_trending_terms WHERE term = '冰雹' ORDER BY 1"
    assert history.execute(levels).fetchall() == [("city",), ("county",), ("province",)]


def test_terms_are_words_of_headline_and_lede():
    found = terms_of("章丘区2024年小麦开镰收割", "记者近日获悉，圣井街道小麦收割机全部到位，CBD建设提速。")
    assert {"小麦", "开镰", "收割机", "cbd"} <= set(found)
    assert {"记者", "近日", "2024", "获悉"}.isdisjoint(found)
    assert len(found) == len(set(found))
    assert terms_of("", "") == []


def test_a_profile_says_where_when_whose_and_who(history):
    first, second = history.execute(
        "SELECT publisher_id, articles_count, own_count, reprints_count, reprinted_count, hour_counts[9], "
        "weekday_counts, reporters_count, top_sources, top_regions[1].region_code FROM v_publisher_profiles ORDER BY 1"
    ).fetchall()
    assert first[:6] == ("lufengwang", 39, 39, 0, 1, 39)
    assert first[6] == [13, 13, 13, 0, 0, 0, 0]
    assert first[7:] == (1, [], "370114")
    assert second[:5] == ("yihewanbao", 1, 0, 1, 0)
    assert second[8] == [{"source_name": "鲁风网", "articles_count": 1}]


def test_freshness_compares_a_silence_with_the_habit(history):
    rows = history.execute(
        "SELECT publisher_id, hours_since_listing, silent_hours, is_silent, median_lag_minutes "
        "FROM v_publisher_freshness ORDER BY 1"
    ).fetchall()
    assert rows == [("lufengwang", 0.0, 48.0, False, 30.0), ("yihewanbao", 81 * 24.0, 24.0, False, 30.0)]


def test_marts_made_from_marts_hold_what_their_views_say(history):
    refresh_marts(history)
    made = [mart for mart in MARTS if {"v_articles", "v_reprints"} & set(mart.reads)]
    assert len(made) >= 4
    for mart in made:
        differing = (
            f"SELECT count(*) FROM (FROM (FROM {mart.name} EXCEPT ALL FROM {mart.view}) "
            f"UNION ALL FROM (FROM {mart.view} EXCEPT ALL FROM {mart.name}))"
        )
        assert history.execute(f"SELECT count(*) > 0 FROM {mart.name}").fetchone() == (True,), mart.name
        assert history.execute(differing).fetchone() == (0,), mart.name
