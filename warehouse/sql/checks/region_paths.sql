-- 地区路径自省级起，止于本级，上级为其倒数第二项
-- a region's path begins at its province, ends at itself, and its parent is the last but one
SELECT region_code, path_codes, province_code, parent_code
FROM dim_regions
WHERE path_codes[1] <> province_code
   OR path_codes[-1] <> region_code
   OR (len(path_codes) > 1 AND parent_code IS DISTINCT FROM path_codes[-2])
