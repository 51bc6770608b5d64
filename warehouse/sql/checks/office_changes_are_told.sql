-- 任免的种类、依据在固定清单内，有日期必有依据
-- core_office_changes: kind and evidence are of their closed lists, and a day has its evidence
-- (core_office_changes)
SELECT article_id, content_sha256, batch_id, ordinal, change_kind, decided_date, decided_evidence
FROM core_office_changes
WHERE change_kind NOT IN ('appointed', 'elected', 'acting', 'transferred', 'proposed', 'candidate', 'dismissed',
                          'resigned', 'removed')
   OR decided_evidence NOT IN ('sentence', 'meeting', 'relative')
   OR (decided_date IS NULL) <> (decided_evidence IS NULL)
   OR position_name = ''
