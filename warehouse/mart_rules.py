"""Which rows of each mart follow from the articles that were touched, and how they are computed: a step a mart.

Each step says which of the mart's rows may change (the *touched keys*), lays before the view's own SELECT the rows
from which these keys follow and no others, and compares. The law, which tests/warehouse/test_marts.py holds: after
any sequence of landings and refreshes a mart is what its view says. Touched are

====================================  ==============================================================================
articles, their regions, timeline,    the article
announced changes, revisions,
removals
regions by day, publishers' days      sums: what the touched articles added before goes, what they add now comes
person appearances, tenures, persons  the names in a touched article, with all their appearances
and changes of office, and those whose announced changes did
benches                               the posts (region and position) of persons who changed
co-appearances                        the pairs of a changed appearance
related links                         the article, and whatever links to a touched one, by URL or by headline
reprints and their clusters           the clusters of the touched articles
trending terms, publisher profiles,   all: they weigh each against the whole (`SLOW`), so they are made less often
freshness, completeness
====================================  ==============================================================================
"""

import time

from warehouse.landed_since import is_of_articles, tables_read
from warehouse.scratch import Scratch, select_of_view
from warehouse.views import MARTS, VIEW_NAMES, Mart

OF_ARTICLES = (
    "mart_articles",
    "mart_article_regions",
    "mart_announced_changes",
    "mart_officials_timeline",
    "mart_revisions",
    "mart_removals",
)
SLOW = ("mart_trending_terms", "mart_publisher_profiles", "mart_publisher_freshness", "mart_completeness")
_ONE_OR_OTHER = "(SELECT {0} FROM gone_mart_{1} UNION SELECT {0} FROM come_mart_{1})"
_BY_NAME: dict[str, Mart] = {mart.name: mart for mart in MARTS}


def compute(scratch: Scratch, *, with_slow: bool) -> float:
    """Lay what goes and what comes of every mart; `touched_articles` and ``landed_…`` are there.

    The seconds that the slow ones took.
    """
    _articles(scratch)
    _publisher_days(scratch)
    _region_by_day(scratch)
    scratch.view("current_articles", _today("mart_articles", "touched_articles USING (article_id)"))
    _persons(scratch)
    _offices(scratch)
    _pairs(scratch)
    _related_links(scratch)
    _reprints(scratch)
    started = time.monotonic()
    if with_slow:
        _slow(scratch)
    return time.monotonic() - started


def _compare(scratch: Scratch, name: str, old: str, select: str = "") -> None:
    mart = _BY_NAME[name]
    scratch.compare(mart, old, select or select_of_view(mart.view))


def _today(name: str, touched: str) -> str:
    """What a mart will hold: its rows without those touched, and the new ones."""
    return f"SELECT * FROM {Scratch.lake(name)} ANTI JOIN {touched} UNION ALL BY NAME FROM new_{name}"  # noqa: S608


def _articles(scratch: Scratch) -> None:
    for table in tables_read():
        if is_of_articles(table):
            scratch.table(table.name, f"SELECT * FROM {scratch.lake(table.name)} {_touched(scratch, table.name)}")  # noqa: S608
    scratch.own_views("v_captures", "v_tag_generations", "v_article_versions", "v_official_mentions")
    for name in OF_ARTICLES:
        _compare(scratch, name, _touched(scratch, name))


def _touched(scratch: Scratch, name: str) -> str:
    """What chooses the touched articles' rows of a table, first narrowed to the days in which they were published.

    To find them one column is read; what is not of these days is not read in its other columns, such as the texts.
    """
    chosen, lake = "SEMI JOIN touched_articles USING (article_id)", scratch.lake(name)
    if "published_at" not in scratch.columns(lake):
        return chosen
    first, last, count, dated = scratch.numbers(
        "SELECT epoch_us(min(published_at)), epoch_us(max(published_at)), count(*), count(published_at) "  # noqa: S608
        f"FROM {lake} {chosen}"
    )
    if not count:
        return f"{chosen} WHERE false"
    days = f" WHERE published_at BETWEEN make_timestamptz({first}) AND make_timestamptz({last})"
    return chosen + (days if count == dated else "")


