"""Who made the article, role by role: source 来源, reporters 记者, correspondents 通讯员, photographers, editors, reviewers.

Credits are printed in three parts of a page: under the headline, in the body (after the dateline, or in
brackets at its end) and below it. Each credit keeps the words that say so; a role without a name
(``本网记者``) is a credit too. The text keeps none of them.
"""  # noqa: E501

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from records import Credit, CreditRole
from transforms.boilerplate import CREDIT_LABEL, is_credit_line

_ROLES: tuple[tuple[re.Pattern[str], CreditRole | None], ...] = (
    (re.compile(r"[来來]源|稿源|出处"), CreditRole.SOURCE),
    (re.compile(r"通讯员"), CreditRole.CORRESPONDENT),
    (re.compile(r"摄影|攝影|供图|摄像|^图$|^摄$|^图片$"), CreditRole.PHOTOGRAPHER),
    (re.compile(r"审|審|监制|签发|校"), CreditRole.REVIEWER),
    (re.compile(r"统筹|策划"), CreditRole.COORDINATOR),
    (re.compile(r"编|編|录入|上传|发布"), CreditRole.EDITOR),
    (re.compile(r"记者|記者|实习生|作者|撰文|撰稿|文案|^文$|文字|^文图$|^图文$|文/图|文、图"), CreditRole.REPORTER),
)
# 校对 reads proofs: it is a reviewer's task. 制作, 供稿 and their like are printed but name no role of ours.
_OTHER_LABELS = r"(?:發[佈布]|更新|刊登)?(?:時間|日期)|(?:发布|发表|更新|发稿)?(?:时间|日期)|浏览(?:次数|量)?|点击(?:数|量|次数|率)?|阅读(?:数|量|次数)?|访问量|人气|评论(?:数)?|字体|字号|字体大小|分享(?:到|至)?|关键[词字]|标签|打印|栏目|分类|所属"  # noqa: E501
_LABEL = re.compile(rf"(?P<label>{CREDIT_LABEL}|{_OTHER_LABELS})\s*[】\]]?\s*(?:[:：/／|｜丨]|(?<=】))", re.I)
_LABEL_SIGN = re.compile(r"[:：/／|｜丨]")
_SPACED = re.compile(
    r"(?P<label>(?:全媒体|融媒体|首席|见习|实习|特约|本报|本网|本台|值班|责任)*(?:记者|記者|通讯员|编辑|責任編輯|责编|校对|实习生|美编|审核|初审|复审|终审|监制|主编|编审|摄影|摄影报道|作者|统筹))(?=[\s\u4e00-\u9fff）)】\]]|$)"
)
_DATE = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?(?:\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,2}[-/月]\d{1,2}日?"
)
_NAME = re.compile(r"^[\u4e00-\u9fff]{2,4}$|^[\u4e00-\u9fff]{1,10}·[\u4e00-\u9fff·]{1,12}$")
_CODE = re.compile(r"(?<=[\u4e00-\u9fff])[\s_]*[(（]?[A-Za-z]{0,4}_?[A-Za-z0-9]{2,14}[)）]?$")
_SPLIT = re.compile(r"[、，,;；&]|\s+|(?<=[\u4e00-\u9fff])[/／|｜](?=[\u4e00-\u9fff])")
# Buttons that stand in the same line as a credit, without a blank between.
_BUTTONS = re.compile(r"收藏|我要|分享|打印|字体|字号|点赞|举报|复制|关闭|评论|订阅|\+?关注|\[|【|大中小")
_EDGES = " 　:：/／|｜丨【】[]（）()<>《》“”\"'·-—_,，。;；"
_BOTH = re.compile(r"文\s?[/／、]\s?(?:摄|图)|图\s?[/／、]\s?文|摄影报道|文并摄|(?<=[\s：:])图文(?=[\s：:）)]|$)")
_BARE_NAMES = re.compile(r"[（(]?([\u4e00-\u9fff]{2,4}(?:[\s、]+[\u4e00-\u9fff]{2,4}){0,3})[)）]?")
# Among names of people: the station or paper that one of them works for (青岩台 周凯).
_BODY_CORPORATE = re.compile(r"^[\u4e00-\u9fff]{2,}(?:台|日报|晚报|融媒|融媒体)$")
_AND = re.compile(r"(?<=[\u4e00-\u9fff]{2})和(?=[\u4e00-\u9fff]{2})")
_NOBODY = {
    "佚名",
    "未知",
    "不详",
    "无",
    "匿名",
    "本站",
    "admin",
    "网络",
    "互联网",
    "转载",
    "其他",
    "原创",
    "本站原创",
    "",
}
_FROM = re.compile(
    r"(?:本文|文章|稿件)?(?:转载自|转自|摘自|来自|综合整理自|整理自|综合自|综合|据)[:：\s]*[“\"《]?(?P<name>[\u4e00-\u9fffA-Za-z]{2,16}?(?:网|报|社|台|新闻|客户端|公众号|发布|在线|日报|晚报))"
)
_SHOT = re.compile(
    r"(?:^|[\s（(。，、]|记者|通讯员)(?P<name>[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff] [\u4e00-\u9fff])\s?(?:/\s?)?(?:摄|供图)(?=[）)\s。，]|$)"  # noqa: E501
)
_PREFIX = re.compile(
    r"^(?:全媒体|融媒体|首席|见习|实习|特约|驻.{2,4}|本报|本网|本台|本刊|[\u4e00-\u9fff·]{2,14}?(?:报|网|社|台|新闻|客户端|中心))*(?:全媒体|融媒体|首席|见习|实习|特约)*(?:记者|記者|通讯员|编辑|摄影)\s*[:：]?"
)


