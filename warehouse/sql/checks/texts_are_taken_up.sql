-- 已归组并切词的批次，其每个版本都有词表一行
-- every version of a batch that was taken up has its row of terms
SELECT a.article_id, a.content_sha256, a.batch_id
FROM core_articles AS a
SEMI JOIN index_text_batches USING (batch_id)
ANTI JOIN index_terms USING (article_id, content_sha256)
