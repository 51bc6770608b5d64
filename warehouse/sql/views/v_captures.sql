-- 每次抓取的现行解读：同一次抓取被重新解读时，以最新批次为准
-- the reading in force of every capture: where a capture was read again, the newest batch counts
-- = SELECT fetched_date, discovered_via, count(*) AS captures FROM v_captures GROUP BY ALL ORDER BY ALL
SELECT article_id, fetched_at, fetched_date, canonical_url, url, publisher_id, section_id, content_sha256, reason,
       body_sha256s, discovered_via, referrer_url, crawl_id, batch_id, landed_at
FROM core_captures
QUALIFY row_number() OVER (PARTITION BY article_id, fetched_at ORDER BY landed_at DESC, batch_id DESC) = 1
