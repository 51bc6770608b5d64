"""What an official does in the event, read off the words around the list of names in which he stands.

The predicate after the list decides; a label before it (主持人：, 列席：) or a clause that ends
before it (出席会议的市领导有) comes next. Somebody whose
speech is being studied, or on whose behalf others act, is only mentioned 提及.
"""

import re
from functools import cache

from records import seed_path

MENTIONED = "提及"
_LEADING = ("主持", "讲话", "致辞", "宣读")
_STUDIED = re.compile(r"(?:学习|传达|贯彻|落实|领会|重温|收听|收看|按照|根据|遵照|牢记)[^。；，]{0,12}$")
_STUDIED_AFTER = re.compile(r"[^。；，]{0,14}(?:重要讲话|讲话精神|指示|批示|重要论述|思想|回信|贺信|重要文章)")
_ON_BEHALF = re.compile(r"(?:受|应|经|在)$")
_ON_BEHALF_AFTER = re.compile(r"(?:同志|先生|女士)?(?:的)?(?:委托|邀请|批准|重视|关心|支持|领导下)")
_LABEL = re.compile(r"(主持人?|出席|参加|列席|陪同|讲话)(?:领导|人员)?[:：][ \u3000]*$")
_LISTED = re.compile(r"(出席|参加|列席|陪同)(?:[^。；，]{0,14}?)(?:的|有|还有)[^。；，]{0,10}$")
_ABSENT = re.compile(r"(?:同志)?(?:因[^，。；]{1,8}?)?(?:未能|没能|不能|无法|未)(?:到会|到场|出席|参加|参会)")
_RELATIVE = re.compile(
    "(?:同志|先生|女士)?的(?:遗孀|夫人|妻子|丈夫|爱人|儿子|女儿|儿女|家属|亲属|父亲|母亲|弟弟|妹妹|哥哥|姐姐|秘书|司机)"
)
_SEIZED = re.compile("(?:逮捕|批捕|留置|拘留|双规|双开)了?(?:原|时任)?$")
_LED = re.compile("(?:同志)?(?:率|带领)(?:[^，。；]{1,24}?)(?:赴|来|到|前往|拜访|一行|代表团|考察团|工作组|调研组)")
_MET = re.compile(r"(?:会见|接见)(?:了|并)?[^，。；]{0,16}$")
_FALLEN = re.compile(
    r"涉嫌|被查|接受(?:纪律审查|监察调查|组织审查|审查调查|调查)|被(?:立案|开除|双开|留置|逮捕|公诉|判处|撤销|撤职|罢免|处分|警告|诫勉)|"
    r"受到?(?!表彰)[^，。；]{0,12}处分|记过|诫勉|落马|投案|违纪违法|严重违纪|受贿|党纪处分|政务处分|严重警告|党内警告|双开"
)
_OFFENCES = re.compile(
    "(?:同志)?(?:违规|违反|失职|优亲厚友|弄虚作假|搞形式主义|不作为|慢作为|乱作为|收受|侵占|套取|挪用|虚报|贪污|截留|私设|公车私用|酒驾|醉驾|醉酒驾驶|大操大办)"
)
_NO_ACTS = frozenset({"参与", "参加", "签订", "签署", "宴请", "接待"})
"""Acts that are themselves what somebody is punished for: 参与赌博, 违规宴请."""
_DIED = re.compile(r"逝世|病逝|去世|辞世|因病医治无效|追悼会|遗体|不幸殉职|因公殉职|因公牺牲|以身殉职|永垂不朽")


@cache
def _roles() -> tuple[dict[str, str], re.Pattern[str]]:
    lines = seed_path("positions/roles.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    words = {row[0]: row[1] for row in rows}
    longest = sorted(words, key=len, reverse=True)
    return words, re.compile("|".join(map(re.escape, longest)))


def read_role(before: str, after: str) -> str:
    """The role of those named between the sentence's two parts; 提及 where no word says what they do.

    `before` ends where the list begins (with its titles), `after` begins where the list ends.
    """
    if _STUDIED.search(before) and _STUDIED_AFTER.match(after):
        return MENTIONED
    if _ON_BEHALF.search(before) and _ON_BEHALF_AFTER.match(after):
        return MENTIONED
    if label := _LABEL.search(before):
        return label.group(1).removesuffix("人")
    if _ABSENT.match(after) or _RELATIVE.match(after):
        return MENTIONED
    if _SEIZED.search(before):
        return "被查"
    if is_fallen(after):
        return "被查"
    if (died := _DIED.search(after[:40])) and not _roles()[1].search(after, 0, died.start()):
        return "逝世"
    if role := _predicate(after):
        return role
    if listed := _LISTED.search(before):
        return listed.group(1)
    if _LED.match(after):
        return "带队"
    return "会见" if _MET.search(before) else MENTIONED


def is_fallen(after: str) -> bool:
    """Whether what follows a name says that this person is under investigation or punished.

    An act of office that stands before the telling word makes it somebody else's: 甲带队检查，三家涉嫌违法的企业被立案.
    """
    if _OFFENCES.match(after):
        return True
    told = _FALLEN.search(after[:60])
    if told is None or re.match(r"[^，。]{0,6}(?:通报|宣布)", after):
        return False
    _, pattern = _roles()
    acts = (m for m in pattern.finditer(after, 0, told.start()) if m.group() not in _NO_ACTS)
    return next(acts, None) is None


def _predicate(after: str) -> str:
    words, pattern = _roles()
    for clause in re.split("[，,；;。！？!?]", after)[:3]:
        found = [words[m.group()] for m in pattern.finditer(clause)]
        if not found:
            continue
        leading = next((role for role in found if role in _LEADING), None)
        return leading if leading and found[0] in {"出席", "参加", *_LEADING} else found[0]
    return ""
