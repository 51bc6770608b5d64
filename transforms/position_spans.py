"""Positions in a sentence: spans that end with the last word of a position and reach left over the body's name."""

import re
from dataclasses import dataclass
from functools import cache

from records import seed_path
from transforms.official_tokens import Token

NOUNS = frozenset({"n", "nz", "nw", "ORG", "LOC", "vn", "s", "nt", "ns"})
MAX_LEFT = 30
"""Characters to the left of the last word that may belong to the body's name."""
LEFT_STOPS = frozenset(
    {
        "电",
        "讯",
        "消息",
        "同志",
        "记者",
        "会议",
        "活动",
        "仪式",
        "期间",
        "现场",
        "通讯员",
        "家属",
        "先生",
        "女士",
        "教授",
    }
    | {"院士", "博士", "专家", "群众", "代表团", "一行", "本报", "本网", "图为", "图", "由", "时间", "地点"}
)
GROUP = re.compile(
    r"领导(?:同志|干部|成员|班子)?$|领导人$|(?:党政|党委|政府|单位|部门|机关|企业)?(?:主要)?负责(?:人|同志)$"
)
GENERIC = frozenset(
    {"领导", "领导同志", "领导干部", "领导人", "领导成员", "有关领导", "主要领导", "负责人", "负责同志"}
)
"""Titles that say nothing of an office; they are given to nobody in a list that ends with them."""
NOT_HEADS = re.compile(
    r"长(?:期|远|大|久|江|城|途|足|达|春|沙|征|治|假|跑|空|短|度|效|处|势|寿|眠|时间)|代表(?:团|队|性|大会|着|了|作|们|资格|处)|"
    r"指挥(?:家|部|中心|棒|权|所|系统|若定|严密|得当|有力|不当|车)|领导(?:小组|班子|力|权|机关|层|下|岗位|职务)|"
    r"常务委员会|书记(?:处|员)|主任(?:会议|医师|检验|药师|护师|技师)|委员(?:会|们)|检察官法|法官法|顾问(?:团|组|委员会)|"
    r"董事(?:会|局)|监事会|理事(?:会|国)|参谋(?:部)|主席(?:纪念堂|像|团|台|令)|总理府|部长(?:会议|级)|工程师(?:协会|学会)|编辑部|总统府|议员团|"
    r"秘书处|经理部|参事室|成员(?:国|单位|们)|主教座堂|校长室|市长(?:热线|质量奖|信箱)|常委会|执委会"
)

_DEPUTY = re.compile("[副原前代总]总?[\u4e00-\u9fff]?$")
_BODY_NAME = re.compile("[省市县区州盟旗镇乡村]委$|..(?:党委|党组|支部|[县区镇乡村旗局])$|[一二三四五六七八九十]科$")
"""The name of a body that LAC may take for a verb or a person: 倒淌河镇党委, 横排头村."""
_NO_BODY = re.compile("此前任|.?[他她][和与同]")
"""Words that the nouns of a body may seem to begin with: 此 | 前任, 他和村党支部书记."""
_FIRST_HALF = re.compile(
    "(?:文史|林业|人力资源|自然资源|规划|住房|文化|教育|科技|信息化|工业|民族|社会|监察|民政|交通|商务|水利|体育|改革|建设|农村|环境|法制)[和与]$"
)
"""The first half of a body's name with 和, which elsewhere parts one noun from another: 林业和 | 草原局局长."""
_SECTION = re.compile("[一二三四五六七八九十][科处室]|[科处室股][长主]|科科|处处")
_UNIT = re.compile("[省市县区州盟旗镇乡村]|(?:总领|公)[使事]|方")
_RESPONSIBLE = frozenset({"负责人", "负责同志"})
_PRIVATE = re.compile(
    "(?:[目资工设理业甲乙]方|业主|村民|居民|群众|企业|家长|学生|教师|职工|员工|客商|乡贤|网友|用户|患者|消费者|农民|农户|商户|青年|妇女|党员|志愿者|"
    "获奖者|各界|校友|家属|战友|商家|租户|读者|市民|老兵)代表$|(?:合作社|公司|企业|农场|商行|民宿|工厂|[酒饭商网药]店|酒家)(?:主要|相关|有关)?负责人$|(?:物业|大堂|客户|店面|值班|部门|项目)经理$|店长$|(?:公司|企业|集团|厂)[\u4e00-\u9fff]{0,6}(?<!总)工程师$|(?:品牌|市场|营销|销售|产品|创意|设计)总监$|教练$|班主任$|班班长$|班组长$"
)
"""Posts that are no office: who speaks for the owners of flats is a private person (docs/adr/0006)."""
_PUBLIC_BODY = re.compile("[局委办部厅署处院]|政府|街道|[镇乡]|支队|大队|机关|单位|省|市|县|区")
_VERBAL = frozenset({"代表", "指挥", "成员", "领导", "顾问", "执委", "理事"})
"""Last words that alone are no position: 代表 is foremost a verb, 成员 a noun."""
_JOINING = frozenset({"委员", "代表", "顾问", "候选人"})
"""Last words that go on a position instead of beginning another: 主任 + 委员, 县长 + 候选人."""


