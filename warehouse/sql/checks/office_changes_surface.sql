-- 任免的原文形式与偏移相符
-- core_office_changes: the surface is what stands at its offsets
-- (core_office_changes core_articles)
SELECT t.article_id, t.content_sha256, t.batch_id, t.ordinal, t.field, t.surface, t.start_offset, t.end_offset
FROM core_office_changes AS t
JOIN core_articles AS a USING (article_id, content_sha256)
WHERE t.end_offset <= t.start_offset
   OR t.surface <> CASE t.field
        WHEN 'text' THEN substring(a.text, t.start_offset + 1, t.end_offset - t.start_offset)
        WHEN 'title' THEN substring(a.title, t.start_offset + 1, t.end_offset - t.start_offset)
        ELSE '' END
