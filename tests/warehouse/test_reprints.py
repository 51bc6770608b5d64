"""Clusters of reprints, scored on pairs of our own writing (reprint_cases.txt) through a real lake."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from warehouse import Warehouse
from warehouse.clauses import clauses_of, likeness
from warehouse.reprints import FORMULA, forget_texts
from warehouse.text_index import refresh_texts

HOUR = dt.timedelta(hours=1)
BODY = "\n".join(
    (
        "沂河沿岸的三千亩稻田迎来插秧季，种粮大户陈茂林把育好的秧苗装上了插秧机。",
        "往年靠人工，每亩要花三百元，今年镇上的农机合作社添了八台高速插秧机，费用降到八十元。",
        "县农业技术推广中心派出的技术员驻在田头，指导农户控制水深和基本苗数，防止漂秧。",
    )
)


def read_cases() -> list[tuple[bool, str, str, str]]:
    """Expected, name, the earlier text, the later."""
    text = Path(__file__).with_name("reprint_cases.txt").read_text(encoding="utf-8")
    cases = []
    for part in text.split("\n=== ")[1:]:
        head, _, pair = part.partition("\n")
        expected, _, name = head.partition(" ")
        early, _, late = pair.partition("\n---\n")
        cases.append((expected == "yes", name, early.strip(), late.strip()))
    return cases


CASES = read_cases()


@pytest.fixture(scope="module")
def scored(make, empty_lake, tmp_path_factory):
    """All cases landed as two publishers' articles, the later ones in a later batch."""
    folder = shutil.copytree(empty_lake, tmp_path_factory.mktemp("reprints") / "warehouse")
    early = [make.landed(n, text=case[2], title=case[1]) for n, case in enumerate(CASES)]
    late = [
        make.landed(n, text=case[3], title=case[1], publisher="yihewanbao", published_at=make.noon + HOUR)
        for n, case in enumerate(CASES)
    ]
    with Warehouse.open(folder) as warehouse:
        warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
        warehouse.land(make.batch(*early, crawl_id="early"))
        refresh_texts(warehouse.connection)
        warehouse.land(make.batch(*late, crawl_id="late"))
        refresh_texts(warehouse.connection)
        yield warehouse.connection


def test_precision_and_recall_on_the_cases(scored):
    assert len(CASES) >= 20
    found = {row[0] for row in scored.execute("SELECT title FROM v_reprints WHERE title = to_title").fetchall()}
    strangers = scored.execute("SELECT title, to_title FROM v_reprints WHERE title <> to_title").fetchall()
    expected = {name for is_reprint, name, *_ in CASES if is_reprint}
    right = len(found & expected)
    precision, recall = right / (len(found) + len(strangers)), right / len(expected)
    assert precision >= 0.95, (found - expected, strangers)
    assert recall >= 0.95, expected - found


@pytest.mark.parametrize(("expected", "name", "early", "late"), CASES, ids=[case[1] for case in CASES])
def test_likeness_is_the_same_from_both_sides(expected, name, early, late):
    one, other = clauses_of(early), clauses_of(late)
    there, back = likeness(one, other), likeness(other, one)
    assert there.is_reprint == back.is_reprint
    assert there.shared <= there.shorter <= there.longer


def test_neither_punctuation_nor_width_nor_paragraphs_make_another_clause():
    one = clauses_of("截至６月３０日，实现产值 1,184.6 亿元；同比增长９.３%。\n园区推出“拿地即开工”审批")
    other = clauses_of("截至6月30日,实现产值1,184.6亿元。同比增长9.3％,园区推出拿地即开工审批")
    assert [c.letters for c in one] == [c.letters for c in other]
    assert [c.numbers for c in one][:2] == [frozenset({"6", "30"}), frozenset({"1,184.6"})]


