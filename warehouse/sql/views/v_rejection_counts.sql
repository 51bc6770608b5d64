-- 各媒体各原因的剔除数
-- rejections by publisher and reason
-- = SELECT * FROM v_rejection_counts ORDER BY ALL LIMIT 20
-- @rejections_count 剔除数 | rejections
-- @recovered_count 其中后来成为文章的 | those whose URL became an article after all
-- @example_url 最近一例 | the latest example
SELECT publisher_id, step, reason, count(*)::INTEGER AS rejections_count,
       count(*) FILTER (is_recovered)::INTEGER AS recovered_count,
       max(fetched_at) AS fetched_at, arg_max(canonical_url, coalesce(fetched_at, '1970-01-01'::TIMESTAMPTZ)) AS example_url
FROM v_rejections
GROUP BY publisher_id, step, reason
