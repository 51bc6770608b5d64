"""A letter to an office and its answer (县长信箱, 网上咨询): their words without the form's labels, and the letter's own headline.

Such a page prints a form: label, value, label, value. Its ``<title>`` names the mailbox, not the letter. A page is
read so only where it labels both what was asked and what was answered.
"""  # noqa: E501

import re
from dataclasses import dataclass

from transforms.segments import Line

_KIND = r"(?:来信|信件|留言|咨询|投诉|诉求|问题|提问|写信|网友|群众)?"
_TITLE = re.compile(rf"^{_KIND}(?:标\s*题|主\s*题|题\s*目)\s*(?:[:：]\s*|$)")
_ASKED = re.compile(rf"^{_KIND}(?:内\s*容|正\s*文|描\s*述)\s*(?:[:：]\s*|$)")
_ANSWERED = re.compile(
    r"^(?:答\s*复|回\s*复|办\s*理|处\s*理|受\s*理|官方回复)(?:内容|意见|情况|结果|信息)?\s*(?:[:：]\s*|$)"
)
_OTHER = re.compile(
    r"^[\u4e00-\u9fff\s]{2,8}(?:人|名|时间|日期|单位|部门|编号|状态|类型|类别|方式|次数|满意度|姓名|码)\s*(?:[:：]\s*\S{0,40}|$)"
)
_PARAGRAPH_MIN = 4


@dataclass(frozen=True, slots=True)
class Letter:
    """What was asked and what was answered, paragraph by paragraph, with the segment of each."""

    title: str
    indices: tuple[int, ...]
    paragraphs: tuple[str, ...]


def read_letter(line: Line, container: int) -> Letter | None:
    """The letter in block `container`, or None where it holds none."""
    title, part = "", ""
    found: list[tuple[str, int, str]] = []
    for index in line.inside(container):
        segment = line.segments[index]
        text = segment.text
        if not text or segment.link_share >= 0.5:
            continue
        label, value = _label(text)
        if label:
            part, text = label, value
        if part == "title" and text and not title:
            title, part = text, ""
        elif part in {"asked", "answered"} and len(text) >= _PARAGRAPH_MIN:
            found.append((part, index, text))
    if {kind for kind, _, _ in found} != {"asked", "answered"}:
        return None
    return Letter(title, tuple(index for _, index, _ in found), tuple(text for _, _, text in found))


def _label(text: str) -> tuple[str, str]:
    """Which label a line begins with, and what follows it; empty where it begins with none."""
    for name, pattern in (("title", _TITLE), ("asked", _ASKED), ("answered", _ANSWERED), ("other", _OTHER)):
        if match := pattern.match(text):
            return name, text[match.end() :].strip()
    return "", text
