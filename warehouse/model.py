"""The tables, declared once: DDL, comments, Arrow schemas, checks and docs/tables.md are all made from here.

Three layers: ``raw_`` as received, ``core_`` as understood (append-only, every version and every generation of
tags), ``dim_`` what codes mean. Views (``v_``) choose the current rows; marts (``mart_``) are views made solid.
"""

from dataclasses import dataclass

from warehouse.columns import Column, columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Columns whose values are found in another table; `if_filled` tables hold the check back while they are empty."""

    columns: tuple[str, ...]
    table: str
    to_columns: tuple[str, ...]
    if_filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its grain (what one row means), columns, key, physical order."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...] = ()
    row_group_rows: int | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    options: tuple[tuple[str, str | int], ...] = ()
    """DuckLake's options of this table, such as ``parquet_version``."""
    is_key_checked: bool = True
    """Whether `difang check` proves key and not-nulls: not where a row is one character of all texts."""

    def __hash__(self) -> int:
        return hash(self.name)  # of all columns it would be 40 microseconds, at every look into a dict of tables

    @property
    def comment(self) -> str:
        """Both languages, as COMMENT ON TABLE stores them."""
        return f"{self.zh} | {self.en}"


# bodies are looked up one by one: small row groups read 43 ms an article instead of 700 (docs/adr/0002)
BODY_ROW_GROUP = 4096
# whole pages are larger, and a merge holds two row groups of them: 0.3 GB more at 4096 than at 512 (docs/adr/0041)
PAGE_ROW_GROUP = 512

_VERSION = ForeignKey(
    columns=("article_id", "content_sha256"), table="core_articles", to_columns=("article_id", "content_sha256")
)
_BATCH = ForeignKey(columns=("batch_id",), table="core_batches", to_columns=("batch_id",))
_REGION = ForeignKey(columns=("region_code",), table="dim_regions", to_columns=("region_code",), if_filled=True)

RAW_PAGES = Table(
    name="raw_pages",
    zh="一行为一个分页的一份原文：同一网址、同一分页、同样字节只存一次",
    en="one body of one page part, as received; the same bytes of the same part are kept once",
    columns=columns(
        "canonical_url part_number body_sha256 part_url url publisher_id section_id fetched_at http_status headers "
        "declared_encoding body bytes_count batch_id",
        absent="publisher_id section_id declared_encoding",
    ),
    key=("canonical_url", "part_number", "body_sha256"),
    # as they came, which is by fetched_at nearly: sorting would hold all pages of a file in memory (docs/adr/0041)
    row_group_rows=PAGE_ROW_GROUP,
    options=(("target_file_size", "64MB"),),
    foreign_keys=(_BATCH,),
)

RAW_FETCHES = Table(
    name="raw_fetches",
    zh="一行为一次请求及其结果",
    en="one request and its outcome: the fetch log",
    columns=columns(
        "batch_id ordinal url canonical_url publisher_id section_id kind outcome fetched_at fetched_date http_status "
        "etag "
        "last_modified bytes_count elapsed_ms links_count new_links_count reason detail crawl_id protocol",
        absent="section_id http_status etag last_modified reason protocol",
    ),
    key=("batch_id", "ordinal"),
    sorted_by=("publisher_id", "fetched_at"),
    foreign_keys=(_BATCH,),
)

CORE_CAPTURES = Table(
    name="core_captures",
    zh="一行为一次抓取的一种解读：某时刻取到的文章页成为哪个版本，或为何剔除；重新解读追加一行，以最新批次为准",
    en="one reading of one capture: which version a page fetched at an instant became, or why it was rejected; a later "
    "batch that reads it again adds a row, and the newest counts",
    columns=columns(
        "article_id fetched_at batch_id canonical_url url publisher_id section_id fetched_date body_sha256s "
        "content_sha256 "
        "reason is_tagged discovered_via referrer_url crawl_id landed_at",
        absent="publisher_id section_id content_sha256 reason referrer_url",
        content_sha256=("成为的版本；剔除时为空", "the version it became; absent where it was rejected"),
        reason=("剔除原因；成为文章时为空", "why it was rejected; absent where it became an article"),
    ),
    key=("article_id", "fetched_at", "batch_id"),
    sorted_by=("fetched_at", "article_id"),
    foreign_keys=(_BATCH, _VERSION),
)

