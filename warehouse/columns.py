"""Every column of the warehouse, described once: the same quantity has the same name, type and meaning in every table.

Over the soft ceiling of 200 lines because it is a list: one line per column and language.
"""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its SQL type and what it says, in Chinese and English. Not null unless said.

    `default` is a SQL literal, a number or a quoted text (``'false'``): what files older than the column hold.
    Lists take none.
    """

    name: str
    type: str
    zh: str
    en: str
    nullable: bool = False
    default: str | None = None

    def or_null(self) -> Self:
        """The same column where it may be absent."""
        return replace(self, nullable=True)

    def saying(self, zh: str, en: str) -> Self:
        """The same column with the meaning it has in one table."""
        return replace(self, zh=zh, en=en)

    @property
    def comment(self) -> str:
        """Both languages, as COMMENT ON COLUMN stores them."""
        return f"{self.zh} | {self.en}"


_IDENTITY = (
    Column(
        "article_id",
        "VARCHAR",
        "文章编号：规范网址 SHA-256 的前 16 位",
        "article: first 16 hex digits of SHA-256 of the canonical URL",
    ),
    Column(
        "content_sha256",
        "VARCHAR",
        "标题与正文的 SHA-256，一个版本的标识",
        "SHA-256 of title and text: the identity of a version",
    ),
    Column("canonical_url", "VARCHAR", "规范网址", "canonical URL: the identity of the article"),
    Column("url", "VARCHAR", "实际应答的网址", "the URL that answered, after redirects"),
    Column("publisher_id", "VARCHAR", "媒体编号（报头拼音）", "publisher: pinyin of its masthead"),
    Column("section_id", "VARCHAR", "栏目编号", "section of the publisher"),
    Column("batch_id", "VARCHAR", "写入批次", "the batch that wrote this row"),
    Column("crawl_id", "VARCHAR", "抓取任务编号", "the crawl it belongs to"),
    Column("ordinal", "INTEGER", "序号，从 1 起", "position in its list, from 1"),
)

_FETCHING = (
    Column("fetched_at", "TIMESTAMPTZ", "抓取时刻", "when it was fetched"),
    Column("fetched_date", "DATE", "抓取日（北京时间）", "local day (Asia/Shanghai) of the fetch"),
    Column("landed_at", "TIMESTAMPTZ", "入库时刻", "when the batch landed"),
    Column("http_status", "INTEGER", "HTTP 状态码", "HTTP status"),
    Column("headers", "STRUCT(name VARCHAR, value VARCHAR)[]", "保留的响应头", "the response headers that are kept"),
    Column("declared_encoding", "VARCHAR", "响应头声明的编码", "charset that Content-Type declared, true or not"),
    Column("body", "BLOB", "响应原文（已解压，未解码）", "the body as received: decompressed, not decoded"),
    Column("body_sha256", "VARCHAR", "原文的 SHA-256", "SHA-256 of the body"),
    Column(
        "body_sha256s",
        "VARCHAR[]",
        "各分页原文的 SHA-256，按阅读顺序",
        "SHA-256 of the body of each page part, in reading order",
    ),
    Column("part_number", "INTEGER", "分页序号，首页为 1", "part of a multi-page article, the first is 1"),
    Column("part_url", "VARCHAR", "该分页的规范网址", "canonical URL of this part"),
    Column("bytes_count", "BIGINT", "字节数", "bytes received"),
    Column(
        "discovered_via",
        "VARCHAR",
        "发现途径",
        "how the URL became known: listing, feed, sitemap, related, next_page, manual, file, warc",
    ),
    Column("referrer_url", "VARCHAR", "来路网址", "the page that named it"),
    Column("kind", "VARCHAR", "请求种类", "what the request was for: article, listing, feed, sitemap, robots"),
    Column("outcome", "VARCHAR", "请求结果", "fetched, not_modified or failed"),
    Column("etag", "VARCHAR", "ETag 响应头", "the ETag header"),
    Column("last_modified", "VARCHAR", "Last-Modified 响应头", "the Last-Modified header as sent"),
    Column("elapsed_ms", "INTEGER", "耗时（毫秒）", "how long the request took, milliseconds"),
    Column("protocol", "VARCHAR", "传输协议", "what the answer came by: h2 (HTTP/2), http/1.1, http/1.0"),
    Column("links_count", "INTEGER", "识别出的文章链接数", "article links recognised on a listing, feed or sitemap"),
    Column("new_links_count", "INTEGER", "其中未见过的链接数", "those of them never seen before"),
    Column("step", "VARCHAR", "剔除环节", "the step at which it was given up: fetch, discover, decode, clean, tag"),
    Column("reason", "VARCHAR", "原因（固定清单）", "why, from the closed list of reasons"),
    Column("detail", "VARCHAR", "说明", "one sentence for a person"),
    Column("is_tagged", "BOOLEAN", "本批次是否写入该版本的标签", "whether this batch landed the tags of that version"),
    Column("promised_date", "DATE", "列表首次列出之日（北京时间）", "local day on which a list first named them"),
    Column(
        "waiting_state",
        "VARCHAR",
        "pending 尚未取到，failed 失败待重试",
        "pending: not asked yet; failed: to be tried again",
    ),
    Column("example_urls", "VARCHAR[]", "其中最近列出的，至多二十个", "the latest named of them, twenty at most"),
    Column("next_try_at", "TIMESTAMPTZ", "最早的重试时刻", "the first instant at which one of them is tried again"),
    Column("noted_at", "TIMESTAMPTZ", "由待抓队列记录的时刻", "when it was taken from the frontier"),
    Column("removed_at", "TIMESTAMPTZ", "发现文章被撤下的时刻", "when the article was found taken down (404 or 410)"),
)

_ARTICLE = (
    Column("title", "VARCHAR", "标题", "headline"),
    Column("kicker", "VARCHAR", "引题", "the line above the headline"),
    Column("subtitle", "VARCHAR", "副题", "the line below the headline"),
    Column("lede", "VARCHAR", "导语：正文第一段", "lede: the first paragraph"),
    Column("text", "VARCHAR", "正文，段落以换行分隔", "the text, paragraphs joined by a newline"),
    Column("paragraph_count", "INTEGER", "段落数", "paragraphs of the text"),
    Column("character_count", "INTEGER", "正文字数", "characters of the text"),
    Column("images", "STRUCT(url VARCHAR, caption VARCHAR)[]", "图片及图说", "pictures with their captions"),
    Column("dateline_raw", "VARCHAR", "电头原文", "the dateline as printed"),
    Column("dateline_agency", "VARCHAR", "电头中的机构", "the agency of the dateline"),
    Column("dateline_place", "VARCHAR", "电头中的地点", "the place of the dateline"),
    Column("dateline_date", "DATE", "电头中的日期", "the day of the dateline"),
    Column(
        "published_at",
        "TIMESTAMPTZ",
        "发布时刻；仅知日期时为当日零时（北京时间）",
        "when it was published; local midnight where only the day is known",
    ),
    Column("published_date", "DATE", "发布日（北京时间）", "local day (Asia/Shanghai) of publication"),
    Column("published_precision", "VARCHAR", "发布时刻的精度", "second, minute, hour or day"),
    Column("published_evidence", "VARCHAR", "发布时刻的依据", "where the time was read"),
    Column("updated_at", "TIMESTAMPTZ", "网页标明的修改时刻", "when the page says it was last changed"),
    Column("event_date", "DATE", "所报道之事发生的日期", "the day on which what is reported happened"),
    Column("source_name", "VARCHAR", "来源", "the printed source"),
    Column("source_url", "VARCHAR", "转载来源的网址", "URL of the reprinted article"),
    Column("reporters", "VARCHAR[]", "记者", "reporters"),
    Column("correspondents", "VARCHAR[]", "通讯员", "correspondents"),
    Column("photographers", "VARCHAR[]", "摄影", "photographers"),
    Column("editors", "VARCHAR[]", "责任编辑", "editors"),
    Column("reviewers", "VARCHAR[]", "审核、终审、监制", "reviewers"),
    Column("credit_line", "VARCHAR", "署名原文", "the byline as printed"),
    Column(
        "credits",
        "STRUCT(role VARCHAR, name VARCHAR, surface VARCHAR, part VARCHAR)[]",
        "逐条署名",
        "credited names, one by one, with the printed words",
    ),
    Column("page_count", "INTEGER", "分页数", "pages that were joined"),
    Column(
        "fingerprint",
        "VARCHAR",
        "64 位 SimHash（16 位十六进制），近似文本仅差几位",
        "64-bit SimHash in hex; near-duplicates differ in few bits",
    ),
    Column("language", "VARCHAR", "语言", "language"),
    Column("encoding", "VARCHAR", "网页的真实编码", "the real encoding of the page"),
    Column("encoding_evidence", "VARCHAR", "编码的依据", "how the encoding was found"),
    Column("layout_id", "VARCHAR", "所用版式", "the publisher's layout that was used"),
    Column("quality_flags", "VARCHAR[]", "质量标记", "what is doubtful about the reading"),
)

_TAGS = (
    Column("region_code", "VARCHAR", "行政区划代码（6、9 或 12 位文本）", "adcode as text: 6, 9 or 12 digits"),
    Column("region_name", "VARCHAR", "地区全称", "full name with its ancestors"),
    Column("level", "VARCHAR", "层级", "province, city, county or township"),
    Column("is_primary", "BOOLEAN", "是否主要地区", "whether the article is about this region first of all"),
    Column("role", "VARCHAR", "作用", "what it does in the article"),
    Column(
        "field", "VARCHAR", "偏移所指字段", "the field that the offsets count in: text, title, dateline or publisher"
    ),
    Column("surface", "VARCHAR", "原文形式", "the printed words"),
    Column("start_offset", "INTEGER", "起始字符（从 0 起）", "first character, from 0"),
    Column("end_offset", "INTEGER", "结束字符（不含）", "one after the last character"),
    Column("score", "DOUBLE", "把握，0 到 1", "how sure, 0 to 1"),
    Column("confidence", "DOUBLE", "把握，0 到 1", "how sure, 0 to 1"),
    Column("rule", "VARCHAR", "产生标签的规则", "the rule that made it"),
    Column("person_key", "VARCHAR", "文章内同一人的标识", "the same for all mentions of one person within the article"),
    Column("name", "VARCHAR", "姓名", "full name"),
    Column("position", "VARCHAR", "职务原文", "position as written"),
    Column("positions_normalised", "VARCHAR[]", "规范职务", "normalised positions, one by one"),
    Column("organisation", "VARCHAR", "机构", "organisation"),
    Column("jurisdiction", "VARCHAR", "原文所写辖区", "the jurisdiction as the text names it"),
    Column("rank_level", "VARCHAR", "职级", "rank, empty where the position does not tell"),
    Column(
        "status",
        "VARCHAR",
        "任职状态",
        "in_office, former, acting, proposed, appointed, dismissed, candidate, seconded, investigated, deceased",
    ),
    Column(
        "change_kind",
        "VARCHAR",
        "变动种类：任命、当选、代理、调任、拟任、提名、免去、辞去、撤职",
        "what happens to the post: appointed, elected, acting, transferred, proposed, candidate, dismissed, resigned, "
        "removed",
    ),
    Column("from_position", "VARCHAR", "同句写明的原职务原文", "the post before, as the same sentence writes it"),
    Column("from_positions_normalised", "VARCHAR[]", "原职务的规范名称", "the posts before, normalised"),
    Column("from_region_code", "VARCHAR", "原职务辖区的行政区划代码", "adcode of the jurisdiction of the post before"),
    Column("decided_by", "VARCHAR", "决定机关原文", "the body that decides, as written; empty where not said"),
    Column("decided_by_region_code", "VARCHAR", "决定机关所在辖区的代码", "adcode of the deciding body's jurisdiction"),
    Column("decided_meeting", "VARCHAR", "会议届次原文", "its meeting, as written"),
    Column("decided_date", "DATE", "决定、会议或公示之日", "local day of the decision, meeting or notice"),
    Column(
        "decided_evidence",
        "VARCHAR",
        "决定之日的依据",
        "where that day was read: sentence, meeting (told earlier in the text) or relative (今天, 昨日)",
    ),
    Column("anchor_text", "VARCHAR", "链接文字", "the words of the link"),
    Column("to_url", "VARCHAR", "目标规范网址", "canonical URL it leads to; absent where the list is plain text"),
    Column("to_article_id", "VARCHAR", "目标文章编号", "article it leads to"),
)

_PROVENANCE = (
    Column("code_version", "VARCHAR", "程序版本", "version of the code"),
    Column("lexicon_version", "VARCHAR", "词表版本", "version of the lexicons"),
    Column("model_version", "VARCHAR", "模型版本", "version of the models"),
    Column("pages_count", "INTEGER", "写入的原文数", "raw page parts landed"),
    Column("fetches_count", "INTEGER", "写入的请求数", "fetch-log lines landed"),
    Column("captures_count", "INTEGER", "写入的抓取数", "captures landed"),
    Column("articles_count", "INTEGER", "写入的新版本数", "article versions landed"),
    Column("regions_count", "INTEGER", "写入的地区标签数", "region tags landed"),
    Column("mentions_count", "INTEGER", "写入的官员提及数", "mentions of officials landed"),
    Column("office_changes_count", "INTEGER", "写入的任免数", "changes of office landed", default="0"),
    Column("rejections_count", "INTEGER", "写入的剔除数", "rejections landed"),
    Column("removals_count", "INTEGER", "写入的撤稿数", "removals landed"),
    Column("schema_version", "INTEGER", "库结构版本", "version of the warehouse's schema"),
    Column("views_sha256", "VARCHAR", "视图定义的 SHA-256", "SHA-256 of the SQL of views and macros"),
    Column("model_sha256", "VARCHAR", "表定义的 SHA-256", "SHA-256 of the model's tables and columns"),
    Column("source_snapshot_id", "BIGINT", "集市所依据的快照", "the snapshot that the marts were made from"),
    Column("refreshed_at", "TIMESTAMPTZ", "刷新时刻", "when the marts were refreshed"),
    Column(
        "slow_snapshot_id",
        "BIGINT",
        "热词与媒体画像所依据的快照：二者重算较少",
        "the snapshot that trending terms and publisher profiles were made from, which are made less often",
    ),
    Column("slow_refreshed_at", "TIMESTAMPTZ", "热词与媒体画像的重算时刻", "when these two were made"),
    Column("slow_seconds", "DOUBLE", "重算热词与媒体画像所用秒数", "seconds that making these two took"),
    Column("applied_at", "TIMESTAMPTZ", "执行时刻", "when it was applied"),
)

_FORGETTING = (
    Column(
        "tombstone_id",
        "VARCHAR",
        "记号：文章编号，或人名连同辖区、职务的 SHA-256 前 32 位",
        "what must not come back: an article's id, or the first 32 hex digits of SHA-256 of a name with its "
        "jurisdiction and position",
    ),
    Column("forgotten_at", "TIMESTAMPTZ", "删除时刻", "when it was taken down"),
    Column("erased_at", "TIMESTAMPTZ", "抹去时刻", "when the rows were erased"),
    Column("erased_from", "VARCHAR", "从哪张表抹去", "the table they were erased from"),
    Column("rows_count", "INTEGER", "行数", "rows"),
    Column(
        "kept_from_at",
        "TIMESTAMPTZ",
        "按保存期限抹去时，仍保留原文的最早时刻",
        "where a retention erased them: bodies fetched from this instant on were kept",
    ),
)

_DIMENSIONS = (
    Column("short_name", "VARCHAR", "简称", "short name that people use"),
    Column("local_name", "VARCHAR", "本级名称", "official name without ancestors"),
    Column("parent_code", "VARCHAR", "上级代码", "adcode of the region above"),
    Column("path_codes", "VARCHAR[]", "自省级至本级的代码", "adcodes from the province down to the region itself"),
    Column("province_code", "VARCHAR", "省级代码", "adcode of the province"),
    Column("province_name", "VARCHAR", "省级名称", "name of the province"),
    Column("city_code", "VARCHAR", "地级代码", "adcode of the city"),
    Column("city_name", "VARCHAR", "地级名称", "name of the city"),
    Column("county_code", "VARCHAR", "县级代码", "adcode of the county"),
    Column("county_name", "VARCHAR", "县级名称", "name of the county"),
    Column("region_kind", "VARCHAR", "建制类型", "what the region is: district, county, street, zone …"),
    Column("valid_from_date", "DATE", "启用日", "first day in force; absent: since before the records begin"),
    Column("valid_until_date", "DATE", "停用日", "last day in force; absent: still in force"),
    Column("successor_code", "VARCHAR", "后继代码", "adcode that took over an abolished one"),
    Column("longitude", "DOUBLE", "经度", "longitude of the centre, degrees"),
    Column("latitude", "DOUBLE", "纬度", "latitude of the centre, degrees"),
    Column("publisher_name", "VARCHAR", "媒体名称", "the masthead"),
    Column("home_url", "VARCHAR", "首页", "home page"),
    Column("sources_count", "INTEGER", "列表来源数", "listing pages, feeds and sitemaps declared"),
    Column("is_active", "BOOLEAN", "是否在抓取", "whether it is crawled"),
    Column("verified_date", "DATE", "最近核验日", "day on which the declaration was last proved live"),
    Column("section_name", "VARCHAR", "栏目名称", "name of the section"),
    Column("position_name", "VARCHAR", "规范职务名称", "normalised name of the position"),
    Column("organisation_kind", "VARCHAR", "机构类别", "kind of body: party committee, government, court …"),
    Column("category", "VARCHAR", "职务类别", "head, deputy, member, department head …"),
    Column("unit", "VARCHAR", "名称所含的地区类别", "kind of jurisdiction that the name itself says"),
    Column(
        "rank_by_level",
        "STRUCT(level VARCHAR, rank_level VARCHAR)[]",
        "各层级对应的职级",
        "rank by the level of the jurisdiction",
    ),
    Column("aliases", "VARCHAR[]", "别称", "other ways to write it"),
)

_INDEX = (
    Column("character", "INTEGER", "字对的首字（Unicode 码位）", "first character of the pair, as its code point"),
    Column(
        "gram",
        "BIGINT",
        "相邻两字：首字码位乘 2097152 加次字码位",
        "two neighbouring characters: code point of the first times 2097152 plus that of the second",
    ),
    Column("place", "BIGINT", "位置：槽号乘 2048 加槽内偏移", "where it stands: slot times 2048 plus the offset in it"),
    Column("slot", "BIGINT", "槽号：每槽 2048 字", "slot of 2,048 characters that the document, or this part, takes"),
    Column("first_slot", "BIGINT", "文章的第一个槽", "first slot of the document"),
    Column("title_character_count", "INTEGER", "标题字数", "characters of the headline"),
    Column("next_slot", "BIGINT", "其后第一个空槽", "first free slot after it"),
    Column("indexed_at", "TIMESTAMPTZ", "编入索引的时刻", "when it was indexed"),
    Column("cluster_id", "BIGINT", "转载组编号", "cluster of reprints"),
    Column("is_representative", "BOOLEAN", "是否代表本组", "whether later texts are compared with this one"),
    Column(
        "letters_count",
        "INTEGER",
        "参与比较的字数：六字以上的小句，不计标点",
        "letters that are compared: of clauses of six letters and more, without punctuation",
    ),
    Column("shared_letters_count", "INTEGER", "其中与代表相同的字数", "those of them that the representative has too"),
    Column("clause_hash", "BIGINT", "小句的散列值", "hash of a clause"),
    Column("next_cluster_id", "BIGINT", "其后第一个未用的组编号", "first free number of a cluster after it"),
    Column("terms", "VARCHAR[]", "标题与导语中的词，去重", "terms of headline and lede, each once"),
)

_ALL = _IDENTITY + _FETCHING + _ARTICLE + _TAGS + _PROVENANCE + _FORGETTING + _DIMENSIONS + _INDEX
COLUMNS = {column.name: column for column in _ALL}
assert len(COLUMNS) == len(_ALL), "a column is described twice"


def columns(names: str, *, absent: str = "", **meanings: tuple[str, str]) -> tuple[Column, ...]:
    """The columns of those names, in order; those named in `absent` may be null, `meanings` overrides what some say."""
    nullable = set(absent.split())
    wanted = names.split()
    unknown = (nullable | set(meanings)) - set(wanted)
    if unknown:
        raise ValueError(f"no such columns in this table: {sorted(unknown)}")
    chosen = (COLUMNS[name].saying(*meanings[name]) if name in meanings else COLUMNS[name] for name in wanted)
    return tuple(column.or_null() if column.name in nullable else column for column in chosen)
