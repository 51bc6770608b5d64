-- 职务变动：一行为一位官员一个职务的一次变动，由报道写明（announced，同一变动的多篇报道合为一行），或由前后任职推得（observed）
-- changes of office: one row per official, post and change, as articles announce it (all that report one change are one row), or as two tenures show it (observed)
-- = SELECT * FROM v_office_changes ORDER BY ALL LIMIT 10
-- @person_id 跨文章的人物编号 | the person across articles
-- @change_kind 变动：appointed、elected、acting、transferred、proposed、candidate、dismissed、resigned、removed、investigated、deceased；推得的为 moved | what changed; moved where it is observed
-- @from_position 原职务（规范名称，以、分隔）：报道写明的，否则为此前最近的任职 | the posts before, normalised and parted by 、: as articles say, else the latest tenure before
-- @to_position 变动所及或新任的规范职务 | the normalised position that the change concerns, or the new one
-- @from_region_code 原职务辖区的代码 | adcode of the jurisdiction before
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
-- @changed_date 决定之日；未写明则为首次见报之日，推得的为新职首见之日 | day of the decision; else first day reported; of an observed move the day first seen in the new post
-- @decided_by 决定机关，取写法最长者 | the body that decided, in its longest wording
-- @reported_date 首次见报的日期 | first day reported
-- @basis announced 或 observed | announced or observed
-- @articles_count 佐证文章数 | articles that say so
-- @article_id 最早的佐证文章 | the first article that says so
-- @article_ids 佐证文章编号，按日期 | their ids, by day
WITH said AS (
    SELECT p.person_id, c.* EXCLUDE (person_key, position, ordinal) RENAME (position_name AS to_position)
    FROM v_announced_changes AS c JOIN v_person_appearances AS p USING (article_id, person_key, name)
    UNION ALL BY NAME
    -- what only the status of a mention tells: ends of another kind, and articles tagged by rules before
    SELECT person_id, name, status AS change_kind, unnest(positions_normalised) AS to_position, region_code, region_name, published_date, article_id
    FROM v_person_appearances AS p
    WHERE status IN ('investigated', 'deceased')
       OR status IN ('appointed', 'dismissed', 'acting')
          AND NOT EXISTS (SELECT 1 FROM v_announced_changes AS c WHERE c.article_id = p.article_id AND c.person_key = p.person_key)
), turns AS (
    -- reports of one change lie within 90 days; appointed, elected and transferred are one change told by several
    SELECT *, count(*) FILTER (silence_days > 90) OVER (PARTITION BY person_id, direction, to_position ORDER BY day, article_id) AS turn,
           row_number() OVER (PARTITION BY person_id, direction, to_position, article_id ORDER BY day) = 1 AS is_first
    FROM (SELECT *, coalesce(decided_date, published_date) AS day,
                 CASE WHEN change_kind IN ('appointed', 'elected', 'transferred') THEN 'takes'
                      WHEN change_kind IN ('dismissed', 'resigned', 'removed') THEN 'leaves' ELSE change_kind END AS direction,
                 day - lag(day) OVER (PARTITION BY person_id, direction, to_position ORDER BY day, article_id) AS silence_days
          FROM said)
), announced AS (
    SELECT person_id, name, max(change_kind) FILTER (change_kind NOT IN ('appointed', 'dismissed')) AS special_kind, min(change_kind) AS plain_kind,
           max(array_to_string(from_positions_normalised, '、')) AS from_position, to_position, max(from_region_code) AS from_region_code,
           max(region_code) AS region_code, max(region_name) AS region_name, max(organisation) AS organisation,
           coalesce(min(decided_date), min(published_date)) AS changed_date, arg_max(decided_by, (len(decided_by), decided_by)) AS decided_by,
           arg_max(decided_by_region_code, (len(decided_by), decided_by, decided_by_region_code)) AS decided_by_region_code,
           max(decided_meeting) AS decided_meeting, min(decided_date) AS decided_date, min(published_date) AS reported_date,
           direction, list(article_id ORDER BY published_date, article_id) FILTER (is_first) AS article_ids
    FROM turns GROUP BY person_id, name, direction, to_position, turn
), posts AS (
    SELECT t.* FROM v_tenures AS t JOIN dim_positions AS p ON p.position_name = t.position
    WHERE p.category IN ('正职', '副职', '部门正职', '部门副职') AND t.first_seen_date IS NOT NULL
), observed AS (
    SELECT b.person_id, b.name, arg_max(a.position, (a.last_seen_date, a.position, a.region_code)) AS from_position, b.position AS to_position,
           arg_max(a.region_code, (a.last_seen_date, a.position, a.region_code)) AS from_region_code, b.region_code, max(b.region_name) AS region_name,
           max(b.organisation) AS organisation, b.first_seen_date AS changed_date, [min(b.article_ids[1])] AS article_ids
    FROM posts AS b JOIN posts AS a ON a.person_id = b.person_id AND a.last_seen_date < b.first_seen_date
    GROUP BY b.person_id, b.name, b.position, b.region_code, b.first_seen_date
)
SELECT coalesce(a.person_id, o.person_id) AS person_id, coalesce(a.name, o.name) AS name, coalesce(a.special_kind, a.plain_kind, 'moved') AS change_kind,
       coalesce(nullif(a.from_position, ''), o.from_position) AS from_position, coalesce(a.to_position, o.to_position) AS to_position,
       coalesce(a.from_region_code, o.from_region_code) AS from_region_code, coalesce(a.region_code, o.region_code) AS region_code,
       coalesce(a.region_name, o.region_name) AS region_name, coalesce(a.organisation, o.organisation) AS organisation,
       coalesce(a.changed_date, o.changed_date) AS changed_date, nullif(a.decided_by, '') AS decided_by, a.decided_by_region_code,
       nullif(a.decided_meeting, '') AS decided_meeting, a.decided_date, coalesce(a.reported_date, o.changed_date) AS reported_date,
       CASE WHEN a.person_id IS NULL THEN 'observed' ELSE 'announced' END AS basis,
       len(coalesce(a.article_ids, o.article_ids))::INTEGER AS articles_count,
       coalesce(a.article_ids, o.article_ids)[1] AS article_id, coalesce(a.article_ids, o.article_ids) AS article_ids
FROM announced AS a FULL JOIN observed AS o
  ON a.direction = 'takes' AND o.person_id = a.person_id AND o.to_position = a.to_position AND o.region_code = a.region_code
 AND abs(o.changed_date - a.changed_date) <= 365
