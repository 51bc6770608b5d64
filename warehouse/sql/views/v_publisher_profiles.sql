-- 媒体画像：一行为一家媒体，报道哪里、何时发布、自采与转载各占多少、谁在写、多长
-- publisher profiles: one row per publisher: what it covers, when it publishes, how much is its own, who writes, how long
-- = SELECT publisher_name, articles_count, own_share, reprints_count, reporters_count, median_character_count FROM v_publisher_profiles ORDER BY publisher_id
-- @region_code 所报道地区的代码 | adcode of the region it reports on
-- @articles_count 现行文章数 | current articles
-- @first_published_date 最早的发布日 | first day of publication
-- @last_published_date 最近的发布日 | last day of publication
-- @active_days_count 有文章发布的天数 | days on which it published
-- @regions_count 主要地区的个数 | regions that its articles are about
-- @top_regions 写得最多的十个地区 | the ten regions it writes most about
-- @hour_counts 北京时间各时发布篇数，0 时至 23 时；只计时刻精确到时以内者 | articles by local hour of publication, 0 to 23; those whose time is known to the hour
-- @weekday_counts 各星期日发布篇数，周一至周日 | articles by weekday, Monday to Sunday
-- @own_count 未注明来源或来源为本媒体的篇数 | articles that name no source or the publisher itself
-- @own_share 上者的比例 | their share
-- @reprints_count 查得首发在别家的篇数 | articles that another publisher is known to have had first
-- @reprinted_count 被别家转载的篇数 | articles that others reprinted
-- @sources_count 所注明的其他来源数 | other sources that it names
-- @top_sources 最常注明的十个其他来源 | the ten other sources it names most
-- @reporters_count 署名记者人数（按姓名） | reporters, by name
-- @signed_share 有记者或通讯员署名的比例 | share with a reporter or correspondent
-- @median_character_count 字数中位数 | median of characters
-- @images_share 带图的比例 | share with images
-- @revised_count 有过修改的篇数 | articles that were changed after they were first fetched
-- @removed_count 已撤下的篇数 | articles that are taken down
WITH articles AS (
    SELECT a.*, p.publisher_name = a.source_name OR a.source_name IS NULL AS is_own
    FROM v_articles AS a LEFT JOIN dim_publishers AS p USING (publisher_id)
    WHERE a.publisher_id IS NOT NULL
), regions AS (
    SELECT publisher_id, count(*)::INTEGER AS regions_count,
           list({'region_code': region_code, 'region_name': region_name, 'articles_count': n} ORDER BY n DESC, region_code)[:10] AS top_regions
    FROM (SELECT publisher_id, region_code, any_value(region_name) AS region_name, count(*)::INTEGER AS n
          FROM articles WHERE region_code IS NOT NULL GROUP BY publisher_id, region_code)
    GROUP BY publisher_id
), sources AS (
    SELECT publisher_id, count(*)::INTEGER AS sources_count,
           list({'source_name': source_name, 'articles_count': n} ORDER BY n DESC, source_name)[:10] AS top_sources
    FROM (SELECT publisher_id, source_name, count(*)::INTEGER AS n FROM articles WHERE NOT is_own GROUP BY ALL)
    GROUP BY publisher_id
), reporters AS (
    SELECT publisher_id, count(DISTINCT reporter)::INTEGER AS reporters_count
    FROM (SELECT publisher_id, unnest(reporters) AS reporter FROM articles) GROUP BY publisher_id
), hours AS (
    SELECT publisher_id, list(n ORDER BY hour) AS hour_counts
    FROM (SELECT p.publisher_id, h.hour, count(a.article_id)::INTEGER AS n
          FROM (SELECT DISTINCT publisher_id FROM articles) AS p CROSS JOIN range(24) AS h(hour)
          LEFT JOIN articles AS a ON a.publisher_id = p.publisher_id AND a.published_precision IN ('second', 'minute', 'hour')
                AND hour(a.published_at AT TIME ZONE 'Asia/Shanghai') = h.hour
          GROUP BY ALL)
    GROUP BY publisher_id
), weekdays AS (
    SELECT publisher_id, list(n ORDER BY day) AS weekday_counts
    FROM (SELECT p.publisher_id, d.day, count(a.article_id)::INTEGER AS n
          FROM (SELECT DISTINCT publisher_id FROM articles) AS p CROSS JOIN range(1, 8) AS d(day)
          LEFT JOIN articles AS a ON a.publisher_id = p.publisher_id AND isodow(a.published_date) = d.day
          GROUP BY ALL)
    GROUP BY publisher_id
), later AS (
    SELECT to_publisher_id AS publisher_id, count(DISTINCT to_article_id)::INTEGER AS reprints_count FROM v_reprints GROUP BY ALL
), earlier AS (
    SELECT publisher_id, count(DISTINCT article_id)::INTEGER AS reprinted_count FROM v_reprints GROUP BY ALL
), counts AS (
    SELECT publisher_id, count(*)::INTEGER AS articles_count, min(published_date) AS first_published_date,
           max(published_date) AS last_published_date, count(DISTINCT published_date)::INTEGER AS active_days_count,
           count(*) FILTER (is_own)::INTEGER AS own_count, avg(is_own::INTEGER) AS own_share,
           avg((len(reporters) + len(correspondents) > 0)::INTEGER) AS signed_share,
           median(character_count)::DOUBLE AS median_character_count, avg((len(images) > 0)::INTEGER) AS images_share,
           count(*) FILTER (version > 1)::INTEGER AS revised_count, count(removed_at)::INTEGER AS removed_count
    FROM articles GROUP BY publisher_id
)
SELECT c.publisher_id, p.publisher_name, p.region_code, c.articles_count, c.first_published_date, c.last_published_date,
       c.active_days_count, coalesce(g.regions_count, 0) AS regions_count, coalesce(g.top_regions, []) AS top_regions,
       h.hour_counts, w.weekday_counts, c.own_count, c.own_share,
       coalesce(l.reprints_count, 0) AS reprints_count, coalesce(e.reprinted_count, 0) AS reprinted_count,
       coalesce(s.sources_count, 0) AS sources_count, coalesce(s.top_sources, []) AS top_sources,
       coalesce(r.reporters_count, 0) AS reporters_count, c.signed_share, c.median_character_count, c.images_share,
       c.revised_count, c.removed_count
FROM counts AS c
LEFT JOIN dim_publishers AS p USING (publisher_id)
LEFT JOIN regions AS g USING (publisher_id)
LEFT JOIN hours AS h USING (publisher_id)
LEFT JOIN weekdays AS w USING (publisher_id)
LEFT JOIN sources AS s USING (publisher_id)
LEFT JOIN reporters AS r USING (publisher_id)
LEFT JOIN later AS l USING (publisher_id)
LEFT JOIN earlier AS e USING (publisher_id)
