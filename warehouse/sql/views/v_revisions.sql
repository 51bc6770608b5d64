-- 修改记录：相邻两个版本之间改了什么；网页未标明修改时刻的为悄然改动
-- revisions: what changed between neighbouring versions; quiet where the page does not say that it was changed
-- = SELECT title, difference FROM v_revisions WHERE is_quiet OR is_text_changed ORDER BY seen_at DESC
-- @version 新版本号 | number of the later version
-- @previous_title 原标题 | headline before
-- @previous_content_sha256 原版本的标识 | identity of the version before
-- @is_title_changed 标题是否改动 | whether the headline changed
-- @is_text_changed 正文是否改动 | whether the text changed
-- @is_quiet 是否悄然改动 | whether the page's own time of change stayed as it was
-- @characters_change 字数增减 | characters gained or lost
-- @fingerprint_distance 指纹相差位数，0 到 64，越小越近 | bits in which the fingerprints differ, 0 to 64: the fewer, the closer
-- @previous_published_at 原发布时刻 | time of publication before
-- @is_time_changed 网页所标发布时刻是否改动 | whether the page's own time of publication changed
-- @changed_paragraphs 改动的段落：前后对照 | paragraphs that were changed, before and after
-- @added_paragraphs 新增的段落 | paragraphs that were added
-- @removed_paragraphs 删去的段落 | paragraphs that were removed
-- @is_reordered 段落相同而次序不同 | whether the paragraphs are the same in another order
-- @difference 可读的对照：减号行为原文，加号行为新文 | the difference to read: lines with a minus were there before, lines with a plus are there now
-- @seen_at 首次抓到新版本的时刻 | when the later version was first fetched
WITH pairs AS (
    SELECT l.article_id, l.version, l.title, l.text, l.content_sha256, l.character_count, l.fingerprint, l.updated_at,
           l.published_at, l.first_fetched_at, l.publisher_id, l.canonical_url, e.title AS previous_title,
           e.text AS previous_text, e.content_sha256 AS previous_content_sha256,
           e.character_count AS previous_character_count, e.fingerprint AS previous_fingerprint,
           e.updated_at AS previous_updated_at, e.published_at AS previous_published_at,
           list_filter(string_split(l.text, chr(10)), lambda p: NOT list_contains(string_split(e.text, chr(10)), p)) AS gained,
           list_filter(string_split(e.text, chr(10)), lambda p: NOT list_contains(string_split(l.text, chr(10)), p)) AS lost
    FROM v_article_versions AS l
    JOIN v_article_versions AS e ON e.article_id = l.article_id AND e.version = l.version - 1
), after_ones AS (
    SELECT article_id, version, unnest(gained) AS "after", generate_subscripts(gained, 1) AS after_number FROM pairs
), before_ones AS (
    SELECT article_id, version, unnest(lost) AS "before", generate_subscripts(lost, 1) AS before_number FROM pairs
), likely AS (
    SELECT *, 1 - levenshtein("before", "after") / greatest(strlen("before"), strlen("after")) AS likeness
    FROM before_ones
    JOIN after_ones USING (article_id, version)
    -- a paragraph of twice the length is another one, and need not be compared
    WHERE 2 * least(strlen("before"), strlen("after")) >= greatest(strlen("before"), strlen("after"))
), changes AS (
    -- two paragraphs that are each other's best match are one that was changed
    SELECT article_id, version, list({'before': "before", 'after': "after"} ORDER BY after_number) AS changed_paragraphs,
           list(before_number) AS before_numbers, list(after_number) AS after_numbers
    FROM (
        SELECT * FROM likely WHERE likeness >= 0.5
        QUALIFY row_number() OVER (PARTITION BY article_id, version, before_number ORDER BY likeness DESC, after_number) = 1
            AND row_number() OVER (PARTITION BY article_id, version, after_number ORDER BY likeness DESC, before_number) = 1
    )
    GROUP BY article_id, version
), told AS (
    SELECT p.*, coalesce(c.changed_paragraphs, []) AS changed_paragraphs,
           list_filter(p.gained, lambda g, i: NOT coalesce(list_contains(c.after_numbers, i), false)) AS added_paragraphs,
           list_filter(p.lost, lambda l, i: NOT coalesce(list_contains(c.before_numbers, i), false)) AS removed_paragraphs
    FROM pairs AS p
    LEFT JOIN changes AS c USING (article_id, version)
)
SELECT article_id, version, title, previous_title, title <> previous_title AS is_title_changed,
       text <> previous_text AS is_text_changed,
       updated_at IS NOT DISTINCT FROM previous_updated_at AS is_quiet,
       character_count - previous_character_count AS characters_change,
       bit_count(xor(TRY_CAST('0x' || fingerprint AS UBIGINT), TRY_CAST('0x' || previous_fingerprint AS UBIGINT)))::INTEGER
           AS fingerprint_distance,
       first_fetched_at AS seen_at, content_sha256, previous_content_sha256, publisher_id, canonical_url,
       published_at, previous_published_at, published_at IS DISTINCT FROM previous_published_at AS is_time_changed,
       changed_paragraphs, added_paragraphs, removed_paragraphs,
       text <> previous_text AND len(gained) + len(lost) = 0 AS is_reordered,
       array_to_string(list_concat(
           CASE WHEN title <> previous_title THEN ['- 标题：' || previous_title, '+ 标题：' || title] ELSE [] END,
           flatten(list_transform(changed_paragraphs, lambda c: ['- ' || c['before'], '+ ' || c['after']])),
           list_transform(removed_paragraphs, lambda p: '- ' || p), list_transform(added_paragraphs, lambda p: '+ ' || p)
       ), chr(10)) AS difference
FROM told
