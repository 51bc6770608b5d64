"""Search against LIKE: whatever is indexed, landed since, edited, tagged again or forgotten."""

import dataclasses
import datetime as dt
import json

import pytest

from records import Landed
from warehouse.search import forget_documents, rebuild_index, refresh_index
from warehouse.views import macros

DAY = dt.timedelta(days=1)
TEXTS = (
    "章丘区召开供暖工作会议。\n要保障居民温暖过冬，GDP增长3.5%。",
    "供暖期将至，热力公司检修管网。",
    "高质量发展现场会召开，经济高质量发展。",
    "暖气片价格上涨，供应充足。",
    "长" * 2046 + "跨越两槽的一句话。",
)
QUERIES = (
    "供暖",
    "暖",
    "章丘 供暖",
    "高质量发展",
    "gdp",
    "3.5%",
    "跨越两槽",
    "长跨",
    "供应 暖气",
    "供暖 会议 章丘",
    '"会议。"',
    "没有的词",
)


@pytest.fixture
def landed(warehouse, make):
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    items = [make.landed(n, text=text, title=f"标题{n}") for n, text in enumerate(TEXTS, start=1)]
    warehouse.land(make.batch(*items))
    return warehouse


def found(warehouse, words, **options):
    given = "".join(f", {name} := ${name}" for name in options)
    rows = warehouse.connection.execute(
        f"SELECT title, is_indexed FROM search($words{given})", {"words": words} | options
    ).fetchall()
    return {row[0] for row in rows}, {row[1] for row in rows}


def liked(warehouse, words):
    asked = [word.strip('"') for word in words.split()]
    every = " AND ".join("contains(lower(title || chr(10) || text), lower(?))" for _ in asked)
    return {r[0] for r in warehouse.connection.execute(f"SELECT title FROM v_articles WHERE {every}", asked).fetchall()}


def same_as_like(warehouse):
    results = {words: found(warehouse, words)[0] for words in QUERIES}
    assert results == {words: liked(warehouse, words) for words in QUERIES}
    assert sum(map(len, results.values())) > 8


def test_what_is_not_indexed_is_found_and_says_so(landed):
    same_as_like(landed)
    assert found(landed, "供暖") == ({"标题1", "标题2"}, {False})


def test_what_is_indexed_is_found_as_like_finds_it(landed):
    report = refresh_index(landed.connection)
    assert (report.batches_count, report.documents_count) == (1, 5)
    same_as_like(landed)
    assert found(landed, "供暖") == ({"标题1", "标题2"}, {True})
    assert refresh_index(landed.connection).batches_count == 0


def test_few_hits_and_many_are_looked_up_alike(landed):
    refresh_index(landed.connection)
    (search,) = macros()
    assert search.select.count("10000") == 3, "from so many hits on"
    always_many = search.select.replace("10000", "0")
    landed.connection.execute(f"CREATE TEMP MACRO search_many({search.parameters}) AS TABLE {always_many}")
    few, many = (
        [landed.connection.execute(f"FROM {name}($words)", {"words": words}).fetchall() for words in QUERIES]
        for name in ("search", "search_many")
    )
    assert few == many
    assert sum(map(len, few)) > 8


def test_where_nothing_is_pending_no_file_of_the_history_is_read(landed):
    refresh_index(landed.connection)
    explained = landed.connection.execute("EXPLAIN (ANALYZE, FORMAT json) FROM search('章丘 供暖')").fetchone()[1]
    scanned = [node for node in operators(json.loads(explained)) if node["operator_name"].strip() == "DUCKLAKE_SCAN"]
    rows = {node["extra_info"]["Table"]: node["operator_cardinality"] for node in scanned}
    assert rows["index_batches"] == 1
    history = [rows[table] for table in ("core_captures", "core_articles", "core_article_regions")]
    assert history == [0, 0, 0]


def operators(node):
    yield from (child for child in node["children"])
    for child in node["children"]:
        yield from operators(child)


