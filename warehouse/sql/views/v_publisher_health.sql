-- 各媒体每日与自身近 28 天历史相比的状况及警示：沉寂、字段退化、剔除增多、版式变化
-- each publisher's local day of fetching against its own 28 days before, with flags: quiet, fields degraded, more rejects, layout changed
-- = SELECT fetched_date, publisher_id, articles_count, expected_count, flags FROM v_publisher_health ORDER BY ALL DESC LIMIT 14
-- @articles_count 当日首次入库的文章数 | articles that landed for the first time
-- @expected_count 历史中位数：同一星期日至少三次时取之，否则取 28 天 | the median of its history: of the same weekday where there are three, else of the 28 days
-- @rejected_count 当日被剔除的文章页数 | article pages rejected
-- @empty_listings_count 认不出文章链接的栏目页数 | listing pages on which no article link was recognised
-- @source_share 有来源的比例 | share of the day's articles with a source
-- @author_share 有记者或通讯员的比例 | share with a reporter or correspondent
-- @date_share 有发布日的比例 | share with a day of publication
-- @title_share 有标题的比例 | share with a headline
-- @region_share 有主要地区的比例 | share with a primary region
-- @flags 警示：quiet、source_degraded、author_degraded、date_degraded、title_degraded、region_degraded、rejects_up、layout_changed、layout_missed | what differs from its history
WITH last_day AS (
    SELECT max(fetched_date) AS fetched_date FROM raw_fetches
), first_days AS (
    SELECT publisher_id, min(fetched_date) AS fetched_date FROM raw_fetches GROUP BY publisher_id
), calendar AS (
    SELECT f.publisher_id, unnest(generate_series(f.fetched_date, l.fetched_date, INTERVAL 1 DAY))::DATE AS fetched_date
    FROM first_days AS f, last_day AS l
), landed AS (
    SELECT a.publisher_id, c.fetched_date, count(*) AS articles, count(a.source_name) AS sources,
           count(*) FILTER (len(a.reporters) + len(a.correspondents) > 0) AS authors,
           count(a.published_date) AS dates, count(*) FILTER (a.title <> '') AS titles, count(a.region_code) AS regions,
           count(*) FILTER (list_contains(a.quality_flags, 'layout_miss')) AS misses
    FROM v_articles AS a
    JOIN (SELECT article_id, min(fetched_date) AS fetched_date FROM v_captures
          WHERE content_sha256 IS NOT NULL AND discovered_via NOT IN ('warc', 'file') GROUP BY article_id) AS c
      USING (article_id)
    GROUP BY ALL
), rejected AS (
    SELECT publisher_id, fetched_date, count(*) AS rejected
    FROM v_captures WHERE reason IS NOT NULL AND discovered_via NOT IN ('warc', 'file') GROUP BY ALL
), listings AS (
    SELECT publisher_id, fetched_date, count(*) FILTER (reason = 'empty_listing') AS empty_listings
    FROM raw_fetches GROUP BY ALL
), days AS (
    SELECT publisher_id, fetched_date, coalesce(articles, 0) AS articles, coalesce(sources, 0) AS sources,
           coalesce(authors, 0) AS authors, coalesce(dates, 0) AS dates, coalesce(titles, 0) AS titles,
           coalesce(regions, 0) AS regions,
           coalesce(misses, 0) AS misses, coalesce(rejected, 0) AS rejected, coalesce(empty_listings, 0) AS empty_listings
    FROM calendar
    LEFT JOIN landed USING (publisher_id, fetched_date)
    LEFT JOIN rejected USING (publisher_id, fetched_date)
    LEFT JOIN listings USING (publisher_id, fetched_date)
), history AS (
    SELECT d.publisher_id, d.fetched_date, count(h.fetched_date) AS days,
           median(h.articles) FILTER (dayofweek(h.fetched_date) = dayofweek(d.fetched_date)) AS same_weekday,
           count(*) FILTER (h.fetched_date IS NOT NULL AND dayofweek(h.fetched_date) = dayofweek(d.fetched_date))
               AS weekdays,
           median(h.articles) AS every_day, sum(h.articles) AS articles, sum(h.sources) AS sources,
           sum(h.authors) AS authors, sum(h.dates) AS dates, sum(h.titles) AS titles, sum(h.regions) AS regions,
           sum(h.rejected) AS rejected,
           sum(h.misses) AS misses,
           sum(h.empty_listings) AS empty_listings
    FROM days AS d
    LEFT JOIN days AS h ON h.publisher_id = d.publisher_id
                       AND h.fetched_date BETWEEN d.fetched_date - 28 AND d.fetched_date - 1
    GROUP BY d.publisher_id, d.fetched_date
), judged AS (
    SELECT d.*, CASE WHEN h.days < 7 THEN NULL WHEN h.weekdays >= 3 THEN h.same_weekday ELSE h.every_day END AS expected,
           d.articles >= 5 AND h.articles >= 20 AS is_comparable, h.articles AS h_articles, h.sources AS h_sources,
           h.authors AS h_authors, h.dates AS h_dates, h.titles AS h_titles, h.regions AS h_regions,
           h.misses AS h_misses, h.rejected AS h_rejected,
           h.empty_listings AS h_empty_listings, h.days AS h_days
    FROM days AS d
    JOIN history AS h USING (publisher_id, fetched_date)
)
SELECT publisher_id, fetched_date, articles::INTEGER AS articles_count, expected::DOUBLE AS expected_count,
       rejected::INTEGER AS rejected_count, empty_listings::INTEGER AS empty_listings_count,
       sources / nullif(articles, 0) AS source_share, authors / nullif(articles, 0) AS author_share,
       dates / nullif(articles, 0) AS date_share, titles / nullif(articles, 0) AS title_share,
       regions / nullif(articles, 0) AS region_share,
       list_filter([
           CASE WHEN expected >= 2 AND articles < expected / 4 THEN 'quiet' END,
           CASE WHEN is_comparable AND h_sources >= h_articles / 2 AND sources / articles < h_sources / h_articles / 2
                THEN 'source_degraded' END,
           CASE WHEN is_comparable AND h_authors >= h_articles / 2 AND authors / articles < h_authors / h_articles / 2
                THEN 'author_degraded' END,
           CASE WHEN is_comparable AND h_dates >= h_articles / 2 AND dates / articles < h_dates / h_articles / 2
                THEN 'date_degraded' END,
           CASE WHEN is_comparable AND h_titles >= h_articles / 2 AND titles / articles < h_titles / h_articles / 2
                THEN 'title_degraded' END,
           CASE WHEN is_comparable AND h_regions >= h_articles / 2 AND regions / articles < h_regions / h_articles / 2
                THEN 'region_degraded' END,
           CASE WHEN h_articles >= 20 AND rejected >= 5
                     AND rejected / (rejected + articles) > 0.1 + 2 * h_rejected / (h_rejected + h_articles)
                THEN 'rejects_up' END,
           CASE WHEN h_days >= 7 AND empty_listings > 0 AND h_empty_listings = 0 THEN 'layout_changed' END,
           CASE WHEN is_comparable AND misses / articles > 0.5 AND h_misses / h_articles < 0.25 THEN 'layout_missed' END
       ], lambda flag: flag IS NOT NULL) AS flags
FROM judged
