"""Publishers from their TOML files: checked against the JSON Schema beside the bundled ones, then made records.

A mistake names the file, the field, the bad value, what is allowed and the next step.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match

from crawlers.region_codes import region_fault
from records import (
    InvalidSeed,
    Layout,
    Politeness,
    Publisher,
    Section,
    Source,
    SourceKind,
    UnknownPublisher,
    seed_path,
)

NEXT_STEP = "correct the file, then run `difang publishers list`"


def load_publishers(folder: Path | None = None) -> dict[str, Publisher]:
    """All publishers declared in a folder, by id in alphabetical order; the bundled ones when no folder is given.

    Raises InvalidSeed for a missing folder, a file that is no TOML or breaks the schema, and an id used twice.
    """
    directory = folder if folder is not None else seed_path("publishers")
    if not directory.is_dir():
        raise InvalidSeed(f"{directory} is no folder of publishers: give a folder that holds one <id>.toml each")
    schema = json.loads(seed_path("publishers/publisher.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    publishers = [read_publisher(path, validator) for path in sorted(directory.glob("*.toml"))]
    if not publishers:
        raise InvalidSeed(f"{directory} holds no <id>.toml: declare a publisher there (docs/add-a-publisher.md)")
    return {publisher.id: publisher for publisher in publishers}


def find_publisher(publishers: Mapping[str, Publisher], publisher_id: str) -> Publisher:
    """The publisher of that id. Raises UnknownPublisher, naming the nearest ids."""
    if publisher_id in publishers:
        return publishers[publisher_id]
    near = difflib.get_close_matches(publisher_id, publishers, n=3, cutoff=0.5)
    near += [p.id for p in publishers.values() if p.name == publisher_id and p.id not in near]
    hint = f"did you mean {' or '.join(near)}" if near else f"known ids: {', '.join(sorted(publishers)) or 'none'}"
    raise UnknownPublisher(f"no publisher has the id {publisher_id!r}; {hint}; `difang publishers list` shows all")


def read_publisher(path: Path, validator: jsonschema.Draft202012Validator) -> Publisher:
    """One publisher from its file. Raises InvalidSeed."""
    try:
        declared = _plain(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSeed(f"{path.name} is no TOML: {error}; {NEXT_STEP}") from error
    except OSError as error:
        raise InvalidSeed(f"{path.name} cannot be read ({error.strerror}); {NEXT_STEP}") from error
    mistake = best_match(validator.iter_errors(declared))
    if mistake is not None:
        raise InvalidSeed(_explain(path, mistake))
    _check_meaning(path, declared)
    return _record(declared)


def _plain(value: Any) -> Any:
    """The TOML value with dates as text, which is what a JSON Schema can check."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _explain(path: Path, error: ValidationError) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    rule: Any = error.validator_value
    properties: Any = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    allowed = {
        "enum": f"allowed: {', '.join(map(str, rule))}" if isinstance(rule, list) else "",
        "format": f"allowed: {'a regular expression' if rule == 'regex' else f'text in the form of a {rule}'}",
        "pattern": f"allowed: text matching {rule}",
        "type": f"allowed: a {rule}",
        "additionalProperties": f"allowed: {', '.join(sorted(properties))}",
        "required": f"required: {', '.join(rule)}" if isinstance(rule, list) else "",
    }.get(str(error.validator), f"allowed: {error.validator} {rule}")
    value = repr(error.instance) if not isinstance(error.instance, dict) else error.message
    return f"{path.name}: {where or 'the file'}: {value} is not valid; {allowed}; {NEXT_STEP}"


def _check_meaning(path: Path, declared: dict[str, Any]) -> None:
    """What a JSON Schema cannot say. Raises InvalidSeed."""

    def refuse(field: str, value: str, allowed: str) -> InvalidSeed:
        return InvalidSeed(f"{path.name}: {field}: {value!r} is not valid; allowed: {allowed}; {NEXT_STEP}")

    if declared["id"] != path.stem:
        raise refuse("id", declared["id"], f"the file's own name, {path.stem!r}")
    try:
        re.compile(declared.get("article_pattern", ""))
    except re.error as error:
        raise refuse("article_pattern", declared["article_pattern"], f"a regular expression ({error})") from error
    if declared.get("follow_related") and not declared.get("article_pattern"):
        raise refuse("follow_related", "true", "only beside an article_pattern, which tells articles from other links")
    if declared.get("verified", "verified_date" in declared) != ("verified_date" in declared):
        allowed = "true beside the day of verified_date, false or absent without one"
        raise refuse("verified", str(declared["verified"]).lower(), allowed)
    regions = {"region_code": declared.get("region_code")} | {
        f"sections[{index}].region_code": section.get("region_code")
        for index, section in enumerate(declared.get("sections", []))
    }
    for field, code in regions.items():
        if code is not None and (fault := region_fault(code)) is not None:
            raise refuse(field, code, fault)
    sections = [section["id"] for section in declared.get("sections", [])]
    for index, section_id in enumerate(sections):
        if section_id in sections[:index]:
            raise refuse(f"sections[{index}].id", section_id, "an id used once")
    for index, source in enumerate(declared["sources"]):
        if source.get("section") is not None and source["section"] not in sections:
            raise refuse(f"sources[{index}].section", source["section"], ", ".join(sections) or "none declared")
        if source.get("autodiscover") and source["kind"] != "listing":
            raise refuse(f"sources[{index}].autodiscover", "true", 'only beside kind = "listing"')


def _record(declared: dict[str, Any]) -> Publisher:
    def day(value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None

    return Publisher(
        id=declared["id"],
        name=declared["name"],
        home_url=declared["home_url"],
        region_code=declared.get("region_code"),
        article_pattern=declared.get("article_pattern", ""),
        allowed_hosts=tuple(declared["allowed_hosts"]),
        sections=tuple(Section(**section) for section in declared.get("sections", [])),
        sources=tuple(Source(**{**source, "kind": SourceKind(source["kind"])}) for source in declared["sources"]),
        layouts=tuple(
            Layout(**{**layout, "valid_until": day(layout.get("valid_until"))})
            for layout in declared.get("layouts", [])
        ),
        politeness=Politeness(**declared.get("politeness", {})),
        follow_related=declared.get("follow_related", False),
        render=declared.get("render", False),
        active=declared.get("active", True),
        verified_date=day(declared.get("verified_date")),
    )
