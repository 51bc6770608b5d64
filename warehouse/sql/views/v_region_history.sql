-- 一行为一个今日代码与曾代表其地的一个代码（含其自身），带起讫日：据此由今日代码查文章当日的代码，或由旧代码查今日的
-- one row: a code in force today and a code that stands or stood for its place, itself included, with the days: from it follow the code in force on an article's day, and what became of an old code
-- = SELECT * FROM v_region_history WHERE code_then = '371200' ORDER BY ALL
-- @code_then 当时的代码 | the code that stood for the place in those days
-- @name_then 当时的全称 | its full name then
-- @is_own_code 当时的代码是否正是今日的代码 | whether it is today's code itself
-- @valid_from_date 当时的代码的启用日 | first day of the code of then; absent: since before the records begin
-- @valid_until_date 当时的代码的停用日 | last day of the code of then; absent: still in force
WITH RECURSIVE chain AS (
    SELECT region_code AS code_then, region_code, successor_code FROM dim_regions
    UNION
    SELECT c.code_then, d.region_code, d.successor_code
    FROM chain AS c
    JOIN dim_regions AS d ON d.region_code = c.successor_code
)
SELECT d.region_code, d.region_name, t.region_code AS code_then, t.region_name AS name_then,
       t.region_code = d.region_code AS is_own_code, t.valid_from_date, t.valid_until_date
FROM chain AS c
JOIN dim_regions AS d ON d.region_code = c.region_code
JOIN dim_regions AS t ON t.region_code = c.code_then
WHERE d.valid_until_date IS NULL
