"""What stands around a name and tells what it is: a road, a school, a company, a person, or a place one comes from.

Every question here is asked of the characters beside a name; the words are those of seeds/gazetteer/contexts.tsv
and foreign.tsv.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from transforms.gazetteer import read_rows

BEHIND = 16
"""How many characters behind a name are looked at."""
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
    "包鲍施洪柳庄祝樊纪聂童翁颜柴倪岳庞卓翟殷阮涂骆季牛管凌耿申冉赖"
)
BYLINE = re.compile(r"(?:记者|通讯员|摄影|编辑|责编|校对|审核|实习生|文|图)(?:[\s:：/]+[\u4e00-\u9fff]{2,4})*[\s:：]+$")
BEFORE_PERSON = re.compile(r"(?:^|[、，。；：（(\s“”]|记者|通讯员|书记|主任|同志|员|长|摄影|摄|文|图)$")
APART = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|"
    r"[在从到赴由至向与和于对为是入进往来获前日省市区县州盟年月讯及同的了抵回返离据经驻报社电网速])$"
)
AWAY = re.compile(
    r"(?:赴|飞往|前往|来自|运往|销往|发往|返回|支援|援助|逃往|逃至|逃到|逃离|转到|远销|走出|迁往|嫁到|对口|飞抵)"
    r"(?:[\u4e00-\u9fff]{2,4}[、和与])*$"
)
ORIGIN = re.compile(
    r"(?:省|市|县|区)?(?:(?:[、和][\u4e00-\u9fff]{2,4})+的|的?)(?:籍|人(?![民大力才口员社居]|均|工)|警方|男子|女子|客商|游客|"
    r"专家|商人|老板|姑娘|小伙|知青|口音|考生|网友|球员|[男女]?(?:棋手|选手|运动员|[排篮足]|乒|曲)|队)"
)
MEETING = re.compile(r"(?:联合|共同|隆重|正式)?(?:召开|举行|举办|开幕|闭幕|发布|签署|签约|会见|会谈)")
"""What the country's bodies do in its capital; it is no news of 北京."""
LEADING = re.compile(r"与|和|同(?![日时步期一样比])|跟|携手|联合")
FOLLOWING = re.compile(r"(?:[与和同跟、]|携手|联合)$")
SUPERLATIVE = re.compile(r"(?:省|市)?(?:首[个座家条批例台届]|最[大长高早]的?|唯一|第一[个座家条批])")
"""What is the first of its kind in a province stands in one place of it: 山东首个生态商务区."""
ROLE = re.compile(
    r"(?:演员|歌手|导演|编剧|作家|画家|书法家|摄影家|记者|通讯员|书记|主席|[省市县区镇乡州局院校所站]长|主任|教授|院士|医生|民警|"
    r"法官|选手|队员|队长|教练|志愿者|村民|居民|市民|职工|老师|学生|农民|战士|烈士|同志)$"
)
NOT_GIVEN = frozenset("市县区省州旗盟镇乡村人的在和与是有为地站队籍报讯摄电采连社网台分特专现实通来路")
"""What stands right behind a place's name and begins no given name's second character."""
CREDIT = re.compile(r"[（(](?:[一-鿿]{2,4}[\s、]*)*$")
CREDIT_END = re.compile(r"(?:[\s、]*[一-鿿]{2,4})*[\s/]*(?:文|图|文/图|摄|摄影|供图|绘|制图|整理)?[）)]")
PICTURED = re.compile(r"\s*(?:摄|供图|绘|制图)[）)\s]")
REPORTING = re.compile(r"报道|[讯电](?![影视台话])|\d{1,2}月")
"""Behind a name in a byline: 记者 李明 平度报道."""
NAMING = re.compile(r"(?:[他她]|名|我)(?:叫|名叫)$")
TOWN = r"(?:[\u4e00-\u9fff]{1,5}族)?[乡镇](?=[，。、的在]|政府|党委|党员|人民|干部|卫生|中心|[\u4e00-\u9fff]{1,3}村)"
"""A town that the gazetteer lacks, or has elsewhere: 汤旺朝鲜族乡 is not in 汤旺县."""
FIRM_NAME = r"[^与和同在的将对向从为是近今日召举开有推携联获赴到走，。、；：！？（）()“”《》\s]{2,8}?"


