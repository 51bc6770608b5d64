-- 各媒体每日（抓取日，北京时间）的完整度：列表许诺、入库、剔除与失败
-- completeness by publisher and local day of fetching: what listings promised, what landed, what was rejected, what failed
-- = SELECT publisher_id, fetched_date, promised_count, articles_count, rejected_count, failed_count FROM v_publisher_days ORDER BY ALL
-- @requests_count 请求数 | requests
-- @listings_count 取到的列表、订阅与站点地图数 | listing pages, feeds and sitemaps that answered
-- @promised_count 列表上识别出的文章链接数（同一链接可多次计入） | article links on them, a link counted on every listing that names it
-- @new_promised_count 其中首次见到的 | those of them never seen before
-- @captures_count 取到的文章页数 | article pages fetched
-- @articles_count 首次入库的文章数 | articles that landed for the first time
-- @versions_count 新增版本数（含首次） | versions that landed, first ones included
-- @rejected_count 被剔除的文章页数 | article pages that were rejected
-- @not_modified_count 未变化（304）的请求数 | requests answered with 304
-- @failed_count 失败的请求数 | requests that failed
WITH days AS (
    SELECT publisher_id, fetched_date, count(*) AS requests,
           count(*) FILTER (kind IN ('listing', 'feed', 'sitemap') AND outcome = 'fetched') AS listings,
           sum(links_count) AS promised, sum(new_links_count) AS new_promised,
           count(*) FILTER (outcome = 'not_modified') AS not_modified, count(*) FILTER (outcome = 'failed') AS failed,
           0 AS captures, 0 AS articles, 0 AS versions, 0 AS rejected
    FROM raw_fetches
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT publisher_id, fetched_date, count(*) AS captures, count(*) FILTER (content_sha256 IS NULL) AS rejected
    FROM v_captures
    WHERE publisher_id IS NOT NULL
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT v.publisher_id, c.fetched_date, count(*) FILTER (v.version = 1) AS articles, count(*) AS versions
    FROM v_article_versions AS v
    JOIN v_captures AS c ON c.article_id = v.article_id AND c.fetched_at = v.first_fetched_at
    WHERE v.publisher_id IS NOT NULL
    GROUP BY ALL
)
SELECT publisher_id, fetched_date, coalesce(sum(requests), 0)::INTEGER AS requests_count,
       coalesce(sum(listings), 0)::INTEGER AS listings_count, coalesce(sum(promised), 0)::INTEGER AS promised_count,
       coalesce(sum(new_promised), 0)::INTEGER AS new_promised_count, coalesce(sum(captures), 0)::INTEGER AS captures_count,
       coalesce(sum(articles), 0)::INTEGER AS articles_count, coalesce(sum(versions), 0)::INTEGER AS versions_count,
       coalesce(sum(rejected), 0)::INTEGER AS rejected_count,
       coalesce(sum(not_modified), 0)::INTEGER AS not_modified_count, coalesce(sum(failed), 0)::INTEGER AS failed_count
FROM days
GROUP BY publisher_id, fetched_date
