-- 各媒体的新鲜度：一行为一家媒体，最近何时取到、发布到入库要多久、比平时沉默多久；以全库最近一次请求为今
-- freshness: one row per publisher: when it was last fetched, how long from publication to landing, how long it has been silent beside its habit; the latest request of the whole warehouse counts as now
-- = SELECT publisher_name, last_published_at, silent_hours, is_silent, median_lag_minutes FROM v_publisher_freshness ORDER BY silent_hours DESC NULLS FIRST
-- @last_listing_at 最近一次读到栏目、订阅或站点地图的时刻 | when a listing, feed or sitemap was last read
-- @last_article_at 最近一次首次抓到新文章的时刻 | when a new article was last fetched
-- @last_published_at 已入库文章中最晚的发布时刻 | latest time of publication that landed
-- @hours_since_listing 至今未读到列表的小时数 | hours since a listing was read
-- @silent_hours 最近一篇发布至今的小时数 | hours since the latest publication
-- @median_gap_hours 最近百篇相邻发布的间隔中位数（小时） | median hours between its latest hundred publications
-- @is_silent 沉默是否超过平常间隔的十倍且满两天 | whether it has been silent for more than ten times its habit and two days
-- @median_lag_minutes 近 28 天从发布到首次抓到的分钟数中位数，只计开始抓取以后发布且时刻精确者 | median minutes from publication to the first fetching over the last 28 days of fetching, of articles published since it is crawled whose time is known to the minute
-- @p90_lag_minutes 上者的九成位 | the same, 90th percentile
WITH now_here AS (
    SELECT max(fetched_at) AS now_at FROM raw_fetches
), listings AS (
    SELECT publisher_id, min(fetched_at) AS first_request_at,
           max(fetched_at) FILTER (kind IN ('listing', 'feed', 'sitemap') AND outcome IN ('fetched', 'not_modified')) AS last_listing_at
    FROM raw_fetches
    WHERE publisher_id IS NOT NULL
    GROUP BY publisher_id
), first_ones AS (
    SELECT v.publisher_id, v.published_at, v.published_precision, v.first_fetched_at
    FROM v_article_versions AS v
    WHERE v.version = 1 AND v.publisher_id IS NOT NULL
), gaps AS (
    SELECT publisher_id, median(epoch(published_at - before_at) / 3600) AS median_gap_hours
    FROM (
        SELECT publisher_id, published_at, lag(published_at) OVER (PARTITION BY publisher_id ORDER BY published_at) AS before_at
        FROM first_ones WHERE published_at IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY publisher_id ORDER BY published_at DESC) <= 100
    )
    GROUP BY publisher_id
), lags AS (
    SELECT publisher_id, max(first_fetched_at) AS last_article_at, max(published_at) AS last_published_at,
           quantile_cont(epoch(first_fetched_at - published_at) / 60, 0.5) FILTER (is_recent) AS median_lag_minutes,
           quantile_cont(epoch(first_fetched_at - published_at) / 60, 0.9) FILTER (is_recent) AS p90_lag_minutes
    FROM (SELECT f.*, f.published_precision IN ('second', 'minute') AND f.published_at >= l.first_request_at
                      AND f.first_fetched_at >= n.now_at - INTERVAL 28 DAY AS is_recent
          FROM first_ones AS f LEFT JOIN listings AS l USING (publisher_id) CROSS JOIN now_here AS n)
    GROUP BY publisher_id
)
SELECT publisher_id, p.publisher_name, l.last_listing_at, a.last_article_at, a.last_published_at,
       epoch(n.now_at - l.last_listing_at) / 3600 AS hours_since_listing,
       epoch(n.now_at - a.last_published_at) / 3600 AS silent_hours, g.median_gap_hours,
       coalesce(epoch(n.now_at - a.last_published_at) / 3600 > greatest(48, 10 * g.median_gap_hours), false) AS is_silent,
       a.median_lag_minutes, a.p90_lag_minutes
FROM listings AS l
FULL JOIN lags AS a USING (publisher_id)
LEFT JOIN gaps AS g USING (publisher_id)
LEFT JOIN dim_publishers AS p USING (publisher_id)
CROSS JOIN now_here AS n
