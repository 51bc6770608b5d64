-- 转载：一行为一组近似文章中首发之后另一家媒体的一篇，与首发相比；原文照登、删节、加按语、改题、小改都算，按同一格式另填的通报不算。截至最近一次 difang refresh
-- reprints: one row per later article of another publisher in a cluster, beside the first; verbatim, cut, extended, with another headline or lightly edited, but no form that was filled in again. As of the latest difang refresh
-- = SELECT publisher_id, to_publisher_id, delay_seconds // 3600 AS hours, round(changed_share, 2) AS changed, to_title FROM v_reprints ORDER BY delay_seconds
-- @article_id 首发的一篇 | the first of the cluster
-- @to_article_id 较晚的一篇 | the later of the two
-- @publisher_id 首发媒体 | publisher of the first
-- @to_publisher_id 较晚一篇的媒体 | publisher of the later
-- @to_title 较晚一篇的标题 | headline of the later
-- @to_published_at 较晚一篇的发布时刻 | when the later was published
-- @is_title_changed 标题是否改动 | whether the headline changed
-- @fingerprint_distance 指纹相差位数 | bits in which the fingerprints differ
-- @delay_seconds 相隔秒数 | seconds between the two
-- @is_order_certain 两个时刻是否足以分出先后；只知日期而同日者为否 | whether the times tell who was first: not where one is known to the day alone, and the day is the same
-- @is_source_named 较晚一篇是否注明首发媒体为来源 | whether the later names the first publisher as its source
-- @changed_share 改动比例：两文合计中不相同的部分；未与首发直接比较者为空 | share of both texts that they do not share; absent where the two were not compared with each other
-- @added_share 较晚一篇中首发所无的比例 | share of the later that the first does not have
-- @cut_share 首发中较晚一篇所无的比例 | share of the first that the later does not have
WITH clusters AS (
    SELECT cluster_id FROM index_reprints GROUP BY cluster_id HAVING count(DISTINCT article_id) > 1
), members AS MATERIALIZED (
    SELECT r.cluster_id, r.is_representative, r.letters_count, r.shared_letters_count, v.article_id, v.publisher_id,
           v.title, v.source_name, v.published_at, v.published_date, v.published_precision, v.fingerprint,
           coalesce(v.published_at, v.first_fetched_at) AS known_at
    FROM index_reprints AS r
    SEMI JOIN clusters USING (cluster_id)
    JOIN v_article_versions AS v USING (article_id, content_sha256)
    WHERE v.is_current AND v.publisher_id IS NOT NULL
), first_ones AS (
    SELECT * FROM members
    QUALIFY row_number() OVER (PARTITION BY cluster_id ORDER BY known_at, article_id) = 1
), pairs AS (
    SELECT e AS early, l AS late, cluster_id,
           CASE WHEN e.is_representative THEN l.shared_letters_count WHEN l.is_representative THEN e.shared_letters_count END AS shared
    FROM first_ones AS e
    JOIN members AS l USING (cluster_id)
    WHERE l.publisher_id <> e.publisher_id
)
SELECT early.article_id, late.article_id AS to_article_id, early.publisher_id, late.publisher_id AS to_publisher_id,
       early.title, late.title AS to_title, early.title <> late.title AS is_title_changed, early.published_at,
       late.published_at AS to_published_at,
       bit_count(xor(TRY_CAST('0x' || early.fingerprint AS UBIGINT), TRY_CAST('0x' || late.fingerprint AS UBIGINT)))::INTEGER
           AS fingerprint_distance,
       epoch(late.known_at - early.known_at)::BIGINT AS delay_seconds,
       early.published_precision IS NOT NULL AND late.published_precision IS NOT NULL
           AND (early.published_date <> late.published_date
                OR early.published_precision <> 'day' AND late.published_precision <> 'day') AS is_order_certain,
       coalesce(late.source_name = p.publisher_name, false) AS is_source_named,
       1 - 2 * shared / (early.letters_count + late.letters_count) AS changed_share,
       1 - shared / late.letters_count AS added_share, 1 - shared / early.letters_count AS cut_share, cluster_id
FROM pairs
LEFT JOIN dim_publishers AS p ON p.publisher_id = early.publisher_id