CORE_ARTICLES = Table(
    name="core_articles",
    zh="一行为一篇文章的一个版本：标题或正文每次变化各一行",
    en="one version of one article: each change of title or text is a row",
    columns=columns(
        "article_id content_sha256 canonical_url url publisher_id section_id title kicker subtitle lede text "
        "paragraph_count "
        "character_count images dateline_raw dateline_agency dateline_place dateline_date published_at published_date "
        "published_precision published_evidence updated_at event_date source_name source_url reporters correspondents "
        "photographers editors reviewers credit_line credits page_count fingerprint language encoding "
        "encoding_evidence "
        "layout_id quality_flags fetched_at batch_id",
        absent="publisher_id section_id dateline_raw dateline_agency dateline_place dateline_date published_at "
        "published_date "
        "published_precision updated_at event_date source_name source_url layout_id fetched_at",
        fetched_at=("此版本首次入库时的抓取时刻", "when the capture was fetched that first landed this version"),
    ),
    key=("article_id", "content_sha256"),
    sorted_by=("published_at", "article_id"),
    row_group_rows=BODY_ROW_GROUP,
    foreign_keys=(_BATCH,),
)

CORE_ARTICLE_REGIONS = Table(
    name="core_article_regions",
    zh="一行为一个版本中一处地区标签；重新标注追加一代，以最新批次为准",
    en="one region tag of one version; tagging again adds a generation, and the newest batch counts",
    columns=columns(
        "article_id content_sha256 batch_id ordinal region_code region_name level is_primary role field surface "
        "start_offset "
        "end_offset score rule publisher_id published_at published_date",
        absent="publisher_id published_at published_date",
        role=("被提及的原因", "why the region is named: dateline, subject, mention, publisher"),
    ),
    key=("article_id", "content_sha256", "batch_id", "ordinal"),
    sorted_by=("region_code", "published_at"),
    foreign_keys=(_VERSION, _BATCH, _REGION),
)

CORE_OFFICIAL_MENTIONS = Table(
    name="core_official_mentions",
    zh="一行为一个版本中一处官员提及；重新标注追加一代，以最新批次为准",
    en="one mention of an official in one version; tagging again adds a generation, and the newest batch counts",
    columns=columns(
        "article_id content_sha256 batch_id ordinal person_key name position positions_normalised organisation "
        "jurisdiction "
        "region_code rank_level status role field surface start_offset end_offset confidence rule publisher_id "
        "published_at "
        "published_date",
        absent="region_code publisher_id published_at published_date",
        role=("在事件中的角色：主持、讲话、参加、调研等", "what the person does in the event, in the field's words"),
        region_code=("职务辖区的行政区划代码", "adcode of the jurisdiction"),
    ),
    key=("article_id", "content_sha256", "batch_id", "ordinal"),
    sorted_by=("name", "published_at"),
    foreign_keys=(_VERSION, _BATCH, _REGION),
)

CORE_OFFICE_CHANGES = Table(
    name="core_office_changes",
    zh="一行为一个版本中写明的一人一职的一次任免；重新标注追加一代，以最新批次为准",
    en="one post that one person takes, leaves or is proposed for, as one version announces it; tagging again adds a "
    "generation, and the newest batch counts",
    columns=columns(
        "article_id content_sha256 batch_id ordinal person_key change_kind name position position_name organisation "
        "jurisdiction region_code rank_level from_position from_positions_normalised from_region_code decided_by "
        "decided_by_region_code decided_meeting decided_date decided_evidence field surface start_offset end_offset "
        "confidence rule publisher_id published_at published_date",
        absent="region_code from_region_code decided_by_region_code decided_date decided_evidence publisher_id "
        "published_at published_date",
        region_code=("职务辖区的行政区划代码", "adcode of the jurisdiction"),
        person_key=("文章内同一人的标识，与官员提及相同", "the person's key among the mentions of the article"),
    ),
    key=("article_id", "content_sha256", "batch_id", "ordinal"),
    sorted_by=("name", "published_at"),
    foreign_keys=(
        _VERSION,
        _BATCH,
        _REGION,
        ForeignKey(columns=("from_region_code",), table="dim_regions", to_columns=("region_code",), if_filled=True),
        ForeignKey(
            columns=("decided_by_region_code",), table="dim_regions", to_columns=("region_code",), if_filled=True
        ),
    ),
)