def _sums(scratch: Scratch, name: str, keys: tuple[str, ...], carried: tuple[str, ...] = ()) -> None:
    """A mart of sums over articles: what the touched ones add is in the tables ``added_before`` and ``added_after``."""
    counts = [c for c in scratch.columns(scratch.lake(name)) if c not in keys and c not in carried]
    group = ", ".join((*keys, *carried))
    sums = ", ".join(f"sum({count})::BIGINT AS {count}" for count in counts)
    taken = ", ".join(f"-{count} AS {count}" for count in counts)
    differing = " OR ".join(f"sum({count}) <> 0" for count in counts)
    scratch.table(
        "changed_sums",
        f"SELECT {group}, {sums} FROM (FROM added_after UNION ALL BY NAME "  # noqa: S608
        f"SELECT * REPLACE ({taken}) FROM added_before) GROUP BY {group} HAVING {differing}",
    )
    _compare(
        scratch,
        name,
        f"SEMI JOIN changed_sums USING ({', '.join(keys)})",
        f"SELECT {group}, {sums} FROM (SELECT * EXCLUDE mart_row_id FROM old_{name} "  # noqa: S608
        f"UNION ALL BY NAME FROM changed_sums) GROUP BY {group} "
        f"HAVING greatest({', '.join(f'sum({count})' for count in counts)}) > 0",
    )


def _publisher_days(scratch: Scratch) -> None:
    scratch.table("raw_fetches", "FROM landed_raw_fetches")
    scratch.table("added_after", select_of_view("v_publisher_days"))
    scratch.table("raw_fetches", "FROM raw_fetches LIMIT 0")
    held = {"core_captures": "article_id, fetched_at, batch_id", "core_articles": "article_id, content_sha256"}
    for name, key in held.items():
        scratch.table(f"all_{name}", f"FROM {name}")
        scratch.table(name, f"SELECT * FROM {name} ANTI JOIN landed_{name} USING ({key})")  # noqa: S608
    scratch.table("added_before", select_of_view("v_publisher_days"))
    for name in held:
        scratch.table(name, f"FROM all_{name}")
    scratch.drop("raw_fetches", *(f"all_{name}" for name in held))
    _sums(scratch, "mart_publisher_days", ("publisher_id", "fetched_date"))


def _region_by_day(scratch: Scratch) -> None:
    for when, articles in (("before", "old_mart_articles"), ("after", "new_mart_articles")):
        scratch.view("v_articles", f"FROM {articles}")
        scratch.table(f"added_{when}", select_of_view("v_region_by_day"))
    _sums(scratch, "mart_region_by_day", ("region_code", "published_date"), ("region_name", "level"))


def _persons(scratch: Scratch) -> None:
    """Appearances: of all names in an article whose appearances changed, since a pair may have lost one half."""
    scratch.table(
        "retold_articles",
        "SELECT article_id FROM gone_mart_officials_timeline UNION SELECT article_id FROM come_mart_officials_timeline",
    )
    scratch.table(
        "touched_names",
        "WITH told AS (SELECT name, article_id FROM old_mart_officials_timeline "  # noqa: S608
        "UNION ALL SELECT name, article_id FROM new_mart_officials_timeline) "
        "SELECT name FROM told SEMI JOIN retold_articles USING (article_id) UNION FROM "
        + _ONE_OR_OTHER.format("name", "announced_changes"),
    )
    _of_names(scratch, "v_officials_timeline", "touched_names")
    _compare(scratch, "mart_person_appearances", "SEMI JOIN touched_names USING (name)")


def _of_names(scratch: Scratch, view: str, names: str) -> None:
    """Lay before a view what it will say of some names: of touched articles anew, of others as its mart has it."""
    name = view.replace("v_", "mart_", 1)
    by_name = f"SEMI JOIN {names} USING (name)"
    scratch.table(
        view,
        f"SELECT * FROM {scratch.lake(name)} {by_name} ANTI JOIN touched_articles USING (article_id) "  # noqa: S608
        f"UNION ALL BY NAME SELECT * FROM new_{name} {by_name}",
    )


