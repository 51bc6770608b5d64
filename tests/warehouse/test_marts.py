"""The law of the marts: whatever has landed and however often they were refreshed, a mart is what its view says."""

import datetime as dt
import random
from dataclasses import replace

import pytest

from records import Landed, LinkKind, OfficialMention, RegionLevel, RegionRole, RegionTag, RelatedLink
from warehouse.mart_rules import SLOW, compute
from warehouse.marts import refresh_marts, select_of
from warehouse.views import MARTS

NAMES = ("王建国", "兰若溪", "秦牧野", "翟云帆")
POSTS = (
    ("区委书记", "章丘区委"),
    ("区长", "章丘区政府"),
    ("市委常委", "济南市委"),
    ("区委宣传部部长", "章丘区委宣传部"),
    ("", ""),
)
CODES = ("370114", "370100", "370114007", None, "370181")
STATUSES = ("in_office", "in_office", "in_office", "former", "appointed", "dismissed", "investigated")
DAYS = [dt.date(2016 + month // 12, month % 12 + 1, 3) for month in range(0, 100, 7)]
PUBLISHERS = ("lufengwang", "yihewanbao")
TEXTS = [
    "\n".join(f"{who}在{where}调研供暖工作，要求{what}，确保群众温暖过冬。" * 2 for where in ("圣井街道", "明水街道"))
    for who in NAMES
    for what in ("管网改造按期完成", "值班值守不断档")
]


class World:
    """Makes landings out of one seed: few articles, names and posts, so that everything meets everything."""

    def __init__(self, make, warehouse, seed):
        self.make, self.warehouse = make, warehouse
        self.random = random.Random(seed)
        self.clock = make.noon
        self.crawl = 0
        self.titles = [f"章丘区召开第{n}次会议" for n in range(12)]

    def item(self, number):
        r, make = self.random, self.make
        landed = make.landed(
            number,
            publisher=PUBLISHERS[number % 2],
            title=r.choice(self.titles),
            text=r.choice(TEXTS),
            day=r.choice(DAYS),
            fetched_at=self.clock,
            source_name=r.choice(("鲁风网", "沂河晚报", None)),
        )
        return replace(landed, result=self.tagged(landed.result))

    def tagged(self, result):
        r = self.random
        links = [
            RelatedLink(position=1, anchor_text="相关", to_url=self.make.url(n, PUBLISHERS[n % 2]))
            for n in [r.randrange(90)]
        ]
        links.append(
            RelatedLink(
                position=2,
                anchor_text=r.choice(self.titles),
                published_date=r.choice(DAYS),
                kind=LinkKind.RELATED,
            )
        )
        text = result.article.text
        tags = [
            RegionTag(
                region_code=code,
                region_name=code,
                level=RegionLevel.COUNTY,
                is_primary=place == 0,
                role=RegionRole.SUBJECT,
                surface=text[place : place + 2],
                start=place,
                end=place + 2,
                score=0.9,
                rule="full_name",
            )
            for place, code in enumerate(r.sample([c for c in CODES if c], r.randrange(3)))
        ]
        mentions = [self.mention(name, ordinal) for ordinal, name in enumerate(r.choices(NAMES, k=r.randrange(4)))]
        return replace(result, officials=tuple(mentions), regions=tuple(tags), related_links=tuple(links))

    def mention(self, name, ordinal):
        position, organisation = self.random.choice(POSTS)
        return OfficialMention(
            name=name,
            position=position,
            positions_normalised=(position,) if position else (),
            organisation=organisation,
            jurisdiction="章丘区",
            region_code=self.random.choice(CODES),
            rank_level=self.random.choice(("县处级正职", "厅局级副职", "")),
            status=self.random.choice(STATUSES),
            role=self.random.choice(("主持", "讲话", "")),
            surface=name,
            start=0,
            end=3,
            confidence=0.9,
            rule="position_left",
            person_key=f"{name}{ordinal % 2}",
        )

    def batch(self, *items, **other):
        self.crawl += 1
        self.clock += dt.timedelta(hours=self.random.choice((1, 5, 24)))
        return self.make.batch(*items, crawl_id=f"c{self.crawl}", **other)

    def land(self, count, numbers=90):
        picked = self.random.sample(range(numbers), count)
        fetches = tuple(self.make.fetch(n, fetched_at=self.clock, links_count=3) for n in picked)
        self.warehouse.land(self.batch(*map(self.item, picked), fetches=fetches))

    def step(self):
        """One thing that happens to a warehouse; its name."""
        r, make = self.random, self.make
        kind = r.choice(("land", "land", "again", "remove", "reject", "reprocess", "fetch", "merge", "nothing"))
        if kind == "land":
            self.land(r.randrange(1, 6))
        elif kind == "again":  # the text that the warehouse holds, fetched once more
            item = self.item(r.randrange(90))
            self.warehouse.land(self.batch(item))
            page = replace(item.page, fetched_at=self.clock)
            article = replace(item.result.article, fetched_at=self.clock)
            self.warehouse.land(self.batch(replace(item, page=page, result=replace(item.result, article=article))))
        elif kind == "remove":
            self.warehouse.land(self.batch(removals=(make.removal(r.randrange(0, 90, 2), removed_at=self.clock),)))
        elif kind == "reject":
            page = make.page(r.randrange(0, 90, 2), fetched_at=self.clock)
            self.warehouse.land(self.batch(Landed(page=page, result=make.rejected(4, page=page))))
        elif kind == "reprocess":
            item = self.last
            self.warehouse.land(self.batch(replace(item, result=self.tagged(item.result))), replace_tags=True)
        elif kind == "fetch":
            self.warehouse.land(self.batch(fetches=(make.fetch(2, fetched_at=self.clock, links_count=1),)))
        elif kind == "merge":
            self.warehouse.maintain()
        return kind

    @property
    def last(self):
        self.kept = getattr(self, "kept", None) or self.item(7)
        self.warehouse.land(self.batch(self.kept))
        return self.kept


def differing(warehouse, mart):
    """Rows that only the mart or only its view has; what it `reads` are marts that were held to their own views."""
    connection = warehouse.connection
    connection.execute(f"CREATE OR REPLACE TEMP TABLE expected AS {select_of(mart)}")
    return connection.execute(
        f"SELECT 'mart' AS held_by, * FROM (FROM {mart.name} EXCEPT ALL FROM expected) "
        f"UNION ALL SELECT 'view', * FROM (FROM expected EXCEPT ALL FROM {mart.name})"
    ).fetchall()


def assert_lawful(warehouse, said, *, slow):
    for mart in MARTS:
        if slow or mart.name not in SLOW:
            assert differing(warehouse, mart) == [], f"{mart.name} {said}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_a_mart_is_what_its_view_says_after_any_sequence(warehouse, make, seed):
    world = World(make, warehouse, seed)
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    world.land(60, 60)
    assert warehouse.refresh_marts().whole_because == "it is the first time"
    touched, done = 0, []
    for _ in range(4):
        done.append([world.step() for _ in range(world.random.randrange(1, 4))])
        report = warehouse.refresh_marts()
        assert not report.whole_because, (done[-1], report)
        touched += not report.skipped
        assert_lawful(warehouse, f"seed {seed}: {done}", slow=False)
    assert touched
    refresh_marts(warehouse.connection, now=dt.datetime.now(dt.UTC) + dt.timedelta(hours=9))
    assert_lawful(warehouse, "slow", slow=True)


@pytest.fixture
def refreshed(warehouse, make):
    world = World(make, warehouse, 7)
    warehouse.sync_dimensions(make.publishers(), make.regions(), make.positions())
    world.land(30, 60)
    warehouse.refresh_marts()
    assert warehouse.refresh_marts().skipped
    return world


def test_what_cannot_be_said_row_by_row_is_made_anew(refreshed, make):
    warehouse = refreshed.warehouse
    connection = warehouse.connection

    def because():
        report = warehouse.refresh_marts()
        assert warehouse.refresh_marts().skipped
        return report.whole_because

    warehouse.sync_dimensions(make.publishers()[:1], make.regions()[:2], make.positions())
    assert because() == "dim_regions has changed"
    held = connection.execute("SELECT canonical_url FROM core_articles LIMIT 1").fetchone()[0]
    warehouse.forget([held])
    assert "were taken away or written anew" in because()
    assert connection.execute("SELECT count(*) FROM mart_articles WHERE canonical_url = ?", [held]).fetchone() == (0,)
    connection.execute("UPDATE mart_refreshes SET views_sha256 = 'of another release'")
    assert because() == "the views have changed"
    refreshed.land(20)
    assert because().endswith("touched articles are more than a third of all")
    connection.execute("CALL ducklake_expire_snapshots('difang', older_than => now())")
    refreshed.land(1)
    assert because() == "the snapshot of the last refresh has been expired"


def test_a_refresh_that_another_one_overtakes_is_computed_again(refreshed, monkeypatch):
    warehouse, computed = refreshed.warehouse, []

    def compute_and_be_overtaken(scratch, *, with_slow):
        seconds = compute(scratch, with_slow=with_slow)
        computed.append(seconds)
        if len(computed) == 1:
            refresh_marts(warehouse.connection, whole=True)
            refreshed.land(2)
        return seconds

    monkeypatch.setattr("warehouse.marts.compute", compute_and_be_overtaken)
    refreshed.land(3)
    assert not warehouse.refresh_marts().whole_because
    assert len(computed) == 2
    assert_lawful(warehouse, "overtaken", slow=False)


def test_a_refresh_writes_only_rows_that_differ(refreshed):
    warehouse = refreshed.warehouse
    refreshed.land(1)
    report = warehouse.refresh_marts()
    assert set(report.changed) < {mart.name for mart in MARTS}
    assert 0 < sum(report.changed.values()) < sum(report.counts.values()) / 2
    assert report.counts["mart_articles"] == warehouse.refresh_marts(whole=True).counts["mart_articles"]
