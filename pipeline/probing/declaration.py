"""A publisher as the text of its TOML, and the marks that a check leaves in it. Pure."""

import json
import re
from collections.abc import Sequence
from datetime import date

from records import Publisher, Section, Source


def declaration_text(publisher: Publisher, comments: Sequence[str] = ()) -> str:
    """The TOML of a publisher; values come from strangers' pages, so every string is quoted as a whole."""
    lines = [f"# {_plain(comment)}" for comment in comments]
    lines += [
        f"id = {_text(publisher.id)}",
        f"name = {_text(publisher.name)}",
        f"home_url = {_text(publisher.home_url)}",
    ]
    if publisher.region_code:
        lines.append(f"region_code = {_text(publisher.region_code)}")
    if publisher.article_pattern:
        lines.append(f"article_pattern = {_literal(publisher.article_pattern)}")
    lines.append(f"allowed_hosts = [{', '.join(_text(host) for host in publisher.allowed_hosts)}]")
    lines += [f"active = {str(publisher.active).lower()}", f"verified = {str(publisher.is_verified).lower()}"]
    for section in publisher.sections:
        lines += _section(section)
    for source in publisher.sources:
        lines += _source(source)
    return "\n".join(lines) + "\n"


def marked_as_proved(text: str, day: date) -> str:
    """The TOML with the marks of a check that held: verified, its day, active; all else as it was."""
    lines = text.splitlines()
    end = next((index for index, line in enumerate(lines) if re.match(r"\s*\[\[?\w", line)), len(lines))
    head = [line for line in lines[:end] if not re.match(r"\s*(?:verified|verified_date|active)\s*=", line)]
    while head and not head[-1].strip():
        head.pop()
    head += ["active = true", "verified = true", f"verified_date = {day.isoformat()}"]
    return "\n".join([*head, *([""] if lines[end:] else []), *lines[end:]]) + "\n"


def _section(section: Section) -> list[str]:
    lines = ["", "[[sections]]", f"id = {_text(section.id)}", f"name = {_text(section.name)}"]
    return [*lines, f"region_code = {_text(section.region_code)}"] if section.region_code else lines


def _source(source: Source) -> list[str]:
    lines = ["", "[[sources]]", f"kind = {_text(source.kind)}", f"url = {_text(source.url)}"]
    if source.section:
        lines.append(f"section = {_text(source.section)}")
    return (
        [*lines, f"max_pages = {source.max_pages}"]
        if source.max_pages != Source.__dataclass_fields__["max_pages"].default
        else lines
    )


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)


def _text(value: str) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _literal(value: str) -> str:
    return f"'{value}'" if "'" not in value and value.isprintable() else _text(value)