def test_a_reprint_says_who_was_first_how_much_later_and_what_changed(warehouse, make):
    cut = BODY.rpartition("\n")[0]
    other = {"publisher": "yihewanbao", "source_name": "鲁风网", "title": "八台插秧机下田"}
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    # the later one lands first: the order of landing does not decide who was first
    warehouse.land(make.batch(make.landed(2, text=cut, published_at=make.noon + 2 * HOUR, **other), crawl_id="a"))
    refresh_texts(warehouse.connection)
    warehouse.land(make.batch(make.landed(1, text=BODY, title="稻田插秧", published_at=make.noon), crawl_id="b"))
    refresh_texts(warehouse.connection)
    found = warehouse.connection.execute(
        "SELECT publisher_id, to_publisher_id, is_title_changed, delay_seconds, is_order_certain, is_source_named, "
        "added_share, cut_share > 0.2, changed_share < cut_share FROM v_reprints"
    ).fetchall()
    assert found == [("lufengwang", "yihewanbao", True, 7200, True, True, 0.0, True, True)]
    cluster = warehouse.connection.execute(
        "SELECT title, titles, publishers_count, reprints_count, changed_titles_count, last_delay_seconds "
        "FROM v_reprint_clusters"
    ).fetchall()
    assert cluster == [("稻田插秧", ["稻田插秧", "八台插秧机下田"], 2, 1, 1, 7200)]


def test_days_alone_do_not_tell_who_was_first(warehouse, make):
    same_day = {"text": BODY, "published_precision": "day"}
    warehouse.land(
        make.batch(
            make.landed(1, **same_day),
            make.landed(2, publisher="yihewanbao", published_at=make.noon + HOUR, **same_day),
        )
    )
    refresh_texts(warehouse.connection)
    assert warehouse.connection.execute("SELECT is_order_certain FROM v_reprints").fetchall() == [(False,)]


def test_taking_up_again_adds_nothing_and_pieces_give_what_one_gives(lake, make, tmp_path):
    batches = [
        make.batch(
            make.landed(n, text=f"{BODY}\n第{n}次刊发", publisher=f"p{n}", published_at=make.noon + n * HOUR),
            crawl_id=f"c{n}",
        )
        for n in range(3)
    ]
    found = []
    for name, at_once in (("piecemeal", 1), ("whole", 1000)):
        with Warehouse.open(shutil.copytree(lake, tmp_path / name)) as warehouse:
            for batch in batches:
                warehouse.land(batch)
            assert refresh_texts(warehouse.connection, versions_at_once=at_once).versions_count == 3
            assert refresh_texts(warehouse.connection).versions_count == 0
            found.append(warehouse.connection.execute("FROM v_reprints ORDER BY ALL").fetchall())
            clusters = "SELECT count(DISTINCT cluster_id) FROM index_reprints"
            assert warehouse.connection.execute(clusters).fetchone() == (1,)
    assert len(found[0]) == 2
    assert found[0] == found[1]


def test_a_clause_of_many_articles_proves_nothing_and_is_not_written_again(warehouse, make):
    form = (
        "经评审委员会评审拟推荐以下同志为优秀志愿者现予公示接受社会监督。"
        "如对推荐对象有异议请在公示期内以书面形式反映情况并署真实姓名和单位地址。"
    )
    for batch in (range(FORMULA - 2), range(FORMULA - 2, FORMULA + 5)):
        texts = {
            n: form
            + "".join(
                f"{chr(0x4E00 + n)}{letter}同志来自{letter}{chr(0x4E00 + n)}街道社区工作一线。"
                for letter in "甲乙丙丁戊"
            )
            for n in batch
        }
        items = (make.landed(n, text=text, publisher=f"p{n}") for n, text in texts.items())
        warehouse.land(make.batch(*items, crawl_id=f"c{batch.start}"))
        refresh_texts(warehouse.connection)
    assert warehouse.connection.execute("SELECT count(*) FROM v_reprints").fetchone() == (0,)
    most = "SELECT max(held) FROM (SELECT count(*) AS held FROM index_reprint_clauses GROUP BY clause_hash)"
    assert warehouse.connection.execute(most).fetchone() == (FORMULA + 1,)


def test_a_forgotten_text_leaves_no_clause_behind(warehouse, make):
    landed = make.landed(1, text=BODY)
    warehouse.land(make.batch(landed))
    refresh_texts(warehouse.connection)
    assert forget_texts(warehouse.connection, [landed.result.article.article_id]) == 1
    for table in ("index_reprints", "index_reprint_clauses", "index_terms"):
        assert warehouse.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
