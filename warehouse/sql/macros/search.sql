-- 检索现行文章：每个以空格分开的词都须出现在标题或正文中，标题命中多者在前；逐篇扫描，无分词、无索引
-- search current articles: every word parted by spaces is in headline or text, headline hits first; scans every text, neither segments nor indexes
-- @title_hits_count 标题命中的词数 | words found in the headline
-- @snippet 首个词前后的正文 | the text around the first word
-- (words)
SELECT article_id, title, published_at, published_date, publisher_id, publisher_name, region_name, canonical_url,
       len(list_filter(regexp_split_to_array(trim(words), '\s+'), lambda word: contains(title, word)))::INTEGER AS title_hits_count,
       substring(text, greatest(1, instr(text, regexp_split_to_array(trim(words), '\s+')[1]) - 20), 80) AS snippet
FROM v_articles
WHERE trim(words) <> ''
  AND len(list_filter(regexp_split_to_array(trim(words), '\s+'),
                      lambda word: NOT contains(title || chr(10) || text, word))) = 0
ORDER BY title_hits_count DESC, published_date DESC NULLS LAST, article_id
