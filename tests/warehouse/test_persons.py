"""Persons across articles: one official is one person, namesakes stay apart; tenures, moves, benches, pairs.

A case is a history of one name: day, adcode, positions, rank, status and the person meant (A, B …), a row an article.
The views are run as they are, on tables of their own names in a plain DuckDB.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import combinations

import duckdb
import pytest

from transforms.positions import load_positions
from warehouse.views import views

Row = tuple[str, str | None, str, str, str, str]
NAMES = ("v_person_appearances", "v_tenures", "v_persons", "v_office_changes", "v_region_bench", "v_co_appearances")
COUNTY, DEPUTY, CITY, CITY_DEPUTY, TOWN = "县处级正职", "县处级副职", "厅局级正职", "厅局级副职", "乡科级正职"


def row(day: str, region: str | None, positions: str, rank: str, person: str, status: str = "in_office") -> Row:
    return day, region, positions, rank, status, person


CASES: dict[str, Sequence[Row]] = {
    "the same office in one county": [
        row("2022-01-10", "370114", "区长", COUNTY, "A"),
        row("2022-05-10", "370114", "区长", COUNTY, "A"),
    ],
    "the same office in two counties at one time": [
        row("2022-01-10", "370114", "区长", COUNTY, "A"),
        row("2022-01-12", "371721", "县长", COUNTY, "B"),
        row("2022-05-10", "370114", "区长", COUNTY, "A"),
        row("2022-05-12", "371721", "县长", COUNTY, "B"),
    ],
    "promotion from 区长 to 区委书记": [
        row("2021-03-01", "370114", "区委副书记、区长", COUNTY, "A"),
        row("2022-03-01", "370114", "区委书记", COUNTY, "A"),
    ],
    "promotion from 副县长 to 县长": [
        row("2020-03-01", "371721", "副县长", DEPUTY, "A"),
        row("2022-03-01", "371721", "县长", COUNTY, "A"),
    ],
    "transfer between counties of one city": [
        row("2020-03-01", "371721", "县长", COUNTY, "A"),
        row("2021-06-01", "371722", "县委书记", COUNTY, "A"),
    ],
    "transfer from a county to its city": [
        row("2020-03-01", "371721", "县委书记", COUNTY, "A"),
        row("2021-06-01", "371700", "副市长", CITY_DEPUTY, "A"),
    ],
    "counties of two cities: too far for a county's rank": [
        row("2020-03-01", "371721", "县长", COUNTY, "A"),
        row("2021-06-01", "370124", "县委书记", COUNTY, "B"),
    ],
    "a deputy mayor who goes to another city of the province": [
        row("2020-03-01", "371700", "副市长", CITY_DEPUTY, "A"),
        row("2021-06-01", "370100", "副市长", CITY, "A"),
    ],
    "another province": [
        row("2020-03-01", "371700", "副市长", CITY_DEPUTY, "A"),
        row("2021-06-01", "320100", "副市长", CITY, "B"),
    ],
    "a transfer after more than two years": [
        row("2018-03-01", "371721", "县长", COUNTY, "A"),
        row("2021-06-01", "371722", "县委书记", COUNTY, "B"),
    ],
    "a silence of two years in one county": [
        row("2020-01-01", "371721", "县长", COUNTY, "A"),
        row("2022-01-01", "371721", "县长", COUNTY, "A"),
    ],
    "a silence of ten years in one county": [
        row("2010-01-01", "371721", "县长", COUNTY, "A"),
        row("2022-01-01", "371721", "县长", COUNTY, "B"),
    ],
    "a transfer back in time is none": [
        row("2020-01-01", "371721", "县长", COUNTY, "A"),
        row("2021-01-01", "371722", "县长", COUNTY, "B"),
        row("2022-01-01", "371721", "县长", COUNTY, "A"),
    ],
    "two heads of offices in one county at one time": [
        row("2022-01-01", "371721", "教育局局长", TOWN, "A"),
        row("2022-01-05", "371721", "水利局局长", TOWN, "B"),
        row("2022-03-01", "371721", "教育局局长", TOWN, "A"),
        row("2022-03-05", "371721", "水利局局长", TOWN, "B"),
    ],
    "one head of two bodies, written together once": [
        row("2022-01-01", "371721", "县委书记", COUNTY, "A"),
        row("2022-01-05", "371721", "县委书记、县人大常委会主任", COUNTY, "A"),
        row("2022-02-01", "371721", "县人大常委会主任", COUNTY, "A"),
        row("2022-03-01", "371721", "县委书记", COUNTY, "A"),
    ],
    "an office head who changes office": [
        row("2020-01-01", "371721", "教育局局长", TOWN, "A"),
        row("2021-01-01", "371721", "水利局局长", TOWN, "A"),
    ],
    "a town's secretary who becomes 副县长": [
        row("2020-01-01", "371721", "镇党委书记", TOWN, "A"),
        row("2021-01-01", "371721", "副县长", DEPUTY, "A"),
    ],
    "collective title and office": [
        row("2022-01-01", "370114", "区领导", "", "A"),
        row("2022-02-01", "370114", "副区长", DEPUTY, "A"),
    ],
    "former post told years later": [
        row("2015-01-01", "371721", "县长", COUNTY, "A"),
        row("2017-01-01", "371721", "县长", COUNTY, "A", "former"),
    ],
    "dismissed here and appointed there": [
        row("2020-01-01", "371721", "县长", COUNTY, "A"),
        row("2021-02-01", "371721", "县长", COUNTY, "A", "dismissed"),
        row("2021-03-01", "371723", "县委书记", COUNTY, "A", "appointed"),
    ],
    "acting, then elected": [
        row("2022-01-01", "371721", "县长", COUNTY, "A", "acting"),
        row("2022-03-01", "371721", "县长", COUNTY, "A", "appointed"),
    ],
    "two candidates for one transfer": [
        row("2020-01-01", "371721", "县长", COUNTY, "A"),
        row("2020-01-02", "371722", "县长", COUNTY, "B"),
        row("2020-12-01", "371721", "县长", COUNTY, "A"),
        row("2020-12-02", "371722", "县长", COUNTY, "B"),
        row("2021-06-01", "371723", "县委书记", COUNTY, "C"),
    ],
    "a fall of many ranks is another person": [
        row("2020-01-01", "371721", "县委书记", COUNTY, "A"),
        row("2021-01-01", "371722", "镇党委书记", "乡科级副职", "B"),
    ],
    "a rise of many ranks is another person": [
        row("2020-01-01", "371721", "教育局副局长", "乡科级副职", "A"),
        row("2021-01-01", "371700", "副市长", CITY_DEPUTY, "B"),
    ],
    "no jurisdiction said, another name's place": [
        row("2020-01-01", None, "总经理", "", "A"),
        row("2021-01-01", "371721", "县长", COUNTY, "B"),
    ],
    "no rank known: no transfer": [
        row("2020-01-01", "371721", "主任", "", "A"),
        row("2021-01-01", "371722", "主任", "", "B"),
    ],
    "a member of the city's committee who heads a county": [
        row("2022-01-01", "370114", "市委常委、区委书记", CITY_DEPUTY, "A"),
        row("2022-02-01", "370100", "市委常委", CITY_DEPUTY, "A"),
        row("2022-03-01", "370114", "市委常委、区委书记", CITY_DEPUTY, "A"),
    ],
    "county head and city office of the same name at one time": [
        row("2022-01-01", "370114", "区长", COUNTY, "A"),
        row("2022-02-01", "370100", "水利局局长", COUNTY, "B"),
        row("2022-03-01", "370114", "区长", COUNTY, "A"),
        row("2022-04-01", "370100", "水利局局长", COUNTY, "B"),
    ],
    "a career in three steps": [
        row("2018-01-01", "371721", "副县长", DEPUTY, "A"),
        row("2020-01-01", "371721", "县长", COUNTY, "A"),
        row("2021-06-01", "371722", "县委书记", COUNTY, "A"),
    ],
    "two steps over three counties": [
        row("2018-01-01", "371721", "副县长", DEPUTY, "A"),
        row("2019-06-01", "371722", "县长", COUNTY, "A"),
        row("2021-01-01", "371723", "县委书记", COUNTY, "A"),
    ],
    "a central post without a region": [
        row("2020-01-01", None, "国务院总理", "国家级正职", "A"),
        row("2021-01-01", None, "国务院总理", "国家级正职", "A"),
    ],
    "secretary and clerk of one county": [
        row("2022-01-01", "371721", "县委书记", COUNTY, "A"),
        row("2022-01-05", "371721", "村党支部书记", "", "A"),
        row("2022-03-01", "371721", "县委书记", COUNTY, "A"),
    ],
    "investigated in the last post": [
        row("2022-01-01", "371721", "县长", COUNTY, "A"),
        row("2022-09-01", "371721", "县长", COUNTY, "A", "investigated"),
    ],
}


@pytest.fixture(scope="module")
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE dim_positions (position_name TEXT, organisation_kind TEXT, category TEXT)")
    positions = load_positions()
    connection.executemany(
        "INSERT INTO dim_positions VALUES (?, ?, ?)",
        [(p.position_name, p.organisation_kind, p.category) for p in positions],
    )
    connection.execute(
        "CREATE TABLE v_officials_timeline (name TEXT, published_date DATE, published_at TIMESTAMPTZ, position TEXT, "
        "positions_normalised TEXT[], organisation TEXT, jurisdiction TEXT, region_code TEXT, region_name TEXT, "
        "rank_level TEXT, status TEXT, roles TEXT[], title TEXT, article_id TEXT, canonical_url TEXT, "
        "publisher_id TEXT, person_key TEXT, mentions_count INTEGER, confidence DOUBLE)"
    )
    connection.execute(
        "CREATE TABLE v_announced_changes (name TEXT, change_kind TEXT, position TEXT, position_name TEXT, "
        "organisation TEXT, jurisdiction TEXT, region_code TEXT, region_name TEXT, from_positions_normalised TEXT[], "
        "from_region_code TEXT, decided_by TEXT, decided_by_region_code TEXT, decided_meeting TEXT, "
        "decided_date DATE, published_date DATE, article_id TEXT, person_key TEXT, ordinal INTEGER)"
    )
    for view in views():
        if view.name in NAMES:
            connection.execute(f"CREATE VIEW {view.name} AS {view.select}")
    yield connection
    connection.close()


def announce(
    lake: duckdb.DuckDBPyConnection, name: str, kind: str, post: str, region: str, article: str, **told: object
) -> None:
    """One announced change of a case, in one of its articles."""
    day = lake.execute("SELECT published_date FROM v_officials_timeline WHERE article_id = ?", [article]).fetchone()
    values = {"decided_by": "", "decided_meeting": "", "organisation": "", "jurisdiction": ""} | told
    columns = ", ".join(values)
    marks = ", ".join(f"${key}" for key in values)
    lake.execute(
        "INSERT INTO v_announced_changes (name, person_key, change_kind, position, position_name, region_code, "
        f"article_id, published_date, ordinal, {columns}) "
        f"VALUES ($name, $name, $kind, $post, $post, $region, $article, $day, 1, {marks})",
        {"name": name, "kind": kind, "post": post, "region": region, "article": article, "day": day[0]} | values,
    )


def tell(lake: duckdb.DuckDBPyConnection, rows: Sequence[Row], names: Sequence[str], articles: Sequence[str]) -> None:
    lake.executemany(
        "INSERT INTO v_officials_timeline "
        "VALUES (?, ?, NULL, '', ?, '', '', ?, ?, ?, ?, [], '', ?, '', 'luwang', ?, 1, 0.9)",
        [
            [name, dt.date.fromisoformat(r[0]), r[2].split("、"), r[1], r[1], r[3], r[4], article, name]
            for r, name, article in zip(rows, names, articles, strict=True)
        ],
    )


@pytest.fixture(scope="module")
def told(lake: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """All cases at once: each is the history of a name of its own."""
    for name, rows in CASES.items():
        tell(lake, rows, [name] * len(rows), [f"{name} {i:02}" for i in range(len(rows))])
    for view in ("v_person_appearances", "v_tenures"):
        lake.execute(f"CREATE TABLE found_{view} AS FROM {view}")
    for view in ("v_persons", "v_office_changes"):
        select = next(v.select for v in views() if v.name == view)
        for source in ("v_person_appearances", "v_tenures"):
            select = select.replace(source, f"found_{source}")
        lake.execute(f"CREATE TABLE found_{view} AS {select}")
    return lake


def test_there_are_thirty_cases() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=str)
def test_one_official_is_one_person_and_namesakes_stay_apart(told: duckdb.DuckDBPyConnection, case: str) -> None:
    query = "SELECT person_id FROM found_v_person_appearances WHERE name = ? ORDER BY article_id"
    found = told.execute(query, [case]).fetchall()
    assert len(found) == len(CASES[case])
    for i, j in combinations(range(len(found)), 2):
        meant = CASES[case][i][5] == CASES[case][j][5]
        assert (found[i] == found[j]) is meant, f"rows {i} and {j}: {found}"


def test_tenures_and_moves_of_a_career(told: duckdb.DuckDBPyConnection) -> None:
    name = ["a career in three steps"]
    tenures = (
        "SELECT position, region_code, first_seen_date, last_seen_date, articles_count FROM found_v_tenures "
        "WHERE name = ? ORDER BY first_seen_date"
    )
    assert told.execute(tenures, name).fetchall() == [
        ("副县长", "371721", dt.date(2018, 1, 1), dt.date(2018, 1, 1), 1),
        ("县长", "371721", dt.date(2020, 1, 1), dt.date(2020, 1, 1), 1),
        ("县委书记", "371722", dt.date(2021, 6, 1), dt.date(2021, 6, 1), 1),
    ]
    moves = (
        "SELECT from_position, to_position, from_region_code, region_code, basis FROM found_v_office_changes "
        "WHERE name = ? ORDER BY changed_date"
    )
    assert told.execute(moves, name).fetchall() == [
        ("副县长", "县长", "371721", "371721", "observed"),
        ("县长", "县委书记", "371721", "371722", "observed"),
    ]
    persons = "SELECT positions_normalised, region_code, articles_count FROM found_v_persons WHERE name = ?"
    assert told.execute(persons, name).fetchall() == [(["县委书记"], "371722", 3)]


def test_announced_changes_are_kept_with_their_day(told: duckdb.DuckDBPyConnection) -> None:
    found = told.execute(
        "SELECT change_kind, to_position, changed_date FROM found_v_office_changes "
        "WHERE basis = 'announced' AND name = 'dismissed here and appointed there' ORDER BY changed_date"
    )
    assert found.fetchall() == [
        ("dismissed", "县长", dt.date(2021, 2, 1)),
        ("appointed", "县委书记", dt.date(2021, 3, 1)),
    ]


def test_a_former_post_does_not_lengthen_the_tenure(told: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT last_seen_date FROM found_v_tenures WHERE name = 'former post told years later'"
    assert told.execute(query).fetchall() == [(dt.date(2015, 1, 1),)]


def test_the_bench_of_a_day_ends_with_the_successor(lake: duckdb.DuckDBPyConnection) -> None:
    rows = [
        row("2022-01-01", "371728", "县长", COUNTY, "A"),
        row("2022-02-01", "371728", "县长", COUNTY, "B"),
        row("2022-02-01", "371728", "副县长", DEPUTY, "C"),
    ]
    tell(lake, rows, ["王强", "李明", "张立"], ["first", "second", "second"])
    lake.execute("CREATE TABLE bench AS SELECT * FROM v_region_bench WHERE region_code = '371728'")
    bench = "SELECT name FROM bench WHERE ?::DATE BETWEEN from_date AND until_date ORDER BY name"
    assert lake.execute(bench, ["2022-01-20"]).fetchall() == [("王强",)]
    assert lake.execute(bench, ["2022-03-01"]).fetchall() == [("张立",), ("李明",)]
    assert lake.execute(bench, ["2023-03-01"]).fetchall() == []
    pairs = "SELECT least(name, with_name), greatest(name, with_name), articles_count FROM v_co_appearances"
    assert lake.execute(pairs).fetchall() == [("张立", "李明", 1)]


def test_reports_of_one_change_are_one_row_with_their_articles(lake: duckdb.DuckDBPyConnection) -> None:
    rows = [
        row("2023-01-05", "371721", "县长", COUNTY, "A"),
        row("2023-03-02", "371722", "县委书记", COUNTY, "A", "appointed"),
        row("2023-03-04", "371722", "县委书记", COUNTY, "A", "appointed"),
        row("2024-01-10", "371722", "县委书记", COUNTY, "A", "dismissed"),
    ]
    tell(lake, rows, ["柏松年"] * 4, [f"report {i}" for i in range(4)])
    decided = {"decided_by": "省委", "decided_by_region_code": "370000", "decided_date": dt.date(2023, 3, 1)}
    announce(lake, "柏松年", "appointed", "县委书记", "371722", "report 1")
    announce(lake, "柏松年", "transferred", "县委书记", "371722", "report 2", **decided)
    announce(lake, "柏松年", "dismissed", "县委书记", "371722", "report 3")
    lake.execute("CREATE TABLE told_changes AS SELECT * FROM v_office_changes WHERE name = '柏松年'")
    found = lake.execute(
        "SELECT change_kind, from_position, from_region_code, to_position, decided_by, changed_date, reported_date, "
        "basis, article_ids FROM told_changes ORDER BY changed_date"
    ).fetchall()
    first, last = dt.date(2023, 3, 2), dt.date(2024, 1, 10)
    assert found == [
        (
            "transferred",
            "县长",
            "371721",
            "县委书记",
            "省委",
            dt.date(2023, 3, 1),
            first,
            "announced",
            ["report 1", "report 2"],
        ),
        ("dismissed", None, None, "县委书记", None, last, last, "announced", ["report 3"]),
    ]
    tenure = "SELECT started_date, ended_date FROM v_tenures WHERE name = '柏松年' AND position = '县委书记'"
    assert lake.execute(tenure).fetchall() == [(dt.date(2023, 3, 1), last)]


def test_the_same_post_again_after_a_silence_is_a_change_of_its_own(lake: duckdb.DuckDBPyConnection) -> None:
    rows = [row(f"{year}-02-01", "371721", "县长", COUNTY, "A", "appointed") for year in (2017, 2022)]
    tell(lake, rows, ["闵知秋"] * 2, ["term 0", "term 1"])
    for i in range(2):
        announce(lake, "闵知秋", "elected", "县长", "371721", f"term {i}")
    query = "SELECT change_kind, changed_date FROM v_office_changes WHERE name = '闵知秋' ORDER BY changed_date"
    assert lake.execute(query).fetchall() == [("elected", dt.date(2017, 2, 1)), ("elected", dt.date(2022, 2, 1))]
