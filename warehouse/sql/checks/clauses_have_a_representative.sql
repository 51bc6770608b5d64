-- 小句所属的转载组都有代表版本：被抹去的文本不留小句
-- the cluster of every clause has its representative: a text that was erased leaves no clause behind
SELECT c.cluster_id, count(*) AS clauses_count
FROM index_reprint_clauses AS c
ANTI JOIN (SELECT cluster_id FROM index_reprints WHERE is_representative) AS r USING (cluster_id)
GROUP BY c.cluster_id