CORE_RELATED_LINKS = Table(
    name="core_related_links",
    zh="一行为一个版本中的一个链接，或相关列表中没有链接的一条标题；重新标注追加一代，以最新批次为准",
    en="one link of one version, or one printed headline of a related list; reading again adds a generation, and the "
    "newest batch counts",
    columns=columns(
        "article_id content_sha256 batch_id ordinal kind anchor_text to_url to_article_id published_date publisher_id",
        absent="to_url to_article_id published_date publisher_id",
        kind=("链接种类", "what it leads to: related, inline, previous, next, topic, page"),
        published_date=("标题旁印出的日期", "the day printed beside the headline"),
        to_article_id=("目标网址对应的文章编号（未必已入库）", "id that the target's URL gives, landed or not"),
    ),
    key=("article_id", "content_sha256", "batch_id", "ordinal"),
    sorted_by=("to_article_id", "article_id"),
    foreign_keys=(_VERSION, _BATCH),
)

CORE_REJECTIONS = Table(
    name="core_rejections",
    zh="一行为一个网址的一份原文因一种原因被剔除；再次遇到不重复记录，只计入请求日志",
    en="one body of one URL given up for one reason; met again it adds no row and counts in the fetch log alone",
    columns=columns(
        "canonical_url reason body_sha256 article_id url publisher_id section_id step detail fetched_at fetched_date "
        "batch_id",
        absent="body_sha256 publisher_id section_id fetched_at fetched_date",
    ),
    key=("canonical_url", "reason", "body_sha256"),
    sorted_by=("fetched_at", "canonical_url"),
    foreign_keys=(_BATCH,),
)

CORE_REMOVALS = Table(
    name="core_removals",
    zh="一行为一次撤稿发现：曾入库的文章返回 404 或 410",
    en="one finding that an article which had landed is taken down",
    columns=columns("canonical_url removed_at article_id publisher_id http_status batch_id"),
    key=("canonical_url", "removed_at"),
    sorted_by=("removed_at",),
    foreign_keys=(_BATCH,),
)

CORE_BATCHES = Table(
    name="core_batches",
    zh="一行为一个已入库的批次：来历与写入行数",
    en="one landed batch: its provenance and the rows it added",
    columns=columns(
        "batch_id crawl_id landed_at code_version lexicon_version model_version pages_count fetches_count "
        "captures_count "
        "articles_count regions_count mentions_count office_changes_count links_count rejections_count removals_count",
        links_count=("写入的链接数", "related links landed"),
    ),
    key=("batch_id",),
    sorted_by=("landed_at",),
)

CORE_TOMBSTONES = Table(
    name="core_tombstones",
    zh="一行为一项不得再入库的内容：应要求删除的文章或人物，只存摘要不存文字",
    en="one thing that must not come back: an article or a person taken down on request, as a digest and never as text",
    columns=columns(
        "tombstone_id kind forgotten_at",
        kind=("种类：article 为文章，person 为人物", "what it is: article or person"),
    ),
    key=("tombstone_id",),
    sorted_by=("forgotten_at",),
)

CORE_ERASURES = Table(
    name="core_erasures",
    zh="一行为一个批次在一张表中被抹去的行数：应要求删除（forget），或原文超过保存期限（retention）",
    en="how many rows of one batch were erased from one table: taken down on request (forget), or bodies beyond their "
    "retention (retention)",
    columns=columns(
        "erased_at erased_from batch_id rows_count reason kept_from_at",
        absent="kept_from_at",
        batch_id=("当初写入的批次", "the batch that had landed them"),
        reason=("原因：forget 或 retention", "why: forget or retention"),
    ),
    key=("erased_at", "erased_from", "batch_id"),
    sorted_by=("erased_at",),
    foreign_keys=(_BATCH,),
)

