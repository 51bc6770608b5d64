-- 转载组：一行为一篇被别家媒体转载的文章及其全部转载；截至最近一次 difang refresh
-- clusters of reprints: one row per article that other publishers reprinted, with all its reprints; as of the latest difang refresh
-- = SELECT title, publisher_id, to_publisher_ids, reprints_count, titles FROM v_reprint_clusters ORDER BY reprints_count DESC, title LIMIT 10
-- @article_id 首发的一篇 | the first of them
-- @publisher_id 首发媒体 | publisher of the first
-- @title 首发的标题 | headline of the first
-- @published_at 首发的发布时刻 | when the first was published
-- @publishers_count 媒体数（含首发） | publishers, the first included
-- @reprints_count 转载篇数 | reprints
-- @titles 全部标题，首发在前，去重 | their headlines, the first one's before the others, each once
-- @changed_titles_count 改了标题的转载篇数 | reprints with another headline
-- @first_delay_seconds 首次转载相隔秒数 | seconds to the first reprint
-- @last_delay_seconds 末次转载相隔秒数 | seconds to the last reprint
-- @to_publisher_ids 转载媒体，按先后 | publishers of the reprints, in their order
WITH clusters AS (
    SELECT cluster_id, any_value(article_id) AS article_id, any_value(publisher_id) AS publisher_id,
           any_value(title) AS title, any_value(published_at) AS published_at,
           (count(DISTINCT to_publisher_id) + 1)::INTEGER AS publishers_count, count(*)::INTEGER AS reprints_count,
           list_prepend(any_value(title), list(to_title ORDER BY delay_seconds, to_article_id)) AS titles,
           count(*) FILTER (is_title_changed)::INTEGER AS changed_titles_count,
           min(delay_seconds) AS first_delay_seconds, max(delay_seconds) AS last_delay_seconds,
           list(to_publisher_id ORDER BY delay_seconds, to_article_id) AS to_publisher_ids
    FROM v_reprints
    GROUP BY cluster_id
)
SELECT * REPLACE (list_filter(titles, lambda title, i: list_position(titles, title) = i) AS titles,
                  list_filter(to_publisher_ids, lambda id, i: list_position(to_publisher_ids, id) = i) AS to_publisher_ids)
FROM clusters