def test_words_together_score_as_the_words_do_one_by_one(landed):
    refresh_index(landed.connection)
    asked = "SELECT article_id, score, hits_count, title_hits_count FROM search($words)"
    for words in ("章丘 供暖", "供暖 会议 章丘", "标题 高质量 经济 发展", "供暖 供暖"):
        alone = {word: landed.connection.execute(asked, {"words": word}).fetchall() for word in {*words.split()}}
        together = landed.connection.execute(asked, {"words": words}).fetchall()
        assert together
        for article, *said in together:
            sums = [
                sum(column)
                for column in zip(*(r[1:] for f in alone.values() for r in f if r[0] == article), strict=True)
            ]
            assert said == pytest.approx(sums)


@pytest.mark.slow
def test_the_index_grows_and_survives_edits_merging_and_rebuilding(landed, make):
    refresh_index(landed.connection)
    edited = make.landed(1, fetched_at=make.noon + DAY, title="标题1", text="章丘区召开防汛会议，暖意融融。")
    landed.land(make.batch(edited, make.landed(9, title="标题9", text="供暖季结束。"), crawl_id="c2"))
    assert found(landed, "供暖") == ({"标题2", "标题9"}, {True, False})
    same_as_like(landed)
    assert refresh_index(landed.connection).documents_count == 2
    same_as_like(landed)
    landed.maintain()
    same_as_like(landed)
    # the first text is back: its places are laid again
    back = make.landed(1, fetched_at=make.noon + 2 * DAY, title="标题1", text=TEXTS[0])
    landed.land(make.batch(back, crawl_id="c3"))
    same_as_like(landed)
    assert refresh_index(landed.connection).documents_count == 1
    same_as_like(landed)
    assert rebuild_index(landed.connection).documents_count == 6
    same_as_like(landed)
    assert found(landed, "供暖")[1] == {True}


def test_pieces_leave_nothing_out(landed, make):
    landed.land(make.batch(make.landed(9, title="标题9", text="供暖季结束。"), crawl_id="c2"))
    assert refresh_index(landed.connection, captures_at_once=1).batches_count == 2
    same_as_like(landed)


def test_the_forgotten_leave_no_pair_behind(landed):
    refresh_index(landed.connection)
    article = landed.connection.execute("SELECT article_id FROM core_articles WHERE title = '标题1'").fetchone()[0]
    gone = forget_documents(landed.connection, [article])
    assert gone == len("标题1\n" + TEXTS[0]) + 1
    assert found(landed, "供暖")[0] == {"标题2"}
    left = landed.connection.execute("SELECT count(*) FROM index_postings WHERE character = unicode('居')").fetchone()
    assert left == (0,)


def test_filters_by_region_day_and_publisher(landed):
    for _ in range(2):  # scanned, then indexed
        assert found(landed, "供暖", region="济南")[0] == {"标题1"}
        assert found(landed, "供暖", region="370114")[0] == {"标题1"}
        assert found(landed, "供暖", region="370200")[0] == set()
        assert found(landed, "供暖", publisher="鲁风网")[0] == {"标题1", "标题2"}
        assert found(landed, "供暖", publisher="yihewanbao")[0] == set()
        assert found(landed, "供暖", since="2024-05-13", until="2024-05-13")[0] == {"标题1", "标题2"}
        assert found(landed, "供暖", since="2024-05-14")[0] == set()
        assert len(found(landed, "供暖", top=1)[0]) == 1
        refresh_index(landed.connection)


def test_a_headline_weighs_more_and_a_rare_word_too(landed, make):
    landed.land(make.batch(make.landed(20, title="供暖", text="会议。" * 20), crawl_id="c2"))
    ranked = "SELECT title FROM search('供暖')"
    scanned = landed.connection.execute(ranked).fetchall()
    refresh_index(landed.connection)
    assert scanned[0] == landed.connection.execute(ranked).fetchall()[0] == ("供暖",)