def _offices(scratch: Scratch) -> None:
    """Tenures, persons, changes of office: by name. Benches: by post, since a successor ends a span."""
    appeared, announced = (_ONE_OR_OTHER.format("name", of) for of in ("person_appearances", "announced_changes"))
    scratch.table("changed_names", f"FROM {appeared} UNION FROM {announced}")
    by_name = "SEMI JOIN changed_names USING (name)"
    _of_names(scratch, "v_announced_changes", "changed_names")
    scratch.table("v_person_appearances", f"SELECT * FROM new_mart_person_appearances {by_name}")  # noqa: S608
    _compare(scratch, "mart_tenures", by_name)
    _compare(scratch, "mart_persons", by_name)
    scratch.table("v_tenures", "FROM new_mart_tenures")
    _compare(scratch, "mart_office_changes", by_name)
    scratch.table(
        "touched_posts",
        "SELECT DISTINCT region_code, position FROM "  # noqa: S608
        + _ONE_OR_OTHER.format("region_code, position", "tenures")
        + " UNION SELECT region_code, unnest(positions_normalised) FROM "
        + _ONE_OR_OTHER.format("region_code, positions_normalised", "person_appearances"),
    )
    by_post = "SEMI JOIN touched_posts USING (region_code, position)"
    scratch.table(
        "v_tenures",
        f"SELECT * FROM {scratch.lake('mart_tenures')} {by_post} ANTI JOIN changed_names USING (name) "  # noqa: S608
        f"UNION ALL BY NAME SELECT * FROM new_mart_tenures {by_post}",
    )
    holders = "SEMI JOIN (SELECT name FROM v_tenures) AS holders USING (name)"
    shown = "SELECT person_id, region_code, published_date, positions_normalised, status"
    scratch.table(
        "v_person_appearances",
        f"{shown} FROM {scratch.lake('mart_person_appearances')} {holders} ANTI JOIN touched_names USING (name) "
        f"UNION ALL {shown} FROM new_mart_person_appearances {holders}",
    )
    _compare(scratch, "mart_region_bench", by_post)


def _pairs(scratch: Scratch) -> None:
    """Co-appearances: where a person was told apart anew, the pairs of all articles of that name."""
    lake = scratch.lake("mart_person_appearances")
    scratch.table(
        "articles_of_moved_names",
        "WITH changed AS (SELECT name, article_id FROM gone_mart_person_appearances "
        "UNION SELECT name, article_id FROM come_mart_person_appearances), "
        "moved AS (SELECT DISTINCT name FROM changed ANTI JOIN retold_articles USING (article_id)) "
        "SELECT article_id FROM old_mart_person_appearances SEMI JOIN moved USING (name) "
        "UNION SELECT article_id FROM new_mart_person_appearances SEMI JOIN moved USING (name)",
    )
    scratch.table(
        "beside_moved_names",
        f"SELECT * FROM {lake} SEMI JOIN articles_of_moved_names USING (article_id) "  # noqa: S608
        "ANTI JOIN touched_names USING (name)",
    )
    for age, kind in (("old", "gone"), ("new", "come")):
        chosen = "* EXCLUDE mart_row_id" if age == "old" else "*"
        scratch.table(
            "v_person_appearances",
            f"SELECT {chosen} FROM {age}_mart_person_appearances UNION ALL BY NAME FROM beside_moved_names",  # noqa: S608
        )
        scratch.table(
            f"{kind}_pairs",
            "SELECT DISTINCT least(a.person_id, b.person_id) AS person_id, "  # noqa: S608
            "greatest(a.person_id, b.person_id) AS with_person_id "
            f"FROM {kind}_mart_person_appearances AS a "
            "JOIN v_person_appearances AS b ON b.article_id = a.article_id AND a.person_id <> b.person_id",
        )
    scratch.table("touched_pairs", "FROM gone_pairs UNION FROM come_pairs")
    of_pair = "SEMI JOIN touched_pairs USING (person_id, with_person_id)"
    _compare(
        scratch,
        "mart_co_appearances",
        of_pair,
        f"SELECT * FROM ({select_of_view('v_co_appearances')}) {of_pair}",  # noqa: S608
    )