@dataclass(frozen=True, slots=True)
class Contexts:
    """The words that make a name part of another name, compiled."""

    other: re.Pattern[str]
    """Behind a bare name: a road, a school, a company, a dish, a house."""
    exempt: re.Pattern[str]
    """What only looks like one of them: 路段, 大学生."""
    media: re.Pattern[str]
    foreign: re.Pattern[str]
    """Right before a name: a country or place abroad."""

    @staticmethod
    def load(folder: Path) -> "Contexts":
        """The contexts of a seeds folder, compiled once per process."""
        return _load(folder)


@lru_cache(maxsize=4)
def _load(folder: Path) -> Contexts:
    rows = read_rows(folder / "contexts.tsv")

    def words(kind: str) -> str:
        found = [row["word"] for row in rows if row["kind"] == kind]
        return "|".join(sorted(map(re.escape, found), key=len, reverse=True))

    kinds = "|".join(words(kind) for kind in ("school", "company", "force", "food", "house", "road", "nature"))
    school = f"(?:第[一二三])?(?:{words('subject')}){{1,4}}(?:大学|学院)"
    firm = f"{FIRM_NAME}(?:有限公司|有限责任公司|股份公司|集团)"
    abroad = [row["word"] for row in read_rows(folder / "foreign.tsv")]
    return Contexts(
        other=re.compile(f"[东西南北中]?(?:{kinds})|{school}|{firm}|{TOWN}"),
        exempt=re.compile(words("exempt")),
        media=re.compile(words("media")),
        foreign=re.compile("(?:" + "|".join(sorted(abroad, key=len, reverse=True)) + ")$"),
    )


def is_part_of_another(text: str, start: int, end: int, contexts: Contexts) -> bool:
    """Whether a bare name at text[start:end] is the head of a road's, school's, firm's or foreign place's name."""
    behind = text[end : end + BEHIND]
    if contexts.other.match(behind) and not contexts.exempt.match(behind):
        return True
    before = text[max(0, start - 8) : start]
    return before.endswith("·") or behind.startswith("·") or bool(contexts.foreign.search(before))


def is_person(text: str, start: int, end: int) -> bool:
    """Whether a two-character name is a person in a byline or the given name behind a surname (通讯员李吉林)."""
    if end - start != 2:
        return False
    before = text[max(0, start - 24) : start]
    if (BYLINE.search(before) and not REPORTING.match(text, end)) or is_credited(text, start, end):
        return True
    return bool(before) and before[-1] in SURNAMES and bool(BEFORE_PERSON.search(before[:-1]))


def is_credited(text: str, start: int, end: int) -> bool:
    """Whether a name in brackets is a person's: who took the picture (金华摄), or behind a surname (包金华)."""
    before = text[max(0, start - 16) : start]
    if "（" not in before and "(" not in before:
        return False
    if PICTURED.match(text, end):
        return True
    own = before[-1] in SURNAMES and bool(CREDIT.search(before[:-1]))
    return own and bool(CREDIT_END.match(text, end))


def follows_role(text: str, start: int) -> bool:
    """Whether a person is called what follows: 演员郑州平."""
    return bool(ROLE.search(text[max(0, start - 4) : start]))


def next_character(text: str, end: int) -> str:
    """The character behind a name that could end a given name, or nothing (郑州|平, not 郑州|市)."""
    following = text[end : end + 1]
    return following if "\u4e00" <= following <= "\u9fff" and following not in NOT_GIVEN else ""


def is_called(text: str, start: int, end: int) -> bool:
    """Whether the text says that somebody has this name: 他叫齐河，."""
    behind = text[end : end + 1]
    return bool(NAMING.search(text[max(0, start - 3) : start])) and not "\u4e00" <= behind <= "\u9fff"


def may_be_given_name(text: str, start: int, end: int) -> bool:
    """Whether a two-character name may be a person's in the middle of a sentence (案高玉林等)."""
    return end - start == 2 and start > 0 and text[start - 1] in SURNAMES and not is_apart(text, start)


def is_apart(text: str, start: int) -> bool:
    """Whether a name can begin here: at the start, behind punctuation or a word like 在."""
    return bool(APART.search(text[max(0, start - 1) : start]))


def factor_of(text: str, start: int, end: int) -> float:
    """Less than 1 where people only come from or go to a place, more where it acts with others."""
    if text[start:end] == "北京" and text[max(0, start - 1) : start] == "在" and MEETING.match(text, end):
        return 0.5
    if SUPERLATIVE.match(text, end):
        return 0.5
    if AWAY.search(text[max(0, start - 12) : start]) or ORIGIN.match(text, end):
        return 0.5
    return 1.4 if LEADING.match(text, end) and not FOLLOWING.search(text[max(0, start - 2) : start]) else 1.0
