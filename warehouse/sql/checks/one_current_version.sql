-- 现行文章每篇一行
-- a current article is one row
SELECT article_id, count(*) AS rows_count
FROM v_articles
GROUP BY article_id
HAVING count(*) > 1