def _related_links(scratch: Scratch) -> None:
    """Links of touched articles, and links that lead or led to one: its address, headline or day may be new."""
    scratch.table(
        "retitled",
        "WITH o AS (SELECT article_id, publisher_id, title, published_date FROM old_mart_articles), "
        "n AS (SELECT article_id, publisher_id, title, published_date FROM new_mart_articles) "
        "(FROM o EXCEPT FROM n) UNION (FROM n EXCEPT FROM o)",
    )
    links = scratch.lake("core_related_links")
    scratch.table(
        "linking_articles",
        f"SELECT article_id FROM {links} SEMI JOIN retitled ON retitled.article_id = to_article_id "  # noqa: S608
        f"UNION SELECT l.article_id FROM {links} AS l JOIN retitled AS r "
        "ON r.published_date = l.published_date AND r.title = l.anchor_text AND r.publisher_id = l.publisher_id",
    )
    scratch.table("linking_articles", "SELECT * FROM linking_articles ANTI JOIN touched_articles USING (article_id)")
    for name in ("core_related_links", "core_captures"):
        linking = f"SELECT * FROM {scratch.lake(name)} SEMI JOIN linking_articles USING (article_id)"  # noqa: S608
        scratch.table(name, f"FROM {name} UNION ALL BY NAME {linking}")
    shown = "SELECT article_id, content_sha256, publisher_id, title, published_date, true AS is_current"
    scratch.table(
        "v_article_versions",
        f"{shown} FROM current_articles SEMI JOIN (SELECT article_id FROM core_related_links "  # noqa: S608
        "UNION SELECT to_article_id FROM core_related_links) AS asked USING (article_id) "
        f"UNION {shown} FROM current_articles SEMI JOIN (SELECT publisher_id, anchor_text AS title, published_date "
        "FROM core_related_links) AS asked USING (publisher_id, title, published_date)",
    )
    scratch.table("touched_links", "FROM touched_articles UNION ALL FROM linking_articles")
    _compare(scratch, "mart_related_links", "SEMI JOIN touched_links USING (article_id)")


def _reprints(scratch: Scratch) -> None:
    lake = scratch.lake("index_reprints")
    scratch.table(
        "touched_clusters",
        f"SELECT cluster_id FROM {lake} SEMI JOIN touched_articles USING (article_id) "  # noqa: S608
        "UNION SELECT cluster_id FROM landed_index_reprints",
    )
    by_cluster = "SEMI JOIN touched_clusters USING (cluster_id)"
    scratch.table("index_reprints", f"SELECT * FROM {lake} {by_cluster}")  # noqa: S608
    scratch.table(
        "v_article_versions",
        "SELECT article_id, content_sha256, publisher_id, title, source_name, published_at, published_date, "
        "published_precision, fingerprint, first_fetched_at, true AS is_current FROM current_articles "
        "SEMI JOIN (SELECT article_id FROM index_reprints QUALIFY "
        "count(DISTINCT article_id) OVER (PARTITION BY cluster_id) > 1) AS members USING (article_id)",
    )
    _compare(scratch, "mart_reprints", by_cluster)
    scratch.table("v_reprints", "FROM new_mart_reprints")
    _compare(scratch, "mart_reprint_clusters", by_cluster)
    scratch.drop("index_reprints")


def _slow(scratch: Scratch) -> None:
    scratch.view("v_articles", "FROM current_articles")
    scratch.view("v_reprints", _today("mart_reprints", "touched_clusters USING (cluster_id)"))
    for name in ("mart_trending_terms", "mart_publisher_profiles"):
        _compare(scratch, name, "")
    # these read all that was asked for and captured, not only what touched articles have
    scratch.drop(*(table.name for table in tables_read()), *VIEW_NAMES)
    for name in ("mart_publisher_freshness", "mart_completeness"):
        _compare(scratch, name, "")
