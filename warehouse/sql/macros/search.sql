-- 检索现行文章：词以空格分开，引号内为短语，须全部出现在标题或正文中；按 BM25 排序，标题命中计三倍；尚未编入索引的文章逐篇扫描。region 为代码或地名（含下属），publisher 为编号或名称，since、until 为发布日，top 为最多返回的篇数
-- search current articles: every word, and every phrase in quotes, is in headline or text; ranked by BM25, a hit in the headline counts threefold; articles not yet indexed are scanned. region: a code or name, with all below it; publisher: its id or name; since, until: days of publication; top: at most so many
-- = SELECT title, published_date, score FROM search('章丘 供暖', since := '2021-01-01') ORDER BY score DESC LIMIT 10
-- @score BM25 得分 | the score by BM25
-- @hits_count 命中次数 | how often the words occur
-- @title_hits_count 标题命中的词数 | words found in the headline
-- @is_indexed 是否来自索引；否则为尚未编入而逐篇扫描所得 | whether the index found it, or a scan of what is not yet indexed
-- @region_code 主要地区代码 | adcode of the primary region
-- @region_name 主要地区全称 | full name of the primary region
-- (words, region := '', publisher := '', since := '', until := '', top := 1000)
WITH asked AS MATERIALIZED (
    SELECT word, length(word) AS size, row_number() OVER (ORDER BY word)::INTEGER AS word_number
    FROM (
        SELECT DISTINCT trim(unnest(regexp_extract_all(lower(translate(words, '“”「」　', '"""" ')), '"[^"]+"|[^\s"]+')), '" ') AS word
    )
    WHERE word <> ''
), offsets AS (
    -- pairs that cover the word: 0, 2, 4 … and the last
    SELECT word, word_number, unnest(CASE WHEN size < 2 THEN [] ELSE list_distinct(list_append(range(0, size - 2, 2), size - 2)) END) AS o
    FROM asked
), grams AS MATERIALIZED (
    SELECT word_number, o, unicode(substr(word, (o + 1)::INTEGER, 1))::BIGINT * 2097152 + unicode(substr(word, (o + 2)::INTEGER, 1)) AS gram,
           count(*) OVER (PARTITION BY word_number) AS needed
    FROM offsets
), hits AS (
    SELECT g.word_number, g.needed, p.place - g.o AS origin FROM index_postings AS p JOIN grams AS g ON p.gram = g.gram
), occurrences AS (
    SELECT word_number, origin FROM hits WHERE needed = 1
    UNION ALL
    SELECT word_number, origin FROM hits WHERE needed > 1 GROUP BY word_number, origin HAVING count(*) = any_value(needed)
    UNION ALL
    SELECT a.word_number, p.place FROM index_postings AS p
    JOIN (SELECT word_number, unicode(word) AS character FROM asked WHERE size = 1) AS a USING (character)
), pending AS MATERIALIZED (
    -- unnest(list()): what the planner takes for one row is what it hashes. Where nothing is pending, a key that nothing has:
    -- by it the files' own least and greatest keep every file of the history closed, an empty list opens them all
    SELECT unnest(coalesce(list(batch_id), [''])) AS batch_id FROM core_batches ANTI JOIN index_batches USING (batch_id)
), touched AS MATERIALIZED (
    SELECT unnest(coalesce(list(DISTINCT article_id), [''])) AS article_id FROM core_captures SEMI JOIN pending USING (batch_id)
), stale AS MATERIALIZED (
    SELECT slot FROM index_documents SEMI JOIN touched USING (article_id)
), placed AS MATERIALIZED (
    -- by slot before any join, as a word of half the articles needs it; hits of a headline are bits of its first 62 places
    SELECT word_number, origin >> 11 AS slot, count(*) AS hits,
           bit_or(CASE WHEN origin & 2047 < 62 THEN 1::BIGINT << (origin & 2047) ELSE 0 END) AS head
    FROM occurrences GROUP BY word_number, origin >> 11
), amount AS MATERIALIZED (
    SELECT count(*) AS hits FROM placed
), few AS MATERIALIZED (
    SELECT unnest(list({word_number: word_number, slot: slot, hits: hits, head: head}), recursive := true) FROM placed
    WHERE (SELECT hits <= 10000 FROM amount)
), parts AS MATERIALIZED (
    SELECT word_number, first_slot, hits, character_count,
           CASE WHEN slot = first_slot THEN bit_count(head & ((1::BIGINT << least(title_character_count, 62)) - 1)) ELSE 0 END AS title_hits,
           -- of both tables, or it is tried on every row of one of them
           hits > 0 AND (title_character_count > 62 OR title_character_count + character_count > 2046) AS is_apart
    FROM (
        -- few hits are hashed and the documents looked up, of many the documents are: the planner expects millions of any word
        SELECT f.word_number, f.hits, f.head, d.* FROM few AS f JOIN index_documents AS d USING (slot)
        UNION ALL
        SELECT p.word_number, p.hits, p.head, d.* FROM placed AS p
        JOIN (FROM index_documents WHERE (SELECT hits > 10000 FROM amount)) AS d USING (slot)
        WHERE (SELECT hits > 10000 FROM amount)
    )
), long_titles AS (
    SELECT unnest(list({slot: slot, first_slot: first_slot, size: title_character_count, all_size: character_count}), recursive := true)
    FROM index_documents WHERE title_character_count > 62
), counted AS MATERIALIZED (
    SELECT word_number, first_slot, hits, title_hits, character_count FROM parts WHERE NOT is_apart
    UNION ALL
    -- articles of several slots, and headlines longer than 62 characters
    SELECT word_number, first_slot, sum(hits)::BIGINT, sum(title_hits)::BIGINT, any_value(character_count)
    FROM (
        SELECT word_number, first_slot, hits, title_hits, character_count FROM parts WHERE is_apart
        UNION ALL
        SELECT o.word_number, l.first_slot, 0, count(*), any_value(l.all_size)
        FROM occurrences AS o JOIN long_titles AS l ON l.slot = o.origin >> 11
        WHERE o.origin - l.first_slot * 2048 BETWEEN 62 AND l.size - 1
        GROUP BY o.word_number, l.first_slot
    )
    GROUP BY word_number, first_slot
), corpus AS (
    -- how many articles, and how long they are: taken of the first 65,536 slots
    SELECT greatest(c.slots * coalesce(s.share, 1), 1) AS n, coalesce(s.average, 400) AS average
    FROM (SELECT count(*) AS slots FROM index_documents) AS c
    CROSS JOIN (
        SELECT avg((slot = first_slot)::INTEGER) AS share, avg(character_count) FILTER (slot = first_slot) AS average
        FROM index_documents WHERE slot < 65536
    ) AS s
), weights AS MATERIALIZED (
    SELECT a.word, a.word_number, ln(1 + (c.n - coalesce(df, 0) + 0.5) / (coalesce(df, 0) + 0.5)) AS idf
    FROM asked AS a CROSS JOIN corpus AS c
    LEFT JOIN (SELECT word_number, count(*) AS df FROM counted GROUP BY word_number) USING (word_number)
), codes AS MATERIALIZED (
    SELECT region AS region_code WHERE region <> ''
    UNION
    SELECT d.region_code FROM dim_regions AS d
    WHERE region <> '' AND list_has_any(d.path_codes, (
        SELECT list(region_code) FROM dim_regions WHERE region IN (region_code, region_name, local_name, short_name)))
), publishers AS MATERIALIZED (
    SELECT publisher AS publisher_id WHERE publisher <> ''
    UNION
    SELECT publisher_id FROM dim_publishers WHERE publisher <> '' AND publisher_name = publisher
), eligible AS (
    -- a word of half the articles: the columns of filters are read where there is a filter
    FROM counted WHERE region = '' AND publisher = '' AND since::VARCHAR = '' AND until::VARCHAR = ''
    UNION ALL
    SELECT c.* FROM counted AS c
    JOIN index_documents AS d ON d.slot = c.first_slot
    WHERE NOT (region = '' AND publisher = '' AND since::VARCHAR = '' AND until::VARCHAR = '')
      AND (region = '' OR d.region_code IN (FROM codes)) AND (publisher = '' OR d.publisher_id IN (FROM publishers))
      AND (since::VARCHAR = '' OR d.published_date >= TRY_CAST(since::VARCHAR AS DATE))
      AND (until::VARCHAR = '' OR d.published_date <= TRY_CAST(until::VARCHAR AS DATE))
), known AS MATERIALIZED (
    SELECT list(w.idf ORDER BY w.word_number) AS idfs, count(*) AS words_count, if(count(*) > 1, arg_max(w.word_number, w.idf), 0) AS rarest, any_value(c.average) AS average
    FROM weights AS w CROSS JOIN corpus AS c
), scored AS (
    SELECT e.first_slot, e.word_number = k.rarest AS is_rarest, k.words_count, e.hits, (e.title_hits > 0)::INTEGER AS is_in_title,
           k.idfs[e.word_number] * (e.hits + 2 * e.title_hits) * 2.2
               / (e.hits + 2 * e.title_hits + 1.2 * (0.25 + 0.75 * e.character_count / k.average)) AS score
    FROM eligible AS e CROSS JOIN known AS k
), whole AS (
    SELECT first_slot, score, hits::INTEGER AS hits_count, is_in_title AS title_hits_count FROM scored WHERE words_count = 1
    UNION ALL
    -- the articles of the rarest word, and those of the others among them: grouping all of both takes twice as long
    SELECT first_slot, r.score + sum(o.score), (r.hits + sum(o.hits))::INTEGER,
           (r.is_in_title + sum(o.is_in_title))::INTEGER
    FROM scored AS o JOIN (FROM scored WHERE is_rarest) AS r USING (first_slot)
    WHERE NOT o.is_rarest AND o.words_count > 1
    GROUP BY first_slot, r.score, r.hits, r.is_in_title, o.words_count HAVING count(*) = o.words_count - 1
), found AS (
    FROM whole ANTI JOIN stale ON stale.slot = whole.first_slot ORDER BY score DESC, first_slot DESC LIMIT top
), recaptured AS MATERIALIZED (
    SELECT article_id, fetched_at, content_sha256, landed_at, batch_id, is_tagged FROM core_captures SEMI JOIN touched USING (article_id)
), fresh AS (
    SELECT article_id, arg_max(content_sha256, (fetched_at, content_sha256)) AS content_sha256
    FROM (
        SELECT article_id, fetched_at, content_sha256 FROM recaptured
        QUALIFY row_number() OVER (PARTITION BY article_id, fetched_at ORDER BY landed_at DESC, batch_id DESC) = 1
    )
    WHERE content_sha256 IS NOT NULL
    GROUP BY article_id
    UNION ALL
    SELECT '', ''  -- as above
), regions AS (
    SELECT article_id, content_sha256, arg_min(region_code, ordinal) AS region_code
    FROM core_article_regions SEMI JOIN touched USING (article_id)
    WHERE is_primary AND (article_id, content_sha256, batch_id) IN (
        SELECT (article_id, content_sha256, arg_max(batch_id, (landed_at, batch_id)))
        FROM recaptured
        WHERE is_tagged GROUP BY article_id, content_sha256)
    GROUP BY article_id, content_sha256
), scanned AS (
    SELECT a.article_id, a.content_sha256, a.title, a.published_at, a.published_date, a.publisher_id, r.region_code,
           a.canonical_url, a.character_count, w.word, w.idf, contains(lower(a.title), w.word) AS is_in_title,
           (length(lower(a.title || chr(10) || a.text)) - length(replace(lower(a.title || chr(10) || a.text), w.word, ''))) // length(w.word) AS hits
    FROM core_articles AS a
    SEMI JOIN fresh USING (article_id, content_sha256)
    LEFT JOIN regions AS r USING (article_id, content_sha256)
    JOIN weights AS w ON contains(lower(a.title || chr(10) || a.text), w.word)
    WHERE (region = '' OR r.region_code IN (FROM codes)) AND (publisher = '' OR a.publisher_id IN (FROM publishers))
      AND (since::VARCHAR = '' OR a.published_date >= TRY_CAST(since::VARCHAR AS DATE))
      AND (until::VARCHAR = '' OR a.published_date <= TRY_CAST(until::VARCHAR AS DATE))
), together AS (
    SELECT d.article_id, d.content_sha256, d.title, d.published_at, d.published_date, d.publisher_id, d.region_code,
           d.canonical_url, f.score, f.hits_count, f.title_hits_count, true AS is_indexed
    FROM found AS f JOIN index_documents AS d ON d.slot = f.first_slot
    UNION ALL
    SELECT s.article_id, s.content_sha256, s.title, s.published_at, s.published_date, s.publisher_id, s.region_code,
           s.canonical_url,
           sum(s.idf * (s.hits + 2 * s.is_in_title::INTEGER) * 2.2
               / (s.hits + 2 * s.is_in_title::INTEGER + 1.2 * (0.25 + 0.75 * s.character_count / c.average))),
           sum(s.hits)::INTEGER, count(*) FILTER (s.is_in_title)::INTEGER, false
    FROM scanned AS s CROSS JOIN corpus AS c
    GROUP BY ALL
    HAVING count(*) = (SELECT count(*) FROM asked)
), best AS MATERIALIZED (
    -- before their names are looked up: few rows then meet a dimension instead of hashing all of it
    FROM together ORDER BY score DESC, published_date DESC NULLS LAST, article_id LIMIT top
)
SELECT t.article_id, t.content_sha256, t.title, t.published_at, t.published_date, t.publisher_id, p.publisher_name,
       t.region_code, d.region_name, t.canonical_url, t.score, t.hits_count, t.title_hits_count, t.is_indexed
FROM best AS t
LEFT JOIN dim_publishers AS p ON p.publisher_id = t.publisher_id
LEFT JOIN dim_regions AS d ON d.region_code = t.region_code
ORDER BY t.score DESC, t.published_date DESC NULLS LAST, t.article_id