CORE_MIGRATIONS = Table(
    name="core_migrations",
    zh="一行为一次库结构或视图的变更",
    en="one change of the schema or of the views",
    columns=columns("schema_version views_sha256 applied_at code_version model_sha256", absent="model_sha256"),
    key=("applied_at", "views_sha256"),
)

MART_REFRESHES = Table(
    name="mart_refreshes",
    zh="一行为最近一次集市刷新",
    en="the latest refresh of the marts",
    columns=columns(
        "source_snapshot_id refreshed_at views_sha256 slow_snapshot_id slow_refreshed_at slow_seconds",
        absent="views_sha256 slow_snapshot_id slow_refreshed_at slow_seconds",
        views_sha256=("刷新时视图定义的 SHA-256", "SHA-256 of the views that the marts were made from"),
    ),
    key=("source_snapshot_id",),
)

MART_WAITING_LINKS = Table(
    name="mart_waiting_links",
    zh="一行为一家媒体一个栏目某日列出、至今未取到的文章链接，按状态与原因；每次抓取结束时由待抓队列重写",
    en="article links of a section, first named on one day, that no crawl has brought yet, by state and reason; "
    "rewritten from the frontier at the end of each crawl",
    columns=columns(
        "publisher_id ordinal section_id promised_date waiting_state reason links_count example_urls next_try_at "
        "noted_at",
        absent="section_id reason next_try_at",
        ordinal=("该媒体内的序号", "its place among the publisher's"),
        links_count=("文章链接数", "how many links wait"),
        reason=("最近一次失败的原因（固定清单）", "why the last try failed, from the closed list of reasons"),
    ),
    key=("publisher_id", "ordinal"),
    sorted_by=("publisher_id", "ordinal"),
)

INDEX_POSTINGS = Table(
    name="index_postings",
    zh="一行为现有文本中一个字及其后一字：检索索引",
    en="one character of an indexed document and the one after it: the search index",
    columns=columns("character gram place"),
    key=("place",),
    sorted_by=("gram", "place"),
    # ascending places are stored as their differences; a file is sorted as a whole when it is merged, in memory
    options=(("parquet_version", 2), ("target_file_size", "128MB")),
    is_key_checked=False,
)

INDEX_DOCUMENTS = Table(
    name="index_documents",
    zh="一行为一篇已编入索引的现行文章的一槽（2048 字），带检索所用的各项",
    en="one slot (2,048 characters) of an indexed current article, with what a search filters and prints",
    columns=columns(
        "slot first_slot article_id content_sha256 title title_character_count character_count canonical_url "
        "publisher_id published_at published_date region_code",
        absent="publisher_id published_at published_date region_code",
        region_code=("主要地区代码", "adcode of the primary region"),
    ),
    key=("slot",),
    sorted_by=("slot",),
    row_group_rows=BODY_ROW_GROUP,
)

INDEX_BATCHES = Table(
    name="index_batches",
    zh="一行为一个已编入索引的批次",
    en="one batch whose articles are indexed",
    columns=columns("batch_id next_slot indexed_at"),
    key=("batch_id",),
    sorted_by=("indexed_at",),
    foreign_keys=(_BATCH,),
)

INDEX_REPRINTS = Table(
    name="index_reprints",
    zh="一行为一个版本在转载组中的位置：组由首个入库的版本代表，以后入库的只与代表比较",
    en="one version in its cluster of reprints: the first version that landed represents it, later ones are compared "
    "with that one alone",
    columns=columns(
        "article_id content_sha256 cluster_id is_representative letters_count shared_letters_count published_at "
        "batch_id",
        absent="published_at",
    ),
    key=("article_id", "content_sha256"),
    sorted_by=("cluster_id",),
    foreign_keys=(_VERSION, _BATCH),
)

