-- 任免所及之人在同一代官员提及中
-- the person of a change of office is among the mentions of the same generation
-- (core_office_changes core_official_mentions)
SELECT c.article_id, c.content_sha256, c.batch_id, c.ordinal, c.person_key, c.name
FROM core_office_changes AS c
ANTI JOIN core_official_mentions AS m USING (article_id, content_sha256, batch_id, person_key, name)
