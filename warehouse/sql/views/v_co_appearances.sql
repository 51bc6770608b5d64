-- 同框：一行为两位官员及其共同出现的文章数
-- appearances together: one row per pair of officials, with the articles that name both
-- = SELECT name, with_name, articles_count FROM v_co_appearances ORDER BY articles_count DESC, name, with_name LIMIT 10
-- @person_id 前一人的编号 | the first person
-- @name 前一人姓名 | name of the first
-- @with_person_id 后一人的编号 | the second person
-- @with_name 后一人姓名 | name of the second
-- @articles_count 共同出现的文章数 | articles that name both
-- @first_seen_date 首次同时见报的日期 | first day named together
-- @last_seen_date 末次同时见报的日期 | last day named together
SELECT a.person_id, any_value(a.name) AS name, b.person_id AS with_person_id, any_value(b.name) AS with_name,
       count(DISTINCT a.article_id)::INTEGER AS articles_count, min(a.published_date) AS first_seen_date, max(a.published_date) AS last_seen_date
FROM v_person_appearances AS a
JOIN v_person_appearances AS b ON b.article_id = a.article_id AND a.person_id < b.person_id
GROUP BY a.person_id, b.person_id
