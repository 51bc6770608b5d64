-- 已入库的批次及其写入总行数
-- landed batches with the rows they added in all
-- = SELECT landed_at, articles_count, mentions_count, rows_count FROM v_batches ORDER BY landed_at DESC LIMIT 10
-- @rows_count 写入总行数 | rows added in all tables
SELECT landed_at, batch_id, crawl_id, pages_count, fetches_count, captures_count, articles_count, regions_count,
       mentions_count, office_changes_count, links_count, rejections_count, removals_count,
       pages_count + fetches_count + captures_count + articles_count + regions_count + mentions_count
           + office_changes_count + links_count + rejections_count + removals_count AS rows_count,
       code_version, lexicon_version, model_version
FROM core_batches
