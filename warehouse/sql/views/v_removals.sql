-- 撤稿：一行为一次发现某篇入库文章返回 404 或 410，及其后是否又出现
-- takedowns: one row per finding that an article which had landed answers with 404 or 410, and whether it came back
-- = SELECT title, publisher_id, published_at, removed_at, restored_at FROM v_removals ORDER BY removed_at DESC
-- @removed_at 发现撤下的时刻 | when it was found taken down
-- @last_fetched_at 撤下之前最近一次抓到的时刻 | when it was last fetched before
-- @restored_at 之后又抓到的时刻；没有则为空 | when it was fetched again afterwards; absent where it was not
-- @seen_seconds 从首次抓到至发现撤下的秒数 | seconds from the first fetching to the finding
-- @title 撤下前最后的标题 | the last headline before
-- @content_sha256 撤下前最后的版本 | the last version before
-- @version 该版本的版本号 | number of that version
WITH around AS (
    SELECT r.article_id, r.removed_at, max(c.fetched_at) FILTER (c.fetched_at < r.removed_at) AS last_fetched_at,
           min(c.fetched_at) FILTER (c.fetched_at < r.removed_at) AS first_fetched_at,
           arg_max(c.content_sha256, c.fetched_at) FILTER (c.fetched_at < r.removed_at) AS content_sha256,
           min(c.fetched_at) FILTER (c.fetched_at > r.removed_at) AS restored_at
    FROM core_removals AS r
    LEFT JOIN (SELECT article_id, fetched_at, content_sha256 FROM v_captures WHERE content_sha256 IS NOT NULL) AS c
      USING (article_id)
    GROUP BY r.article_id, r.removed_at
)
SELECT r.article_id, r.canonical_url, r.publisher_id, v.title, v.published_at, r.removed_at, r.http_status,
       a.last_fetched_at, a.restored_at, epoch(r.removed_at - a.first_fetched_at)::BIGINT AS seen_seconds,
       v.version, a.content_sha256
FROM core_removals AS r
JOIN around AS a USING (article_id, removed_at)
LEFT JOIN v_article_versions AS v USING (article_id, content_sha256)
