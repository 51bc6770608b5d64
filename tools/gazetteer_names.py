"""Short names, levels and kinds of regions as the sources print them. Part of tools/build_gazetteer.py."""

import re

PEOPLES = (
    "柯尔克孜族|维吾尔族|哈萨克族|达斡尔族|塔吉克族|鄂温克族|鄂伦春族|柯尔克孜|蒙古族|布依族|"
    "朝鲜族|土家族|哈尼族|傈僳族|拉祜族|东乡族|纳西族|景颇族|仫佬族|布朗族|撒拉族|毛南族|"
    "仡佬族|锡伯族|阿昌族|普米族|德昂族|保安族|裕固族|独龙族|哈萨克|维吾尔|回族|藏族|苗族|"
    "彝族|壮族|满族|侗族|瑶族|白族|傣族|黎族|佤族|畲族|水族|土族|羌族|怒族|各族|蒙古"
)
ETHNIC = re.compile(f"(?<!内)({PEOPLES})+(自治[区州县旗])$")
GENERIC = re.compile(r"(特别行政区|新区|矿区|垦区|自治区|自治州|自治县|自治旗|地区|林区|特区|省|市|区|县|盟|旗)$")
KINDS = {
    "省": "province",
    "自治区": "autonomous_region",
    "直辖市": "municipality",
    "特别行政区": "special_region",
    "地级市": "city",
    "地区": "prefecture",
    "自治州": "prefecture",
    "盟": "prefecture",
    "市辖区": "district",
    "县级市": "county_city",
    "县": "county",
    "自治县": "county",
    "旗": "county",
    "自治旗": "county",
    "林区": "district",
    "特区": "district",
}


def short_name(name: str) -> str:
    """The name without its generic ending where at least two characters remain: 章丘区 -> 章丘, 东区 -> 东区."""
    bare = ETHNIC.sub("", name)
    bare = GENERIC.sub("", name) if bare == name else bare
    return bare if len(bare) >= 2 else name


def level_of(code: str) -> str:
    """province, city or county by the zeros of an adcode."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def guess_kind(name: str, level: str) -> str:
    """The kind of an abolished region by its ending."""
    if level == "province":
        return "province"
    if level == "city":
        return "city" if name.endswith("市") else "prefecture"
    return "district" if name.endswith("区") else "county_city" if name.endswith("市") else "county"


def township_kind(code: str, name: str) -> str:
    """street, town, township or zone; the statistical office numbers zones from 400 on."""
    if name.endswith(("街道", "街道办事处")):
        return "street"
    if name.endswith("镇"):
        return "town"
    if name.endswith(("乡", "苏木")) and code[6] in "23":
        return "township"
    return "zone"
