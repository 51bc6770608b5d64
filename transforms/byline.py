"""The byline 署名 inside the body, taken out of the paragraphs: a first or last line of its own, or brackets at the end."""  # noqa: E501

import re
from dataclasses import dataclass

from transforms.surnames import may_be_name

_WHO = r"记者|通讯员|特约撰稿|撰稿|文[/／]|图[/／]|作者|编辑|本[报网台刊站]|摄影|供稿|采写"
_END_BRACKET = re.compile(
    rf"\s*(?P<byline>[（(【](?=[^（）()【】]*(?:{_WHO}))[^（）()【】。！？]{{2,80}}[)）】])\s*[。]?$"
)
_SOURCE_BRACKET = re.compile(
    r"(?<=[。！？”])\s*(?P<byline>[（(](?:(?:来源|据|综合|本文来源|转自|转载自|摘自|原载)[:：]?\s*)?[“《]?[\u4e00-\u9fffA-Za-z·、\s]{1,24}?"
    r"(?:网|报|社|新闻|客户端|公众号|日报|晚报|电视台|发布|杂志|周刊|央视)[”》]?(?:[、\s][\u4e00-\u9fff]{2,10}(?:网|报|社|新闻|客户端))*(?:报道|综合)?[)）])\s*$"
)
_NAME = (
    r"(?!本报|本网|见习|实习|特约|首席|记者|通讯员|摄影|编辑)(?:[\u4e00-\u9fff·]{2,4}|[\u4e00-\u9fff]\s[\u4e00-\u9fff])"
)
_LINE = re.compile(
    rf"^[□■◎●▲△○\s（(【\[·]*(?:(?:采写|撰文|撰稿|文字|供稿|文)[:：]\s*[\u4e00-\u9fff]{{0,4}}|文[/／、]?图?|图文|图/文)?[\s:：]*(?:[\u4e00-\u9fffA-Za-z·/]{{0,20}}?(?:报|网|社|台|新闻|客户端|融媒体?|中心|传媒))?\s*"
    rf"(?:全媒体|融媒体|首席|见习|实习|特约|驻[\u4e00-\u9fff]{{2,4}})*(?:记者|通讯员|特约撰稿人?|撰稿人?|作者)[\s:：/]*(?:{_NAME})(?:[\s、，,/]+(?:{_NAME}))*"
    rf"(?:[\s、，,/·]*(?:(?:本报|本网|见习|实习|特约)?(?:记者|通讯员|摄影|编辑|实习生|视频|图))[\s:：]*(?:{_NAME})(?:[\s、，,/]+(?:{_NAME}))*)*\s*(?:[文图/摄影报道采写]{{1,8}})?[\s）)】\]]*$"
)
_HERE_ONLY = re.compile(r"^[□■◎●▲△○\s]*[（(【]?(?:本[报网台刊站])(?:全媒体|见习|实习|首席)?记者[）)】]?$")
# 记者 as the subject of a sentence: nothing before it, no blank or colon behind it.
_NAMES_BRACKET = re.compile(
    r"(?<=[。！？”])\s*(?P<byline>[（(](?P<names>[\u4e00-\u9fff]{2,4}(?:[\s、]+[\u4e00-\u9fff]{2,4}){0,3})[)）])$"
)
_NAMES_ALONE = re.compile(r"^[（(](?P<names>[\u4e00-\u9fff]{2,4}(?:[\s、]+[\u4e00-\u9fff]{2,4}){0,3})[)）]$")
_TRADITIONAL = re.compile(
    r"^[〔【\[（(]?[\u4e00-\u9fff]{0,8}?記者\s?[\u4e00-\u9fff、]{2,14}\s?[／/╱]\s?[\u4e00-\u9fff]{2,6}報[導道][〕】\]）)]?$"
)
_SUBJECT = re.compile(r"^(?:记者|作者|通讯员)(?![\s:：/])")


@dataclass(frozen=True, slots=True)
class Bylined:
    """Paragraphs without their bylines, and the bylines as printed."""

    paragraphs: list[str]
    bylines: tuple[str, ...] = ()


def take_bylines(paragraphs: list[str]) -> Bylined:
    """The paragraphs without the bylines that open or close them."""
    kept = list(paragraphs)
    found: list[str] = []
    while len(kept) > 1 and (is_byline(kept[0]) or (not found and len(kept) > 2 and _are_bare_names(kept[0]))):
        found.append(kept.pop(0))
    last: list[str] = []
    while len(kept) > 1 and is_byline(kept[-1]):
        last.insert(0, kept.pop())
    if kept:
        for pattern in (_END_BRACKET, _SOURCE_BRACKET):
            match = pattern.search(kept[-1][-120:])
            if match:
                start = len(kept[-1]) - len(kept[-1][-120:]) + match.start()
                rest = kept[-1][:start].rstrip()
                last.insert(0, match["byline"])
                kept = [*kept[:-1], rest] if rest else kept[:-1]
                break
        last = _take_bare_names(kept, last)
    return Bylined([p for p in kept if p], (*found, *last))


def _are_bare_names(text: str) -> bool:
    """Whether a line holds one to three names and nothing else, as columns print their authors (``高飞 李响``)."""
    names = re.split(r"[\s、]+", text)
    return len(text) <= 14 and len(names) <= 3 and all(may_be_name(name) and len(name) <= 3 for name in names)


def _take_bare_names(kept: list[str], last: list[str]) -> list[str]:
    """Names alone in brackets after the last full stop (``。（张三 李四）``), taken out of the last paragraph."""
    if not kept or last:
        return last
    whole = _NAMES_ALONE.match(kept[-1]) if len(kept) > 1 else None
    match = whole or _NAMES_BRACKET.search(kept[-1])
    if match is None or not all(may_be_name(name) for name in re.split(r"[\s、]+", match["names"])):
        return last
    if whole:  # a line of its own
        return [kept.pop()]
    kept[-1] = kept[-1][: match.start()].rstrip()
    return [match["byline"]]


def is_byline(text: str) -> bool:
    """Whether a line says only who wrote or photographed (``本报记者 甲 通讯员 乙 文/图``)."""
    return (
        len(text) <= 60
        and not _SUBJECT.match(text)
        and (
            _LINE.match(text) is not None or _HERE_ONLY.match(text) is not None or _TRADITIONAL.match(text) is not None
        )
    )