@dataclass(frozen=True, slots=True)
class PositionSpan:
    """A position in a sentence, by its offsets; `group`: a title that is said of several at once (区领导)."""

    text: str
    start: int
    end: int
    head: str
    group: bool = False


@cache
def head_pattern() -> re.Pattern[str]:
    """A pattern that matches the last word of a position, the longest first."""
    words = sorted((*_lines("positions/heads.txt"), "负责人", "负责同志"), key=len, reverse=True)
    return re.compile("|".join("支书(?!记)" if word == "支书" else re.escape(word) for word in words))


@cache
def gate_pattern() -> re.Pattern[str]:
    """A pattern that is found wherever `find_positions` can find something that belongs to a name."""
    words = {*_lines("positions/heads.txt"), "负责人", "负责同志"} - _VERBAL
    strong = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    weak = "|".join(sorted(_VERBAL - {"领导"}))
    return re.compile(
        f"(?:{strong})(?!期|远|大|效|时间)|(?<=[\u4e00-\u9fff]{{2}})(?:{weak})(?=[\u4e00-\u9fff])|(?:[省市县区州盟旗镇乡村团校院局级府等老的委大协子]|国家)领导"
    )


def _lines(name: str) -> list[str]:
    return [s for line in seed_path(name).read_text("utf-8").splitlines() if (s := line.strip()) and s[0] != "#"]


@cache
def _modifiers() -> frozenset[str]:
    return frozenset(_lines("positions/modifiers.txt"))


def find_positions(text: str, tokens: tuple[Token, ...]) -> list[PositionSpan]:
    """The positions of a sentence from left to right, not overlapping."""
    found: list[PositionSpan] = []
    persons = {t.start for t in tokens if t.tag == "PER" and len(t.word) > 1}
    for match in head_pattern().finditer(text):
        if match.end() not in persons and (
            NOT_HEADS.match(text, match.end() - 1) or NOT_HEADS.match(text, match.start())
        ):
            continue
        floor = found[-1].end if found else 0
        if match.end() not in persons and _is_crossing(text, tokens, match.start(), match.end()):
            continue
        start, end = _left(text, tokens, match.start(), floor, is_named=match.end() in persons), match.end()
        if start == match.start() and match.group() in _VERBAL and match.group() != "领导":
            continue
        if (cut := _NO_BODY.match(text, max(0, start - 1))) and cut.end() < match.start():
            start = max(start, cut.end())
        if (comrade := text.rfind("同志", start, match.start())) >= 0:
            start = comrade + 2  # 免去 | 丁汉江同志 | 市委副书记
        if found and found[-1].end == match.start() and match.group() in _JOINING:
            start = found.pop().start
        tail = re.compile("同志|干部|成员|班子").match(text, end) if match.group() == "领导" else None
        end = tail.end() if tail else end
        whole = text[start:end]
        if _PRIVATE.search(whole) or (match.group() in _RESPONSIBLE and not _PUBLIC_BODY.search(whole)):
            continue
        found.append(PositionSpan(whole, start, end, match.group(), GROUP.search(whole) is not None))
    return found


def _is_crossing(text: str, tokens: tuple[Token, ...], start: int, end: int) -> bool:
    """Whether the head begins inside one word and ends inside the next: 民主 + 教师爷 holds no 主教."""
    if text[start - 1 : start] in {"副", "代"} and text[start : start + 1] != "表":
        return False  # 代区 | 长余 | 海潮
    first = next((t for t in tokens if t.start <= start < t.end), None)
    last = next((t for t in tokens if t.start < end <= t.end), None)
    return first is not None and last is not None and first.start < start and first.end < end < last.end


def _left(text: str, tokens: tuple[Token, ...], head_start: int, floor: int, *, is_named: bool) -> int:
    at = next((i for i, t in enumerate(tokens) if t.start <= head_start < t.end), None)
    if at is None:
        return head_start
    start = head_start
    first = tokens[at]
    if first.start < head_start and first.start >= floor:
        if first.tag not in NOUNS and first.word[0] not in "副原前代总":
            return head_start
        start = first.start
    for token in reversed(tokens[:at]):
        if token.start < floor or head_start - token.start > MAX_LEFT or token.word in LEFT_STOPS:
            break
        if token.tag not in NOUNS and token.word not in _modifiers() and not _DEPUTY.match(token.word):
            inner = token.tag in {"v", "vn"} and next((t.tag for t in tokens if t.end == token.start), "") == "ORG"
            half = token.word in {"和", "与"} and start < head_start and _FIRST_HALF.search(text, 0, token.end)
            if half or _BODY_NAME.search(token.word) or (inner and _SECTION.match(text, start)):
                start = token.start  # 阿荣旗旗委, which LAC takes for a person; 县委组织部 | 组织 | 二科科长
                continue
            if not (token.tag == "PER" and is_named and _UNIT.match(next(t.word for t in tokens if t.start == start))):
                break
            start = token.start
            break
        start = token.start
    return start
