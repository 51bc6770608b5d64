-- 任职：一行为一位官员在一个辖区的一个职务，含首见、末见日期与佐证文章；「区领导」之类的统称不计
-- tenures: one row per official, position and jurisdiction, with the days first and last seen and the articles that say so; collective titles (区领导) are left out
-- = SELECT position, name, first_seen_date, last_seen_date FROM v_tenures WHERE region_code = '370114' ORDER BY position, first_seen_date
-- @person_id 跨文章的人物编号 | the person across articles
-- @position 规范职务 | the normalised position
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
-- @rank_step 级别序号：1 国家级正职 至 10 乡科级副职 | rank as a step: 1 国家级正职 to 10 乡科级副职
-- @first_seen_date 首次见报的日期；只以「原」「前」等出现的为空 | first day seen in it; empty where it is only told as a former post
-- @last_seen_date 末次见报的日期 | last day seen in it
-- @started_date 报道写明的就任之日（决定之日），无则为空 | day on which articles say that it began: that of the decision; empty where none does
-- @ended_date 报道写明的离任之日：决定之日，否则为报道日；无则为空 | day on which articles say that it ended: that of the decision, else of the report; empty where none does
-- @status 最近一次写明的任职状态 | status as last written
-- @articles_count 佐证文章数 | articles that say so
-- @article_ids 佐证文章编号，按日期 | their ids, by day
WITH told AS (
    SELECT *, unnest(positions_normalised) AS held_position,
           status IN ('in_office', 'acting', 'appointed', 'seconded', 'dismissed') AS is_held
    FROM v_person_appearances
), decided AS (
    SELECT p.person_id, c.position_name AS position, coalesce(c.region_code, nullif(c.jurisdiction, ''), p.region_key) AS region_key,
           min(c.decided_date) FILTER (c.change_kind IN ('appointed', 'elected', 'acting', 'transferred')) AS started_date,
           max(coalesce(c.decided_date, c.published_date)) FILTER (c.change_kind IN ('dismissed', 'resigned', 'removed')) AS ended_date
    FROM v_announced_changes AS c JOIN v_person_appearances AS p USING (article_id, person_key, name)
    GROUP BY ALL
), tenures AS (
    SELECT person_id, region_key, name, held_position AS position,
           arg_max(organisation, (published_date, article_id, person_key)) FILTER (published_date IS NOT NULL) AS organisation,
           any_value(region_code) AS region_code, any_value(region_name) AS region_name, max(jurisdiction) AS jurisdiction,
           arg_max(rank_level, (published_date, article_id, person_key)) FILTER (published_date IS NOT NULL) AS rank_level,
           min(rank_step) AS rank_step,
           min(published_date) FILTER (is_held) AS first_seen_date, max(published_date) FILTER (is_held) AS last_seen_date,
           arg_max(status, (published_date, article_id, person_key)) FILTER (published_date IS NOT NULL) AS status,
           count(DISTINCT article_id)::INTEGER AS articles_count, list(article_id ORDER BY published_date, article_id) AS article_ids
    FROM told
    WHERE NOT contains(held_position, '领导')
    GROUP BY person_id, name, held_position, region_key
)
-- list_distinct would lose the order; an article's two mentions of one person stand side by side
SELECT t.* EXCLUDE (region_key, article_ids), d.started_date, d.ended_date,
       list_filter(t.article_ids, lambda id, i: i = 1 OR id <> t.article_ids[i - 1]) AS article_ids
FROM tenures AS t LEFT JOIN decided AS d USING (person_id, position, region_key)
