-- 转载对：不同媒体间指纹相差不超过 3 位的现行文章；百字以下的短文不比，只认整篇近似，不认摘录
-- reprints: pairs of current articles of two publishers whose fingerprints differ in at most 3 bits; texts under 100 characters are left out, excerpts are not found
-- @article_id 较早的一篇 | the earlier of the two
-- @to_article_id 较晚的一篇 | the later of the two
-- @publisher_id 较早一篇的媒体 | publisher of the earlier
-- @to_publisher_id 较晚一篇的媒体 | publisher of the later
-- @to_title 较晚一篇的标题 | headline of the later
-- @to_published_at 较晚一篇的发布时刻 | when the later was published
-- @is_title_changed 标题是否改动 | whether the headline changed
-- @fingerprint_distance 指纹相差位数 | bits in which the fingerprints differ
-- @delay_seconds 相隔秒数 | seconds between the two
WITH prints AS (
    SELECT article_id, publisher_id, title, published_at, coalesce(published_at, first_fetched_at) AS known_at,
           TRY_CAST('0x' || fingerprint AS UBIGINT) AS bits
    FROM v_article_versions
    WHERE is_current AND character_count >= 100 AND publisher_id IS NOT NULL
), blocks AS (
    -- of four blocks of 16 bits at least one is equal where at most 3 bits differ: a join instead of all pairs
    SELECT *, unnest([0, 1, 2, 3]) AS block, (bits >> (16 * block)::UBIGINT) & 65535 AS block_bits
    FROM prints
    WHERE bits IS NOT NULL
)
SELECT DISTINCT e.article_id, l.article_id AS to_article_id, e.publisher_id, l.publisher_id AS to_publisher_id,
       e.title, l.title AS to_title, e.title <> l.title AS is_title_changed, e.published_at, l.published_at AS to_published_at,
       bit_count(xor(e.bits, l.bits))::INTEGER AS fingerprint_distance,
       epoch(l.known_at - e.known_at)::BIGINT AS delay_seconds
FROM blocks AS e
JOIN blocks AS l
  ON l.block = e.block AND l.block_bits = e.block_bits AND l.publisher_id <> e.publisher_id
 AND (e.known_at, e.article_id) < (l.known_at, l.article_id)
WHERE bit_count(xor(e.bits, l.bits)) <= 3
