-- 各地区每日文章数：按主要地区计，并逐级汇总到省
-- articles by region and day: by primary region, rolled up to every ancestor
-- = SELECT date_trunc('month', published_date) AS month, sum(articles_count) AS articles FROM v_region_by_day WHERE region_code = '370114' GROUP BY month ORDER BY month
-- @articles_count 主要地区为此地或其下属地区的文章数 | articles whose primary region is this one or lies below it
-- @own_articles_count 主要地区正是此地的文章数 | articles whose primary region is exactly this one
WITH counted AS (
    SELECT a.published_date, a.region_code AS own_code,
           unnest(coalesce(d.path_codes, [a.region_code])) AS region_code
    FROM v_articles AS a
    LEFT JOIN dim_regions AS d ON d.region_code = a.region_code
    WHERE a.region_code IS NOT NULL AND a.published_date IS NOT NULL
)
SELECT c.region_code, d.region_name, d.level, c.published_date,
       count(*)::INTEGER AS articles_count,
       count(*) FILTER (c.own_code = c.region_code)::INTEGER AS own_articles_count
FROM counted AS c
LEFT JOIN dim_regions AS d ON d.region_code = c.region_code
GROUP BY c.region_code, d.region_name, d.level, c.published_date
