-- 班子：一行为一位官员在一个辖区的一个职务及其在任区间；取某日在区间内者即为该日的班子
-- bench of a region: one row per official, position and jurisdiction with the span in office; those whose span holds a day are that day's bench
-- = SELECT position, name, from_date, until_date FROM v_region_bench WHERE region_code = '370114' ORDER BY position, from_date
-- @person_id 跨文章的人物编号 | the person across articles
-- @position 规范职务 | the normalised position
-- @region_code 职务辖区的行政区划代码 | adcode of the jurisdiction
-- @region_name 职务辖区全称 | full name of the jurisdiction
-- @rank_step 级别序号：1 国家级正职 至 10 乡科级副职 | rank as a step: 1 国家级正职 to 10 乡科级副职
-- @from_date 首次见报的日期 | first day seen in it
-- @until_date 区间末日：末次见报后 180 天，正职不晚于继任者首见之前一日，免职、逝世或查处以报道日为止 | end of the span: 180 days after last seen; for a head not later than the day before the next one was first seen; a dismissal, death or investigation ends it
-- @last_seen_date 末次见报的日期 | last day seen in it
WITH ended AS (
    SELECT person_id, region_code, min(published_date) AS ended_date, unnest(positions_normalised) AS position
    FROM v_person_appearances WHERE status IN ('dismissed', 'deceased', 'investigated')
    GROUP BY person_id, region_code, positions_normalised
), heads AS (
    SELECT t.*, p.category IN ('正职', '部门正职') AS is_head
    FROM v_tenures AS t LEFT JOIN dim_positions AS p ON p.position_name = t.position
    WHERE t.region_code IS NOT NULL AND t.first_seen_date IS NOT NULL
)
SELECT h.region_code, h.region_name, h.position, h.rank_level, h.rank_step, h.person_id, h.name, h.first_seen_date AS from_date,
       least(h.last_seen_date + 180,
             coalesce((SELECT min(n.first_seen_date) - 1 FROM heads AS n
                       WHERE h.is_head AND n.region_code = h.region_code AND n.position = h.position
                         AND n.organisation IS NOT DISTINCT FROM h.organisation AND n.person_id <> h.person_id
                         AND n.first_seen_date > h.last_seen_date), DATE '9999-12-31'),
             coalesce((SELECT min(e.ended_date) FROM ended AS e
                       WHERE e.person_id = h.person_id AND e.region_code = h.region_code AND e.position = h.position
                         AND e.ended_date >= h.last_seen_date), DATE '9999-12-31')) AS until_date,
       h.last_seen_date, h.articles_count
FROM heads AS h
