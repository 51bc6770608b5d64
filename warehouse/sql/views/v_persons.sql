-- 人物：一行为一位官员，含最近写明的职务与辖区、首见与末见日期、文章数
-- persons: one row per official, with the positions and jurisdiction last written, the days first and last seen, and articles
-- = SELECT * FROM v_persons ORDER BY ALL LIMIT 10
-- @person_id 跨文章的人物编号 | the person across articles
-- @positions_normalised 最近写明的规范职务 | the normalised positions last written
-- @region_code 最近职务辖区的行政区划代码 | adcode of the latest jurisdiction
-- @region_name 最近职务辖区全称 | full name of the latest jurisdiction
-- @status 最近写明的任职状态 | status as last written
-- @first_seen_date 首次见报的日期 | first day seen
-- @last_seen_date 末次见报的日期 | last day seen
-- @articles_count 文章数 | articles
WITH dated AS (
    SELECT *, (published_date, article_id, person_key) AS told_at FROM v_person_appearances
)
SELECT person_id, any_value(name) AS name,
       arg_max(positions_normalised, told_at) FILTER (published_date IS NOT NULL AND NOT contains(positions_normalised[1], '领导')) AS positions_normalised,
       arg_max(region_code, told_at) FILTER (published_date IS NOT NULL) AS region_code,
       arg_max(region_name, told_at) FILTER (published_date IS NOT NULL) AS region_name,
       arg_max(rank_level, told_at) FILTER (published_date IS NOT NULL AND rank_level <> '') AS rank_level,
       arg_max(status, told_at) FILTER (published_date IS NOT NULL) AS status,
       min(published_date) AS first_seen_date, max(published_date) AS last_seen_date,
       count(DISTINCT article_id)::INTEGER AS articles_count
FROM dated
GROUP BY person_id
