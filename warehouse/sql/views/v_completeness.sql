-- 各媒体各栏目每日（抓取日，北京时间）的完整度台账：列表许诺、入库、剔除、失败、撤下
-- the completeness ledger by publisher, section and local day of fetching: what listings and feeds promised, what landed, was rejected, failed, was taken down
-- = SELECT publisher_id, section_id, promised_count, landed_count, rejected_count, rejected_by_reason FROM v_completeness ORDER BY ALL
-- @promised_count 当日列表、订阅与站点地图上首次见到的文章链接数，计入所读列表的栏目 | article links first seen that day on listings, feeds and sitemaps, under the section whose list was read
-- @landed_count 当日首次入库的文章数 | articles that landed for the first time
-- @rejected_count 当日被剔除且至今未成为文章的网址数 | URLs rejected that day that have not become an article since
-- @rejected_by_reason 按原因的剔除数 | those by reason
-- @failed_count 失败的文章请求数 | requests for articles that failed
-- @pending_count 当日首次列出、至今尚未请求的链接数，名单见 mart_waiting_links | links first seen that day and not asked yet, named in mart_waiting_links
-- @retry_count 当日首次列出、失败待重试的链接数 | links first seen that day that failed and will be tried again
-- @removed_count 发现被撤下的文章数 | articles found taken down
WITH promised AS (
    SELECT publisher_id, section_id, fetched_date,
           sum(new_links_count) FILTER (kind IN ('listing', 'feed', 'sitemap')) AS promised,
           count(*) FILTER (kind = 'article' AND outcome = 'failed') AS failed
    FROM raw_fetches
    WHERE kind <> 'robots'
    GROUP BY ALL
), landed AS (
    SELECT v.publisher_id, v.section_id, c.fetched_date, count(*) AS landed
    FROM v_article_versions AS v
    JOIN v_captures AS c ON c.article_id = v.article_id AND c.fetched_at = v.first_fetched_at
    WHERE v.version = 1 AND v.publisher_id IS NOT NULL
    GROUP BY ALL
), reasons AS (
    SELECT publisher_id, section_id, fetched_date, reason, count(DISTINCT article_id)::INTEGER AS rejected
    FROM v_rejections
    WHERE publisher_id IS NOT NULL AND fetched_date IS NOT NULL AND NOT is_recovered AND step <> 'discover'
    GROUP BY ALL
), rejected AS (
    SELECT publisher_id, section_id, fetched_date, sum(rejected) AS rejected,
           map_from_entries(list({'k': reason, 'v': rejected} ORDER BY reason)) AS rejected_by_reason
    FROM reasons
    GROUP BY ALL
), removed AS (
    SELECT r.publisher_id, a.section_id, (r.removed_at AT TIME ZONE 'Asia/Shanghai')::DATE AS fetched_date,
           count(DISTINCT r.article_id) AS removed
    FROM core_removals AS r
    LEFT JOIN v_articles AS a USING (article_id)
    GROUP BY ALL
), waiting AS (
    SELECT publisher_id, section_id, promised_date AS fetched_date,
           sum(links_count) FILTER (waiting_state = 'pending') AS pending,
           sum(links_count) FILTER (waiting_state = 'failed') AS retried
    FROM mart_waiting_links
    GROUP BY ALL
), days AS (
    SELECT * FROM promised
    UNION ALL BY NAME SELECT * FROM landed
    UNION ALL BY NAME SELECT * FROM rejected
    UNION ALL BY NAME SELECT * FROM removed
    UNION ALL BY NAME SELECT * FROM waiting
)
SELECT publisher_id, section_id, fetched_date, coalesce(sum(promised), 0)::INTEGER AS promised_count,
       coalesce(sum(landed), 0)::INTEGER AS landed_count, coalesce(sum(rejected), 0)::INTEGER AS rejected_count,
       any_value(rejected_by_reason) AS rejected_by_reason,
       coalesce(sum(failed), 0)::INTEGER AS failed_count,
       coalesce(sum(pending), 0)::INTEGER AS pending_count, coalesce(sum(retried), 0)::INTEGER AS retry_count,
       coalesce(sum(removed), 0)::INTEGER AS removed_count
FROM days
GROUP BY publisher_id, section_id, fetched_date
