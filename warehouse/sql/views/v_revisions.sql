-- 修改记录：相邻两个版本之间改了什么；网页未标明修改时刻的为悄然改动
-- revisions: what changed between neighbouring versions; quiet where the page does not say that it was changed
-- @version 新版本号 | number of the later version
-- @previous_title 原标题 | headline before
-- @previous_content_sha256 原版本的标识 | identity of the version before
-- @is_title_changed 标题是否改动 | whether the headline changed
-- @is_text_changed 正文是否改动 | whether the text changed
-- @is_quiet 是否悄然改动 | whether the page's own time of change stayed as it was
-- @characters_change 字数增减 | characters gained or lost
-- @fingerprint_distance 指纹相差位数，0 到 64，越小越近 | bits in which the fingerprints differ, 0 to 64: the fewer, the closer
-- @seen_at 首次抓到新版本的时刻 | when the later version was first fetched
WITH pairs AS (
    SELECT l.article_id, l.version, l.title, l.text, l.content_sha256, l.character_count, l.fingerprint, l.updated_at,
           l.first_fetched_at, l.publisher_id, l.canonical_url, e.title AS previous_title, e.text AS previous_text,
           e.content_sha256 AS previous_content_sha256, e.character_count AS previous_character_count,
           e.fingerprint AS previous_fingerprint, e.updated_at AS previous_updated_at
    FROM v_article_versions AS l
    JOIN v_article_versions AS e ON e.article_id = l.article_id AND e.version = l.version - 1
)
SELECT article_id, version, title, previous_title, title <> previous_title AS is_title_changed,
       text <> previous_text AS is_text_changed,
       updated_at IS NOT DISTINCT FROM previous_updated_at AS is_quiet,
       character_count - previous_character_count AS characters_change,
       bit_count(xor(TRY_CAST('0x' || fingerprint AS UBIGINT), TRY_CAST('0x' || previous_fingerprint AS UBIGINT)))::INTEGER
           AS fingerprint_distance,
       first_fetched_at AS seen_at, content_sha256, previous_content_sha256, publisher_id, canonical_url
FROM pairs