@dataclass(frozen=True, slots=True)
class CreditText:
    """A printed piece that may hold credits, and the part of the page it stands in: header, body or footer."""

    text: str
    part: str


def read_credits(pieces: Iterable[CreditText]) -> tuple[Credit, ...]:
    """The credits of all pieces, in page order, without repetitions."""
    found: dict[tuple[CreditRole, str], Credit] = {}
    for piece in pieces:
        for credit in _read_piece(piece):
            known = found.get((credit.role, credit.name))
            if known is None:
                found[(credit.role, credit.name)] = credit
    return tuple(found.values())


def names_of(given: Iterable[Credit], role: CreditRole) -> tuple[str, ...]:
    """The names credited with a role, in page order."""
    return tuple(credit.name for credit in given if credit.role is role and credit.name)


def _read_piece(piece: CreditText) -> Iterator[Credit]:
    text = piece.text
    # Below the body a word such as 记者 may stand in a headline of a list: there only a colon makes a label.
    spaced = [] if piece.part == "footer" and not is_credit_line(text) else list(_SPACED.finditer(text))
    labelled = _LABEL.finditer(text) if _LABEL_SIGN.search(text) else ()
    labels = sorted([*labelled, *spaced], key=lambda m: (m.start(), -m.end()))
    labels = [m for i, m in enumerate(labels) if i == 0 or m.start() >= labels[i - 1].end()]
    for index, match in enumerate(labels):
        end = labels[index + 1].start() if index + 1 < len(labels) else len(text)
        role = role_of(match["label"])
        if role is None:
            continue
        value = text[match.end() : end]
        yield from _credits(role, value, text[match.start() : end].strip(_EDGES + "，"), piece.part)
    if _BOTH.search(text):  # 文/图: who wrote it also took the pictures
        writers = [m for m in labels if role_of(m["label"]) is CreditRole.REPORTER]
        for match in writers:
            value = _BOTH.split(text[match.end() :])[0]
            yield from _credits(CreditRole.PHOTOGRAPHER, value, text.strip(_EDGES), piece.part)
    for shot in _SHOT.finditer(text):
        yield Credit(role=CreditRole.PHOTOGRAPHER, name=shot["name"].replace(" ", ""), surface=shot[0], part=piece.part)
    if not labels and (bare := _BARE_NAMES.fullmatch(text.strip())) and piece.part == "body":
        names = re.split(r"[\s、]+", bare[1])
        yield from (
            Credit(role=CreditRole.REPORTER, name=name, surface=text.strip(), part=piece.part) for name in names
        )
    if not labels and (moved := _FROM.search(text)) and len(text) < 60:
        yield Credit(role=CreditRole.SOURCE, name=moved["name"], surface=moved[0], part=piece.part)


