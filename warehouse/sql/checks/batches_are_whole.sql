-- 账本所记行数与各表实有行数（连同已记录抹去的行数）相符：没有半个批次
-- the ledger's counts are what the tables hold, with what is written down as erased: no batch is torn
-- (raw_pages raw_fetches core_captures core_articles core_article_regions core_official_mentions core_office_changes core_related_links core_rejections core_removals core_batches)
WITH held AS (
    SELECT 'pages' AS what, batch_id, count(*) AS rows_count FROM raw_pages GROUP BY batch_id
    UNION ALL SELECT 'fetches', batch_id, count(*) FROM raw_fetches GROUP BY batch_id
    UNION ALL SELECT 'captures', batch_id, count(*) FROM core_captures GROUP BY batch_id
    UNION ALL SELECT 'articles', batch_id, count(*) FROM core_articles GROUP BY batch_id
    UNION ALL SELECT 'regions', batch_id, count(*) FROM core_article_regions GROUP BY batch_id
    UNION ALL SELECT 'mentions', batch_id, count(*) FROM core_official_mentions GROUP BY batch_id
    UNION ALL SELECT 'office_changes', batch_id, count(*) FROM core_office_changes GROUP BY batch_id
    UNION ALL SELECT 'links', batch_id, count(*) FROM core_related_links GROUP BY batch_id
    UNION ALL SELECT 'rejections', batch_id, count(*) FROM core_rejections GROUP BY batch_id
    UNION ALL SELECT 'removals', batch_id, count(*) FROM core_removals GROUP BY batch_id
), erased AS (
    SELECT batch_id, sum(rows_count) AS rows_count,
           CASE erased_from WHEN 'raw_pages' THEN 'pages' WHEN 'core_captures' THEN 'captures'
                WHEN 'core_articles' THEN 'articles' WHEN 'core_article_regions' THEN 'regions'
                WHEN 'core_official_mentions' THEN 'mentions' WHEN 'core_office_changes' THEN 'office_changes'
                WHEN 'core_related_links' THEN 'links'
                WHEN 'core_rejections' THEN 'rejections' WHEN 'core_removals' THEN 'removals' END AS what
    FROM core_erasures GROUP BY ALL
), said AS (
    UNPIVOT (
        SELECT batch_id, pages_count AS pages, fetches_count AS fetches, captures_count AS captures,
               articles_count AS articles, regions_count AS regions, mentions_count AS mentions,
               office_changes_count AS office_changes, links_count AS links,
               rejections_count AS rejections, removals_count AS removals
        FROM core_batches
    ) ON COLUMNS(* EXCLUDE batch_id) INTO NAME what VALUE said_count
)
SELECT coalesce(s.batch_id, h.batch_id) AS batch_id, coalesce(s.what, h.what) AS what, s.said_count, h.rows_count
FROM said AS s
FULL JOIN held AS h USING (batch_id, what)
LEFT JOIN erased AS e USING (batch_id, what)
WHERE coalesce(s.said_count, 0) <> coalesce(h.rows_count, 0) + coalesce(e.rows_count, 0)
