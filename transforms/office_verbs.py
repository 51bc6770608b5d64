"""The words of appointments and dismissals: which verb says which kind of change, and what makes it no event.

Three places hold a verb: before the name (任命甲为副区长), between name and post (甲当选区长), and between two posts of
one person (任市委书记，不再担任市长). History in passing (曾任, 2019年任) and what is only asked (的议案) announce
nothing.
"""

import re
from datetime import date

from records import ChangeKind

K = ChangeKind
GATE = re.compile(
    "任命|任免|免[去除职]|撤[销职]|罢免|选举|当选|补选|推选|增补|聘任|聘请|提名|推荐|辞去|卸任|履新|代理|连任|"
    "(?<![主责信胜重委赴])任(?![务何意性])|[：:]\\s*$"
)
"""Found wherever a sentence can announce a change, or head a list of them."""

_BRACKET = r"(?:[（(][^（）()]{1,14}[）)])?"
OF_NAME = rf"(?:同志|先生|女士)?{_BRACKET}(?:同志)?"
"""What may follow a name before anything else is said of him."""
_WHEN = (
    "(?:[，,]|已于?|将于?|近日|日前|今天|今日|昨日|昨天|当天|正式|同时|并|全票|高票|再次|继续|依法|因[^，。；]{1,12}?[，,]?|向[^，。；]{2,16}?(?:提出)?|"
    "(?:\\d{4}年)?(?:\\d{1,2}月)?\\d{1,2}日(?:[上下]午)?|挂职)*"
)

_BEFORE: tuple[tuple[ChangeKind, re.Pattern[str], re.Pattern[str]], ...] = (
    (K.RESIGNED, re.compile("接受|同意|批准"), re.compile("(?:关于)?(?:请求)?辞去(?:其)?(?:所任|担任)?的?")),
    (K.REMOVED, re.compile("撤销|罢免|撤去"), re.compile("的?(?:所任|担任)?的?")),
    (K.DISMISSED, re.compile("免去|免除"), re.compile("的?(?:所任|担任)?的?")),
    (K.CANDIDATE, re.compile("提名|推荐|确定"), re.compile("为|作为|任|担任")),
    (K.ELECTED, re.compile("选举|补选|推选|增选|选出|增补"), re.compile("为|担任|任")),
    (K.APPOINTED, re.compile("任命|聘任|聘请|聘|决定|批准"), re.compile("为|担任|任|出任")),
    (K.ACTING, re.compile("决定|任命|由|批准"), re.compile("代理|代行")),
)
"""Verbs before the name, and what then stands between the name and the post."""
_LEADS = re.compile("|".join(dict.fromkeys(verb.pattern for _, verb, _ in _BEFORE)))

_BETWEEN: tuple[tuple[ChangeKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(f"{OF_NAME}{_WHEN}(?:{words})"))
    for kind, words in (
        (K.PROPOSED, "拟(?:提名|推荐|提拔)?(?:担任|转任|调任|交流任|任|为|作为)"),
        (K.ELECTED, "当选为?|被(?:选举?|补选|推选|增选)为|连任"),
        (K.APPOINTED, "被(?:任命|聘任?)为"),
        (K.TRANSFERRED, "调任|转任|改任|调往|调至"),
        (K.DISMISSED, "不再(?:担任|兼任|任)|卸任|被免去(?:其)?"),
        (K.REMOVED, "被(?:撤销|罢免)(?:其)?"),
        (K.RESIGNED, "(?:请求|申请)?辞去(?:了|其)?(?:所任|担任)?的?"),
        (K.ACTING, "代理|任代理?(?=[^表])|代行"),
        (K.CANDIDATE, "被?提名为?|被?推荐为"),
        (K.APPOINTED, "担任了?|挂任|出任|就任|接任|继任|升任|兼任|履新|获任|新任|任(?![命期务职免何意])"),
    )
)
"""Verbs between the name and the post."""