def test_hits_of_long_headlines_and_texts_of_several_slots_are_counted_once(landed, make):
    long = "水" * 70 + "节水" + "用" * 40
    landed.land(
        make.batch(
            make.landed(21, title=long, text="节水。"),
            make.landed(22, title="节水", text="节水" + "长" * 2100 + "节水与用电"),
            crawl_id="c2",
        )
    )
    refresh_index(landed.connection)
    asked = "SELECT title, hits_count, title_hits_count FROM search($words) ORDER BY title"
    for words, rows in (("节水", [(long, 2, 1), ("节水", 3, 1)]), ("节水 用", [(long, 42, 2), ("节水", 4, 1)])):
        assert landed.connection.execute(asked, {"words": words}).fetchall() == rows


INDEXED = "SELECT DISTINCT article_id, content_sha256, title, published_at, region_code FROM index_documents ORDER BY 1"
CURRENT = "SELECT article_id, content_sha256, title, published_at, region_code FROM v_articles ORDER BY 1"
UNDATED = {"published_at": None, "published_date": None, "published_precision": None}


def test_what_is_indexed_is_what_the_view_says_whatever_the_batch_holds(landed, make):
    """The index reads only between the instants of a batch's articles: none may lie outside of them."""
    old, later, latest = (make.noon + n * DAY for n in (-900, 1, 2))
    first_day = (make.noon + 400 * DAY).date()
    batches = (
        # captured before: seen again unchanged, and edited with a date far from the one it had
        (make.landed(1, fetched_at=later, title="标题1", text=TEXTS[0]),),
        (make.landed(1, fetched_at=latest, title="标题1改", text="章丘区停止供暖。", day=first_day),),
        # an older capture comes afterwards, as from an archive: the version stays
        (make.landed(1, fetched_at=old, title="标题1旧", text="旧闻。", day=old.date()),),
        # no date at all; then beside one that has one; then a version with a date in the place of one without
        (make.landed(6, title="标题6", text="章丘区供暖。", **UNDATED),),
        (make.landed(7, title="标题7", text="供暖。", **UNDATED), make.landed(8, title="标题8", text="供暖。")),
        (make.landed(6, fetched_at=later, title="标题6", text="章丘区供暖结束。"),),
        (make.landed(8, fetched_at=later, title="标题8", text="供暖结束。", **UNDATED),),
        # nothing but a page that became no article, of an article that has a version
        (Landed(page=make.page(2, body=b"404", fetched_at=later), result=make.rejected(2)),),
    )
    for number, items in enumerate(batches):
        landed.land(make.batch(*items, crawl_id=f"later{number}"))
        refresh_index(landed.connection)
        assert landed.connection.execute(INDEXED).fetchall() == landed.connection.execute(CURRENT).fetchall(), number
    regions = [row[4] for row in landed.connection.execute(INDEXED).fetchall()]
    assert len(regions) == 8
    assert {*regions} == {None, "370114"}, "with and without a tag"
    assert None in [row[3] for row in landed.connection.execute(INDEXED).fetchall()]
    for number in (1, 2):  # tagged again in a batch that captured nothing new: the newest generation counts
        again = make.landed(number, fetched_at=later, title=f"标题{number}", text=TEXTS[number - 1])
        elsewhere = tuple(dataclasses.replace(tag, region_code="370100") for tag in again.result.regions)
        retagged = dataclasses.replace(again, result=dataclasses.replace(again.result, regions=elsewhere))
        landed.land(make.batch(retagged, crawl_id=f"again{number}"), replace_tags=True)
        refresh_index(landed.connection)
        assert landed.connection.execute(INDEXED).fetchall() == landed.connection.execute(CURRENT).fetchall()
    everything = landed.connection.execute(INDEXED).fetchall()
    rebuild_index(landed.connection)
    assert landed.connection.execute(INDEXED).fetchall() == everything
