"""What changed between versions, and what was taken down, on edits of our own."""

import datetime as dt
import shutil

import pytest

from warehouse import Warehouse

DAY = dt.timedelta(days=1)
OPENING = "截至6月18日，历城区已收购夏粮2.3万吨，占预计收购量的五成以上。"
MIDDLE = "全区16个收购库点敞开收粮，农民卖粮从过磅到拿钱平均用时40分钟。"
CLOSING = "粮食部门提醒农户抓紧晾晒入库，防止霉变。"
ADDED = "（此稿6月19日更新）"


@pytest.fixture(scope="module")
def edited(make, empty_lake, tmp_path_factory):
    """One article in four versions, one in two whose page says so, one taken down and back."""
    folder = shutil.copytree(empty_lake, tmp_path_factory.mktemp("revisions") / "warehouse")
    texts = (
        (OPENING, MIDDLE, CLOSING),
        (OPENING.replace("2.3", "3.2"), MIDDLE, ADDED),
        (OPENING.replace("2.3", "3.2"), ADDED, MIDDLE),
        (OPENING.replace("2.3", "3.2"), ADDED, MIDDLE),
    )
    with Warehouse.open(folder) as warehouse:
        for day, paragraphs in enumerate(texts):
            title = "夏粮收购过半" if day < 3 else "夏粮收购进度过半"
            item = make.landed(1, fetched_at=make.noon + day * DAY, title=title, text="\n".join(paragraphs))
            warehouse.land(make.batch(item, crawl_id=f"c{day}"))
        told = [
            make.landed(
                2, fetched_at=make.noon + day * DAY, text=f"{OPENING}\n第{day}版", updated_at=make.noon + day * DAY
            )
            for day in range(2)
        ]
        again = make.landed(3, fetched_at=make.noon + 3 * DAY)
        warehouse.land(make.batch(*told, make.landed(3), again, crawl_id="told"))
        removals = (make.removal(2, removed_at=make.noon + 2 * DAY), make.removal(3, removed_at=make.noon + 2 * DAY))
        warehouse.land(make.batch(removals=removals, crawl_id="removals"))
        yield warehouse.connection


def test_paragraphs_are_changed_added_and_removed(edited, make):
    rows = edited.execute(
        "SELECT version, changed_paragraphs, added_paragraphs, removed_paragraphs, is_reordered, is_title_changed "
        "FROM v_revisions WHERE canonical_url = ? ORDER BY version",
        [make.url(1)],
    ).fetchall()
    change = {"before": OPENING, "after": OPENING.replace("2.3", "3.2")}
    assert rows == [
        (2, [change], [ADDED], [CLOSING], False, False),
        (3, [], [], [], True, False),
        (4, [], [], [], False, True),
    ]


def test_the_difference_reads_like_one(edited, make):
    (second,), _, (fourth,) = edited.execute(
        "SELECT difference FROM v_revisions WHERE canonical_url = ? ORDER BY version", [make.url(1)]
    ).fetchall()
    assert second.split("\n") == ["- " + OPENING, "+ " + OPENING.replace("2.3", "3.2"), "- " + CLOSING, "+ " + ADDED]
    assert fourth == "- 标题：夏粮收购过半\n+ 标题：夏粮收购进度过半"


def test_a_change_is_quiet_where_the_page_does_not_say_so(edited, make):
    rows = edited.execute("SELECT canonical_url, bool_and(is_quiet) FROM v_revisions GROUP BY 1 ORDER BY 1").fetchall()
    assert rows == [(make.url(1), True), (make.url(2), False)]


def test_a_takedown_tells_what_was_lost_and_whether_it_came_back(edited, make):
    rows = edited.execute(
        "SELECT canonical_url, version, last_fetched_at, restored_at, seen_seconds FROM v_removals ORDER BY 1"
    ).fetchall()
    assert rows == [
        (make.url(2), 2, make.noon + DAY, None, 2 * 86400),
        (make.url(3), 1, make.noon, make.noon + 3 * DAY, 2 * 86400),
    ]