def role_of(label: str) -> CreditRole | None:
    """The role that a printed label names, or None for a label of another kind."""
    if re.search(_OTHER_LABELS, label) and not re.search(r"编|来源|作者", label):
        return None
    return next((role for pattern, role in _ROLES if pattern.search(label)), None)


def _credits(role: CreditRole, value: str, surface: str, part: str) -> Iterator[Credit]:
    if role is CreditRole.SOURCE:
        name = clean_source(value)
        if name:
            yield Credit(role=role, name=name, surface=surface, part=part)
        return
    names = split_names(value)
    if not names and value.strip(_EDGES) == "" and "记者" in surface:
        yield Credit(role=role, name="", surface=surface, part=part)
    yield from (Credit(role=role, name=name, surface=surface, part=part) for name in names)


def clean_source(value: str) -> str:
    """The publisher's name out of what follows 来源: up to a date, a bracket or a second column; empty where none is named."""  # noqa: E501
    value = _BUTTONS.split(_DATE.split(value, maxsplit=1)[0].lstrip(_EDGES), maxsplit=1)[0]
    value = (
        re.split(
            r"[|｜丨【\[（(>]|(?:责任)?编辑|记者|作者|我要|字体|分享|打印|点击|浏览|评论|\d+人", value, maxsplit=1
        )[0]
        if not value.strip().startswith(("(", "（", "【"))
        else value
    )
    value = value.strip(_EDGES)
    words = value.split(" ")
    if len(words) > 1 and re.search(r"[\u4e00-\u9fff]", words[0]):
        value = words[0].strip(_EDGES)
    return "" if value in _NOBODY or len(value) > 30 or len(value) < 2 else value


def split_names(value: str) -> list[str]:
    """The people's names in a credit's value; ``王 伟`` is one name, codes of editors go (甲_NF123)."""
    value = _DATE.split(value, maxsplit=1)[0].strip(_EDGES)
    value = _BUTTONS.split(value, maxsplit=1)[0]
    if value.isascii():  # a name in Latin letters keeps its blank
        name = value.strip(_EDGES)
        return [name] if 2 <= len(name) <= 40 and name.lower() not in _NOBODY else []
    pieces = [_CODE.sub("", _PREFIX.sub("", piece.strip(_EDGES))).strip(_EDGES) for piece in _SPLIT.split(value)]
    names: list[str] = []
    lone = ""
    for piece in pieces:
        if len(piece) == 1 and "\u4e00" <= piece <= "\u9fff":
            if lone:
                names.append(lone + piece)
                lone = ""
            else:
                lone = piece
            continue
        lone = ""
        names += [name for name in _AND.split(piece) if _is_name(name, piece, len(pieces))]
    chinese = [name for name in names if not name.isascii()]
    return chinese or names  # a code beside a name (甲 PK155) is the same person's


def _is_name(name: str, piece: str, count: int) -> bool:
    """Whether a word is a person's name, or, in a short list, a pen name or a body (编辑：系统管理员)."""
    if re.search(r"(?:供稿|提供|供图|报道)$", piece) or _BODY_CORPORATE.search(name):
        return False
    return name not in _NOBODY and bool(_NAME.match(name) or (len(piece) <= 16 and count <= 3 and len(name) >= 2))
