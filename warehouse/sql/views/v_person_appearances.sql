-- 人物时间线：一行为一位官员在一篇现行文章中的出现；同名者按职务、辖区与时间归并，不能确定为同一人的分列
-- timeline of persons: one row per official and current article; namesakes are joined by office, jurisdiction and time, and stay apart where that is not certain
-- = SELECT person_id, any_value(name) AS name, count(*) AS articles FROM v_person_appearances GROUP BY person_id ORDER BY articles DESC, person_id LIMIT 10
-- @person_id 跨文章的人物编号：由姓名与最早的任职算出，补录更早的文章后可能改变 | the person across articles: made of the name and the earliest office seen, so that older articles may change it
-- @region_key 归并所用的辖区：区划代码，否则原文写法，否则 national（中央与外国）或媒体 | the jurisdiction that joins: adcode, else as written, else national (central bodies, other states) or the publisher
-- @rank_step 级别序号：1 国家级正职 至 10 乡科级副职 | rank as a step: 1 国家级正职 to 10 乡科级副职
-- @position 文中首个写明的职务 | the first position that the article writes
-- @positions_normalised 规范职务，去重 | normalised positions without repeats
-- @roles 在事件中的角色，按出现先后 | what the person does in the event, in order
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
-- @mentions_count 文中提及次数 | mentions in the article
WITH RECURSIVE seen AS (
    SELECT t.*,
           nullif(list_position(['国家级正职', '国家级副职', '省部级正职', '省部级副职', '厅局级正职', '厅局级副职',
                                 '县处级正职', '县处级副职', '乡科级正职', '乡科级副职'], t.rank_level), 0) AS rank_step,
           coalesce(t.region_code, nullif(t.jurisdiction, ''),
                    CASE WHEN list_has_any(t.positions_normalised, (SELECT list(position_name) FROM dim_positions
                                                                    WHERE organisation_kind IN ('中央', '外国与国际')))
                         THEN 'national' ELSE 'publisher ' || coalesce(t.publisher_id, '') END) AS region_key,
           t.status IN ('in_office', 'acting', 'appointed', 'seconded', 'dismissed') AS is_held
    FROM v_officials_timeline AS t
), eras AS MATERIALIZED (
    -- a silence of five years parts two namesakes of one place
    SELECT *, count(*) FILTER (silence_days > 1825) OVER (PARTITION BY name, region_key ORDER BY published_date NULLS FIRST, article_id) AS era
    FROM (SELECT *, published_date - lag(published_date) OVER (PARTITION BY name, region_key ORDER BY published_date NULLS FIRST, article_id) AS silence_days FROM seen)
), offices AS MATERIALIZED (
    SELECT article_id, person_key, name, region_key, era, published_date, rank_step, is_held,
           office, concat_ws('|', name, region_key, era, office) AS node
    FROM (SELECT *, unnest(CASE WHEN len(positions_normalised) = 0 THEN [''] ELSE positions_normalised END) AS office FROM eras)
), nodes AS MATERIALIZED (
    SELECT o.name, o.region_key, o.era, o.office, o.node,
           coalesce(min(published_date) FILTER (is_held), min(published_date)) AS first_date,
           coalesce(max(published_date) FILTER (is_held), max(published_date)) AS last_date,
           bool_or(is_held) AS is_held, min(rank_step) AS rank_step, any_value(p.category) IN ('正职', '部门正职') AS is_head
    FROM offices AS o LEFT JOIN dim_positions AS p ON p.position_name = o.office
    GROUP BY o.name, o.region_key, o.era, o.office, o.node
), together AS MATERIALIZED (
    SELECT DISTINCT a.node, b.node AS to_node
    FROM offices AS a
    JOIN offices AS b USING (article_id, person_key, name, region_key, era)
    WHERE a.office <> b.office
), clashes AS (
    -- two posts at the head of two bodies, or posts far apart in rank, held at one time and never written together
    SELECT DISTINCT a.name, a.region_key, a.era
    FROM nodes AS a
    JOIN nodes AS b USING (name, region_key, era)
    WHERE a.office < b.office AND a.is_held AND b.is_held
      AND greatest(a.first_date, b.first_date) < least(a.last_date, b.last_date)
      AND (a.is_head AND b.is_head OR abs(a.rank_step - b.rank_step) > 3)
      AND NOT EXISTS (SELECT 1 FROM together AS t WHERE t.node = a.node AND t.to_node = b.node)
), units AS MATERIALIZED (
    -- where nothing clashes, all offices of one name in one place are one unit; else each office is one
    SELECT n.*, CASE WHEN c.name IS NULL THEN concat_ws('|', n.name, n.region_key, n.era) ELSE n.node END AS unit, c.name IS NULL AS is_whole
    FROM nodes AS n LEFT JOIN clashes AS c USING (name, region_key, era)
), stays AS MATERIALIZED (
    SELECT name, region_key, unit AS node, min(first_date) FILTER (is_held) AS first_date,
           max(last_date) FILTER (is_held) AS last_date, min(rank_step) FILTER (is_held) AS rank_step
    FROM units
    WHERE is_whole
    GROUP BY name, region_key, unit
), moves AS (
    -- a transfer: one stay ends before the other begins, within two years, at a like rank, in one city (one province
    -- for bureau rank and above), and no other stay of that name fits either end
    SELECT a.node, b.node AS to_node, count(*) OVER (PARTITION BY a.node) AS fits_after, count(*) OVER (PARTITION BY b.node) AS fits_before
    FROM stays AS a
    JOIN stays AS b ON b.name = a.name AND b.region_key <> a.region_key
     AND b.first_date > a.last_date AND b.first_date - a.last_date <= 730
     AND b.rank_step BETWEEN a.rank_step - 2 AND a.rank_step
    WHERE regexp_full_match(a.region_key, '\d+') AND regexp_full_match(b.region_key, '\d+')
      AND (left(a.region_key, 4) = left(b.region_key, 4) OR a.rank_step <= 6 AND left(a.region_key, 2) = left(b.region_key, 2)
           OR b.rank_step <= 6 AND left(a.region_key, 2) = left(b.region_key, 2))
      AND NOT EXISTS (SELECT 1 FROM stays AS s WHERE s.name = a.name AND s.node NOT IN (a.node, b.node)
                      AND s.first_date <= b.last_date AND s.last_date >= a.first_date
                      AND left(s.region_key, 2) = left(a.region_key, 2))
), edges AS MATERIALIZED (
    SELECT x.unit, y.unit AS to_unit
    FROM together AS t JOIN units AS x ON x.node = t.node JOIN units AS y ON y.node = t.to_node
    WHERE x.unit <> y.unit
    UNION SELECT node, to_node FROM moves WHERE fits_after = 1 AND fits_before = 1
    UNION SELECT to_node, node FROM moves WHERE fits_after = 1 AND fits_before = 1
    -- the same post, once noted for the city and once for its county: 市委常委 of a 区委书记
    UNION SELECT x.unit, y.unit FROM units AS x JOIN units AS y ON y.name = x.name AND y.office = x.office
     AND x.region_key <> y.region_key AND contains(x.office, '市') AND NOT contains(x.office, '领导')
     AND (left(x.region_key, 4) || '00' = y.region_key OR left(y.region_key, 4) || '00' = x.region_key)
     AND regexp_full_match(x.region_key, '\d{6}') AND regexp_full_match(y.region_key, '\d{6}')
), reach(unit, root) AS (
    SELECT DISTINCT unit, unit FROM edges
    UNION
    SELECT e.to_unit, r.root FROM reach AS r JOIN edges AS e ON e.unit = r.unit
), starts AS (
    SELECT unit, min(first_date) AS first_date FROM units GROUP BY unit
), roots AS MATERIALIZED (
    SELECT r.unit, arg_min(r.root, (s.first_date, r.root)) AS root
    FROM reach AS r JOIN starts AS s ON s.unit = r.root
    GROUP BY r.unit
)
SELECT left(md5(coalesce(r.root, u.unit)), 16) AS person_id, e.name, e.published_date, e.published_at, e.position, e.positions_normalised,
       e.organisation, e.jurisdiction, e.region_code, e.region_name, e.region_key, e.rank_level, e.rank_step, e.status, e.roles,
       e.title, e.article_id, e.canonical_url, e.publisher_id, e.person_key, e.mentions_count
FROM eras AS e
JOIN units AS u ON u.node = concat_ws('|', e.name, e.region_key, e.era, coalesce(e.positions_normalised[1], ''))
LEFT JOIN roots AS r ON r.unit = u.unit
