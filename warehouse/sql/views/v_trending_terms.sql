-- 各地区每周的热词：标题与导语中的词，与本地区此前 52 周相比；转载只计一次；截至最近一次 difang refresh
-- trending terms per region and week: words of headlines and ledes against the region's own 52 weeks before; reprints count once; as of the latest difang refresh
-- = SELECT week_date, region_name, term, articles_count, history_articles_count, round(score, 1) AS score FROM v_trending_terms ORDER BY week_date DESC, region_code, rank LIMIT 20
-- @week_date 周一的日期 | the Monday of the week
-- @articles_count 该周提到此词的文章数（转载合为一篇） | articles of the week with the term, reprints counting once
-- @week_articles_count 该周该地区的文章数 | articles of the region and week
-- @history_articles_count 此前 52 周提到此词的文章数 | articles with the term in the 52 weeks before
-- @history_week_articles_count 此前 52 周该地区的文章数 | articles of the region in the 52 weeks before
-- @score 对数优势比除以其标准差，以全库词频为先验；约 2 即非偶然 | log odds ratio over its standard deviation, with the term's share of the whole warehouse as the prior; 2 is hardly chance
-- @rank 该地区该周的名次 | its rank in the region's week
-- @term 词 | the term
WITH articles AS (
    SELECT a.article_id, a.content_sha256, date_trunc('week', a.published_date)::DATE AS week_date,
           list_filter(coalesce(d.path_codes, [a.region_code]), lambda code: length(code) <= 6) AS codes,
           coalesce(r.cluster_id::VARCHAR, a.article_id) AS story
    FROM v_articles AS a
    LEFT JOIN dim_regions AS d ON d.region_code = a.region_code
    LEFT JOIN index_reprints AS r ON r.article_id = a.article_id AND r.content_sha256 = a.content_sha256
    WHERE a.region_code IS NOT NULL AND a.published_date IS NOT NULL
), sizes AS (
    SELECT region_code, week_date, count(DISTINCT story) AS n
    FROM (SELECT story, week_date, unnest(codes) AS region_code FROM articles)
    GROUP BY ALL
), sizes_before AS (
    SELECT *, coalesce(sum(n) OVER (PARTITION BY region_code ORDER BY week_date
                                    RANGE BETWEEN INTERVAL 364 DAY PRECEDING AND INTERVAL 7 DAY PRECEDING), 0) AS n_before
    FROM sizes
), worded AS (
    SELECT a.story, a.week_date, a.codes, unnest(t.terms) AS term
    FROM articles AS a JOIN index_terms AS t USING (article_id, content_sha256)
), prior AS (
    SELECT term, 0.5 + 9 * count(DISTINCT story) / (SELECT count(DISTINCT story) FROM articles) AS alpha FROM worded GROUP BY term
), weeks AS (
    SELECT region_code, week_date, term, count(DISTINCT story) AS y
    FROM (SELECT story, week_date, term, unnest(codes) AS region_code FROM worded)
    GROUP BY ALL
), weeks_before AS (
    SELECT *, coalesce(sum(y) OVER (PARTITION BY region_code, term ORDER BY week_date
                                    RANGE BETWEEN INTERVAL 364 DAY PRECEDING AND INTERVAL 7 DAY PRECEDING), 0) AS y_before
    FROM weeks
), scored AS (
    SELECT w.*, s.n, s.n_before,
           (ln((y + alpha) / (n + 10 - y - alpha)) - ln((y_before + alpha) / (n_before + 10 - y_before - alpha)))
               / sqrt(1 / (y + alpha) + 1 / (y_before + alpha)) AS score
    FROM weeks_before AS w
    JOIN sizes_before AS s USING (region_code, week_date)
    JOIN prior USING (term)
    -- one article makes no trend, and a region without a history has nothing to be compared with
    WHERE y >= 2 AND n_before >= 20
)
SELECT s.region_code, d.region_name, d.level, s.week_date, s.term, s.y::INTEGER AS articles_count,
       s.n::INTEGER AS week_articles_count, s.y_before::INTEGER AS history_articles_count,
       s.n_before::INTEGER AS history_week_articles_count, s.score,
       row_number() OVER (PARTITION BY s.region_code, s.week_date ORDER BY s.score DESC, s.term)::INTEGER AS rank
FROM scored AS s
LEFT JOIN dim_regions AS d ON d.region_code = s.region_code
WHERE s.score >= 1.5
QUALIFY rank <= 20