INDEX_REPRINT_CLAUSES = Table(
    name="index_reprint_clauses",
    zh="一行为一个转载组代表版本中的一个小句",
    en="one clause of the version that represents a cluster of reprints",
    columns=columns("clause_hash cluster_id"),
    key=("clause_hash", "cluster_id"),
    sorted_by=("clause_hash",),
    is_key_checked=False,
)

INDEX_TERMS = Table(
    name="index_terms",
    zh="一行为一个版本标题与导语中的词",
    en="the terms in headline and lede of one version",
    columns=columns("article_id content_sha256 terms batch_id"),
    key=("article_id", "content_sha256"),
    sorted_by=("batch_id",),
    foreign_keys=(_VERSION, _BATCH),
)

INDEX_TEXT_BATCHES = Table(
    name="index_text_batches",
    zh="一行为一个已归入转载组并切词的批次",
    en="one batch whose texts are in clusters of reprints and cut into terms",
    columns=columns("batch_id next_cluster_id indexed_at"),
    key=("batch_id",),
    sorted_by=("indexed_at",),
    foreign_keys=(_BATCH,),
)

DIM_REGIONS = Table(
    name="dim_regions",
    zh="一行为一个行政区划代码，含已撤销的",
    en="one administrative code, in force or abolished",
    columns=columns(
        "region_code region_name local_name short_name level region_kind parent_code path_codes province_code "
        "province_name "
        "city_code city_name county_code county_name valid_from_date valid_until_date successor_code longitude "
        "latitude",
        absent="parent_code city_code city_name county_code county_name valid_from_date valid_until_date "
        "successor_code longitude latitude",
    ),
    key=("region_code",),
    sorted_by=("region_code",),
)

DIM_PUBLISHERS = Table(
    name="dim_publishers",
    zh="一行为一家媒体",
    en="one publisher",
    columns=columns(
        "publisher_id publisher_name home_url region_code sources_count is_active verified_date",
        absent="region_code verified_date",
        region_code=("所报道地区的代码", "adcode of the region it reports on"),
    ),
    key=("publisher_id",),
    sorted_by=("publisher_id",),
    foreign_keys=(_REGION,),
)

DIM_SECTIONS = Table(
    name="dim_sections",
    zh="一行为一家媒体的一个栏目",
    en="one section of a publisher",
    columns=columns(
        "publisher_id section_id section_name region_code",
        absent="region_code",
        region_code=(
            "栏目所报道地区的代码，无则从媒体",
            "adcode of the region it reports on: its own, else the publisher's",
        ),
    ),
    key=("publisher_id", "section_id"),
    sorted_by=("publisher_id", "section_id"),
    foreign_keys=(ForeignKey(columns=("publisher_id",), table="dim_publishers", to_columns=("publisher_id",)), _REGION),
)

DIM_POSITIONS = Table(
    name="dim_positions",
    zh="一行为一个规范职务",
    en="one normalised position",
    columns=columns("position_name organisation_kind category unit rank_by_level aliases"),
    key=("position_name",),
    sorted_by=("position_name",),
)

TABLES = (
    RAW_PAGES,
    RAW_FETCHES,
    CORE_CAPTURES,
    CORE_ARTICLES,
    CORE_ARTICLE_REGIONS,
    CORE_OFFICIAL_MENTIONS,
    CORE_OFFICE_CHANGES,
    CORE_RELATED_LINKS,
    CORE_REJECTIONS,
    CORE_REMOVALS,
    CORE_BATCHES,
    CORE_TOMBSTONES,
    CORE_ERASURES,
    CORE_MIGRATIONS,
    INDEX_POSTINGS,
    INDEX_DOCUMENTS,
    INDEX_BATCHES,
    INDEX_REPRINTS,
    INDEX_REPRINT_CLAUSES,
    INDEX_TERMS,
    INDEX_TEXT_BATCHES,
    DIM_REGIONS,
    DIM_PUBLISHERS,
    DIM_SECTIONS,
    DIM_POSITIONS,
    MART_REFRESHES,
    MART_WAITING_LINKS,
)