_CARRIED = re.compile(
    "(?:一?职务?)?(?:的请求|的决定)?[，,、；;：:]?(?:并|同时|也|另|现|决定)*(?P<verb>不再(?:担任|兼任|任)|免去(?:其|他|她)(?:担任)?的?|"
    "撤销(?:其|他|她)(?:担任)?的?|辞去(?:其)?|兼任?|(?:拟|被)?(?:提名|推荐)(?:其)?(?:为|任|担任)?|拟(?:任|为)|为|任(?![命期务职免何意])|担任|调任|转任|升任|出任|"
    "代理|当选为?|任命(?:其|他|她)为|选举(?:其|他|她)为)"
)
_OF_PRONOUN = re.compile("(?P<verb>(?:免去|免除|撤销|罢免|任命|选举|提名))(?:其|他|她)(?:为|担任的?|所任的?|的)?$")
_CARRIED_KINDS = (
    ("不再", K.DISMISSED),
    ("免", K.DISMISSED),
    ("撤销", K.REMOVED),
    ("罢免", K.REMOVED),
    ("辞去", K.RESIGNED),
    ("拟", K.PROPOSED),
    ("提名", K.CANDIDATE),
    ("被提名", K.CANDIDATE),
    ("推荐", K.CANDIDATE),
    ("被推荐", K.CANDIDATE),
    ("调任", K.TRANSFERRED),
    ("转任", K.TRANSFERRED),
    ("当选", K.ELECTED),
    ("选举", K.ELECTED),
    ("代理", K.ACTING),
    ("兼", None),
    ("为", None),
)
"""The kind that a carried verb tells; None: that of the change before."""
LOSES = frozenset({K.DISMISSED, K.RESIGNED, K.REMOVED})
"""Kinds that end a post."""
LOST = re.compile(f"{OF_NAME}{_WHEN}(?:因[^。；]{{1,16}})?被(?P<how>免职|免去职务|撤职|撤销职务|罢免)")
"""A post lost that stands before the name: 镇长甲被免职."""
HELD = re.compile(
    f"{OF_NAME}(?:[，,][^。；]{{0,80}}?。?)?(?:现任|现为|时任|原任|由|从|此前担?任|之前担?任)(?:中共)?(?=[一-鿿、]{{0,16}}$)"
)
"""Between the name and the post that he held before."""
HELD_LATER = re.compile("(?:一?职务?)?[，,（(](?:此前|之前|原来?|曾?在?此之前)(?:他|她)?(?:担任|任|为|系|是)")
_PAST = re.compile(
    "曾|(?:此前|之前)[，,]?(?:他|她|〇+)?(?:同志)?(?:一直)?(?:担任|任|为|系|是)|历任|时任|先后|当年|自\\d{4}年|原任|早年|在任|任期"
)
_UNSURE = re.compile("如果|一旦|若(?=[^干])|未能|没有|并未|有望|或将|可能|传闻|是否|如何|谁")
_AFTER_PAST = re.compile(
    "(?:一?职务?)?(?:以来|期间|至今|时(?!任)|之?后[，,的]|的议案|的提案|的建议|的说明|的报告|的时候|[0-9一二三四五六七八九十]+年)"
)
_YEAR = re.compile("((?:19|20)\\d\\d)年(?!度)(\\d{1,2}月\\d{1,2}日)?")
_LIST_VERB = "任命|免去|选举|补选|撤销"
OPENS_LIST = re.compile(
    f"(?P<verb>{_LIST_VERB})(?:名单)?\\s*[：:]\\s*$|"
    f"^[\\s（(]*[一二三四五六七八九十0-9]*[\\s、.．）)]*(?:决定|批准)?(?P<alone>{_LIST_VERB})\\s*$"
)
"""A line that heads a list: 决定任命：, or 一、免去 alone."""
LIST_ITEM = re.compile(r"为|的|同志|^[\s（(]*[一二三四五六七八九十0-9]*[\s、.．）)]*$")
KIND_OF_POST = re.compile(
    "(?:拟(?:提名|提拔)?(?:担任|任|为|转任))([^，。；,;]{2,24}?(?:正职|副职|领导职务|领导班子成员)|"
    "[县市区镇乡街道、]*[（(][县市区乡镇街道、]+[）)][^，。；,;]{2,16})(?=[，。；,;）)]|$)"
)
"""A notice that says only which kind of post: 拟任市直部门正职."""


def kind_before(lead: str, gap: str) -> tuple[ChangeKind, str, int] | None:
    """Kind, verb and length of the gap's own words, of 任命[甲]为…; `lead` ends where the names begin."""
    last = max(_LEADS.finditer(lead), key=lambda m: m.end(), default=None)
    if last is None or re.search("[。\\n]", lead[last.end() :]):
        return None
    opened = re.match(OF_NAME, gap)
    start = opened.end() if opened else 0
    for kind, verb, between in _BEFORE:
        found = between.match(gap, start)
        if found is None or not verb.fullmatch(last.group()):
            continue
        if not found.group() and len(lead) - last.end() > 2:
            continue  # 撤销对甲总理的…: the verb is not said of the name
        if kind in {K.APPOINTED, K.ACTING} and last.group() in {"决定", "批准", "由"} and not found.group():
            continue
        return kind, last.group(), found.end()
    return None


def kind_between(gap: str) -> tuple[ChangeKind, str, int] | None:
    """Kind, verb and length of the gap's own words, of [甲]当选…."""
    for kind, pattern in _BETWEEN:
        if found := pattern.match(gap):
            return kind, found.group(), found.end()
    return None


def kind_carried(gap: str, before: ChangeKind) -> tuple[ChangeKind, int] | None:
    """Kind and length of the words between two posts of one person: …书记，不再担任…."""
    found = _CARRIED.match(gap)
    if found is None:
        return None
    verb = found.group("verb")
    kind = next((kind for start, kind in _CARRIED_KINDS if verb.startswith(start)), K.APPOINTED)
    return kind or before, found.end()


def kind_of_pronoun(lead: str) -> tuple[ChangeKind, int] | None:
    """Kind and place of the verb where `lead` ends with 撤销其."""
    found = _OF_PRONOUN.search(lead)
    if found is None:
        return None
    kind = next((kind for start, kind in _CARRIED_KINDS if found.group("verb").startswith(start)), K.APPOINTED)
    return kind or K.APPOINTED, found.start()


def is_announced(before: str, after: str, published_on: date | None) -> bool:
    """Whether a post is taken now: not told as history (曾任, 2019年任), as a wish or as what is only asked."""
    clause = re.split("[。；;：:]", before)[-1]
    if _PAST.search(clause) or _UNSURE.search(clause) or _AFTER_PAST.match(after):
        return False
    for year, day in _YEAR.findall(re.split("[，,]", clause)[-1]):
        if published_on is None and not day:
            return False
        if published_on is not None and not 0 <= published_on.year - int(year) <= (1 if published_on.month < 4 else 0):
            return False
    return True


def kind_of_post(kind: ChangeKind, post: str, after: str) -> ChangeKind:
    """The kind, as the post itself tells it: 代理县长, 市长候选人."""
    if kind in LOSES:
        return kind
    if re.search("候选人$|人选$", post) or re.match("(?:提名)?(?:候选人|人选)", after):
        return K.PROPOSED if kind is K.PROPOSED and not post.endswith("候选人") else K.CANDIDATE
    if re.search("代(?:理)?(?=[省市县区州盟旗镇乡局厅部院主检书]{1,2}长|主任|主席|书记|检察长|院长)", post):
        return K.ACTING
    return kind
