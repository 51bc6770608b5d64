-- 现行文章的链接，并尽量落到库中文章：先按网址，再按同一媒体、同题、同日且唯一者
-- links of current articles, led to articles we hold where that is certain: by URL, else by publisher, headline and day where exactly one fits
-- = SELECT kind, resolved_by, count(*) AS links FROM v_related_links GROUP BY ALL ORDER BY ALL
-- @kind 链接种类 | what it leads to: related, inline, previous, next, topic, page
-- @published_date 标题旁印出的日期 | the day printed beside the headline
-- @to_article_id 目标文章编号；库中没有则为空 | the article it leads to; absent where we do not hold it
-- @to_title 目标文章的标题 | headline of the article it leads to
-- @resolved_by 依据：url 或 title | how it was found: url or title
WITH held AS (
    SELECT article_id, publisher_id, title, published_date FROM v_article_versions WHERE is_current
), by_title AS (
    SELECT publisher_id, title, published_date, min(article_id) AS article_id
    FROM held
    GROUP BY publisher_id, title, published_date
    HAVING count(*) = 1
), links AS (
    SELECT l.*, c.title
    FROM core_related_links AS l
    JOIN v_tag_generations USING (article_id, content_sha256, batch_id)
    JOIN v_article_versions AS c USING (article_id, content_sha256)
    WHERE c.is_current
)
SELECT l.article_id, l.ordinal, l.kind, l.anchor_text, l.published_date, l.to_url,
       coalesce(u.article_id, t.article_id) AS to_article_id,
       coalesce(u.title, t.title) AS to_title,
       CASE WHEN u.article_id IS NOT NULL THEN 'url' WHEN t.article_id IS NOT NULL THEN 'title' END AS resolved_by,
       l.title, l.publisher_id, l.batch_id
FROM links AS l
LEFT JOIN held AS u ON u.article_id = l.to_article_id
LEFT JOIN by_title AS t
  -- a key that is null joins nothing; as a condition of its own it costs forty times as much
  ON t.publisher_id = l.publisher_id AND t.title = CASE WHEN u.article_id IS NULL THEN l.anchor_text END
 AND t.published_date = l.published_date AND t.article_id <> l.article_id
