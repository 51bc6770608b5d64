-- 现行文章：每篇一行，取最近一次抓到的版本，带主要地区与撤稿时刻
-- current articles: one row each, the version fetched last, with its primary region and, where taken down, since when
-- = SELECT published_date, title, region_name FROM v_articles WHERE city_code = '370100' ORDER BY published_at DESC LIMIT 10
-- @version 版本号，从 1 起 | number of the version, from 1
-- @first_fetched_at 此版本首次抓到的时刻 | when this version was first fetched
-- @last_fetched_at 此版本最近抓到的时刻 | when this version was last fetched
-- @captures_count 抓到此版本的次数 | how often this version was fetched
-- @removed_at 被撤下的时刻；在线则为空 | when it was found taken down; absent while it is online
-- @region_code 主要地区代码 | adcode of the primary region
-- @region_name 主要地区全称 | full name of the primary region
WITH taken_down AS (
    SELECT r.article_id, min(r.removed_at) AS removed_at
    FROM core_removals AS r
    LEFT JOIN (SELECT article_id, max(fetched_at) AS fetched_at FROM core_captures GROUP BY article_id) AS c
      USING (article_id)
    WHERE r.removed_at >= c.fetched_at OR c.fetched_at IS NULL
    GROUP BY r.article_id
), main_region AS (
    SELECT article_id, content_sha256, arg_min(region_code, ordinal) AS region_code,
           arg_min(region_name, ordinal) AS region_name
    FROM core_article_regions
    JOIN v_tag_generations USING (article_id, content_sha256, batch_id)
    WHERE is_primary
    GROUP BY article_id, content_sha256
)
SELECT v.* EXCLUDE (is_current), t.removed_at, m.region_code, coalesce(d.region_name, m.region_name) AS region_name,
       d.province_code, d.province_name, d.city_code, d.city_name, d.county_code, d.county_name, p.publisher_name
FROM v_article_versions AS v
LEFT JOIN taken_down AS t USING (article_id)
LEFT JOIN main_region AS m USING (article_id, content_sha256)
LEFT JOIN dim_regions AS d ON d.region_code = m.region_code
LEFT JOIN dim_publishers AS p ON p.publisher_id = v.publisher_id
WHERE v.is_current
