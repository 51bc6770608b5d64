-- 文章的所有版本，按首次抓到的先后编号；同一文本再次出现不算新版本
-- every version of every article, numbered in the order in which they were first fetched; a text that returns is no new version
-- = SELECT article_id, max(version) AS versions FROM v_article_versions GROUP BY article_id HAVING versions > 1
-- @version 版本号，从 1 起 | number of the version, from 1
-- @is_current 是否现行版本（最近一次抓到的） | whether it is the version fetched last
-- @first_fetched_at 此版本首次抓到的时刻 | when this version was first fetched
-- @last_fetched_at 此版本最近抓到的时刻 | when this version was last fetched
-- @captures_count 抓到此版本的次数 | how often this version was fetched
WITH seen AS (
    SELECT article_id, content_sha256, min(fetched_at) AS first_fetched_at, max(fetched_at) AS last_fetched_at,
           count(*)::INTEGER AS captures_count
    FROM v_captures
    WHERE content_sha256 IS NOT NULL
    GROUP BY article_id, content_sha256
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY article_id ORDER BY first_fetched_at, content_sha256)::INTEGER AS version,
           last_fetched_at = max(last_fetched_at) OVER (PARTITION BY article_id) AS is_current
    FROM seen
)
SELECT a.article_id, n.version, n.is_current, a.content_sha256, a.canonical_url, a.url, a.publisher_id, a.section_id,
       a.title, a.kicker, a.subtitle, a.lede, a.text, a.paragraph_count, a.character_count, a.images,
       a.dateline_raw, a.dateline_agency, a.dateline_place, a.dateline_date,
       a.published_at, a.published_date, a.published_precision, a.published_evidence, a.updated_at, a.event_date,
       a.source_name, a.source_url, a.reporters, a.correspondents, a.photographers, a.editors, a.reviewers,
       a.credit_line, a.credits, a.page_count, a.fingerprint, a.language, a.encoding, a.encoding_evidence,
       a.layout_id, a.quality_flags, n.first_fetched_at, n.last_fetched_at, n.captures_count, a.batch_id
FROM core_articles AS a
JOIN numbered AS n USING (article_id, content_sha256)
